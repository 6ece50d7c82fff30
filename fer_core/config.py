"""The settings that are kept between runs, in one JSON file."""

import json
import locale
import logging
import os
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from fer_core import paths
from fer_core.errors import ConfigError
from fer_core.expressions import UNSURE_BELOW
from fer_core.files import write_text

_log = logging.getLogger(__name__)
#: The model and the detector of whoever has chosen none.
DEFAULT_MODEL, DEFAULT_DETECTOR = "mimik", "finder"
THEMES = ("light", "dark")
LANGUAGES = ("en", "de")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person can set.

    Attributes:
        model: name in the registry.
        detector: as `create_detector` takes it: finder, yunet, haar, haar:FILE.xml or a path.
        camera: name or index as text; empty means the first one.
        mirror: show the camera as a mirror does.
        unsure_below: confidence under which a label is shown as "not sure", 0..1.
        smoothing_s: time constant of the smoothing of probabilities, seconds, 0 is off.
        theme: light or dark. language: en or de.
        show_accuracy: write the model's measured accuracy on the picture.
        snapshot_dir: where snapshots go; empty means the pictures folder.
        own_detectors: paths of cascades and networks of the person's own, newest first.
        window: width, height, x and y of the window, px; empty until it was closed once.
        maximized: it filled the screen.
    """

    model: str = DEFAULT_MODEL
    detector: str = DEFAULT_DETECTOR
    camera: str = ""
    mirror: bool = True
    unsure_below: float = UNSURE_BELOW
    smoothing_s: float = 0.3
    theme: str = "light"
    language: str = "en"
    show_accuracy: bool = False
    snapshot_dir: str = ""
    own_detectors: tuple[str, ...] = ()
    window: tuple[int, ...] = ()
    maximized: bool = False

    def __post_init__(self) -> None:
        for f in fields(self):
            value, kind = getattr(self, f.name), type(f.default)
            if kind is float and isinstance(value, int) and not isinstance(value, bool):
                object.__setattr__(self, f.name, float(value))
            elif kind is tuple and isinstance(value, (list, tuple)):
                object.__setattr__(self, f.name, _checked_tuple(f.name, value))
            elif not isinstance(value, kind):
                raise ConfigError(f"{f.name} is {value!r}; it must be {kind.__name__}")
        if self.theme not in THEMES:
            raise ConfigError(f"theme is {self.theme!r}; it must be {' or '.join(THEMES)}")
        if self.language not in LANGUAGES:
            raise ConfigError(f"language is {self.language!r}; it must be en or de")
        if not 0 <= self.unsure_below <= 1:
            raise ConfigError(f"unsure_below is {self.unsure_below}; it must be 0 to 1")
        if not 0 <= self.smoothing_s <= 10:
            raise ConfigError(f"smoothing_s is {self.smoothing_s}; it must be 0 to 10")

    def with_(self, **changes: Any) -> "Settings":
        """A changed copy."""
        return replace(self, **changes)


def _checked_tuple(name: str, values: list | tuple) -> tuple:
    """A list of the file: four whole numbers for the window, else words."""
    kind = int if name == "window" else str
    right = all(isinstance(v, kind) and not isinstance(v, bool) for v in values)
    if not right or (name == "window" and len(values) not in (0, 4)):
        raise ConfigError(f"{name} is {list(values)!r}; it must be a list of {kind.__name__}")
    return tuple(values)


def system_language() -> str:
    """The language of `LANGUAGES` that this person's system speaks; English for others."""
    named = [os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    spoken = next((value for value in named if value), "") or _language_of_windows_or_mac()
    return "de" if spoken.lower().startswith(("de", "german")) else "en"


def _language_of_windows_or_mac() -> str:
    """What the system was set up with, where no variable says it; empty where it does not tell."""
    try:
        return locale.getlocale()[0] or ""
    except ValueError:
        return ""


def settings_path() -> Path:
    """The settings file."""
    return paths.config_dir() / "settings.json"


def load_settings(path: Path | None = None) -> tuple[Settings, str | None]:
    """Reads the settings; a file that cannot be used is renamed, never overwritten.

    Unknown keys are ignored, so that an older version can read a newer file.

    Returns:
        The settings, and one sentence for the person if the defaults had to be used.
    """
    if path is None and not paths.has_home():
        return Settings(), paths.NO_HOME
    path = path or settings_path()
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(data, dict):
            raise ConfigError("it must hold one JSON object")
        known = {f.name for f in fields(Settings)}
        return Settings(**{key: value for key, value in data.items() if key in known}), None
    except FileNotFoundError:
        return Settings(language=system_language()), None
    except OSError as error:
        return (
            Settings(),
            f"The settings in {path} cannot be read ({error.strerror}); using defaults.",
        )
    except (ValueError, OverflowError, RecursionError, ConfigError) as error:
        _log.warning("settings %s: %s", path, error)
        kept = path.with_name(f"{path.stem}.broken-{datetime.now():%Y%m%d-%H%M%S}{path.suffix}")
        try:
            os.replace(path, kept)
        except OSError:
            kept = path
        return (
            Settings(),
            f"The settings file was damaged; it is kept as {kept}, defaults are used.",
        )


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Writes the settings in one step.

    Raises:
        ConfigError: the file cannot be written, or this user has no home folder.
    """
    if path is None:
        paths.check_home()
        path = settings_path()
    try:
        write_text(path, json.dumps(asdict(settings), indent=2) + "\n")
    except OSError as error:
        raise ConfigError(f"The settings cannot be saved to {path}: {error.strerror}.") from error
