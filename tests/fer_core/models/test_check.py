"""Finding the right reading of a model file with labelled faces."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer_core.expressions import LABEL_ORDERS
from fer_core.models.check import (
    Labelled,
    RankedReading,
    as_good,
    rank_readings,
    readings,
    try_reading,
)
from fer_core.models.propose import propose
from fer_core.untrusted.gate import check
from tests.fer_core.models.builders import make_input, make_spec


def test_the_proposed_reading_comes_first_and_none_twice() -> None:
    for inputs in (make_input(), make_input(color="rgb", equalize=True, mean=0.3, std=0.2)):
        found = [reading.spec for reading in readings(make_spec(input=inputs))]
        assert found[0] == make_spec(input=inputs)
        assert len({(spec.input, spec.labels) for spec in found}) == len(found)


def test_readings_cover_what_people_do() -> None:
    titles = [r.title for r in readings(make_spec(input=make_input(color="rgb")))]
    for title in (
        "alphabetical7 labels, BGR, 0…255",
        "fer2013 labels, RGB, ImageNet",
        "rafdb labels, BGR, VGGFace",
        "affectnet7 labels, grey in three channels, −1…1, equalised",
    ):
        assert title in titles


def test_the_right_order_colour_and_scaling_come_out_on_top(
    tmp_path: Path, onnx_file: Callable[..., Path]
) -> None:
    """Each expression has a colour of its own; the network knows them as BGR, −1…1."""
    truth = LABEL_ORDERS["affectnet7"]
    rng = np.random.default_rng(0)
    corners = np.array(np.meshgrid([32, 223], [32, 223], [32, 223])).reshape(3, -1).T
    colours = corners[1:]
    weights = (90 * (colours / 127.5 - 1)).T.astype(np.float32)
    path = onnx_file(tmp_path / "net.onnx", shape=("N", 3, 8, 8), weights=weights)
    faces: list[Labelled] = []
    for index in range(70):
        colour = colours[index % 7] + rng.integers(-6, 7, 3)
        face = np.broadcast_to(np.clip(colour, 0, 255).astype(np.uint8), (12, 12, 3)).copy()
        faces.append((face, truth[index % 7]))
    calls: list[tuple[int, int]] = []
    ranked = rank_readings(
        check(path),
        faces,
        propose(check(path)).spec,
        progress=lambda done, total: calls.append((done, total)),
    )
    best = ranked[0]
    assert best.accuracy == 1
    assert best.reading.labels == "affectnet7"
    assert best.reading.spec.input.color == "bgr"
    assert best.reading.spec.input.scale == pytest.approx(2 / 255)
    assert best.predicted == tuple(truth[i % 7] for i in range(70))
    assert [r.accuracy for r in ranked] == sorted((r.accuracy for r in ranked), reverse=True)
    assert calls[-1][0] == calls[-1][1]


def test_an_order_that_a_project_names_is_tried_too(
    tmp_path: Path, onnx_file: Callable[..., Path]
) -> None:
    """Pictures may find it where it was not the likeliest one."""
    colours = np.array(np.meshgrid([0, 255], [0, 255], [0, 255])).reshape(3, -1).T[1:]
    weights = (colours / np.linalg.norm(colours, axis=1, keepdims=True)).T.astype(np.float32)
    path = onnx_file(tmp_path / "net.onnx", shape=("N", 3, 8, 8), weights=30 * weights)
    truth = LABEL_ORDERS["fer2013"][::-1]
    faces = [
        (np.broadcast_to(colours[i % 7, ::-1].astype(np.uint8), (12, 12, 3)), truth[i % 7])
        for i in range(28)
    ]
    spec = make_spec(input=make_input(width=8, height=8, color="rgb"))
    assert rank_readings(check(path), faces, spec)[0].accuracy < 1
    best = rank_readings(check(path), faces, spec, orders=[truth])[0]
    assert (best.accuracy, best.reading.spec.labels, best.reading.labels) == (1, truth, "found")


@pytest.mark.parametrize(("count", "overruled"), [(7, False), (21, True)])
def test_a_handful_of_faces_does_not_overrule_a_proposal_that_does_as_well(
    count: int, overruled: bool, tmp_path: Path, onnx_file: Callable[..., Path]
) -> None:
    """The scalings find the same labels here; the larger numbers only make the network surer."""
    truth = LABEL_ORDERS["fer2013"]
    colours = np.array(np.meshgrid([0, 255], [0, 255], [0, 255])).reshape(3, -1).T[1:]
    weights = (colours / np.linalg.norm(colours, axis=1, keepdims=True)).T.astype(np.float32)
    path = onnx_file(tmp_path / "net.onnx", shape=("N", 3, 8, 8), weights=3 * weights)
    faces = [
        (np.broadcast_to(colours[i % 7, ::-1].astype(np.uint8), (12, 12, 3)), truth[i % 7])
        for i in range(count)
    ]
    proposed = propose(check(path)).spec
    ranked = rank_readings(check(path), faces, proposed)
    assert ranked[0].accuracy == 1
    assert (ranked[0].reading.spec != proposed) is overruled


def test_a_reading_of_ones_own_is_tried_as_the_others_are(
    tmp_path: Path, onnx_file: Callable[..., Path]
) -> None:
    path = onnx_file(tmp_path / "net.onnx", shape=("N", 3, 8, 8))
    rng = np.random.default_rng(0)
    truth = LABEL_ORDERS["fer2013"]
    faces = [(rng.integers(0, 255, (12, 12, 3), np.uint8), truth[i % 7]) for i in range(9)]
    spec = propose(check(path)).spec
    ranked = rank_readings(check(path), faces, spec)
    alone = try_reading(check(path), faces, ranked[3].reading.spec)
    assert alone.reading == ranked[3].reading
    assert (alone.accuracy, alone.predicted) == (ranked[3].accuracy, ranked[3].predicted)
    odd = replace(spec, labels=truth[::-1], input=replace(spec.input, scale=0.5, crop_margin=0.2))
    found = try_reading(check(path), faces, odd).reading
    assert found.spec == odd
    assert (found.labels, found.scaling) == ("given", "as in model.json")


@pytest.mark.parametrize(
    ("won", "lost", "luck"), [(0, 0, True), (4, 0, True), (5, 0, False), (6, 2, True)]
)
def test_a_lead_of_a_few_faces_may_be_luck(won: int, lost: int, luck: bool) -> None:
    labels = ["anger"] * (won + lost + 10)
    faces = [(np.zeros((8, 8), np.uint8), label) for label in labels]
    reading = readings(make_spec())[0]
    right, wrong = ("anger",), ("fear",)
    best = RankedReading(reading, 0.0, 0.0, right * (won + 10) + wrong * lost)
    other = RankedReading(reading, 0.0, 0.0, wrong * won + right * (lost + 10))
    assert as_good(best, other, faces) is luck


def test_no_faces_is_an_error() -> None:
    for tried in (rank_readings, try_reading):
        with pytest.raises(ValueError, match="at least one"):
            tried("model.onnx", [], make_spec())


@pytest.mark.data
def test_the_reading_of_a_file_from_2017_is_found(
    data_dir: Path, weights_dir: Path, warm: Path
) -> None:
    """mini_XCEPTION of FER2013: grey 64×64, −1…1, FER2013 order; from a wrong start, too."""
    import cv2

    packed = np.load(data_dir / "fer2013_mosaic_q95.npz")
    mosaic = cv2.imdecode(packed["mosaic_jpeg"], cv2.IMREAD_GRAYSCALE)
    assert mosaic is not None
    columns = int(packed["columns"])
    tiles = mosaic.reshape(-1, 48, columns, 48).swapaxes(1, 2).reshape(-1, 48, 48)
    order = LABEL_ORDERS["fer2013"]
    chosen = np.flatnonzero(packed["usage"] == 1)[:200]
    faces = [(tiles[i].copy(), order[packed["emotion"][i]]) for i in chosen]
    path = weights_dir / "fer2013_mini_XCEPTION.legacy.hdf5"
    spec = propose(check(path)).spec
    assert (spec.labels, spec.input.mean, spec.input.width) == (order, (1.0,), 64)
    wrong = replace(
        spec,
        labels=LABEL_ORDERS["alphabetical7"],
        input=replace(spec.input, scale=1 / 255, mean=(0.0,), equalize=True),
    )
    for start in (spec, wrong):
        best = rank_readings(check(path), faces, start)[0]
        assert best.reading.spec == spec
        assert best.accuracy > 0.6
