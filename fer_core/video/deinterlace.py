"""Two half pictures of different moments become one whole picture."""

from collections import deque
from fractions import Fraction

import av.error
from av.filter import Graph
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

#: FFmpeg's numbers for how a stream's fields are ordered: which of them comes first.
_FIELD_ORDERS = {2: "tff", 3: "bff", 4: "bff", 5: "tff"}
#: Decoders that do not flag frames: of these the container knows it.
_SILENT = frozenset(("mjpeg", "rawvideo", "huffyuv", "ffvhuff", "ffv1", "utvideo", "v210", "v410"))


class Deinterlacer:
    """Passes progressive frames on and has bwdif rebuild the others, one for one.

    Args:
        codec: of the stream; says what the container knows of its fields.
        base: the unit of the frames' times.
    """

    def __init__(self, codec: VideoCodecContext, base: Fraction) -> None:
        self._base = base
        silent = codec.name in _SILENT
        #: "tff" or "bff" where all frames are interlaced without saying so.
        self._always = _FIELD_ORDERS.get(codec.field_order) if silent else None
        self._graph: Graph | None = None
        self._kind: tuple[object, ...] = ()
        self._waiting: deque[VideoFrame] = deque()
        #: Once a frame was interlaced all go through the filter, which passes the others on.
        self.found = self._always is not None

    def push(self, frame: VideoFrame) -> list[tuple[VideoFrame, VideoFrame]]:
        """Takes a frame; gives those that are finished, each with the frame that it was."""
        self.found = self.found or frame.interlaced_frame
        if not self.found:
            return [(frame, frame)]
        kind = (frame.width, frame.height, frame.format.name, frame.colorspace, frame.color_range)
        done = self.flush() if self._graph is not None and kind != self._kind else []
        if self._graph is None:
            self._graph, self._kind = self._made(frame), kind
        self._waiting.append(frame)
        self._graph.push(frame)
        return [*done, *self._pulled()]

    def flush(self) -> list[tuple[VideoFrame, VideoFrame]]:
        """The frames that still wait for a next one."""
        if self._graph is None:
            return []
        self._graph.push(None)
        done = self._pulled()
        self.reset()
        return done

    def reset(self) -> None:
        """Forgets the frames before: another place of the film begins."""
        self._graph = None
        self._waiting.clear()

    def _pulled(self) -> list[tuple[VideoFrame, VideoFrame]]:
        done = []
        while self._graph is not None and self._waiting:
            try:
                frame = self._graph.vpull()
            except (av.error.BlockingIOError, av.error.EOFError):
                break
            done.append((frame, self._waiting.popleft()))
        return done

    def _made(self, frame: VideoFrame) -> Graph:
        graph = Graph()
        options = (
            f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:"
            f"time_base={self._base}:pixel_aspect=1/1:colorspace={frame.colorspace}:"
            f"range={frame.color_range}"
        )
        which = f"parity={self._always}:deint=all" if self._always else "deint=interlaced"
        graph.link_nodes(
            graph.add("buffer", options),
            graph.add("bwdif", f"mode=send_frame:{which}"),
            graph.add("buffersink"),
        ).configure()
        return graph
