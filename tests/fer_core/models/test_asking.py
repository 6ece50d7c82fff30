"""How sure faces make a reading."""

import shutil
import tarfile
from math import comb
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.config import DEFAULT_MODEL
from fer_core.expressions import LABEL_ORDERS
from fer_core.models.asking import as_seen, beats_chance, how_sure
from fer_core.models.check import RankedReading, Reading, rank_readings
from fer_core.models.propose import propose
from fer_core.models.registry import ModelRegistry
from fer_core.untrusted.gate import opened
from tests.fer_core.models.builders import make_spec

FACE = np.zeros((4, 4), np.uint8)
SEVEN = LABEL_ORDERS["fer2013"]


def faces(*labels: str) -> list[tuple[np.ndarray, str]]:
    return [(FACE, label) for label in labels]


def ranked(predicted: list[str], truth: list[str], order: str = "fer2013") -> RankedReading:
    right = [a == b for a, b in zip(predicted, truth, strict=True)]
    reading = Reading(make_spec(labels=LABEL_ORDERS[order]), order, "grey", "0…1")
    return RankedReading(reading, float(np.mean(right)), -1.0, tuple(predicted))


@pytest.mark.parametrize(("right", "better"), [(4, False), (8, False), (14, True), (28, True)])
def test_what_beats_chance(right: int, better: bool) -> None:
    """Of 28 faces of seven expressions, 4 are right by always saying one of them."""
    truth = list(SEVEN) * 4
    wrong = {label: SEVEN[(i + 1) % 7] for i, label in enumerate(SEVEN)}
    predicted = [t if i < right else wrong[t] for i, t in enumerate(truth)]
    luck = sum(comb(28, k) * (1 / 7) ** k * (6 / 7) ** (28 - k) for k in range(right, 29))
    assert (luck < 0.001) is better
    assert beats_chance(ranked(predicted, truth), faces(*truth)) is better


def test_always_to_say_the_commonest_is_no_knowledge() -> None:
    truth = ["happiness"] * 80 + ["sadness"] * 20
    assert not beats_chance(ranked(["happiness"] * 100, truth), faces(*truth))
    assert beats_chance(ranked(truth, truth), faces(*truth))


def test_some_knowledge_of_what_is_mostly_one_expression_counts() -> None:
    """Right on 36 of 60, where always to say the commonest would be right on 27."""
    truth = ["happiness"] * 27 + ["sadness"] * 18 + ["surprise"] * 15
    predicted = [t if n % 5 < 3 else "anger" for n, t in enumerate(truth)]
    assert beats_chance(ranked(predicted, truth), faces(*truth))


def test_of_faces_that_our_own_model_named_many_must_agree() -> None:
    truth = list(SEVEN) * 10
    predicted = [t if n % 5 < 2 else "fear" for n, t in enumerate(truth)]
    weak = ranked(predicted, truth)
    assert 0.4 < weak.accuracy < 0.5
    few = ranked([t if n % 3 == 0 else "fear" for n, t in enumerate(truth)], truth)
    assert few.accuracy < 0.45
    assert beats_chance(weak, faces(*truth), seen=True)
    assert beats_chance(few, faces(*truth))
    assert not beats_chance(few, faces(*truth), seen=True)


def test_few_faces_say_nothing_against_it() -> None:
    assert beats_chance(ranked(["fear"] * 5, ["anger"] * 5), faces(*["anger"] * 5))


@pytest.mark.parametrize(("lead", "sure"), [(0, 0.0), (1, 0.5), (5, 1 - 2**-5), (10, 1 - 2**-10)])
def test_how_sure_is_the_sign_test_against_the_best_other_order(lead: int, sure: float) -> None:
    truth = list(SEVEN) * 6
    best = ranked(truth, truth)
    others = [("fear" if t != "fear" else "anger") if i < lead else t for i, t in enumerate(truth)]
    rival = ranked(others, truth, "alphabetical7")
    assert how_sure([best, best, rival], faces(*truth)) == pytest.approx(sure)


def test_who_does_not_know_the_faces_is_not_sure() -> None:
    truth = list(SEVEN) * 6
    assert how_sure([ranked(["fear"] * 42, truth)], faces(*truth)) == 0


@pytest.mark.data
@pytest.mark.usefixtures("warm")
def test_unlabelled_faces_find_how_a_strangers_network_is_read(
    data_dir: Path, weights_dir: Path, tmp_path: Path
) -> None:
    """mini-XCEPTION without its name: FER2013's order and −1…1, though nobody labelled a face."""
    path = tmp_path / "emotion_net.hdf5"
    shutil.copyfile(weights_dir / "fer2013_mini_XCEPTION.legacy.hdf5", path)
    crops = []
    with tarfile.open(data_dir / "rafdb_basic.tar") as archive:
        names = sorted(n for n in archive.getnames() if "test_" in n and n.endswith(".jpg"))[::40]
        for name in names:
            member = archive.extractfile(name)
            assert member is not None
            picture = cv2.imdecode(np.frombuffer(member.read(), np.uint8), cv2.IMREAD_COLOR)
            assert picture is not None
            crops.append(picture)
    seen = as_seen(ModelRegistry().load(DEFAULT_MODEL), crops, crops)
    with opened(path) as model:
        proposal = propose(model)
        best, *_ = found = rank_readings(model, seen, proposal.spec)
    assert proposal.spec.input.scale == pytest.approx(2 / 255)
    assert (best.reading.labels, best.reading.scaling) == ("fer2013", "−1…1")
    assert best.accuracy > 0.65
    assert how_sure(found, seen) > 0.8


class Teacher:
    labels = ("fear", "anger")

    def predict_probs(self, crops: list[np.ndarray]) -> np.ndarray:
        return np.array([[0.59, 0.41], [0.6, 0.4], [0.1, 0.9]], np.float32)


def test_our_own_model_only_counts_where_it_is_sure() -> None:
    crops = [np.full((4, 4), level, np.uint8) for level in (1, 2, 3)]
    seen = as_seen(Teacher(), [FACE] * 3, crops)  # type: ignore[arg-type]
    assert [(face[0, 0], label) for face, label in seen] == [(2, "fear"), (3, "anger")]
