"""Several frames at a time: none is lost, none comes twice, and the results are the same."""

import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from fer_core.analysis import Conditions, Session, analyse, origin_of
from fer_core.benchmark import clips
from fer_core.errors import DetectorError, SourceLostError
from fer_core.models.registry import ModelRegistry
from fer_core.pipeline import FerPipeline, load_pipeline
from fer_core.types import Face, Frame, FrameResult, Prediction
from fer_core.video import VideoSink, VideoSource, open_source
from tests.fer_core.analysis.test_session import same
from tests.fer_core.streaming_fakes import FakeFile
from tests.waiting import PATIENCE_S

_BITS, _BLOCK = 10, 16
WH = (_BITS * _BLOCK, 32)


def numbered(number: int) -> np.ndarray:
    """A picture in which its number stands, as black and white blocks."""
    bits = [255 * (number >> bit & 1) for bit in range(_BITS)]
    row = np.repeat(np.array(bits, np.uint8), _BLOCK)
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (WH[1], WH[0], 3)))


def number_in(image: np.ndarray) -> int:
    middles = image[WH[1] // 2, _BLOCK // 2 :: _BLOCK, 1]
    return sum(1 << bit for bit, grey in enumerate(middles.tolist()) if grey > 127)


class Detector:
    """A face whose place is the number in the picture; each frame waits until the next is done.

    So frames are never done in their order.
    """

    name = "numbers"

    def __init__(self, last: int) -> None:
        self.done = [threading.Event() for _ in range(last + 1)]
        self.seen: list[int] = []
        self.fail_at = -1

    def use_lanes(self, count: int) -> None:
        """It may be used by several threads."""

    def detect(self, image: np.ndarray) -> list[Face]:
        number = number_in(image)
        if number == self.fail_at:
            for event in self.done:  # those that will never begin now
                event.set()
            raise DetectorError("It broke.")
        if number % 2 == 0 and number + 1 < len(self.done):
            assert self.done[number + 1].wait(PATIENCE_S)
        self.seen.append(number)
        self.done[number].set()
        return [Face(np.array([0, 0, 20 + number / 100, 20]), 0.9)]


class Classifier:
    name = "fake"
    spec = ModelRegistry().spec("mimik-48")

    def predict(self, crops: list[np.ndarray]) -> list[Prediction]:
        probs = np.full(len(self.spec.labels), 1 / len(self.spec.labels), np.float32)
        return [Prediction(probs, self.spec.labels) for _ in crops]


class Numbered(FakeFile):
    """Frames in which their numbers stand."""

    def _read(self) -> Frame | None:
        frame = super()._read()
        return frame and Frame(numbered(frame.index), frame.index, frame.time_s)


def kept(source: VideoSource, pipeline: FerPipeline, folder: Path) -> list[FrameResult]:
    folder.mkdir(exist_ok=True)
    with Session.create(folder / "a.mimik", origin_of(source), Conditions("fake")) as session:
        analyse(source, pipeline, session)
        return list(session.frames())


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """600 frames in H.264, in whose pictures their numbers stand."""
    path = tmp_path / "numbers.mp4"
    with VideoSink(path, 25, WH) as sink:
        for number in range(600):
            sink.write_image(numbered(number))
    return path


@pytest.mark.parametrize("lanes", [2, 3, 5])
def test_every_frame_of_a_film_comes_back_exactly_once(
    film: Path, tmp_path: Path, lanes: int
) -> None:
    detector = Detector(599)
    pipeline = FerPipeline(Classifier(), detector, thorough=True, lanes=lanes)

    class Pictures:
        """What the pictures say that reach a sink."""

        def __init__(self) -> None:
            self.said: list[tuple[int, int]] = []

        def write(self, frame: Frame, result: FrameResult) -> None:
            self.said.append((number_in(frame.image), result.frame_index))

        def close(self) -> None: ...

    sink = Pictures()
    with open_source(film) as source:
        made = Session.create(tmp_path / "a.mimik", origin_of(source), Conditions("fake"))
        with made as session:
            analyse(source, pipeline, session, sinks=[sink])
            found = list(session.frames())
    assert sink.said == [(n, n) for n in range(600)]
    assert [r.frame_index for r in found] == list(range(600))
    assert sorted(detector.seen) == list(range(600))
    assert detector.seen[:4] == [1, 0, 3, 2]  # they really were on their way together
    # The sides of the boxes follow what was found: each result is of its own picture.
    widths = [r.faces[0].face.wh_px[0] for r in found]
    assert all(a < b for a, b in pairwise(widths))


def test_no_more_frames_are_on_their_way_than_needed() -> None:
    pipeline = FerPipeline(Classifier(), Detector(999), thorough=True, lanes=2)
    ahead: list[int] = []
    with Numbered(1000) as source:
        analyse(source, pipeline, on_progress=lambda p: ahead.append(source.position - p.frames))
    assert 2 < max(ahead) <= 4 + 2 * (2 + 2 + 1) + 2


def test_what_was_found_before_the_source_failed_is_kept(tmp_path: Path) -> None:
    pipeline = FerPipeline(Classifier(), Detector(29), thorough=True, lanes=2)
    with Numbered(50) as source:
        source.fail_at = 30
        path = tmp_path / "a.mimik"
        with Session.create(path, origin_of(source), Conditions("fake")) as session:
            with pytest.raises(SourceLostError):
                analyse(source, pipeline, session)
            assert session.frame_count == 30


def test_an_error_in_a_lane_ends_it_and_leaves_no_thread() -> None:
    detector = Detector(999)
    detector.fail_at = 20
    pipeline = FerPipeline(Classifier(), detector, thorough=True, lanes=2)
    with Numbered(1000) as source, pytest.raises(DetectorError, match="It broke"):
        analyse(source, pipeline)
    assert len(detector.seen) < 40


def test_pictures_do_not_know_of_each_other(tmp_path: Path) -> None:
    with Numbered(9) as source:
        source.is_stills = True
        found = kept(
            source, FerPipeline(Classifier(), Detector(8), thorough=True, lanes=2), tmp_path
        )
    assert [r.faces[0].face.track_id for r in found] == [1] * 9
    for result in found:
        (face,) = result.faces
        assert face.raw is not None
        assert np.array_equal(face.raw.probs, face.prediction.probs)


def test_a_detector_for_one_thread_is_used_by_one_at_a_time() -> None:
    class Alone:
        name = "alone"
        inside = 0

        def detect(self, image: np.ndarray) -> list[Face]:
            self.inside += 1
            assert self.inside == 1
            sum(range(20_000))  # long enough for another thread to come in
            self.inside -= 1
            return []

    with Numbered(60) as source:
        outcome = analyse(source, FerPipeline(Classifier(), Alone(), thorough=True, lanes=3))
    assert outcome.frames == 60


class Clip(FakeFile):
    """The portrait that moves, as the benchmark has it."""

    def __init__(self, count: int) -> None:
        super().__init__(count, clips.FPS)
        self.size_wh = (320, 240)
        self.clip: Iterator[Frame] = clips.one_face(self.size_wh, count)

    def _read(self) -> Frame | None:
        return next(self.clip, None)


@pytest.mark.slow
def test_the_results_are_the_same_whatever_the_number_of_lanes(tmp_path: Path) -> None:
    found = []
    for lanes in (1, 2, 3):
        pipeline = load_pipeline(thorough=True, lanes=lanes)
        with Clip(30) as source:
            found.append(kept(source, pipeline, tmp_path / str(lanes)))
    assert all(len(result.faces) == 1 for result in found[0])
    for other in found[1:]:
        assert all(same(a, b) for a, b in zip(found[0], other, strict=True))
