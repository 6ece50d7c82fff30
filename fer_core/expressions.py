"""The canonical expressions, every data set's own order and words mapped to them, own classes.

A model's classes are words. Those of the eight canonical expressions are understood everywhere; any
other word is a class of its own, with a name and a colour like theirs.
"""

import colorsys
import re
import unicodedata
import zlib
from collections.abc import Iterable, Sequence

from fer_core.names import plain
from fer_core.words import BESIDE, SYNONYMS

ANGER, DISGUST, FEAR, HAPPINESS = "anger", "disgust", "fear", "happiness"
SADNESS, SURPRISE, NEUTRAL, CONTEMPT = "sadness", "surprise", "neutral", "contempt"

#: All names that a prediction can carry, in the order in which the window lists them.
EXPRESSIONS = (ANGER, DISGUST, FEAR, HAPPINESS, SADNESS, SURPRISE, NEUTRAL, CONTEMPT)

#: Class index → name, as each data set numbers its classes.
#: FER2013: Goodfellow et al. 2013, the Kaggle challenge. FERPlus: Barsoum et al. 2016.
#: RAF-DB: Li et al. 2017 (files count from 1). AffectNet: Mollahosseini et al. 2017.
LABEL_ORDERS: dict[str, tuple[str, ...]] = {
    "fer2013": (ANGER, DISGUST, FEAR, HAPPINESS, SADNESS, SURPRISE, NEUTRAL),
    "ferplus": (NEUTRAL, HAPPINESS, SURPRISE, SADNESS, ANGER, DISGUST, FEAR, CONTEMPT),
    "rafdb": (SURPRISE, FEAR, DISGUST, HAPPINESS, SADNESS, ANGER, NEUTRAL),
    "affectnet7": (NEUTRAL, HAPPINESS, SADNESS, SURPRISE, FEAR, DISGUST, ANGER),
    "affectnet8": (NEUTRAL, HAPPINESS, SADNESS, SURPRISE, FEAR, DISGUST, ANGER, CONTEMPT),
    "alphabetical7": (ANGER, DISGUST, FEAR, HAPPINESS, NEUTRAL, SADNESS, SURPRISE),
    "alphabetical8": (ANGER, CONTEMPT, DISGUST, FEAR, HAPPINESS, NEUTRAL, SADNESS, SURPRISE),
}

#: Colours as (R, G, B), after Okabe and Ito's palette, which colour-blind people can tell apart.
COLORS_RGB: dict[str, tuple[int, int, int]] = {
    ANGER: (213, 94, 0),
    DISGUST: (0, 158, 115),
    FEAR: (160, 110, 200),
    HAPPINESS: (240, 190, 40),
    SADNESS: (0, 114, 178),
    SURPRISE: (86, 180, 233),
    NEUTRAL: (186, 166, 132),
    CONTEMPT: (204, 121, 167),
}

#: What a face shows whose highest probability lies under the threshold; see `FaceResult.shows`.
UNSURE = "unsure"
#: That threshold where nobody sets another one, 0..1.
UNSURE_BELOW = 0.45
#: Colour of what is not sure: the only grey; neutral is an expression with a colour as others.
UNSURE_RGB = (96, 100, 124)

#: Language → expression, `UNSURE` or hint of `quality` → what a person reads.
DISPLAY_NAMES: dict[str, dict[str, str]] = {
    "en": {
        **{name: name for name in EXPRESSIONS},
        UNSURE: "not sure",
        "turned_away": "turned away",
        "looking_down": "looking down",
        "looking_up": "looking up",
        "tilted": "tilted",
        "too_dark": "too dark",
        "too_bright": "too bright",
        "too_small": "too small",
        "blurred": "blurred",
    },
    "de": {
        ANGER: "Ärger",
        DISGUST: "Ekel",
        FEAR: "Angst",
        HAPPINESS: "Freude",
        SADNESS: "Trauer",
        SURPRISE: "Überraschung",
        NEUTRAL: "neutral",
        CONTEMPT: "Verachtung",
        UNSURE: "unsicher",
        "turned_away": "abgewandt",
        "looking_down": "schaut nach unten",
        "looking_up": "schaut nach oben",
        "tilted": "geneigt",
        "too_dark": "zu dunkel",
        "too_bright": "zu hell",
        "too_small": "zu klein",
        "blurred": "unscharf",
    },
}

