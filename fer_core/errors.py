"""Every error that the library raises on purpose.

```
FerError
├── SourceError            a picture, video, camera or stream
│   ├── SourceOpenError    it could not be opened
│   └── SourceLostError    it stopped delivering
├── ModelError             a model file or model folder
│   ├── ModelNotFoundError
│   ├── ModelSpecError     model.json is missing, incomplete or wrong
│   ├── ModelLoadError     the file cannot be read or converted
│   └── UnsafeModelError   the file would run code or leave its folder
├── DetectorError          a cascade or detector file
├── DatasetError           a data set folder or file
├── OutputError            a video, table or picture that could not be written
├── SessionError           a kept analysis: its file is damaged, of a newer version or in use
└── ConfigError            settings, recipes
```

A message is one sentence that says what is wrong, with which file, and what to do next. The library
raises; only the faces (window, command line, web page) print.
"""


class FerError(Exception):
    """Base of all errors with a message meant for a person."""


class SourceError(FerError):
    """A picture, video, camera or stream failed."""


class SourceOpenError(SourceError):
    """The source could not be opened."""


class SourceLostError(SourceError):
    """The source was open and stopped delivering frames."""


class ModelError(FerError):
    """A model file or model folder failed."""


class ModelNotFoundError(ModelError):
    """No model of that name or at that path."""


class ModelSpecError(ModelError):
    """`model.json` is missing, incomplete or wrong; the message names the file and the key."""


class ModelLoadError(ModelError):
    """The weights file cannot be read or converted."""


class UnsafeModelError(ModelError):
    """The file would run code when loaded, or reaches outside its own folder."""


class DetectorError(FerError):
    """A cascade or detector file is missing or broken."""


class DatasetError(FerError):
    """A data set is missing files, has wrong counts, or cannot be read."""


class OutputError(FerError):
    """A result file could not be written: no permission, no space, unknown format."""


class SessionError(FerError):
    """A kept analysis cannot be read: it is damaged, of a newer version, or being written."""


class ConfigError(FerError):
    """A settings or recipe file has an unknown, missing or wrong value."""
