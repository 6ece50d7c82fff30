"""The pictures that the arrow keys go through, and what a dropped file is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fer_core.names import natural_key

PICTURES = frozenset({
    ".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".mpo",
    ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp",
})  # fmt: skip
VIDEOS = frozenset({
    ".3gp", ".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts",
    ".ogv", ".webm", ".wmv",
})  # fmt: skip
#: The second line is refused with a sentence of its own, which says what to save instead.
MODELS = frozenset({
    ".keras", ".h5", ".hdf5", ".json", ".onnx", ".tflite", ".zip",
    ".pt", ".pth", ".pkl", ".ckpt", ".safetensors", ".pb", ".caffemodel", ".prototxt", ".mlmodel",
})  # fmt: skip
_MODEL_FOLDERS = ("model.json", "saved_model.pb")


@dataclass(frozen=True, slots=True)
class Playlist:
    """Pictures in order, and which one is shown."""

    paths: tuple[Path, ...]
    index: int = 0

    @property
    def current(self) -> Path:
        """The picture that is shown."""
        return self.paths[self.index]

    def moved(self, by: int) -> "Playlist":
        """The same pictures, another one shown; stays within the ends."""
        return Playlist(self.paths, min(max(self.index + by, 0), len(self.paths) - 1))


def playlist(paths: Sequence[str]) -> Playlist | None:
    """The pictures to go through after opening some paths.

    One picture brings the others of its folder along, a folder all of its own; several pictures
    are taken as they are, folders among them as what they hold. None when there is no picture.
    """
    given = [Path(p) for p in paths]
    if len(given) > 1:
        found = [p for g in given for p in (_pictures_in(g) if g.is_dir() else (g,))]
        return Playlist(tuple(found)) if found else None
    (only,) = given
    if only.is_dir():
        inside = _pictures_in(only)
        return Playlist(inside) if inside else None
    around = _pictures_in(only.parent)
    return Playlist(around, around.index(only)) if only in around else Playlist((only,))


def kind_of(path: str) -> str:
    """What a path or address most likely is: picture, video, model, cascade or folder."""
    if is_address(path):
        return "video"
    place = Path(path)
    suffix = place.suffix.lower()
    if place.is_dir():
        return "model" if _is_model_folder(place) else "folder"
    if suffix == ".xml":
        return "cascade" if _is_cascade(place) else "model"
    if suffix in MODELS:
        return "model"
    return "video" if suffix in VIDEOS else "picture"


def _is_model_folder(place: Path) -> bool:
    in_parts = any(place.glob("*.json")) and any((*place.glob("*.h5"), *place.glob("*.hdf5")))
    return in_parts or any((place / name).exists() for name in _MODEL_FOLDERS)


def is_address(path: str) -> bool:
    """Whether it leads into the network, and not to a file."""
    return "://" in path


def shown_name(path: str) -> str:
    """What to call a file or an address; never holds a password."""
    if is_address(path):
        scheme, _, rest = path.partition("://")
        return f"{scheme}://{rest.rsplit('@', 1)[-1]}"
    return Path(path).name


def _is_cascade(path: Path) -> bool:
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as stream:
            return b"opencv_storage" in stream.read(4096)
    except OSError:
        return False


def _pictures_in(folder: Path) -> tuple[Path, ...]:
    try:
        found = [p for p in folder.iterdir() if p.suffix.lower() in PICTURES]
    except OSError:
        return ()
    return tuple(sorted(found, key=lambda p: natural_key(p.name)))
