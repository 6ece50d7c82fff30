"""Where things lie: bundled resources, the person's own models, settings, cache.

`MIMIK_HOME` puts everything that the app writes under one folder (tests, portable installs).
"""

import os
from pathlib import Path

import platformdirs

_APP = "mimik"
PROJECT_ROOT = Path(__file__).resolve().parent.parent


def resources_dir() -> Path:
    """Resources/ of the project: bundled models, samples, icons, locale."""
    return PROJECT_ROOT / "Resources"


def bundled_models_dir() -> Path:
    """Models that ship with the app."""
    return resources_dir() / "Models"


def recipes_dir() -> Path:
    """Training recipes of the project; missing where only the app was installed."""
    return PROJECT_ROOT / "ML" / "recipes"


def user_models_dir() -> Path:
    """Models that the person added."""
    return _home("models", platformdirs.user_data_path(_APP, appauthor=False) / "models")


def config_dir() -> Path:
    """Settings."""
    return _home("config", platformdirs.user_config_path(_APP, appauthor=False))


def cache_dir() -> Path:
    """Converted models and downloads; may be emptied at any time."""
    return _home("cache", platformdirs.user_cache_path(_APP, appauthor=False))


def detectors_dir() -> Path:
    """Detector files that the person downloaded, such as YuNet."""
    return _home("detectors", platformdirs.user_data_path(_APP, appauthor=False) / "detectors")


def pictures_dir() -> Path:
    """Where snapshots go until the person chooses another folder."""
    return _home("pictures", platformdirs.user_pictures_path() / "Mimik")


def _home(name: str, default: Path) -> Path:
    home = os.environ.get("MIMIK_HOME")
    return Path(home) / name if home else default
