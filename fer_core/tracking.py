"""Following faces through a stream: stable numbers, calm boxes, calm probabilities.

Finding faces costs ten times more than following them. So the search for new faces is spread over
several frames, each face is followed from frame to frame by its own look (a small grey patch), and
the detector looks again at one face's neighbourhood in between. A face whose look is gone and that
the detector no longer finds is dropped at once; a new one has to be found in two frames. Small
faces cost most to find: a live picture is searched for them only while nobody is in view.
"""

import itertools
import math
from dataclasses import dataclass, replace
from time import perf_counter

import cv2
import numpy as np

from fer_core import geometry
from fer_core.detection.base import FaceDetector, StreamDetector, best_apart, shifted
from fer_core.types import Face, Frame, Prediction

#: A search takes so many frames, or so many seconds if those are fewer frames.
_SEARCH_FRAMES, _SEARCH_S = 9, 0.3
#: A live picture with nobody in view is searched for small faces in this time.
_FINE_S = 1.0
#: The detector looks at a face again after so many frames, at so many faces a frame.
_CHECK_FRAMES, _CHECKS = 4, 2
#: From this correlation with its patch on, 0..1, a face can be followed by its look alone,
_SAME = 0.7
#: and so long, while the detector does not see it.
_BLIND_S = 0.6
#: A face found again within this time near its last place keeps its number.
_REMEMBER_S = 1.0
#: Mean difference of two frames that makes a cut, grey levels 0..255.
_CUT = 30.0
#: Frames further apart than this are taken for pictures of their own.
_PAUSE_S = 0.7
#: Side of a patch in px; it is looked for within twice that.
_PATCH_PX = 24


@dataclass(slots=True, eq=False)
class _Track:
    face: Face
    patch: np.ndarray
    seen_s: float
    checked: int
    number: int | None = None  # None until the face is confirmed
    likeness: float = 1.0
    misses: int = 0


class _Spread:
    """The parts of a search, handed out in turn over several frames; the first time all at once."""

    def __init__(self, parts: range) -> None:
        self._parts = parts
        self._next, self._due = 0, math.inf

    def begin(self) -> None:
        """All has just been searched."""
        self._next, self._due = 0, 0.0

    def take(self, share: float) -> list[int]:
        """The parts for the next frame: this share of all; what is left of a part is saved up."""
        count = len(self._parts)
        self._due = min(self._due + share * count, count)
        now = int(self._due)
        taken = [self._parts[(self._next + i) % count] for i in range(now)]
        self._next, self._due = self._next + now, self._due - now
        return taken


