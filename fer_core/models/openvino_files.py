"""What an OpenVINO `.xml` and its `.bin` may hold."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

from fer_core.errors import ModelLoadError, UnsafeModelError

_MAX_XML_BYTES = 128 << 20


def check(path: Path) -> None:
    """Refuses entities, and weights that lie outside the `.bin`.

    Raises:
        UnsafeModelError, ModelLoadError: see `safety.check_file`.
    """
    if path.stat().st_size > _MAX_XML_BYTES:
        raise UnsafeModelError(f"{path} is larger than 128 MB, weights aside; it is not opened.")
    data = path.read_bytes()
    # Before any parser: entities can unfold to gigabytes or read other files. UTF-16 would hide
    # them from this search; OpenVINO itself writes UTF-8.
    if b"\0" in data or b"<!doctype" in data.lower() or b"<!entity" in data.lower():
        raise UnsafeModelError(f"{path} declares entities of its own; it is not opened.")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise ModelLoadError(
            f"{path} is damaged or no OpenVINO file ({error}); save or download it again."
        ) from error
    if root.tag != "net":
        raise ModelLoadError(f"{path} is no OpenVINO network; it starts with <{root.tag}>.")
    weights = path.with_suffix(".bin")
    available = weights.stat().st_size if weights.is_file() else 0
    if weights.is_symlink() and not weights.resolve().is_relative_to(path.parent.resolve()):
        raise UnsafeModelError(f"{weights} points outside {path.parent}; it is not opened.")
    for constant in root.iter("data"):
        try:
            needed = int(constant.get("offset", 0)) + int(constant.get("size", 0))
        except ValueError:
            raise ModelLoadError(f"{path} is damaged; save or download it again.") from None
        if not 0 <= needed <= available:
            missing = "is missing beside it" if not weights.is_file() else "is too short"
            raise ModelLoadError(f"{path}: its {weights.name} {missing}; copy both files again.")
