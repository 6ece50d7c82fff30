"""Following faces through a stream: motion and assignment, after ByteTrack (Zhang et al. 2022).

Every frame is searched, or as many as a slow detector lets us; in a live picture some of them only
where the faces should be. Where each face should be by now is
predicted, the faces just found are given to those that are followed, first the sure ones, then the
doubtful ones, which may keep a face alive but never begin one. Nothing but the detector says that
a face is there: one that it does not confirm is shown for a moment at its predicted place, and
remembered for a little longer, so that whoever comes out from behind somebody keeps a number.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np

from fer_core import geometry
from fer_core.detection.base import FaceDetector
from fer_core.detection.search import Search
from fer_core.tracking.assignment import assign
from fer_core.tracking.cuts import CutDetector
from fer_core.tracking.track import Track
from fer_core.types import Face, Frame

#: A face is shown so long after the detector has seen it, over so many searches without it,
_SHOWN_S, _MISSES = 0.2, 2
#: and remembered so long.
_REMEMBER_S = 1.0
#: Frames further apart than this are taken for pictures of their own.
_PAUSE_S = 0.7
#: In a live picture a search may take this share of the time, and the next one waits no longer
#: than this, so that a face that one search misses is still shown when the next one finds it.
_SHARE, _WAIT_S = 0.5, 0.095
#: As long as nobody is missed, and so few are followed, a live picture is looked at around them
#: only, until that time is over: a search of all of it costs as much as six looks at one face.
_FEW = 3
#: While nobody is in view, a search for small faces may take this share, and waits so long.
_FINE_SHARE, _FINE_WAIT_S = 0.3, 0.1
#: A doubtful box keeps a face from this share of a sure score on,
_KEEPS = 0.6
#: where it overlaps the expected place so much, as IoU.
_DOUBT_IOU = 0.3
#: Two looks at one face give boxes with this IoU and more.
_ONE_IOU = 0.4
#: Of two boxes one face, as a share of the smaller box that they have in common.
_SAME = 0.6
#: A face is in the picture while so much of its box is.
_INSIDE = 0.4


class FaceTracker:
    """Gives the faces of each frame of one stream, with numbers that stay.

    Attributes:
        thorough: searches every frame, for small faces too; may be set at any time.
        detect_ms: time that the detector took in the last frame.
        missed: numbers of the faces of the last frame that the detector looked for in vain.
    """

    def __init__(
        self,
        detector: FaceDetector,
        *,
        thorough: bool = False,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        """Makes a tracker.

        Args:
            detector: finds the faces.
            thorough: search every frame, for small faces too, whatever it costs.
            clock: seconds; measures what a search costs.
        """
        self.thorough = thorough
        self._clock = clock
        self.use(detector)
        self.reset()

    @property
    def detector(self) -> FaceDetector:
        """Finds the faces; `use` changes it."""
        return self._search.detector

    def use(self, detector: FaceDetector) -> None:
        """Goes on with another detector; the faces that are known stay known."""
        self._search = Search(detector)
        self._sure = self._search.sure  # of what was found last
        self._cost_s = self._fine_cost_s = 0.0
        self._searched_s = self._fine_s = -math.inf
        self._at_once = True

    def reset(self) -> None:
        """Forgets everything; the next frame starts a stream, its faces numbered from 1."""
        self._numbers = itertools.count(1)
        self._tracks: list[Track] = []
        self._cuts = CutDetector()
        self._time_s = self._searched_s = self._fine_s = -math.inf
        self._at_once = True
        self.detect_ms = 0.0
        self.missed: frozenset[int] = frozenset()

    def search(self, image: np.ndarray) -> list[Face]:
        """All that may be a face in one picture, small ones too; knows nothing of the stream."""
        return self._search.complete(image, self._search.whole(image))

    def update(self, frame: Frame, found: list[Face] | None = None) -> list[Face]:
        """The faces of the next frame, `track_id` set, oldest first.

        Args:
            frame: the next one.
            found: what `search` gave of it; None searches as the stream needs it.
        """
        passed_s, self._time_s = frame.time_s - self._time_s, frame.time_s
        if self._cuts.is_cut(frame.image):
            self._tracks.clear()  # whoever is there now is somebody else
            self._at_once = True
        for track in self._tracks:
            if passed_s > _PAUSE_S:
                track.motion.rest()
            else:
                track.motion.predict(passed_s)
        self.detect_ms = 0.0
        self._at_once |= passed_s > _PAUSE_S
        if found is not None:
            self._searched_s = self._fine_s = self._time_s
            self._sure = self._search.sure_twice
            self._take(found)
        elif self._may_look_near():
            near = self._find_near(frame)
            if self._time_s - self._searched_s >= _WAIT_S:
                near = _instead(near, self._find(frame))
            self._take(near)
        elif self._at_once or self.thorough or self._is_due():
            self._take(self._find(frame))
        return self._shown(frame.wh)

    def _may_look_near(self) -> bool:
        """Whether all that are followed can be looked at one by one."""
        return (
            self._search.can_look_near
            and not self.thorough
            and not self._at_once
            and 0 < len(self._tracks) <= _FEW
            and not any(track.misses for track in self._tracks)
        )

    def _find_near(self, frame: Frame) -> list[Face]:
        """Looks where the faces should be."""
        start = self._clock()
        found = self._search.near(frame.image, [t.motion.box_xyxy for t in self._tracks])
        self._sure = self._search.sure
        self.detect_ms += (self._clock() - start) * 1e3
        return found

    def _is_due(self) -> bool:
        """Whether the last search is long enough ago, for what a search costs."""
        return self._time_s - self._searched_s >= min(self._cost_s / _SHARE, _WAIT_S)

    def _find(self, frame: Frame) -> list[Face]:
        """Searches a frame: faces that are sure, and doubtful ones."""
        start = self._clock()
        whole = self._search.whole(frame.image)
        end = self._clock()
        self._cost_s = _average(self._cost_s, end - start)
        self._searched_s, self._sure = self._time_s, self._search.sure
        wait_s = max(_FINE_WAIT_S, self._fine_cost_s / _FINE_SHARE)
        nobody = not any(face.score >= self._search.sure for face in whole)
        if self._at_once or self.thorough or (nobody and self._time_s - self._fine_s >= wait_s):
            whole, begun = self._search.complete(frame.image, whole), end
            self._sure = self._search.sure_twice
            end = self._clock()
            self._fine_cost_s, self._fine_s = _average(self._fine_cost_s, end - begun), self._time_s
        self.detect_ms += (end - start) * 1e3
        return whole

    def _take(self, faces: list[Face]) -> None:
        """Brings the tracks up to date with what was found, and begins new ones."""
        sure = [face for face in faces if face.score >= self._sure]
        least = _KEEPS * self._sure
        doubtful = [face for face in faces if least <= face.score < self._sure]
        waiting, new = self._match(self._tracks, sure)
        waiting = self._confirm(waiting, doubtful)
        for track in waiting:  # a search that is believed at once is so of who is not there, too
            track.misses += _MISSES + 1 if self._at_once else 1
        seen = [track for track in self._tracks if not track.misses]
        for face in new:
            if not any(_common(face.box_xyxy, track.motion.box_xyxy) > _SAME for track in seen):
                self._tracks.append(Track(face, self._time_s))
        for track in self._tracks:
            if track.number is None and (self._at_once or track.hits > 1):
                track.number = next(self._numbers)
        self._at_once = False
        self._tracks = [track for track in self._tracks if self._is_kept(track)]

    def _match(self, tracks: list[Track], faces: list[Face]) -> tuple[list[Track], list[Face]]:
        """Continues tracks with faces; gives those of both that are left."""
        pairs = assign(
            _boxes([track.motion.box_xyxy for track in tracks]),
            np.array([self._time_s - track.seen_s for track in tracks]),
            _boxes([face.box_xyxy for face in faces]),
        )
        for t, f in pairs:
            tracks[t].hit(faces[f], self._time_s)
        matched, taken = {t for t, _ in pairs}, {f for _, f in pairs}
        return (
            [track for t, track in enumerate(tracks) if t not in matched],
            [face for f, face in enumerate(faces) if f not in taken],
        )

    def _confirm(self, tracks: list[Track], doubtful: list[Face]) -> list[Track]:
        """Keeps faces in view by doubtful boxes that lie on them; gives the other tracks."""
        shown = [track for track in tracks if self._in_view(track)]
        expected = _boxes([track.motion.box_xyxy for track in shown])
        overlaps = geometry.iou(_boxes([face.box_xyxy for face in doubtful]), expected)
        on_one = np.flatnonzero((overlaps > _DOUBT_IOU).any(axis=1)).tolist()
        self._match(shown, [doubtful[i] for i in on_one])
        return [track for track in tracks if track.seen_s < self._time_s]

    def _in_view(self, track: Track) -> bool:
        seen_s = self._time_s - track.seen_s
        return track.number is not None and track.misses <= _MISSES and seen_s <= _SHOWN_S

    def _is_kept(self, track: Track) -> bool:
        """Whether a track may still be continued: in the next frame, or within a second."""
        if track.number is None:
            return not track.misses
        return not track.misses or self._time_s - track.seen_s <= _REMEMBER_S

    def _shown(self, image_wh: tuple[int, int]) -> list[Face]:
        """The faces that are in view; those that have left the picture are not."""
        faces, missed = [], []
        for track in self._tracks:
            if not self._in_view(track):
                continue
            whole = track.face()
            box = geometry.clip(whole.box_xyxy, image_wh)
            if float(geometry.area(box)) >= _INSIDE * float(geometry.area(whole.box_xyxy)):
                faces.append(replace(whole, box_xyxy=box, track_id=track.number))
                if track.misses and track.number is not None:
                    missed.append(track.number)
        self.missed = frozenset(missed)
        return faces


def _instead(near: list[Face], whole: list[Face]) -> list[Face]:
    """The faces of a search, those that were looked at from near as that look has them.

    The two differ by a hundredth of a face: boxes would shiver if each frame took another one's.
    """
    overlaps = geometry.iou(
        _boxes([face.box_xyxy for face in whole]), _boxes([face.box_xyxy for face in near])
    )
    others = [whole[i] for i in np.flatnonzero(~(overlaps > _ONE_IOU).any(axis=1))]
    return [*near, *others]


def _average(before_s: float, now_s: float) -> float:
    """The cost of a search, over the last few; one that was disturbed does not count much."""
    return now_s if before_s <= 0 else before_s + 0.3 * (min(now_s, 3 * before_s) - before_s)


def _boxes(boxes: list[np.ndarray]) -> np.ndarray:
    return np.array(boxes, np.float32).reshape(-1, 4)


def _common(a_xyxy: np.ndarray, b_xyxy: np.ndarray) -> float:
    """Shared area as a share of the smaller box, 0..1."""
    shared = float(geometry.intersection(a_xyxy[None], b_xyxy[None])[0, 0])
    return shared / max(min(float(geometry.area(a_xyxy)), float(geometry.area(b_xyxy))), 1e-6)
