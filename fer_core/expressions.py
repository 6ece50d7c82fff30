"""The canonical expressions, and every data set's own order and words mapped to them."""

import re
import unicodedata
from collections.abc import Iterable

from fer_core.names import plain

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
    NEUTRAL: (150, 150, 150),
    CONTEMPT: (204, 121, 167),
}

#: What a face shows whose highest probability lies under the threshold; see `FaceResult.shows`.
UNSURE = "unsure"
#: That threshold where nobody sets another one, 0..1.
UNSURE_BELOW = 0.45
#: Colour of what is not sure, darker than neutral and bluish, so that the two can be told apart.
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

#: Words for folders and classes: English (with common misspellings), German, French, Spanish;
#: without accents, "arger" as well as "aerger".
_SYNONYMS = {
    ANGER: "anger angry an mad rage arger aerger wut wutend wuetend zorn zornig argerlich "
    "colere fache furieux ira enojo enojado enfado enfadado rabia",
    DISGUST: "disgust disgusted di discust disgusting ekel geekelt angeekelt degout degoute "
    "asco asqueado disgusto",
    FEAR: "fear fearful afraid scared fe angst angstlich aengstlich furcht peur apeure effraye "
    "miedo asustado temor",
    HAPPINESS: "happiness happy joy joyful smile smiling ha happyness hapiness hapy freude "
    "frohlich froehlich glucklich gluecklich joie joyeux heureux bonheur felicidad feliz alegria "
    "alegre",
    SADNESS: "sadness sad sa saddness sadnes trauer traurig traurigkeit tristesse triste tristeza",
    SURPRISE: "surprise surprised surprize suprise suprised surprized surprice su uberraschung "
    "ueberraschung uberrascht ueberrascht surpris sorpresa sorprendido",
    NEUTRAL: "neutral neutrality calm ne nuetral netural natural neutre neutro neutralitat",
    CONTEMPT: "contempt contemptuous contemp verachtung verachtlich veraechtlich mepris meprisant "
    "desprecio despectivo",
}
_CANONICAL = {word: name for name, words in _SYNONYMS.items() for word in words.split()}
#: What may stand beside the word in the name of a folder: 0_angry, angry_faces, "class 3 - fear".
_BESIDE = (
    *("face", "faces", "image", "images", "picture", "pictures", "pic", "pics", "photo", "photos"),
    *("img", "imgs", "class", "label", "emotion", "expression", "expressions", "people", "person"),
    *("gesicht", "gesichter", "bild", "bilder"),
)


def canonical(word: str) -> str:
    """The canonical name for a data set's own word.

    Args:
        word: any case, in English, German, French or Spanish, with or without accents; a number and
            words such as "faces" may stand beside it: "Happy", "joy", "HA", "0_angry", "Freude".

    Returns:
        One of `EXPRESSIONS`.

    Raises:
        ValueError: the word is not known.
    """
    plain = unicodedata.normalize("NFKD", word.strip().lower())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    words = [part for part in re.split(r"[\W\d_]+", letters) if part and part not in _BESIDE]
    found = {_CANONICAL.get(part) for part in words}
    (name,) = found if len(found) == 1 else (None,)
    if name is None:
        known = ", ".join(EXPRESSIONS)
        raise ValueError(f"{word!r} is not a known expression; known are {known}.")
    return name


def display_name(key: str, language: str = "en") -> str:
    """What a person reads for an expression, `UNSURE` or a hint; unknown keys are made `plain`."""
    return DISPLAY_NAMES.get(language, DISPLAY_NAMES["en"]).get(key) or plain(key)


def index_map(source: Iterable[str], target: Iterable[str]) -> tuple[int | None, ...]:
    """For each class of `source` its index in `target`, or None where `target` lacks it."""
    position = {name: index for index, name in enumerate(target)}
    return tuple(position.get(name) for name in source)
