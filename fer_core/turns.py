"""Whose turn it is: in a live picture not every face is read anew in every frame.

Finding faces costs a few milliseconds a frame, reading each of them some more, and an expression
holds longer than a frame. So a known face is read about 15 times a second, and of many known faces
only those that have waited longest; a new face is read at once.
"""

from collections.abc import Set

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

    def due(
        self,
        faces: list[Face],
        time_s: float,
        *,
        unseen: Set[int] = frozenset(),
        everyone: bool = False,
    ) -> list[int]:
        """Indices of the faces to read now, in order; they count as read.

        Args:
            faces: of this frame; one without a track_id is always new.
            time_s: of this frame.
            unseen: known faces with these numbers cannot be read: something is in front of them.
            everyone: all others are due.
        """
        last = {f.track_id: self._read_s[f.track_id] for f in faces if f.track_id in self._read_s}
        new = [i for i, face in enumerate(faces) if face.track_id not in last]
        known = sorted(
            (last[face.track_id], i)
            for i, face in enumerate(faces)
            if face.track_id in last and face.track_id not in unseen
        )
        waiting = [i for read_s, i in known if everyone or time_s - read_s >= INTERVAL_S]
        turn = sorted(new + (waiting if everyone else waiting[:AT_A_TIME]))
        now = {faces[i].track_id: time_s for i in turn if faces[i].track_id is not None}
        self._read_s = {**last, **now}
        return turn
