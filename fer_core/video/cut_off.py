"""Video files that end too early: what their containers say about their own length."""

from pathlib import Path

#: What MP4 and MOV begin with, after four bytes of length.
_FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip")
#: The two elements that a Matroska file, and with it a WebM, consists of.
_ELEMENTS = (b"\x1aE\xdf\xa3", b"\x18S\x80g")


def is_cut_off(path: Path) -> bool:
    """Whether a file ends before its container does; False too where that cannot be known.

    The number of seconds that a file announces is no measure: where the rate varies it is a guess.

    Args:
        path: MP4, MOV, AVI, MKV or WebM; of others nothing is known.
    """
    try:
        size, place = path.stat().st_size, 0
        with path.open("rb") as stream:
            while place < size:
                stream.seek(place)
                head = stream.read(16)
                length = _length(head, first=place == 0)
                if length < 8:
                    return False
                place += length
    except OSError:
        return False
    return place > size


def _length(head: bytes, *, first: bool) -> int:
    """Bytes of the part of a container that begins like this; 0 where it does not say so."""
    if head[:4] == b"RIFF" and head[8:11] == b"AVI":
        length = 8 + int.from_bytes(head[4:8], "little")
        return length + length % 2
    if head[:4] in _ELEMENTS:
        return _length_of_element(head)
    if head[4:8] in _FIRST_BOXES or (not first and head[4:8].isalpha()):
        length = int.from_bytes(head[:4], "big")
        return int.from_bytes(head[8:16], "big") if length == 1 else length
    return 0


def _length_of_element(head: bytes) -> int:
    """The length in EBML: the zeros ahead say how many bytes it has; all ones are no length."""
    digits = 9 - int.from_bytes(head[4:5], "big").bit_length()
    most = (1 << 7 * digits) - 1
    length = int.from_bytes(head[4 : 4 + digits], "big") & most
    return 0 if digits > 8 or length == most else 4 + digits + length
