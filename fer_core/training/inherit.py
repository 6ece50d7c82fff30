"""Recipes that go on with a finished model: its network, input and options are taken over."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fer_core.errors import ConfigError
from fer_core.models.spec import ModelSpec
from fer_core.training.recipe import RECIPE

_START = re.compile(r"^start_from\s*=.*$", re.MULTILINE)


def beginning_with(text: str, name: str) -> str:
    """A recipe's text with another `start_from`."""
    line = f"start_from = {_toml(name)}"
    if _START.search(text):
        return _START.sub(lambda _: line, text, count=1)
    return f"{line}\n{text}"


def start_of(text: str) -> str:
    """The model that a recipe without an architecture begins with; "" for one that has its own.

    Damaged recipes are left to `Recipe.parse`, which says what is wrong.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError):
        return ""
    name = data.get("start_from", "")
    return name if isinstance(name, str) and "architecture" not in data else ""


def completed(text: str, folder: Path) -> str:
    """A recipe's text with the architecture, the options and the input of the model in a folder.

    What the text says itself stays.

    Raises:
        ConfigError: the folder has no recipe to take them from.
    """
    own = tomllib.loads(text)
    try:
        earlier = tomllib.loads((folder / RECIPE).read_text(encoding="utf-8-sig"))
        architecture = earlier["architecture"]
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(
            f"{folder} has no {RECIPE} that says how its network is built, so no training can go "
            "on with it; take a model that was trained here."
        ) from error
    tables: dict[str, Mapping[str, Any]] = {
        "options": earlier.get("options", {}),
        "input": asdict(ModelSpec.read(folder).input),
    }
    lines = [f"architecture = {_toml(architecture)}   # and [options], [input]: of the model"]
    lines.append(text.rstrip("\n"))
    for name, table in tables.items():
        if name not in own and table:
            lines += ["", f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return repr(value)
