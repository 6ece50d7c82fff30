"""The one place that opens films with PyAV: which formats, which protocols, how large, how quiet.

What a film says about itself is untrusted: it may name no other file and no address, its demuxer is
one of a list, and the size of its pictures is checked before one is decoded.
"""

import logging
import re
from pathlib import Path
from typing import Any, BinaryIO

import av
import av.error
import av.logging
from av.container import InputContainer
from av.video.stream import VideoStream

from fer_core.errors import SourceOpenError
from fer_core.video.closing import Closing

_log = logging.getLogger(__name__)

#: Containers of films. None of them leads to other files, as playlists, image patterns and
#: slide shows do, and none takes any text for a film, as FFmpeg's "tty" does.
_FORMATS = (
    *("mov", "matroska", "avi", "mpegts", "mpeg", "mpegvideo", "m4v", "h264", "hevc", "obu", "ivf"),
    *("flv", "asf", "ogg", "gif", "apng", "mjpeg", "jpeg_pipe", "mxf", "gxf", "dv", "rm", "nut"),
    *("yuv4mpegpipe", "vc1", "vc1test", "wtv", "dirac", "h261", "h263", "cavsvideo", "vvc", "dhav"),
    *("vmd", "smk", "bink", "roq", "flic", "nsv", "pva", "amv", "swf", "film_cpk", "rpl", "ea"),
    *("mp3", "wav", "flac", "aac"),  # to say of them that they are sound
)
#: What a network camera or a server sends besides; the parts of an HLS stream may be sound alone.
_NETWORK_FORMATS = ("mpjpeg", "hls", "rtsp", "rtp", "sdp", "webvtt", "live_flv")
#: What an address may lead to, by its beginning. A server may send a browser from http to https.
_HTTP = "http,https,httpproxy,tls,tcp,crypto"
_RTSP = "rtsp,rtp,srtp,udp,tcp,tls"
_PROTOCOLS = {"http": _HTTP, "https": _HTTP, "rtsp": _RTSP, "rtsps": _RTSP}
#: Largest picture of a film in px; 8K has 33 million.
MAX_PX = 67_200_000
_BUFFER_BYTES = 1 << 18
#: So many lines a film are worth keeping in the log.
_MOST_LINES = 40
#: What PyAV raises for a stream that cannot be understood or read.
ERRORS = (av.error.FFmpegError, OSError, ValueError, RuntimeError, MemoryError)


#: FFmpeg's own lines that were not logged yet: level, part, text. Put there by PyAV.
_lines: list[tuple[int, str, str]] | None = None
_left = _MOST_LINES


def hush() -> None:
    """Keeps FFmpeg's lines off the terminal, for the log; a new film has lines to fill."""
    global _lines, _left
    log_lines()
    _left = _MOST_LINES
    if _lines is None:
        # Collected, not sent through `logging` by PyAV: that logs as errors what is none of ours.
        _lines = av.logging.Capture(local=False).__enter__()
        av.logging.set_level(av.logging.WARNING)
        # A library that nobody has told where to log to says nothing.
        logging.getLogger("fer_core").addHandler(logging.NullHandler())


def log_lines() -> None:
    """Logs what FFmpeg has said, without addresses, which may hold a password."""
    global _left
    while _lines:
        _, part, text = _lines.pop(0)
        _left -= 1
        if _left >= 0:
            _log.warning("%s: %s", part, re.sub(r"(\w+)://\S+", r"\1://…", text.strip()))


class Opened(Closing):
    """A container, and the file that its bytes come from.

    Args:
        container: as PyAV gives it.
        file: closed with it, or None.
    """

    def __init__(self, container: InputContainer, file: BinaryIO | None = None) -> None:
        self.container = container
        self._file = file

    def close(self) -> None:
        """Closes both."""
        self.container.close()
        if self._file is not None:
            self._file.close()
        log_lines()


def open_path(path: Path, format: str | None = None) -> Opened:
    """Opens a film on the disk; its bytes come from this file and from nowhere else.

    Args:
        path: a regular file.
        format: FFmpeg's name of the container, where the file does not tell it.

    Raises:
        av.error.FFmpegError, OSError, ValueError, RuntimeError, MemoryError: see `ERRORS`.
    """
    file = path.open("rb", buffering=0)
    try:
        return Opened(open_stream(file, format), file)
    except BaseException:
        file.close()
        raise


def open_stream(file: Any, format: str | None = None) -> InputContainer:
    """Opens a film in what has `read`, `seek` and `tell` of a binary file.

    Raises:
        av.error.FFmpegError, OSError, ValueError, RuntimeError, MemoryError: see `ERRORS`.
    """
    hush()
    options = {
        "format_whitelist": ",".join(_FORMATS),
        "protocol_whitelist": "none",
        "max_pixels": str(MAX_PX),
    }
    return av.open(
        file,
        "r",
        format=format,
        options=options,
        metadata_errors="replace",
        buffer_size=_BUFFER_BYTES,
    )


def open_address(url: str, timeouts_s: tuple[float, float], format: str = "") -> Opened:
    """Opens a film or camera on the network.

    Args:
        url: begins with one of `urls.SCHEMES`; only protocols of its family are used.
        timeouts_s: for opening, and for each read.
        format: as for `open_path`.

    Raises:
        av.error.FFmpegError, OSError, ValueError, RuntimeError, MemoryError: see `ERRORS`.
    """
    hush()
    scheme = url.split("://")[0].lower()
    formats = ",".join((*_FORMATS, *_NETWORK_FORMATS, *filter(None, (format,))))
    options = {
        "format_whitelist": formats,
        "protocol_whitelist": _PROTOCOLS[scheme],
        "max_pixels": str(MAX_PX),
    }
    if scheme.startswith("rtsp"):
        options["rtsp_transport"] = "tcp"
    container = av.open(
        url,
        "r",
        format=format or None,
        options=options,
        metadata_errors="replace",
        timeout=timeouts_s,
    )
    return Opened(container)


def is_end_of_unknown_length(error: Exception) -> bool:
    """Whether a server that never said how much it would send has just hung up.

    FFmpeg counts that as failure, against the largest number there is, unless the server also said
    that it would close the connection; older ones do not.
    """
    return str((1 << 64) - 1) in str(getattr(error, "log", ""))


def film_of(container: InputContainer, name: str | Path) -> VideoStream:
    """The moving pictures of a container; its cover, if it has one, is none.

    Raises:
        SourceOpenError: there are none, or they are too large.
    """
    covers = av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails
    # A stream of a kind that FFmpeg does not know has no codec at all.
    known = [s for s in container.streams.video if s.codec_context is not None]
    found = [s for s in known if not s.disposition & covers]
    if not found:
        if not container.streams.audio:
            raise SourceOpenError(f"{name} holds no moving pictures; choose a video.")
        if known:
            raise SourceOpenError(
                f"{name} is sound with a cover picture and no video; choose a video."
            )
        raise SourceOpenError(f"{name} is sound and no video; choose a video.")
    wanted = [s for s in found if s.disposition & av.stream.Disposition.default]
    film = max(wanted or found, key=lambda s: s.width * s.height)
    if film.width * film.height > MAX_PX:
        raise SourceOpenError(
            f"{name} has pictures of {film.width} × {film.height} px and up to "
            f"{MAX_PX / 1e6:.0f} megapixels can be opened; save it smaller."
        )
    return film


def only(container: InputContainer, *streams: av.stream.Stream) -> None:
    """Has the container leave out what other streams hold."""
    kept = {stream.index for stream in streams}
    for stream in container.streams:
        if stream.index not in kept:
            stream.discard = av.stream.Discard.all
