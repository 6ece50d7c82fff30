"""Where things lie: bundled resources, the person's own models, settings, cache.

`MIMIK_HOME` puts everything that the app writes under one folder (tests, portable installs).
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import platformdirs

from fer_core.errors import ConfigError

_APP = "mimik"
#: Said once at the start.
NO_HOME = (
    "This user has no home folder, so settings, added models and conversions are not kept; set "
    "HOME or MIMIK_HOME to a folder."
)
PROJECT_ROOT = Path(__file__).resolve().parent.parent


def resources_dir() -> Path:
    """Resources/ of the project: bundled models, samples, icons, locale."""
    return PROJECT_ROOT / "Resources"


def bundled_models_dir() -> Path:
    """Models that ship with the app."""
    return resources_dir() / "Models"


def bundled_detectors_dir() -> Path:
    """Face detectors that ship with the app."""
    return resources_dir() / "Detectors"


def recipes_dir() -> Path:
    """Training recipes of the project; missing where only the app was installed."""
    return PROJECT_ROOT / "ML" / "recipes"


def user_models_dir() -> Path:
    """Models that the person added."""
    return _home("models", lambda: platformdirs.user_data_path(_APP, appauthor=False) / "models")


def config_dir() -> Path:
    """Settings."""
    return _home("config", lambda: platformdirs.user_config_path(_APP, appauthor=False))


def cache_dir() -> Path:
    """Converted models and downloads; may be emptied at any time."""
    return _home("cache", lambda: platformdirs.user_cache_path(_APP, appauthor=False))


def detectors_dir() -> Path:
    """Detector files that the person downloaded, such as YuNet."""
    data = platformdirs.user_data_path
    return _home("detectors", lambda: data(_APP, appauthor=False) / "detectors")


def sessions_dir() -> Path:
    """What was analysed: one file a film and the settings it was analysed with."""
    data = platformdirs.user_data_path
    return _home("sessions", lambda: data(_APP, appauthor=False) / "sessions")


def pictures_dir() -> Path:
    """Where snapshots go until the person chooses another folder."""
    return _home("pictures", lambda: platformdirs.user_pictures_path() / "Mimik")


def user_pictures() -> Path:
    """Where this person's pictures lie; where the system does not tell, their home."""
    try:
        folder = platformdirs.user_pictures_path()
    except (RuntimeError, KeyError):
        return Path.cwd()
    return folder if folder.is_dir() else folder.parent


def has_home() -> bool:
    """Whether the system says where this person's files belong.

    It does not for a user that it does not know and that has no HOME, as in some containers. Then
    all folders lie in a temporary one that goes with this process.
    """
    folder = config_dir()
    return not (_of_this_run.cache_info().currsize and folder.parent == _of_this_run())


def check_home() -> None:
    """To be asked before something is written that shall be there at the next start.

    Raises:
        ConfigError: there is no place for it.
    """
    if not has_home():
        raise ConfigError(f"{NO_HOME} Nothing was written.")


def _home(name: str, default: Callable[[], Path]) -> Path:
    home = os.environ.get("MIMIK_HOME")
    if home:
        return Path(home) / name
    if os.environ.get("HOME") == "":  # else that would be the root of the disk
        del os.environ["HOME"]
    try:
        path = default()
    except (RuntimeError, KeyError):
        path = Path("~")
    return path if path.is_absolute() else _of_this_run() / name


@cache
def _of_this_run() -> Path:
    """A folder that stands in for a home until this process ends."""
    folder = tempfile.mkdtemp(prefix="mimik-home-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
