"""Films on the disk: exact seeking, the frames' own times, calm ends."""

import logging
from pathlib import Path

import av.error

from fer_core.errors import SourceOpenError
from fer_core.video import ffmpeg
from fer_core.video.cut_off import is_cut_off
from fer_core.video.film import FilmSource, timeline_of
from fer_core.video.images import check_file
from fer_core.video.timeline import Timeline

_log = logging.getLogger(__name__)
#: How text files begin that only name other files or addresses.
_PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"v=0")
#: Pictures in a row, with nothing around them: their container cannot be told from one picture.
RAW_SUFFIXES = {".mjpeg": "mjpeg", ".mjpg": "mjpeg"}
#: Up to this size the times of all frames are read when they are needed; about 1 s a GB.
SCAN_LIMIT_BYTES = 4_000_000_000
#: Up to this size they are read at once where the file does not say how many there are.
_SCAN_AT_ONCE_BYTES = 64_000_000


class FileSource(FilmSource):
    """A video file or an animated GIF.

    Args:
        path: the file.

    Raises:
        SourceOpenError: it is missing, empty, not a video, or holds no picture.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = check_file(path, "video")
        self._format = RAW_SUFFIXES.get(self.path.suffix.lower())
        _refuse_playlists(self.path)
        self._size = self.path.stat().st_size
        super().__init__(self.path.name, str(self.path))
        if not self._stream.frames and self._size <= _SCAN_AT_ONCE_BYTES:
            self.frame_count = len(self._timeline()) or self.frame_count

    def connect(self) -> ffmpeg.Opened:
        """Opens the film once more.

        Raises:
            SourceOpenError: it cannot be opened.
        """
        try:
            return ffmpeg.open_path(self.path, self._format)
        except ffmpeg.ERRORS as error:
            _log.info("%s: %s", self.path, error)
            raise SourceOpenError(self._not_a_film()) from error

    def _not_a_film(self) -> str:
        return (
            f"{self.path} is not a video that can be opened, or it is damaged; "
            "choose another file, such as MP4, MOV, AVI, MKV or WebM."
        )

    def _is_end(self, error: Exception) -> bool:
        # The bytes of a part of a film end in the middle of something; a disk that fails says so.
        return isinstance(error, av.error.FFmpegError)

    def _scan(self) -> Timeline:
        if self._size > SCAN_LIMIT_BYTES:
            return Timeline((), ())
        try:
            return timeline_of(self.connect(), self.shown_name)
        except SourceOpenError:
            return Timeline((), ())

    def _problems(self) -> list[str]:
        """What a person should know who relies on what was read to the end."""
        decoder = self._decoder
        if self._end_s is None or not decoder.whole:
            return []
        read, name, announced_s = decoder.decoded, self.shown_name, self._announced_s or 0.0
        if self._end_s + 1.5 * self._step_s < announced_s and is_cut_off(self.path):
            return [
                f"{name} is cut off: it ends after {read} {'frame' if read == 1 else 'frames'}, "
                f"{self._end_s:.1f} s of {announced_s:.1f} s; copy it again."
            ]
        held = max(decoder.expected, self._held())
        lost = held - read if decoder.errors or decoder.packets < held else 0
        if lost > 0:
            return [f"{name} is damaged: {lost} of {held} frames are lost; copy it again."]
        return []

    def _held(self) -> int:
        """How many frames the film's own index names, where there is one that can be believed."""
        entries = self._stream.index_entries
        if self._container.format.name != "avi" or len(entries) != self._stream.frames:
            return 0
        return len(entries)


def _refuse_playlists(path: Path) -> None:
    """A file must not lead to other files or into the network; say what it is."""
    try:
        with path.open("rb") as stream:
            head = stream.read(16).lstrip(b"\xef\xbb\xbf")
    except OSError as error:
        raise SourceOpenError(f"{path} cannot be read; choose another video.") from error
    if head.startswith(_PLAYLISTS):
        raise SourceOpenError(
            f"{path} is a playlist; choose the video itself, or give its address."
        )
