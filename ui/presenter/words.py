"""What failed, in the person's language: the library speaks English."""

from fer_core.names import plain
from fer_core.texts import Texts


def failure(texts: Texts, english: str, titled: bool = False) -> str:
    """A sentence of the library, for a person.

    Args:
        english: as the error says it.
        titled: a title over it says already that something went wrong.
    """
    said = texts.sentence(english)
    if said == plain(english) and texts.language != "en" and not titled:
        return texts("message.failed", reason=english)
    return said
