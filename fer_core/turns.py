"""Whose turn it is: in a stream not every face is read anew in every frame.

Following a face costs a millisecond, reading it some of them, and an expression holds longer than
a frame. So a known face is read about 15 times a second, and of many known faces only those that
have waited longest; a new face is read at once.
"""

from fer_core.types import Face

#: A known face waits this long; a little under two frames of 30 a second.
INTERVAL_S = 0.06
#: Known faces that are read in one frame.
AT_A_TIME = 2


class Turns:
    """Remembers when each face of a stream was read last."""

    def __init__(self) -> None:
        self._read_s: dict[int | None, float] = {}

    def reset(self) -> None:
        """Forgets all faces: each is new."""
        self._read_s.clear()

    def due(self, faces: list[Face], time_s: float) -> list[int]:
        """Indices of the faces to read now, in order; they count as read.

        Args:
            faces: of this frame; one without a track_id is always new.
            time_s: of this frame.
        """
        last = {f.track_id: self._read_s[f.track_id] for f in faces if f.track_id in self._read_s}
        new = [i for i, face in enumerate(faces) if face.track_id not in last]
        waiting = sorted(
            (last[face.track_id], i)
            for i, face in enumerate(faces)
            if face.track_id in last and time_s - last[face.track_id] >= INTERVAL_S
        )
        turn = sorted(new + [i for _, i in waiting[:AT_A_TIME]])
        now = {faces[i].track_id: time_s for i in turn if faces[i].track_id is not None}
        self._read_s = {**last, **now}
        return turn
