"""What a person reads, in their language: Resources/Locale/{en,de}.json."""

import json
from collections.abc import Mapping
from functools import cache

from fer_core import paths


class Texts:
    """The texts of one language by key; a missing key is an error, never a blank in the window."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = load_language(language)

    def __call__(self, key: str, **values: object) -> str:
        """The text for a key with its {placeholders} filled in."""
        text = self._texts[key]
        return text.format(**values) if values else text


@cache
def load_language(language: str) -> Mapping[str, str]:
    """All texts of a language by key."""
    path = paths.resources_dir() / "Locale" / f"{language}.json"
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return texts
