"""How many faces each detector finds, how many it makes up, and how long it takes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from time import perf_counter

import numpy as np

from fer_core import geometry, paths
from fer_core.benchmark.report import Figure, Row
from fer_core.benchmark.scenes import TURNS, Scene, drawn, sides_px
from fer_core.detection import available_detectors, create_detector, find_faces
from fer_core.detection.base import FaceDetector
from fer_core.errors import DetectorError

#: A face is found by a box with so much overlap, as IoU: detectors frame faces differently. A box
#: is a phantom if it has less in common with every face.
_FOUND, _PHANTOM = 0.35, 0.2
_SIZES_PX = (40, 20)
#: A head counts for a turn that is no further off than this, in degrees.
_NEAR_DEG = 7.5
_WARM = 15
_CHILD_S = 300
#: The portrait that comes with the app.
_SAMPLE = paths.resources_dir() / "Samples" / "portrait.jpg"


def scenes_of_ours(count: int) -> list[Scene]:
    """Scenes drawn around the portrait that comes with the app."""
    from fer_core.video.images import read_image

    portrait = read_image(_SAMPLE)
    (face, *_) = find_faces(create_detector("haar"), portrait)
    return list(drawn(count, portrait, face.box_xyxy))


def measure(
    scenes: Iterable[Scene], names: Iterable[str] | None = None, *, timed: bool = True
) -> Iterator[Row]:
    """A row for each detector.

    Args:
        scenes: what is searched; anything that makes them will do.
        names: of detectors; None takes all that can be used now, of the cascades the usual one.
        timed: measure the time as well, in processes of their own.
    """
    shown = list(scenes)
    usable = [info.name for info in available_detectors() if info.available]
    ours = [name for name in usable if not name.startswith("haar:")]
    for name in ours if names is None else names:
        detector = create_detector(name)
        figures = found(shown, partial(find_faces, detector))
        times = [f for threads in (1, 2) for f in _times(name, threads)] if timed else []
        yield Row(name, f"detector {name}", (*figures, *times), f"{len(shown)} pictures")


def found(scenes: list[Scene], search: Callable[[np.ndarray], list]) -> tuple[Figure, ...]:
    """Recall by size and by turn, and phantoms."""
    hits: list[bool] = []
    sides: list[float] = []
    turns: list[float] = []
    phantoms = 0
    for scene in scenes:
        boxes = np.array([face.box_xyxy for face in search(scene.image)], np.float32)
        boxes = boxes.reshape(-1, 4)
        overlap = geometry.iou(scene.boxes_xyxy, boxes)
        hits += [bool((row > _FOUND).any()) for row in overlap]
        sides += sides_px(scene).tolist()
        turns += scene.turned_deg.tolist()
        every = geometry.iou(np.concatenate([scene.boxes_xyxy, scene.doubtful_xyxy]), boxes)
        phantoms += int((every < _PHANTOM).all(axis=0).sum())
    hit, side, turn = np.array(hits, dtype=bool), np.array(sides), np.array(turns)
    figures = []
    for least in _SIZES_PX:
        figures += _share(f"faces of {least} px and more", hit[(side >= least) & ~(turn > 20)])
    for degrees in TURNS[1:]:
        figures += _share(f"turned by {degrees:.0f}°", hit[np.abs(turn - degrees) <= _NEAR_DEG])
    return (*figures, Figure("phantoms", phantoms, ""))


def _share(name: str, hit: np.ndarray) -> list[Figure]:
    return [Figure(f"{name} ({len(hit)})", 100 * float(hit.mean()), "%")] if len(hit) else []


def _times(name: str, threads: int) -> list[Figure]:
    command = [sys.executable, "-m", "fer_core.benchmark.detectors", name, str(threads)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_CHILD_S, check=False)
    if done.returncode:
        raise DetectorError(f"The time of {name} cannot be measured: {done.stderr.strip()[-300:]}")
    cold, warm = json.loads(done.stdout)
    on = f"{threads} thread{'s' if threads > 1 else ''}, 640×480"
    return [Figure(f"first search, {on}", cold, "ms"), Figure(f"search, {on}", warm, "ms")]


def time_detector(detector: FaceDetector, image: np.ndarray) -> tuple[float, float]:
    """Milliseconds of the first search, and the median of some more."""
    taken = []
    for _ in range(1 + _WARM):
        start = perf_counter()
        detector.detect(image)
        taken.append((perf_counter() - start) * 1e3)
    return taken[0], float(np.median(taken[1:]))


def _child(name: str, threads: int) -> tuple[float, float]:
    if hasattr(os, "sched_setaffinity"):  # binds OpenCV and OpenVINO alike
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    import cv2

    cv2.setNumThreads(threads)
    image = np.random.default_rng(0).integers(0, 255, (12, 16, 3)).astype(np.uint8)
    return time_detector(create_detector(name), cv2.resize(image, (640, 480)))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_child(sys.argv[1], int(sys.argv[2]))))
