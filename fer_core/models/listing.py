"""What lists of models say, wherever they stand: window, page."""

import re
from collections.abc import Callable

from fer_core.names import plain

#: Data sets as their authors write them; others appear as `model.json` names them.
DATA_SETS = {
    "affectnet": "AffectNet",
    "ck+": "CK+",
    "fer2013": "FER2013",
    "fer2013+ferplus": "FER2013 + FERPlus",
    "ferg": "FERG-DB",
    "ferplus": "FERPlus",
    "jaffe": "JAFFE",
    "rafdb": "RAF-DB",
}


def data_set(name: str, own: Callable[[str, str], str] = lambda name, known: known) -> str:
    """A data set, or several with " + " between them, as a person reads it.

    Args:
        name: as model.json has it.
        own: gives another word for a name, in the person's language, or the known one.
    """
    if " + " in name:
        return " + ".join(data_set(one, own) for one in name.split(" + "))
    return own(name, DATA_SETS.get(name) or plain(name))


def is_non_commercial(licence: str) -> bool:
    """Whether whoever sells something may not use the weights; Creative Commons says NC."""
    return re.search(r"non-?commercial|\bNC\b", licence, re.IGNORECASE) is not None
