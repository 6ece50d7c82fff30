"""What `video` sums up of a film."""

from fer_core.statistics import StreamStatistics
from fer_core.types import Frame, FrameResult
from fer_core.video import VideoSource
from fer_core.video.closing import Closing

#: How long a picture of several counts.
_PICTURE_S = 1.0
#: How long a film of one frame counts that has no rate.
_FRAME_S = 1 / 25


class Tally(Closing):
    """A sink that writes nothing and sums up; of a file each frame counts as long as it stands.

    Args:
        source: what the frames come from; still open when this is closed.
    """

    def __init__(self, source: VideoSource) -> None:
        self.statistics = StreamStatistics()
        self._is_live, self._is_stills = source.is_live, source.is_stills
        self._source = source
        self._held: FrameResult | None = None  # how long it stands is known with the next one
        self._step_s = 0.0
        self._in_pictures = 0

    @property
    def faces(self) -> int:
        """Different faces so far; those of each picture of a folder are others."""
        return self._in_pictures if self._is_stills else self.statistics.face_count

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Counts one frame."""
        if self._is_live:
            self.statistics.add(result)
        elif self._is_stills:
            self.statistics.add(result, _PICTURE_S)
            self._in_pictures += len(result.faces)
        else:
            if self._held is not None:
                self._step_s = result.time_s - self._held.time_s
                self.statistics.add(self._held, self._step_s)
            self._held = result

    def close(self) -> None:
        """Counts the last frame; may be called twice."""
        held, self._held = self._held, None
        if held is None:
            return
        # What was read to its end knows its length. Of others it is announced, and may be wrong: no
        # more than the frame before it.
        left_s, step_s = (self._source.duration_s or 0.0) - held.time_s, self._step_s
        lasts_s = min(left_s, step_s or left_s) if left_s > 0 else step_s
        self.statistics.add(held, lasts_s or _FRAME_S)