class FaceTracker:
    """Gives the faces of each frame of one stream, with numbers that stay.

    A detector that is no `StreamDetector` is asked for every frame, and believed.

    Attributes:
        detector: finds the faces; `use` changes it.
        thorough: looks for small faces all the time; may be set at any time.
        detect_ms: time that it took in the last frame.
    """

    def __init__(self, detector: FaceDetector, *, thorough: bool = False) -> None:
        """Makes a tracker.

        Args:
            detector: finds the faces.
            thorough: look for small faces all the time, not only while nobody is in view.
        """
        self.thorough = thorough
        self.use(detector)
        self.reset()

    def use(self, detector: FaceDetector) -> None:
        """Goes on with another detector; the faces that are known stay known."""
        self.detector = detector
        self._stream = detector if isinstance(detector, StreamDetector) else None
        parts, fine_parts = (
            (self._stream.parts, self._stream.fine_parts) if self._stream else (0, 0)
        )
        self._quick = _Spread(range(parts))
        self._fine = _Spread(range(parts, parts + fine_parts))

    def reset(self) -> None:
        """Forgets everything; the next frame starts a stream, its faces numbered from 1."""
        self._numbers = itertools.count(1)
        self._tracks: list[_Track] = []
        self._lost: list[_Track] = []
        self._thumbnail: np.ndarray | None = None
        self._frame, self.detect_ms = 0, 0.0
        self._time_s = -math.inf

    def update(self, frame: Frame) -> list[Face]:
        """The faces of the next frame, `track_id` set, oldest first."""
        grey = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY)
        passed_s = frame.time_s - self._time_s
        jumped = self._is_cut(grey)
        cut = jumped or passed_s > _PAUSE_S
        self._frame, self._time_s, self.detect_ms = self._frame + 1, frame.time_s, 0.0
        vanished = self._follow(frame, grey, jumped=jumped, everyone=cut)
        if cut:
            self._lost.clear()
        if self._stream is None or cut:
            self._search_all(frame, grey)
        else:
            share = 1.0 if vanished else max(1 / _SEARCH_FRAMES, passed_s / _SEARCH_S)
            parts = self._quick.take(share)
            if self.thorough or not self._tracks:
                parts += self._fine.take(share if self.thorough else passed_s / _FINE_S)
            self._search_some(frame, grey, self._stream, parts)
        return self._confirmed(frame.wh)

    def _confirmed(self, image_wh: tuple[int, int]) -> list[Face]:
        """The faces that have a number; those that have left the picture are dropped."""
        faces = []
        for track in tuple(self._tracks):
            box = geometry.clip(track.face.box_xyxy, image_wh)
            if float(geometry.area(box)) < 0.4 * float(geometry.area(track.face.box_xyxy)):
                self._tracks.remove(track)
            elif track.number is not None:
                faces.append(replace(track.face, box_xyxy=box, track_id=track.number))
        return faces

    def _is_cut(self, grey: np.ndarray) -> bool:
        now = geometry.thumbnail(grey, 24).astype(np.float32)
        before, self._thumbnail = self._thumbnail, now
        return before is None or float(np.abs(now - before).mean()) > _CUT

    def _follow(self, frame: Frame, grey: np.ndarray, *, jumped: bool, everyone: bool) -> bool:
        """Moves every track with its look, and has the detector look at the ones in doubt.

        Args:
            jumped: the scene has changed, so a face of another look is another person's.
            everyone: all of them are in doubt.

        Returns:
            Whether a face vanished.
        """
        if self._stream is None:
            return False
        for track in self._tracks:
            _move(track, grey)
        before = {track.number for track in self._tracks if track.number is not None}
        if jumped:
            self._tracks = [track for track in self._tracks if track.likeness >= _SAME]
        stale = sorted(self._tracks, key=lambda track: track.checked)[:_CHECKS]
        for track in tuple(self._tracks):
            in_doubt = everyone or track.number is None or track.likeness < _SAME
            due = track in stale and self._frame - track.checked >= _CHECK_FRAMES
            if in_doubt or due:
                self._check(track, frame, grey, self._stream)
        self._tracks = _apart(self._tracks)
        return not before <= {track.number for track in self._tracks}

    def _check(
        self, track: _Track, frame: Frame, grey: np.ndarray, detector: StreamDetector
    ) -> None:
        """Has the detector look at one face again, and drops it if it has gone."""
        start = perf_counter()
        known = track.number is not None
        face = detector.detect_near(frame.image, track.face.box_xyxy, known)
        self.detect_ms += (perf_counter() - start) * 1e3
        track.checked = self._frame
        if face is not None:
            self._hit(track, face, frame, grey)
            return
        track.misses += 1
        blind = track.misses > 1 and frame.time_s - track.seen_s > _BLIND_S
        if not known or track.likeness < _SAME or blind:
            self._tracks.remove(track)
            if known:
                self._lost.append(track)
        else:
            track.patch = _patch(grey, track.face.box_xyxy)

    def _search_all(self, frame: Frame, grey: np.ndarray) -> None:
        """Has the detector search the whole picture, and believes it."""
        start = perf_counter()
        faces = self.detector.detect(frame.image)
        self.detect_ms += (perf_counter() - start) * 1e3
        self._quick.begin()
        self._fine.begin()
        seen = self._take(faces, frame, grey)
        for track in seen:
            if track.number is None:
                track.number = self._number(track)
        if self._stream is None:
            self._tracks = [track for track in self._tracks if track in seen]

    def _search_some(
        self, frame: Frame, grey: np.ndarray, detector: StreamDetector, parts: list[int]
    ) -> None:
        """Has the detector do parts of a search; what it finds is yet to be confirmed."""
        known_xyxy = np.array([t.face.box_xyxy for t in self._tracks], np.float32).reshape(-1, 4)
        faces: list[Face] = []
        start = perf_counter()
        for part in parts:
            faces += detector.detect_fast(frame.image, known_xyxy, part)
        self.detect_ms += (perf_counter() - start) * 1e3
        self._take(best_apart(faces), frame, grey)

    def _take(self, faces: list[Face], frame: Frame, grey: np.ndarray) -> list[_Track]:
        """Brings the tracks up to date with what was found, and begins new ones."""
        known = list(self._tracks)
        seen = []
        pairs = match([track.face.box_xyxy for track in known], faces)
        for index, face in enumerate(faces):
            if index in pairs:
                track = known[pairs[index]]
                self._hit(track, face, frame, grey)
            elif not any(_overlap(track.face, face) > 0.3 for track in known):
                patch = _patch(grey, face.box_xyxy)
                track = _Track(face, patch, frame.time_s, self._frame)
                self._tracks.append(track)
            else:
                continue
            seen.append(track)
        self._tracks = _apart(self._tracks)
        return seen

    def _hit(self, track: _Track, face: Face, frame: Frame, grey: np.ndarray) -> None:
        track.face = _calmed(track.face, face)
        track.patch = _patch(grey, track.face.box_xyxy)
        track.seen_s, track.checked, track.misses = frame.time_s, self._frame, 0
        if track.number is None:
            track.number = self._number(track)

    def _number(self, track: _Track) -> int:
        """The number of a face that was lost here a moment ago, or the next one."""
        self._lost = [t for t in self._lost if self._time_s - t.seen_s <= _REMEMBER_S]
        pairs = match([t.face.box_xyxy for t in self._lost], [track.face])
        old = self._lost.pop(pairs[0]).number if pairs else None
        return next(self._numbers) if old is None else old


