"""Pictures one after the other: one picture, a list, a folder."""

from collections.abc import Sequence
from pathlib import Path

from fer_core.errors import SourceOpenError
from fer_core.names import natural_key
from fer_core.types import Frame
from fer_core.video.base import VideoSource
from fer_core.video.images import IMAGE_SUFFIXES, at_home, left_unread, read_photo


class StillsSource(VideoSource):
    """Independent pictures; `Frame.index` is the place in `paths`, one second apart.

    A picture of several that cannot be read is passed over and named in `problems`; if none can, or
    there is only one, that is an error.

    Attributes:
        paths: the files in order.
        unreadable: index → sentence, of those that could not be read so far.

    Args:
        paths: picture files.
        name: what to show for them.
        tolerant: it is no error if none can be read.

    Raises:
        SourceOpenError: there is no picture, or the only one cannot be read.
    """

    is_stills = True

    def __init__(self, paths: Sequence[str | Path], name: str, *, tolerant: bool = False) -> None:
        super().__init__(name)
        self.unreadable: dict[int, str] = {}
        self._tolerant = tolerant
        self.paths = [Path(path) for path in paths]
        if not self.paths:
            raise SourceOpenError(f"{name} holds no pictures; choose another folder or a picture.")
        self._problems: list[str] = []
        self.frame_count = len(self.paths)
        self._next = 0
        self._readable = 0
        alone = len(self.paths) == 1 and not tolerant
        self._single = read_photo(self.paths[0]) if alone else None
        if self._single is not None:
            self.size_wh = (self._single.image.shape[1], self._single.image.shape[0])

    @property
    def problems(self) -> list[str]:
        """One sentence for each picture that could not be read so far, or not wholly."""
        return self._problems

    def _read(self) -> Frame | None:
        while self._next < len(self.paths):
            index = self._next
            self._next += 1
            try:
                photo = self._single or read_photo(self.paths[index])
            except SourceOpenError as error:
                self._note(str(error))
                self.unreadable[index] = str(error)
                continue
            self._note(left_unread(self.paths[index]))
            self._readable += 1
            image = photo.image if self._single is None else photo.image.copy()
            return Frame(image, index, float(index), photo.full_wh)
        if not self._tolerant and not self._readable and len(self._problems) == len(self.paths):
            raise SourceOpenError(
                f"None of the {len(self.paths)} pictures of {self.name} can be read; the first: "
                f"{self._problems[0]}"
            )
        return None

    def _note(self, problem: str | None) -> None:
        if problem is not None and problem not in self._problems:
            self._problems.append(problem)

    def _seek(self, index: int) -> None:
        self._next = min(index, len(self.paths))


def is_folder(path: str | Path) -> bool:
    """Whether there is such a folder; a name that nothing can have is none."""
    try:
        return at_home(path).is_dir()
    except (OSError, ValueError, RuntimeError):
        return False


def pictures_in(folder: str | Path) -> list[Path]:
    """The picture files of a folder, sorted as a file manager does: 2.jpg before 10.jpg.

    Raises:
        SourceOpenError: the folder cannot be read.
    """
    folder = at_home(folder)
    try:
        files = [
            path
            for path in folder.iterdir()
            if path.suffix.lower() in IMAGE_SUFFIXES
            and not path.name.startswith(".")
            and path.is_file()
        ]
    except OSError as error:
        raise SourceOpenError(
            f"The folder {folder} cannot be read ({error.strerror}); choose another."
        ) from error
    return sorted(files, key=natural)


def natural(path: Path) -> tuple[list[tuple[int, int, str]], str]:
    """A key by which 2.jpg comes before 10.jpg."""
    return natural_key(path.name)
