"""Packets in, whole progressive frames out; damage is counted and passed over."""

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import NamedTuple

import av.error
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from fer_core.video.deinterlace import Deinterlacer
from fer_core.video.ffmpeg import log_lines, only

_log = logging.getLogger(__name__)
#: So many failures in a row are no damage any more but the end.
_MOST_FAILURES = 64
#: Decoders that give the frames in the order of the packets: a packet's place tells its frame.
_IN_ORDER = frozenset(("mjpeg", "dvvideo", "rawvideo", "huffyuv", "ffvhuff", "utvideo", "png"))
#: So many frames of an AVI are found again by their places in the file.
_MOST_PLACES = 500_000


class Picture(NamedTuple):
    """A decoded frame and the time that the film gives it, in units of the stream, or None."""

    frame: VideoFrame
    pts: int | None
    duration: int


class Decoder:
    """Frames of one stream, in the order in which they are shown.

    Attributes:
        expected: frames that the film holds as far as it was read, sound or not.
        decoded: those that could be decoded.
        errors: what the decoder or the container complained of, in numbers.
        packets: of the stream, with those that are not to be shown.
        whole: nothing was passed over by `seek`, so that the numbers count the film.

    Args:
        container: opened; belongs to the caller.
        stream: one of it.
        live: frames are wanted at once; decoding on two cores at a time would delay them.
    """

    def __init__(
        self, container: InputContainer, stream: VideoStream, *, live: bool = False
    ) -> None:
        self._container, self._stream = container, stream
        stream.thread_type = "SLICE" if live else "AUTO"
        only(container, stream)
        self._fields = Deinterlacer(stream.codec_context, _base_of(stream))
        self._places = _places(container, stream)
        self._packets: Iterator[Packet] = container.demux(stream)
        self._ready: deque[Picture] = deque()
        self._ended = False
        self._due = 0
        self.expected = self.decoded = self.errors = self.packets = 0
        self.whole = True

    @property
    def deinterlaces(self) -> bool:
        """Whether a frame also depends on the one before it."""
        return self._fields.found

    def next(self) -> Picture | None:
        """The next frame that can be decoded; None at the end.

        Raises:
            av.error.FFmpegError, OSError: the bytes stopped coming.
        """
        while not self._ready and not self._ended:
            packet = self._next_packet()
            if packet is None:
                self._ended = True
                self._take(self._decode(None))
                self._ready.extend(_picture(*pair) for pair in self._fields.flush())
            else:
                self._take(self._decode(packet))
            log_lines()
        return self._ready.popleft() if self._ready else None

    def seek(self, pts: int) -> None:
        """Goes on at the last place before a time at which decoding can begin.

        Raises:
            av.error.FFmpegError, OSError: the film cannot be moved.
        """
        self.whole = False
        self._container.seek(pts, stream=self._stream, backward=True)
        self._packets = self._container.demux(self._stream)
        self._fields.reset()
        self._ready.clear()
        self._ended = False

    def close(self) -> None:
        """Has the decoder's threads end their work, so that it can be freed without waiting."""
        self._ready.clear()
        self._fields.reset()
        self._stream.codec_context.flush_buffers()

    def __del__(self) -> None:
        with suppress(Exception):  # freed while its threads have something to log, it would wait
            self.close()

    def _next_packet(self) -> Packet | None:
        for _ in range(_MOST_FAILURES):
            try:
                packet = next(self._packets, None)
            except av.error.InvalidDataError as error:
                self._note(error)
                self._packets = self._container.demux(self._stream)
                continue
            if packet is None or (not packet.size and packet.pts is None and packet.dts is None):
                return None
            self.packets += 1
            if packet.size:
                self.errors += packet.is_corrupt
                self.expected += is_shown(packet)
                place(packet, self._places)
                self._note_leap(packet)
                return packet
        return None

    def _note_leap(self, packet: Packet) -> None:
        """Frames of an AVI that the container passed over have no packet."""
        if self._places and packet.pts is not None:
            self.errors += packet.pts > self._due
            self._due = packet.pts + 1

    def _decode(self, packet: Packet | None) -> list[VideoFrame]:
        try:
            return self._stream.codec_context.decode(packet)
        except av.error.EOFError:
            return []
        except (av.error.FFmpegError, ValueError, RuntimeError) as error:
            self._note(error)
            return []

    def _take(self, frames: list[VideoFrame]) -> None:
        for frame in frames:
            self.decoded += 1
            self.errors += frame.is_corrupt
            self._ready.extend(_picture(*pair) for pair in self._fields.push(frame))

    def _note(self, error: Exception) -> None:
        self.errors += 1
        if self.errors <= _MOST_FAILURES:
            _log.warning("frame %d cannot be decoded: %s", self.expected, error)


def scan(container: InputContainer, stream: VideoStream) -> list[tuple[int, bool]]:
    """The times of all frames, and whether decoding can begin there; no picture is decoded.

    Returns:
        Times in units of the stream; empty if the film does not give every frame one.
    """
    places, found, failures = _places(container, stream), [], 0
    if places and len(places) == stream.frames:
        return [(entry.timestamp, entry.is_keyframe) for entry in stream.index_entries]
    only(container, stream)
    packets = container.demux(stream)
    in_order = not stream.codec_context.has_b_frames
    while failures < _MOST_FAILURES:
        try:
            packet = next(packets, None)
        except (av.error.FFmpegError, OSError):
            failures += 1
            packets = container.demux(stream)
            continue
        if packet is None:
            break
        if not packet.size or not is_shown(packet):
            continue
        place(packet, places)
        pts = packet.dts if packet.pts is None and in_order else packet.pts
        if pts is None:
            return []
        found.append((pts, packet.is_keyframe))
    return found


def is_shown(packet: Packet) -> bool:
    """Whether a packet becomes a frame; edit lists, and VP8, have some that do not."""
    if packet.is_discard:
        return False
    vp8 = packet.stream.codec_context.name in ("vp8", "libvpx")
    return not vp8 or bool(memoryview(packet)[0] & 0x10)  # RFC 6386, 9.1: show_frame


def place(packet: Packet, places: dict[int, int]) -> None:
    """Gives a packet the time that the film's index has for its place in the file."""
    if places and packet.pos is not None and packet.pos in places:
        packet.pts = packet.dts = places[packet.pos]


def _places(container: InputContainer, stream: VideoStream) -> dict[int, int]:
    """Of an AVI: place of each frame in the file → its time.

    Its packets hold no times: they are counted, and behind damage the count is wrong.
    """
    codec = stream.codec_context.name
    if container.format.name != "avi" or codec not in _IN_ORDER:
        return {}
    entries = stream.index_entries
    if not 0 < len(entries) <= _MOST_PLACES:
        return {}
    return {entry.pos + 8: entry.timestamp for entry in entries}  # 8 bytes: name and length


def _picture(frame: VideoFrame, was: VideoFrame) -> Picture:
    return Picture(frame, was.pts, was.duration or 0)


def _base_of(stream: VideoStream) -> Fraction:
    return stream.time_base or Fraction(1, 1000)
