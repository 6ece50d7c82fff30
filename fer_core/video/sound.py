"""The sound of a film, kept in a copy of it."""

import logging
from collections.abc import Iterator

import av
import av.error
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from fer_core.video import ffmpeg
from fer_core.video.closing import Closing
from fer_core.video.film import FilmSource

_log = logging.getLogger(__name__)
#: What each container holds as it is; other kinds of sound become AAC.
_MP4 = frozenset(("aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"))
_COPIED = {
    ".mp4": _MP4,
    ".m4v": _MP4,
    ".mov": frozenset(("aac", "mp3", "ac3", "alac", "pcm_s16le", "pcm_s24le")),
    ".mkv": _MP4 | frozenset(("vorbis", "dts", "mp2", "pcm_s16le", "pcm_s24le")),
}
#: Rates of AAC in Hz; other ones become the last.
_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 88200, 96000, 48000)
_BITS_A_CHANNEL = 80_000


class Sound(Closing):
    """Sound that goes into another film, in step with its pictures.

    It must never cost a person their film: what cannot be read of it is left out, and logged.

    Args:
        source: the film that it comes from; not moved.
    """

    def __init__(self, source: FilmSource) -> None:
        self._opened = source.connect()
        container = self._opened.container
        found = container.streams.best("audio")
        if not isinstance(found, AudioStream) or found.time_base is None:
            self.close()
            raise ValueError("there is no sound")
        self._stream, self._base = found, found.time_base
        ffmpeg.only(container, found)
        self._packets: Iterator[Packet] = iter(container.demux(found))
        # The pictures of the copy begin at 0, and where the first one of the source is.
        self._shift = round(source.start_s / self._base)
        self._waiting: Packet | None = None
        self._film: OutputContainer | None = None
        self._copy: AudioStream | None = None
        self._resampler: av.AudioResampler | None = None

    def join(self, film: OutputContainer, suffix: str, *, copy: bool = True) -> None:
        """Adds a stream to a film, before its first frame.

        Args:
            film: opened for writing.
            suffix: of its name, small letters.
            copy: as it is where the container can hold it; otherwise always as AAC.

        Raises:
            av.error.FFmpegError, ValueError: the film takes no such sound.
        """
        self._film = film
        kind = self._stream.codec_context.codec.canonical_name
        if copy and kind in _COPIED.get(suffix, ()):
            self._copy = film.add_stream_from_template(self._stream)
            self._resampler = None
            return
        codec = self._stream.codec_context
        rate = codec.sample_rate if codec.sample_rate in _RATES else _RATES[-1]
        channels = codec.layout.nb_channels
        layout = codec.layout.name if channels in (1, 2, 6) else "stereo"
        self._copy = film.add_stream("aac", rate=rate, layout=layout)
        self._copy.bit_rate = _BITS_A_CHANNEL * channels if channels < 6 else 384_000
        self._resampler = av.AudioResampler(
            format=self._copy.format, layout=layout, rate=rate, frame_size=1024
        )

    def write_until(self, time_s: float) -> None:
        """Adds what is heard up to a time of the copy."""
        while (packet := self._next()) is not None:
            if packet.pts is not None and packet.pts * self._base > time_s:
                self._waiting = packet
                return
            self._write(packet)

    def finish(self) -> None:
        """Adds what the encoder still holds."""
        if self._resampler is not None:
            self._encode(None)

    def close(self) -> None:
        """Closes the source."""
        self._opened.close()

    def _next(self) -> Packet | None:
        """The next packet, in the time of the copy; None at the end and where reading fails."""
        if self._waiting is not None:
            packet, self._waiting = self._waiting, None
            return packet
        while True:
            try:
                packet = next(self._packets)
            except StopIteration:
                return None
            except ffmpeg.ERRORS as error:
                _log.warning("the sound ends early: %s", type(error).__name__)
                return None
            if not packet.size:
                return None
            if packet.pts is not None:
                packet.pts -= self._shift
            if packet.dts is not None:
                packet.dts -= self._shift
            # What is heard before the first picture is left out, but for what a decoder needs.
            if packet.pts is None or packet.pts + (packet.duration or 0) >= 0:
                return packet

    def _write(self, packet: Packet) -> None:
        if self._resampler is None and self._film is not None and self._copy is not None:
            packet.stream = self._copy
            try:
                self._film.mux_one(packet)
            except (av.error.InvalidDataError, av.error.ArgumentError, ValueError) as error:
                _log.warning("a piece of sound cannot be copied: %s", error)
            return
        try:
            frames = self._stream.codec_context.decode(packet)
        except (av.error.FFmpegError, ValueError) as error:
            _log.warning("a piece of sound cannot be decoded: %s", error)
            return
        for frame in frames:
            self._encode(frame)

    def _encode(self, frame: AudioFrame | None) -> None:
        if self._resampler is None or self._film is None or self._copy is None:
            return
        for part in self._resampler.resample(frame):
            self._film.mux(self._copy.encode(part))
        if frame is None:
            self._film.mux(self._copy.encode(None))
