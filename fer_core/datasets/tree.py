"""Files of a data set, in a folder or in the .tar or .zip as it was handed out, read one by one."""

import lzma
import tarfile
import threading
import zipfile
import zlib
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Protocol, overload

import cv2
import numpy as np

from fer_core.errors import DatasetError, SourceOpenError
from fer_core.video.images import planned
from fer_core.video.picture_size import REDUCE_ABOVE_PX

#: No file of a data set that is read whole has more bytes; larger ones are read in parts.
MAX_FILE_BYTES = 500_000_000
#: Endings that count as pictures.
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".pgm")
#: Endings of lists of pictures.
LISTS = (".csv", ".tsv")
_UNPACKING = (zlib.error, lzma.LZMAError)


class Tree(Protocol):
    """Named files; names are relative, with forward slashes, sorted."""

    path: Path
    names: tuple[str, ...]

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:
            DatasetError: it cannot be read, or has more than `MAX_FILE_BYTES`.
        """


class FolderTree:
    """The files under a folder; hidden ones and links that lead nowhere are left out.

    Args:
        only: name of the one list of pictures there that counts; "": all.
    """

    def __init__(self, path: Path, only: str = "") -> None:
        self.path = path
        names = (p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file())
        self.names = tuple(
            sorted(
                name
                for name in names
                if not _hidden(name) and (not only or name == only or is_picture(name))
            )
        )

    def read(self, name: str) -> bytes:
        """The bytes of one file."""
        try:
            check_bytes((self.path / name).stat().st_size, str(self.path / name))
            return (self.path / name).read_bytes()
        except OSError as error:
            raise DatasetError(f"{self.path / name} cannot be read: {error.strerror}.") from error


class ArchiveTree:
    """The files of an uncompressed .tar or of a .zip, read in place, safe to share by threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            self._stream: IO[bytes] = path.open("rb")
            self._files = self._zip_members() if zipfile.is_zipfile(path) else self._tar_members()
        except (OSError, tarfile.TarError, zipfile.BadZipFile) as error:
            raise DatasetError(
                f"{path} is not an uncompressed .tar nor a .zip that can be read ({error}); "
                "unpack it and give the folder."
            ) from error
        self.names = tuple(sorted(name for name in self._files if not _hidden(name)))

    def _tar_members(self) -> dict[str, tarfile.TarInfo | zipfile.ZipInfo]:
        with tarfile.open(fileobj=self._stream, mode="r:") as archive:
            return {m.name.removeprefix("./"): m for m in archive if m.isreg()}

    def _zip_members(self) -> dict[str, tarfile.TarInfo | zipfile.ZipInfo]:
        self._zip = zipfile.ZipFile(self._stream)
        return {m.filename: m for m in self._zip.infolist() if not m.is_dir()}

    def read(self, name: str) -> bytes:
        """The bytes of one file."""
        member = self._files[name]
        size = member.file_size if isinstance(member, zipfile.ZipInfo) else member.size
        check_bytes(size, f"{name} in {self.path}")
        try:
            with self._lock:
                if isinstance(member, zipfile.ZipInfo):
                    return self._zip.read(member)
                self._stream.seek(member.offset_data)
                return self._stream.read(member.size)
        except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, *_UNPACKING) as error:
            raise DatasetError(f"{name} in {self.path} cannot be read: {error}.") from error

    def __del__(self) -> None:
        if hasattr(self, "_stream"):
            self._stream.close()


def open_tree(path: str | Path) -> Tree:
    """The files of a folder, of a .tar or of a .zip; of a .csv the pictures beside and below it.

    Raises:
        DatasetError: nothing is there, or it is another kind of file.
    """
    path = Path(path)
    if path.is_dir():
        return FolderTree(path)
    if path.is_file() and path.suffix.lower() in LISTS:
        return FolderTree(path.parent, only=path.name)
    if path.is_file():
        return ArchiveTree(path)
    raise DatasetError(f"{path} does not exist; give the folder or archive of the data set.")


def is_picture(name: str) -> bool:
    """Whether the file's ending is that of a picture."""
    return name.lower().endswith(PICTURE_ENDINGS)


def decode_picture(data: bytes, name: str) -> np.ndarray:
    """uint8 (H, W) for a grey file, (H, W, 3) BGR for a coloured one; palettes are resolved.

    Raises:
        DatasetError: the bytes are no picture, or too large a one; `name` goes into the message.
    """
    check_pixels(data, name)
    image = None
    if data:
        try:
            image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_ANYCOLOR)
        except cv2.error:
            image = None
    if image is None:
        raise DatasetError(f"{name} is not a picture that can be read; delete or replace it.")
    return np.asarray(image)


def check_bytes(size: int, name: str) -> None:
    """Refuses a file that is read whole and has more than `MAX_FILE_BYTES`.

    Raises:
        DatasetError: it has.
    """
    if size > MAX_FILE_BYTES:
        raise DatasetError(
            f"{name} has {size / 1e6:.0f} MB and up to {MAX_FILE_BYTES / 1e6:.0f} MB are read; "
            "delete or replace it."
        )


def check_pixels(data: bytes, name: str) -> None:
    """Looks at a picture's header, before anything of it is decoded.

    Raises:
        DatasetError: it announces more pixels, or would take more memory, than any picture of a
            data set needs, or it is no picture.
    """
    try:
        reading = planned(data, name)
    except SourceOpenError as error:
        raise DatasetError(str(error)) from error
    if reading.divisor > 1:
        raise DatasetError(
            f"{name} has more than {REDUCE_ABOVE_PX / 1e6:.0f} megapixels, or takes as much memory "
            "as such a picture; save it smaller or delete it."
        )


class ReadWhenAsked(Sequence[np.ndarray]):
    """Pictures that are read when they are asked for; a subclass has `__len__` and `_read`."""

    @abstractmethod
    def _read(self, index: int) -> np.ndarray: ...

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self._read(index) for index in range(len(self)))

    @overload
    def __getitem__(self, index: int) -> np.ndarray: ...
    @overload
    def __getitem__(self, index: slice) -> list[np.ndarray]: ...
    def __getitem__(self, index: int | slice) -> np.ndarray | list[np.ndarray]:
        if isinstance(index, slice):
            return [self._read(i) for i in range(len(self))[index]]
        return self._read(index)


class Pictures(ReadWhenAsked):
    """Picture files of a tree.

    Args:
        tree: where they lie.
        names: their names in it.
        boxes: x0, y0, x1, y1 in pixels to cut out of each, or None for the whole picture.
    """

    def __init__(
        self,
        tree: Tree,
        names: Sequence[str],
        boxes: Sequence[tuple[int, int, int, int] | None] | None = None,
    ) -> None:
        self.tree = tree
        self.names = tuple(names)
        self.boxes = None if boxes is None else tuple(boxes)

    def __len__(self) -> int:
        return len(self.names)

    def _read(self, index: int) -> np.ndarray:
        name = self.names[index]
        image = decode_picture(self.tree.read(name), f"{name} in {self.tree.path}")
        box = None if self.boxes is None else self.boxes[index]
        if box is None:
            return image
        x0, y0, x1, y1 = (max(edge, 0) for edge in box)
        face = image[y0:y1, x0:x1]
        return face if face.size else image

    def take(self, index: np.ndarray) -> "Pictures":
        """Those at the given indices, still unread."""
        boxes = None if self.boxes is None else [self.boxes[i] for i in index]
        return Pictures(self.tree, [self.names[i] for i in index], boxes)


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))
