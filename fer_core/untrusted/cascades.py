"""The gate for cascade files: from a path that somebody gave to a text that OpenCV may have."""

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path

from fer_core import paths
from fer_core.errors import DetectorError
from fer_core.files import write_text
from fer_core.untrusted import child, verdicts
from fer_core.untrusted.cascade_files import MAX_BYTES
from fer_core.untrusted.child import ChildError, Limits

_KIND = "cascade"
#: OpenCV's own take 0.1 s; one that takes every window for a face takes minutes on a large frame.
_LIMITS = Limits(seconds=5, memory=2 << 30)
_LOOK = "fer_core.untrusted.look_cascade:look"


def checked(path: Path) -> str:
    """The cascade in that file, written anew after a child process has run it.

    What was found out is kept with that text, by the SHA-256 of the file.

    Raises:
        DetectorError: it is missing, no cascade, or it would crash OpenCV or never end.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe would be waited for
            raise DetectorError(
                f"The cascade {path} cannot be opened (it is no file); choose another file."
            )
        with path.open("rb") as stream:
            digest = hashlib.sha256(stream.read(MAX_BYTES + 1)).hexdigest()
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise DetectorError(
            f"The cascade {path} cannot be opened ({reason}); choose another file."
        ) from error
    kept = paths.cache_dir() / "checked" / f"{digest}.xml"
    known = verdicts.find(_KIND, digest)
    if known is not None:
        with suppress(OSError, ValueError):
            text = kept.read_text(encoding="ascii")
            if _sha256(text) == known["sha256"]:
                return text
    text = _look(path)
    with suppress(OSError):
        write_text(kept, text)
        verdicts.remember(_KIND, digest, {"sha256": _sha256(text)})
    return text


def _look(path: Path) -> str:
    with child.private_folder() as folder:
        target = folder / "cascade.xml"
        arguments = {"path": str(path.absolute()), "target": str(target)}
        try:
            child.call(_LOOK, arguments, _LIMITS)
        except DetectorError as error:
            raise DetectorError(str(error).replace(arguments["path"], str(path))) from error
        except ChildError as error:
            raise DetectorError(
                f"The cascade {path} cannot be used: {error.reason}; choose another file."
            ) from error
        return target.read_text(encoding="ascii")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
