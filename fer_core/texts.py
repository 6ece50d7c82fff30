"""What a person reads, in their language: Resources/Locale/{en,de}.json."""

import json
import re
from collections.abc import Mapping
from functools import cache

from fer_core import paths
from fer_core.names import plain


class Texts:
    """The texts of one language by key; a missing key is an error, never a blank in the window."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = load_language(language)

    def __call__(self, key: str, **values: object) -> str:
        """The text for a key with its {placeholders} filled in."""
        text = self._texts[key]
        if not values:
            return text
        return text.format(**{k: plain(v) if isinstance(v, str) else v for k, v in values.items()})

    def get(self, key: str, otherwise: str) -> str:
        """The text for a key that need not exist."""
        return self._texts.get(key, otherwise)

    def percent(self, share: float) -> str:
        """A share 0..1 with one decimal, as the language writes it."""
        text = f"{100 * share:.1f} %"
        return text if self.language == "en" else text.replace(".", ",")

    def sentence(self, english: str) -> str:
        """A sentence of the library in this language; English where no translation is known."""
        for pattern, translated in load_sentences(self.language):
            match = pattern.fullmatch(english)
            if match:
                return plain(translated.format(*match.groups()))
        return plain(english)


@cache
def load_language(language: str) -> Mapping[str, str]:
    """All texts of a language by key."""
    path = paths.resources_dir() / "Locale" / f"{language}.json"
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return texts


@cache
def load_sentences(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """What the library says, as patterns with their translations; the library speaks English.

    A file maps sentences with gaps {0}, {1}, … to sentences with the same gaps.
    """
    path = paths.resources_dir() / "Locale" / f"{language}-sentences.json"
    if not path.is_file():
        return ()
    sentences: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return tuple((_pattern(english), text) for english, text in sentences.items())


def _pattern(english: str) -> re.Pattern[str]:
    parts = re.split(r"\{\d\}", english)
    return re.compile("(.+?)".join(re.escape(part) for part in parts), re.DOTALL)
