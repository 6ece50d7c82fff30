"""`open_source`: one way to all frames."""

from collections.abc import Sequence
from pathlib import Path

from fer_core.errors import SourceOpenError
from fer_core.video.base import VideoSource
from fer_core.video.cameras import CameraSource, find_camera
from fer_core.video.images import IMAGE_SUFFIXES, at_home, check_file, frames_in, holds_film
from fer_core.video.realtime import RealtimeSource
from fer_core.video.stills import StillsSource, is_folder, pictures_in
from fer_core.video.urls import SCHEMES, is_url, without_secrets

#: Pictures that may move and that FFmpeg plays; it cannot play WebP.
_ANIMATED = (".gif", ".png", ".apng")
#: Films that begin as a picture does, since they are pictures in a row.
RAW_FILMS = (".mjpeg", ".mjpg")
Openable = int | str | Path | Sequence[str | Path]


def open_source(what: Openable, *, realtime: bool = False, loop: bool = False) -> VideoSource:
    """Opens a camera, picture, video, folder of pictures, list of pictures or network stream.

    Args:
        what: camera index; a path, an address (http, https, rtsp) or a camera's name or number as
            text; or a list of picture files.
        realtime: a file stands in for a camera: it comes at its own rate, late frames are dropped.
        loop: with `realtime`, start again at the end.

    Returns:
        An open source; close it, or use it in a `with` statement.

    Raises:
        SourceOpenError: with one sentence that says what is wrong and what to do.
    """
    source = _open(what)
    return RealtimeSource(source, loop=loop) if realtime and not source.is_live else source


def _open(what: Openable) -> VideoSource:
    if isinstance(what, int):
        return CameraSource(what)
    if isinstance(what, str):
        return _open_text(what)
    if isinstance(what, Path):
        return _open_path(what)
    name = str(what[0]) if len(what) == 1 else f"{len(what)} pictures"
    if not what:
        raise SourceOpenError("The list of pictures is empty; choose at least one picture.")
    return StillsSource(what, name)


def _open_text(what: str) -> VideoSource:
    if not what.strip():
        raise SourceOpenError("No name was given; choose a camera, a picture or a video.")
    if is_url(what):
        if what.split("://")[0].lower() not in SCHEMES:
            raise SourceOpenError(
                f"{without_secrets(what)} is not an address that can be opened; it must start with "
                f"{', '.join(SCHEMES)}."
            )
        from fer_core.video.network import UrlSource  # and with it PyAV: a photo needs none

        return UrlSource(what)
    try:
        exists = at_home(what).exists()
    except (OSError, ValueError, RuntimeError):  # too long, or a character that no name has
        exists = False
    camera = None if exists else find_camera(what)
    if camera is not None:
        return CameraSource(camera.index, camera.name)
    return _open_path(Path(what))


def _open_path(path: Path) -> VideoSource:
    if is_folder(path):
        return StillsSource(pictures_in(path), str(path))
    path = check_file(path, "picture or video")
    return StillsSource([path], path.name) if is_still(path) else _film(path)


def is_still(path: Path) -> bool:
    """Whether a file is a photo; other ones, pictures that move too, are films or nothing."""
    if path.suffix.lower() in RAW_FILMS:
        return False
    pictures = frames_in(path)
    animated = pictures > 1 and path.suffix.lower() in _ANIMATED
    called_picture = path.suffix.lower() in IMAGE_SUFFIXES and not holds_film(path)
    return not animated and bool(pictures or called_picture)


def _film(path: Path) -> VideoSource:
    from fer_core.video.files import FileSource  # and with it PyAV: a photo needs none

    return FileSource(path)
