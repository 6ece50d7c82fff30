"""From a bare model file to a proposed sidecar."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fer_core.errors import ModelLoadError, ModelSpecError
from fer_core.expressions import LABEL_ORDERS
from fer_core.models.classifier import load_checked
from fer_core.models.engine import import_openvino
from fer_core.models.propose import plain_name, propose
from fer_core.untrusted.gate import check

Write = Callable[..., Path]
ALPHABETICAL = LABEL_ORDERS["alphabetical7"]


@pytest.mark.usefixtures("warm")
def test_sizes_output_and_a_rescaling_layer_are_told_from_keras_files(keras_files: Path) -> None:
    gray = propose(check(keras_files / "gray.keras")).spec
    assert (gray.input.width, gray.input.height, gray.input.color) == (24, 24, "gray")
    assert (gray.input.layout, gray.output, gray.format) == ("nhwc", "softmax", "keras")
    assert gray.input.scale == pytest.approx(1 / 255)
    colour = propose(check(keras_files / "colour.h5")).spec
    assert (colour.input.color, colour.output, colour.format) == ("rgb", "logits", "hdf5")
    assert (colour.input.scale, colour.input.mean) == (1.0, (0.0,))  # not scaled twice


@pytest.mark.usefixtures("warm")
def test_a_network_that_takes_bytes_is_given_them(keras_files: Path) -> None:
    assert propose(check(keras_files / "bytes.keras")).spec.input.scale == 1.0


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("kind", ["keras", "onnx"])
def test_a_network_of_any_size_is_given_a_usual_one(
    keras_files: Path, onnx_file: Write, kind: str
) -> None:
    onnx = onnx_file(shape=("N", 1, "h", "w"))
    proposal = propose(check(keras_files / "any_size.h5" if kind == "keras" else onnx))
    assert (proposal.spec.input.width, proposal.spec.input.height) == (48, 48)
    assert "48×48 px is a guess" in proposal.notes[-1]


@pytest.mark.usefixtures("warm")
def test_a_rescaling_layer_behind_augmentation_resizing_and_padding_is_found(
    keras_files: Path,
) -> None:
    assert propose(check(keras_files / "prepared.keras")).spec.input.scale == 1.0


_LEFT = np.array([0, 0], np.int64), np.array([20, 20], np.int64), np.array([2, 3], np.int64)
_IMAGENET = np.array([103.9, 116.8, 123.7], np.float32).reshape(1, 3, 1, 1)
_BY_255 = ("Div", np.float32(255))


@pytest.mark.parametrize(
    ("steps", "scaling"),
    [
        ([("Clip", np.float32(0), np.float32(255))], _BY_255),
        ([("Slice", *_LEFT)], _BY_255),
        ([("Pad", np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int64))], _BY_255),
        ([("Resize", np.zeros(0, np.float32), np.array([1, 1, 2, 2], np.float32))], _BY_255),
        ([("Slice", *(np.array([n], np.int64) for n in (-1, -4, 1, -1)))], ("Sub", _IMAGENET)),
        ([("Mul", np.float32(255))], ("Sub", _IMAGENET)),
    ],
    ids=["clip", "slice", "pad", "resize", "ImageNet's mean, BGR", "of 0…1"],
)
def test_scaling_inside_the_network_is_found_behind_other_steps(
    onnx_file: Write, steps: list[tuple], scaling: tuple
) -> None:
    def scale(prepare: list[tuple]) -> float:
        return propose(check(onnx_file(shape=("N", 3, 24, 24), prepare=prepare))).spec.input.scale

    assert scale(steps) == pytest.approx(1 / 255)
    wanted = 1 / 255 if steps[0][0] == "Mul" else 1.0
    assert scale([*steps, scaling]) == pytest.approx(wanted)


@pytest.mark.parametrize("softmax", [True, False])
def test_an_onnx_network_of_112_px_in_colour(onnx_file: Write, softmax: bool) -> None:
    spec = propose(check(onnx_file(shape=("N", 3, 112, 112), classes=8, softmax=softmax))).spec
    assert (spec.input.width, spec.input.color, spec.input.layout) == (112, "rgb", "nchw")
    assert spec.output == ("softmax" if softmax else "logits")
    assert spec.labels == LABEL_ORDERS["ferplus"]
    assert not spec.labels_confirmed


@pytest.mark.parametrize(
    ("file", "order"),
    [
        ("net.onnx", "fer2013"),
        ("net_fer2013.onnx", "fer2013"),
        ("RAF-DB resnet.onnx", "rafdb"),
        ("affectnet7.onnx", "affectnet7"),
        ("model_vgg-b_fer2013_p24_dim1.onnx", "alphabetical7"),
    ],
)
def test_the_order_of_labels_is_guessed_from_the_file_name(
    tmp_path: Path, onnx_file: Write, file: str, order: str
) -> None:
    proposal = propose(check(onnx_file(tmp_path / file)))
    assert proposal.spec.labels == LABEL_ORDERS[order]
    assert not proposal.spec.labels_confirmed
    assert "guess" in proposal.notes[0]


def test_the_prototypes_own_files_work_untouched(tmp_path: Path, onnx_file: Write) -> None:
    path = onnx_file(tmp_path / "model_vgg-b_fer2013_p48_dim1.onnx", shape=("N", 1, "h", "w"))
    spec = propose(check(path)).spec
    assert (spec.architecture, spec.trained_on) == ("vgg-b", "fer2013")
    assert (spec.input.width, spec.input.height) == (48, 48)
    assert spec.input.equalize
    assert spec.input.scale == pytest.approx(1 / 255)


@pytest.mark.parametrize(
    ("name", "scale"),
    [("mini_XCEPTION", 2 / 255), ("keras_model", 2 / 255), ("my_keras_model", 1 / 255)],
)
def test_scaling_is_told_from_names_that_say_it(
    tmp_path: Path, onnx_file: Write, name: str, scale: float
) -> None:
    """Teachable Machine calls its networks keras_model."""
    assert propose(check(onnx_file(tmp_path / f"{name}.onnx"))).spec.input.scale == scale


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("labels.txt", "0 Angry\n1 Disgust\n2 Fear\n3 Happy\n4 Neutral\n5 Sad\n6 Surprise\n"),
        ("labels.txt", "\n".join(f"{i},{word}" for i, word in enumerate(ALPHABETICAL))),
        ("labels.txt", "\n".join(f'{i};"{word}"' for i, word in enumerate(ALPHABETICAL))),
        ("labels.txt", "\n".join(f"{i}\t{word}" for i, word in enumerate(ALPHABETICAL))),
        ("labels.txt", ", ".join(f"{i}: {word}" for i, word in enumerate(ALPHABETICAL))),
        ("labels.txt", ", ".join(f"'{word}'" for word in ALPHABETICAL)),
        ("labels.txt", "angry\ndisgusted\nfearful\nhappy\nneutral\nsad\nsurprised"),
        ("class_names.txt", "\ufeffanger, disgust, fear, happiness, neutral, sadness, surprise"),
        ("model.labels.txt", "\n".join(ALPHABETICAL)),
        ("classes.json", json.dumps(ALPHABETICAL)),
        ("class_indices.json", json.dumps({w: i for i, w in reversed([*enumerate(ALPHABETICAL)])})),
        ("labels.json", json.dumps({str(i): w for i, w in enumerate(ALPHABETICAL)})),
    ],
)
def test_labels_beside_the_file_are_taken(
    tmp_path: Path, onnx_file: Write, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    spec = propose(check(onnx_file(tmp_path / "model.onnx"))).spec
    assert spec.labels == ALPHABETICAL
    assert spec.labels_confirmed


@pytest.mark.parametrize("content", ["happy\nsad", "sad\n" * 7, "\x00\xff"])
def test_labels_that_do_not_fit_are_named(tmp_path: Path, onnx_file: Write, content: str) -> None:
    (tmp_path / "labels.txt").write_text(content, encoding="utf-8")
    with pytest.raises(ModelSpecError, match=r"labels\.txt"):
        propose(check(onnx_file(tmp_path / "model.onnx")))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.json", json.dumps({"loss": [1.2, 0.8], "accuracy": [0.5, 0.6]})),
        ("model.json", json.dumps({"epochs": 40, "batch_size": 64})),
        ("model.json", json.dumps({word: 100 + i for i, word in enumerate(ALPHABETICAL)})),
        ("model.json", "no JSON"),
        ("model.txt", "Epoch 1, loss 1.2\nEpoch 2, loss 0.8"),
        ("model.txt", "x" * 100_000),
    ],
)
def test_other_files_of_the_models_name_are_no_labels(
    tmp_path: Path, onnx_file: Write, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    path = onnx_file(tmp_path / "model.onnx")
    assert not propose(check(path)).spec.labels_confirmed
    (tmp_path / "labels.txt").write_text("\n".join(ALPHABETICAL), encoding="utf-8")
    assert propose(check(path)).spec.labels == ALPHABETICAL


def test_words_that_are_no_expressions_are_own_classes_and_that_is_said(
    tmp_path: Path, onnx_file: Write
) -> None:
    words = "angry\ndisgust\nfear\nvery haqpy\nneutral\nsad\nsurprise"
    (tmp_path / "model.txt").write_text(words, encoding="utf-8")
    proposal = propose(check(onnx_file(tmp_path / "model.onnx")))
    assert proposal.spec.labels[3] == "very haqpy"
    assert "No expressions, so a class of its own: very haqpy." in proposal.notes


def test_words_that_mean_the_same_stay_apart_and_say_what_they_stand_for(
    tmp_path: Path, onnx_file: Write
) -> None:
    (tmp_path / "labels.txt").write_text("0 Smiling\n1 laughing\n2 Class 1", encoding="utf-8")
    proposal = propose(check(onnx_file(tmp_path / "model.onnx", classes=3)))
    assert proposal.spec.labels == ("Smiling", "laughing", "Class 1")
    assert proposal.spec.expressions == ("happiness", "happiness", "Class 1")
    assert proposal.spec.to_dict()["stands_for"] == {
        "Smiling": "happiness",
        "laughing": "happiness",
    }
    assert "Smiling (stands for happiness)" in proposal.notes[1]


def test_labels_that_are_given_win(tmp_path: Path, onnx_file: Write) -> None:
    (tmp_path / "labels.txt").write_text("nonsense", encoding="utf-8")
    path = onnx_file(tmp_path / "model.onnx", classes=3)
    assert propose(check(path), labels=["Sad", "joy", "calm"]).spec.labels == (
        "sadness",
        "happiness",
        "neutral",
    )


def test_an_unknown_number_of_classes_asks_for_labels(onnx_file: Write) -> None:
    with pytest.raises(ModelSpecError, match=r"labels\.txt beside it.* --labels"):
        propose(check(onnx_file(classes=6)))


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ({"shape": ("N", 1, 2000, 2000)}, "at most 1024"),
        ({"classes": 1}, "one number a face"),
        ({"classes": 51}, "51 classes apart; at most 50"),
        ({"classes": 1001}, "1001 classes apart; at most 50"),
        ({"shape": ("N", 4, 48, 48), "weights": np.ones((4, 7), np.float32)}, "1 channel"),
        ({"shape": (1, 3, 10, 10, 10), "weights": np.ones((3, 7), np.float32)}, "take pictures"),
    ],
)
def test_networks_that_are_not_for_faces_are_refused(
    onnx_file: Write, network: dict, message: str
) -> None:
    with pytest.raises(ModelLoadError, match=message):
        propose(check(onnx_file(**network)))


@pytest.fixture
def quantized(tmp_path: Path) -> Callable[..., Path]:
    """Writes a network as TFLite quantises them: bytes in, bytes out, signed ones less 128."""

    def write(dtype: type, *, softmax: bool = True) -> Path:
        openvino = import_openvino()
        from openvino import opset13 as ops

        zero = np.float32(128 if dtype == np.int8 else 0)
        pixels = ops.parameter([1, 24, 24, 1], dtype, name="pixels")
        shares = ops.divide(ops.add(ops.convert(pixels, "f32"), zero), np.float32(255))
        mean = ops.reduce_mean(shares, np.array([1, 2]))
        out = ops.matmul(mean, np.linspace(0, 9, 7, dtype=np.float32)[None], False, False)
        out = ops.multiply(ops.softmax(out, 1), np.float32(256)) if softmax else out
        out = ops.subtract(ops.minimum(ops.round(out, "half_to_even"), np.float32(255)), zero)
        name = "i8" if dtype == np.int8 else "u8"
        path = tmp_path / f"{name}.xml"
        openvino.serialize(openvino.Model([ops.convert(out, name)], [pixels], name), path)
        return path

    return write


@pytest.mark.parametrize("dtype", [np.uint8, np.int8])
def test_quantised_networks_take_pixels_and_give_shares(
    quantized: Callable[..., Path], dtype: type
) -> None:
    path = quantized(dtype)
    spec = propose(check(path)).spec
    assert (spec.output, spec.input.scale) == ("softmax", 1.0)
    for level in (0, 60, 200, 255):
        exp = np.exp(level / 255 * np.linspace(0, 9, 7))
        found = load_checked(check(path), spec).predict_probs([np.full((24, 24), level, np.uint8)])[
            0
        ]
        np.testing.assert_allclose(found, exp / exp.sum(), atol=0.01)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8])
def test_whole_numbers_that_are_no_shares_are_refused(
    quantized: Callable[..., Path], dtype: type
) -> None:
    with pytest.raises(ModelLoadError, match="whole numbers that are no shares"):
        propose(check(quantized(dtype, softmax=False)))


def test_names_are_made_plain() -> None:
    assert plain_name("Mein Modell (süß) v2") == "Mein-Modell-s-v2"
    assert plain_name("…") == "model"
    assert len(plain_name("x" * 300)) <= 64
