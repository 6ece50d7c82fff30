"""What an analysis of many things is given: photos, folders, films, addresses, mixed."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fer_core.video.images import IMAGE_SUFFIXES, at_home
from fer_core.video.source import RAW_FILMS, is_still
from fer_core.video.stills import is_folder, natural
from fer_core.video.urls import is_url, without_secrets

#: Names that films end with; a folder is read by these.
FILM_SUFFIXES = frozenset(
    (
        *(".3gp", ".apng", ".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpe"),
        *(".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".ts", ".vob", ".webm", ".wmv", *RAW_FILMS),
    )
)
_KNOWN = FILM_SUFFIXES | IMAGE_SUFFIXES


@dataclass(frozen=True, slots=True)
class Input:
    """One photo or film.

    Attributes:
        path: as `open_source` takes it.
        is_photo: otherwise it is a film, or an address.
        stem: a name for its results that no other input has.
    """

    path: str
    is_photo: bool
    stem: str

    @property
    def shown(self) -> str:
        """The path without a password that an address may hold."""
        return without_secrets(self.path) if is_url(self.path) else self.path


def find_inputs(given: Iterable[str]) -> tuple[list[Input], list[str]]:
    """All photos and films that are meant, each once, in the order of a file manager.

    Args:
        given: files, folders (with all folders in them) and addresses.

    Returns:
        The inputs, and one sentence for each folder that holds none or cannot be read. A file that
        does not exist is an input: opening it says so.
    """
    problems: list[str] = []
    paths: dict[str, bool] = {}
    for name in given:
        if is_url(name) or not is_folder(name):
            paths.setdefault(name, not is_url(name) and _is_photo(name))
            continue
        found = list(_in_folder(at_home(name), problems))
        if not found:
            problems.append(f"{name} has no photos and no films; give a folder that has some.")
        for path in found:
            paths.setdefault(str(path), _is_photo(path))
    stems = _stems(paths)
    return [Input(path, photo, stems[path]) for path, photo in paths.items()], problems


def _in_folder(folder: Path, problems: list[str]) -> Iterator[Path]:
    """Files by name, those of a folder before those of the folders in it; hidden ones are not."""

    def unreadable(error: OSError) -> None:
        problems.append(
            f"The folder {error.filename} cannot be read ({error.strerror}); choose another."
        )

    for where, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted((name for name in folders if name[0] != "."), key=_order)
        for name in sorted(files, key=_order):
            path = Path(where, name)
            if name[0] != "." and path.suffix.lower() in _KNOWN and path.is_file():
                yield path


def _order(name: str) -> tuple[list[tuple[int, int, str]], str]:
    return natural(Path(name))


def _is_photo(path: str | Path) -> bool:
    try:
        if at_home(path).is_file():  # a pipe would be waited for
            return is_still(at_home(path))
    except (OSError, ValueError, RuntimeError):  # said when it is opened
        pass
    return Path(path).suffix.lower() in IMAGE_SUFFIXES


def _stems(paths: Iterable[str]) -> dict[str, str]:
    """Path → a name of its own; the first one of a name keeps it."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    for path in paths:
        name = without_secrets(path) if is_url(path) else path
        stem = re.sub(r'[<>:"|?*\x00-\x1f]', "_", Path(name).stem)[:80].strip(". ") or "film"
        number, free = 1, stem
        while free.lower() in taken:  # as systems compare names
            number += 1
            free = f"{stem}-{number}"
        taken.add(free.lower())
        found[path] = free
    return found