class ProbabilitySmoother:
    """Averages each face's probabilities over the last moments, by time and not by frames."""

    def __init__(self, smoothing_s: float) -> None:
        """Makes a smoother.

        Args:
            smoothing_s: time constant in seconds; 0 leaves predictions as they are.
        """
        self.smoothing_s = smoothing_s
        self._last: dict[int, tuple[Prediction, float]] = {}

    def reset(self) -> None:
        """Forgets all faces."""
        self._last.clear()

    def update(self, track_id: int | None, prediction: Prediction, time_s: float) -> Prediction:
        """The smoothed prediction of one face at one time; starts anew when labels change."""
        if track_id is None or self.smoothing_s <= 0:
            return prediction
        last = self._last.get(track_id)
        if last is not None and last[0].labels == prediction.labels and time_s > last[1]:
            keep = math.exp(-(time_s - last[1]) / self.smoothing_s)
            probs = keep * last[0].probs + (1 - keep) * prediction.probs
            prediction = Prediction(probs / probs.sum(), prediction.labels)
        self._last[track_id] = (prediction, time_s)
        if len(self._last) > 256:
            del self._last[next(iter(self._last))]
        return prediction


def match(boxes_xyxy: list[np.ndarray], faces: list[Face]) -> dict[int, int]:
    """Pairs faces with boxes, nearest pair first; each is taken once.

    Returns:
        {index of the face: index of the box} for pairs that can be the same face: centres under
        0.6 sides apart, sides within a factor of 1.8.
    """
    candidates = []
    for f, face in enumerate(faces):
        for b, box in enumerate(boxes_xyxy):
            mine, other = _side(face.box_xyxy), _side(box)
            between = float(np.hypot(*(_center(face.box_xyxy) - _center(box)))) / max(mine, other)
            if between < 0.6 and max(mine, other) < 1.8 * min(mine, other):
                candidates.append((between, f, b))
    pairs: dict[int, int] = {}
    for _, f, b in sorted(candidates):
        if f not in pairs and b not in pairs.values():
            pairs[f] = b
    return pairs


def _move(track: _Track, grey: np.ndarray) -> None:
    """Moves a track to where its patch fits best within half a face, and notes how well it fits."""
    box = track.face.box_xyxy
    around = geometry.square(box, 0.5)
    side = float(around[2] - around[0])
    region = geometry.thumbnail(geometry.crop(grey, around), 2 * _PATCH_PX)
    fit = cv2.matchTemplate(region, track.patch, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(fit)
    track.likeness = best if math.isfinite(best) else 0.0
    if track.likeness >= _SAME:
        middle = _PATCH_PX / 2
        shift = np.array([_peak(fit[y], x) - middle, _peak(fit[:, x], y) - middle], np.float32)
        track.face = shifted(track.face, shift * (side / (2 * _PATCH_PX)))


def _peak(values: np.ndarray, at: int) -> float:
    """Where a parabola through the highest value and its neighbours peaks."""
    if not 0 < at < len(values) - 1:
        return float(at)
    left, middle, right = (float(v) for v in values[at - 1 : at + 2])
    bend = left - 2 * middle + right
    return at + 0.5 * (left - right) / bend if bend < -1e-6 else float(at)


def _patch(grey: np.ndarray, box_xyxy: np.ndarray) -> np.ndarray:
    return geometry.thumbnail(geometry.crop(grey, geometry.square(box_xyxy)), _PATCH_PX)


def _calmed(before: Face, now: Face) -> Face:
    """The new face, with small jumps of its box damped and large ones taken as they are."""
    jump = float(np.abs(now.box_xyxy - before.box_xyxy).max()) / max(_side(before.box_xyxy), 1.0)
    share = min(1.0, max(0.25, jump / 0.15))
    box = before.box_xyxy + share * (now.box_xyxy - before.box_xyxy)
    landmarks = now.landmarks
    if landmarks is not None and before.landmarks is not None:
        landmarks = before.landmarks + share * (landmarks - before.landmarks)
    return Face(box, now.score, landmarks)


def _apart(tracks: list[_Track]) -> list[_Track]:
    """Without tracks that have come to lie on another, older one."""
    kept: list[_Track] = []
    for track in sorted(tracks, key=lambda t: math.inf if t.number is None else t.number):
        if not any(_overlap(track.face, other.face) > 0.5 for other in kept):
            kept.append(track)
    return kept


def _overlap(a: Face, b: Face) -> float:
    """Shared area as a share of the smaller box, 0..1."""
    shared = float(geometry.intersection(a.box_xyxy[None], b.box_xyxy[None])[0, 0])
    return shared / max(
        min(float(geometry.area(a.box_xyxy)), float(geometry.area(b.box_xyxy))), 1e-6
    )


def _center(box_xyxy: np.ndarray) -> np.ndarray:
    center: np.ndarray = (box_xyxy[:2] + box_xyxy[2:]) / 2
    return center


def _side(box_xyxy: np.ndarray) -> float:
    return float(max(box_xyxy[2] - box_xyxy[0], box_xyxy[3] - box_xyxy[1]))