#: How many classes a model or a data set may have.
MIN_CLASSES, MAX_CLASSES = 2, 50
#: Letters of a class's name.
MAX_CLASS_LETTERS = 40

_CANONICAL = {word: name for name, words in SYNONYMS.items() for word in words.split()}


def canonical(word: str) -> str:
    """The canonical name for a data set's own word.

    Args:
        word: any case, in any language of `words`, with or without accents; a number and words
            such as "faces" may stand beside it: "Happy", "joy", "HA", "0_angry", "Freude".

    Returns:
        One of `EXPRESSIONS`.

    Raises:
        ValueError: the word is not known.
    """
    words = [part for part in re.split(r"[\W\d_]+", _letters(word)) if part]
    found = {_CANONICAL.get(part) for part in words if part not in BESIDE}
    (name,) = found if len(found) == 1 else (None,)
    if name is None:
        known = ", ".join(EXPRESSIONS)
        raise ValueError(f"{word!r} is not a known expression; known are {known}.")
    return name


def is_only_beside(word: str) -> bool:
    """Whether a word says nothing but that there are pictures or faces: "images", "faces_2"."""
    return all(part in BESIDE for part in re.split(r"[\W\d_]+", _letters(word)) if part)


def expression_of(word: str) -> str | None:
    """Like `canonical`, or None."""
    try:
        return canonical(word)
    except ValueError:
        return None


def _letters(word: str) -> str:
    """Small letters without accents; the Turkish ı has none to lose."""
    apart = unicodedata.normalize("NFKD", word.strip().lower().replace("ı", "i"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def own_class(word: str) -> str:
    """A word of somebody's as the name of a class: "0_very_tired" is "very tired".

    Raises:
        ValueError: nothing is left of it, or it is longer than `MAX_CLASS_LETTERS`.
    """
    name = " ".join(plain(word).replace("_", " ").split())
    counted = re.sub(r"^\d+\s*[-.:)]?\s+|^\d+[-.:)]\s*", "", name)
    name = (counted or name).strip(" \"'")
    if not name or len(name) > MAX_CLASS_LETTERS or name.lower() == UNSURE:
        raise ValueError(
            f"{word[:60]!r} is no name for a class; take 1 to {MAX_CLASS_LETTERS} letters, and not "
            f"{UNSURE!r}."
        )
    return name


def understood(words: Sequence[str]) -> tuple[str, ...]:
    """The classes that a list of words means: canonical expressions, and classes of its own.

    Words that mean the same expression ("smiling" and "happy") are told apart, so they stay own
    classes.

    Raises:
        ValueError: a word is no name, or two are the same.
    """
    meant = [expression_of(word) for word in words]
    found = tuple(
        name if name is not None and meant.count(name) == 1 else own_class(word)
        for name, word in zip(meant, words, strict=True)
    )
    small = [name.lower() for name in found]
    for name in found:
        if small.count(name.lower()) > 1:
            raise ValueError(f"{name!r} stands there twice.")
    return found


def color_rgb(name: str) -> tuple[int, int, int]:
    """The colour of an expression, of `UNSURE`, or of a class of one's own; always the same."""
    if name == UNSURE:
        return UNSURE_RGB
    if name in COLORS_RGB:
        return COLORS_RGB[name]
    number = zlib.crc32(name.lower().encode())
    hue, saturation, value = number % 360 / 360, 0.5 + number // 360 % 3 * 0.2, 0.78
    if number // 1080 % 2:
        value = 0.62
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return round(255 * red), round(255 * green), round(255 * blue)


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once: the canonical expressions in their order, then others as they come."""
    found = dict.fromkeys(names)
    return (*(n for n in EXPRESSIONS if n in found), *(n for n in found if n not in EXPRESSIONS))


def display_name(key: str, language: str = "en") -> str:
    """What a person reads for an expression, `UNSURE` or a hint; unknown keys are made `plain`."""
    return DISPLAY_NAMES.get(language, DISPLAY_NAMES["en"]).get(key) or plain(key)


def index_map(source: Iterable[str], target: Iterable[str]) -> tuple[int | None, ...]:
    """For each class of `source` its index in `target`, or None where `target` lacks it."""
    position = {name: index for index, name in enumerate(target)}
    return tuple(position.get(name) for name in source)
