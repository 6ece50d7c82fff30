"""Zip files of other people: nothing leaves the folder, nothing is a link, nothing is a bomb."""

import lzma
import zipfile
import zlib
from pathlib import Path

from fer_core.errors import ModelLoadError, UnsafeModelError
from fer_core.untrusted.formats import MAX_FILE_BYTES, leaves_folder

#: What reading a damaged file can raise, whatever its members are packed with.
DAMAGED = (
    OSError, EOFError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error,
    lzma.LZMAError,
)  # fmt: skip
_MAX_MEMBERS = 20_000
_MAX_RATIO = 200


def check_members(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuses members that leave the archive's folder, links, duplicates, and zip bombs.

    Raises:
        UnsafeModelError: naming the member.
    """
    members = archive.infolist()
    if len(members) > _MAX_MEMBERS:
        raise UnsafeModelError(f"{path} holds {len(members)} files; it is not opened.")
    if len({m.filename.lower() for m in members}) < len(members):
        raise UnsafeModelError(f"{path} holds two files of the same name; it is not opened.")
    for member in members:
        if leaves_folder(member.filename):
            name = member.filename[:200]
            raise UnsafeModelError(f"{path} holds {name!r}, outside its own folder.")
        if (member.external_attr >> 16) & 0o170000 == 0o120000:
            name = member.filename[:200]
            raise UnsafeModelError(f"{path} holds a link, {name!r}; it is not opened.")
        big = member.file_size > 1 << 20
        if big and member.file_size > _MAX_RATIO * max(member.compress_size, 1):
            raise UnsafeModelError(f"{path} unpacks to far more than its size; it is not opened.")
    if sum(m.file_size for m in members) > MAX_FILE_BYTES:
        raise UnsafeModelError(f"{path} unpacks to more than 2 GB; it is not opened.")


def unzip(path: str, folder: str) -> None:
    """Unpacks an archive into an empty folder of ours; `gate` has a child process do it.

    Raises:
        UnsafeModelError: it would leave that folder or fill the disk.
        ModelLoadError: it is locked or damaged, or there is no room for it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_members(archive, Path(path))
            if any(member.flag_bits & 1 for member in archive.infolist()):
                raise ModelLoadError(
                    f"{path} is locked with a password; unpack it and add the model."
                )
            archive.extractall(folder)
    except DAMAGED as error:
        text = " ".join(str(error).split())[:200]
        raise ModelLoadError(
            f"{path} cannot be unpacked ({text}); save or download it again."
        ) from error
