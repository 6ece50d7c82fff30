"""How many faces each detector finds, how many it makes up, and how long it takes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from fer_core.benchmark import scenes
from fer_core.benchmark.clips import portrait_path
from fer_core.benchmark.report import Figure, Row
from fer_core.benchmark.scenes import TURNS, Scene, sides_px
from fer_core.datasets.drawn import exam
from fer_core.datasets.drawn.library import Library
from fer_core.detection import available_detectors, create_detector, find_faces
from fer_core.detection.base import FaceDetector
from fer_core.errors import DetectorError
from fer_core.evaluation.detection import Matches, compare
from fer_core.types import Face

_SIZES_PX = (40, 20)
#: A head counts for a turn that is no further off than this, in degrees.
_NEAR_DEG = 7.5
_WARM = 15
_CHILD_S = 300


Look = Callable[[np.ndarray], list[Face]]


@dataclass(frozen=True, slots=True)
class Exam:
    """Pictures whose faces are known.

    Attributes:
        pictures: how many there are.
        figures: what a search of them all gives: recall and phantoms.
    """

    pictures: int
    figures: Callable[[Look], tuple[Figure, ...]]


def exam_of(folder: Path | None, quick: bool = False) -> Exam:
    """What detectors are asked to find.

    Args:
        folder: with photos.tar and boxes.csv: the questions that a finder is measured with, on its
            held-out heads and scenes; or with pictures, see `scenes.in_folder`. None draws scenes
            around the portrait that comes with the app.
        quick: fewer pictures, where they are drawn.

    Raises:
        DatasetError: the folder holds nothing of that, or its table is broken.
        DetectorError: there is no table, and no YuNet.
    """
    if folder is not None and (folder / "photos.tar").is_file():
        _, library = exam.halves(Library.read(folder, "validation"))
        each = exam.PICTURES // 5 if quick else exam.PICTURES
        return Exam(each * len(exam.QUESTIONS), partial(answered, library, each))
    shown = _scenes_of_ours(40 if quick else 160) if folder is None else [*scenes.in_folder(folder)]
    return Exam(len(shown), partial(found, shown))


def _scenes_of_ours(count: int) -> list[Scene]:
    """Scenes drawn around the portrait that comes with the app."""
    from fer_core.video.images import read_image

    portrait = read_image(portrait_path())
    (face, *_) = find_faces(create_detector("haar"), portrait)
    return list(scenes.drawn(count, portrait, face.box_xyxy))


def measure(
    shown: Exam, names: Iterable[str] | None = None, *, timed: bool = True
) -> Iterator[Row]:
    """A row for each detector, at the score from which it calls a face sure.

    Args:
        shown: what is searched.
        names: of detectors; None takes all that can be used now, of the cascades the usual one.
        timed: measure the time as well, in processes of their own.
    """
    usable = [info.name for info in available_detectors() if info.available]
    ours = [name for name in usable if not name.startswith("haar:")]
    for name in ours if names is None else names:
        figures = shown.figures(partial(find_faces, create_detector(name)))
        times = [f for threads in (1, 2) for f in _times(name, threads)] if timed else []
        yield Row(name, f"detector {name}", (*figures, *times), f"{shown.pictures:,} pictures")


def answered(library: Library, each: int, look: Look) -> tuple[Figure, ...]:
    """Recall for each question of the exam, and phantoms in all its pictures.

    Args:
        library: heads and scenes that no detector has learnt.
        each: pictures a question.
        look: gives the faces of a picture.
    """
    every, figures = [], []
    for question in exam.QUESTIONS:
        drawings = (exam.draw(library, question, seed) for seed in range(each))
        asked = Matches.joined(
            compare(look(cv2.cvtColor(d.pixels, cv2.COLOR_GRAY2BGR)), d.boxes_xyxy, d.unsure)
            for d in drawings
        )
        figures += _share(question.name, asked.found > 0)
        every.append(asked)
    return (*figures, _phantoms(Matches.joined(every)))


def found(shown: Iterable[Scene], look: Look) -> tuple[Figure, ...]:
    """Recall by size and by turn, and phantoms."""
    shown = list(shown)
    every = Matches.joined(
        compare(look(one.image), one.boxes_xyxy, one.doubtful_xyxy) for one in shown
    )
    hit = every.found > 0
    side = np.concatenate([sides_px(one) for one in shown] or [np.empty(0)])
    turn = np.concatenate([one.turned_deg for one in shown] or [np.empty(0)])
    figures = []
    for least in _SIZES_PX:
        figures += _share(f"faces of {least} px and more", hit[(side >= least) & ~(turn > 20)])
    for degrees in TURNS[1:]:
        figures += _share(f"turned by {degrees:.0f}°", hit[np.abs(turn - degrees) <= _NEAR_DEG])
    return (*figures, _phantoms(every))


def _phantoms(every: Matches) -> Figure:
    return Figure("phantoms in 50 pictures", 50 * every.phantoms_per_picture(0), "")


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
    cv2.setNumThreads(threads)
    image = np.random.default_rng(0).integers(0, 255, (12, 16, 3)).astype(np.uint8)
    return time_detector(create_detector(name), cv2.resize(image, (640, 480)))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_child(sys.argv[1], int(sys.argv[2]))))
