"""What an OpenVINO `.xml` and its `.bin` may hold."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from fer_core.errors import ModelLoadError, UnsafeModelError

_MAX_XML_BYTES = 128 << 20
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"'>]*)""")
_NUMBER = re.compile(r"[0-9]{1,18}")


def check(path: Path) -> None:
    """Refuses entities, and weights that lie outside the `.bin`.

    Raises:
        UnsafeModelError, ModelLoadError: see `look.look`.
    """
    if path.stat().st_size > _MAX_XML_BYTES:
        raise UnsafeModelError(f"{path} is larger than 128 MB, weights aside; it is not opened.")
    data = path.read_bytes()
    # Before any parser: entities can unfold to gigabytes or read other files. UTF-16 would hide
    # them from this search; OpenVINO itself writes UTF-8.
    if b"\0" in data or b"<!doctype" in data.lower() or b"<!entity" in data.lower():
        raise UnsafeModelError(f"{path} declares entities of its own; it is not opened.")
    encoding = _ENCODING.match(data)
    foreign = encoding is not None and encoding[1].lower() not in (b"utf-8", b"us-ascii")
    if foreign or not data.startswith(b"<"):
        raise ModelLoadError(f"{path} is damaged or no OpenVINO file; save or download it again.")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise ModelLoadError(
            f"{path} is damaged or no OpenVINO file ({error}); save or download it again."
        ) from error
    if root.tag != "net":
        raise ModelLoadError(f"{path} is no OpenVINO network; it starts with <{root.tag[:80]}>.")
    weights = path.with_suffix(".bin")
    available = weights.stat().st_size if weights.is_file() else 0
    # Every element, since OpenVINO knows no namespaces; plain digits, since it reads others, too.
    for element in root.iter():
        places = [element.get(key, "0") for key in ("offset", "size")]
        if element.tag.rpartition("}")[2] != "data":
            continue
        if not all(_NUMBER.fullmatch(place) for place in places):
            raise ModelLoadError(f"{path} is damaged; save or download it again.")
        if sum(map(int, places)) > available:
            missing = "is missing beside it" if not weights.is_file() else "is too short"
            raise ModelLoadError(f"{path}: its {weights.name} {missing}; copy both files again.")
