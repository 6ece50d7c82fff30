"""Crops → predictions, by the sidecar alone."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fer_core as fer
from fer_core import preprocess
from fer_core.errors import ModelLoadError, ModelNotFoundError
from fer_core.models.check import rank_readings, try_reading
from fer_core.models.classifier import Classifier, load_checked, to_probs
from fer_core.models.propose import propose
from fer_core.untrusted.gate import check
from tests.fer_core.models.builders import FER2013, make_input, make_spec

Write = Callable[..., Path]


def crops(n: int, *, channels: int = 3) -> list[np.ndarray]:
    rng = np.random.default_rng(n)
    shape = (40, 30, 3) if channels == 3 else (40, 30)
    return [rng.integers(0, 256, shape, dtype=np.uint8) for _ in range(n)]


def load(tmp_path: Path, write: Write, spec: Any = None, **network: Any) -> Classifier:
    folder = tmp_path / "model ü"
    folder.mkdir(exist_ok=True)
    write(folder / "model.onnx", **network)
    (spec or make_spec()).write(folder)
    return fer.load_classifier(folder)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 17])
def test_any_number_of_crops_gives_as_many_predictions(
    tmp_path: Path, onnx_file: Write, n: int
) -> None:
    predictions = load(tmp_path, onnx_file).predict(crops(n))
    assert len(predictions) == n
    for prediction in predictions:
        assert prediction.labels == FER2013
        assert prediction.probs.sum() == pytest.approx(1, abs=1e-6)


def test_a_batch_gives_what_single_crops_give(tmp_path: Path, onnx_file: Write) -> None:
    classifier = load(tmp_path, onnx_file)
    many = classifier.predict_probs(crops(5))
    one_by_one = np.concatenate([classifier.predict_probs([crop]) for crop in crops(5)])
    np.testing.assert_array_equal(many, one_by_one)


def test_the_probabilities_are_those_of_the_network(tmp_path: Path, onnx_file: Write) -> None:
    weights = np.random.default_rng(3).normal(size=(3, 7)).astype(np.float32)
    inputs = make_input(width=112, height=112, color="rgb", layout="nchw", mean=0.5, std=0.5)
    spec = make_spec(input=inputs, output="logits", temperature=2.0)
    network = {"shape": ("N", 3, 112, 112), "weights": weights, "softmax": False}
    classifier = load(tmp_path, onnx_file, spec, **network)
    batch = preprocess.to_batch(crops(4), inputs)
    logits = batch.mean(axis=(2, 3)) @ weights / 2
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(classifier.predict_probs(crops(4)), expected, atol=1e-5)


@pytest.mark.parametrize("batch", [1, 3])
def test_a_network_of_fixed_batch_size_takes_any_number(
    tmp_path: Path, onnx_file: Write, batch: int
) -> None:
    free = load(tmp_path, onnx_file).predict_probs(crops(7))
    fixed = load(tmp_path, onnx_file, shape=(batch, 1, 24, 24)).predict_probs(crops(7))
    np.testing.assert_allclose(fixed, free, atol=1e-6)


@pytest.mark.parametrize("layout", ["nhwc", "nchw"])
def test_the_outputs_of_a_face_and_its_mirror_image_are_averaged(layout: str) -> None:
    class TopRow:
        """Its logits are the first seven pixels of the top row."""

        path = Path("top-row")

        def run(self, batch: np.ndarray) -> np.ndarray:
            images = batch if layout == "nhwc" else batch.transpose(0, 2, 3, 1)
            return images[:, 0, :7, 0]

    inputs = make_input(width=7, height=4, layout=layout, mirror_average=True)
    classifier = Classifier(make_spec(input=inputs, output="logits"), TopRow())  # type: ignore[arg-type]
    face = np.zeros((4, 7), np.uint8)
    face[0] = [255, 0, 0, 0, 0, 0, 51]
    logits = np.array([0.6, 0, 0, 0, 0, 0, 0.6])
    expected = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(classifier.predict_probs([face])[0], expected, atol=1e-6)


def test_several_threads_may_predict_at_once(tmp_path: Path, onnx_file: Write) -> None:
    classifier = load(tmp_path, onnx_file)
    expected = classifier.predict_probs(crops(6))
    found: list[np.ndarray] = []
    threads = [
        threading.Thread(target=lambda: found.append(classifier.predict_probs(crops(6))))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    for probs in found:
        np.testing.assert_array_equal(probs, expected)


def test_an_older_result_is_not_overwritten(tmp_path: Path, onnx_file: Write) -> None:
    classifier = load(tmp_path, onnx_file)
    first = classifier.predict(crops(1))[0]
    kept = first.probs.copy()
    classifier.predict(crops(9)[8:])
    np.testing.assert_array_equal(first.probs, kept)


@pytest.mark.parametrize(
    ("changes", "network", "message"),
    [
        ({"labels": FER2013[:6]}, {}, "7 numbers a face"),
        ({"output": "softmax"}, {"softmax": False}, "set output to logits"),
        ({"input": make_input(layout="nhwc")}, {}, "layout"),
        ({"input": make_input(width=48, height=48, layout="nchw")}, {}, "size"),
        ({"sha256": "0" * 64}, {}, "SHA-256"),
        ({"file": "other.onnx"}, {}, "is missing"),
    ],
)
def test_a_sidecar_that_does_not_fit_is_named(
    tmp_path: Path, onnx_file: Write, changes: Any, network: Any, message: str
) -> None:
    with pytest.raises(ModelLoadError, match=message):
        load(tmp_path, onnx_file, replace(make_spec(), **changes), **network)


@pytest.mark.usefixtures("warm")
def test_messages_name_the_file_and_not_its_conversion(keras_files: Path) -> None:
    file = keras_files / "gray.keras"
    spec = propose(check(file)).spec
    few = replace(spec, labels=spec.labels[:3])
    face = (crops(1)[0], spec.labels[0])
    for use in (
        lambda: load_checked(check(file), few),
        lambda: rank_readings(check(file), [face], few),
        lambda: try_reading(check(file), [face], few),
    ):
        with pytest.raises(ModelLoadError) as error:
            use()
        assert str(error.value).startswith(f"{file} gives 7 numbers")


def test_numbers_that_are_not_finite_are_an_error(tmp_path: Path, onnx_file: Write) -> None:
    weights = np.full((1, 7), np.nan, np.float32)
    with pytest.raises(ModelLoadError, match="not finite"):
        load(tmp_path, onnx_file, weights=weights)


def test_softmax_outputs_can_be_sharpened_too() -> None:
    shares = np.array([[0.7, 0.2, 0.1]], np.float32)
    spec = make_spec(labels=FER2013[:3], temperature=0.5)
    squared = shares**2 / (shares**2).sum()
    np.testing.assert_allclose(to_probs(shares, spec), squared, atol=1e-6)


def test_a_bare_file_gets_a_proposed_sidecar(tmp_path: Path, onnx_file: Write) -> None:
    classifier = fer.load_classifier(onnx_file(tmp_path / "my model.onnx"))
    assert classifier.name == "my-model"
    assert not classifier.spec.labels_confirmed
    assert classifier.spec.sha256 == check(tmp_path / "my model.onnx").sha256
    assert len(classifier.predict(crops(2))) == 2


@pytest.mark.parametrize("what", ["nothing", "no/such/file.onnx"])
def test_what_does_not_exist_is_not_found(what: str) -> None:
    with pytest.raises(ModelNotFoundError, match=r"nothing|does not exist"):
        fer.load_classifier(what)
