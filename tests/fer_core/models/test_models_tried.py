"""The table of docs/models-tried.md: every row builds such a file and has it proposed."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import h5py
import numpy as np
import pytest

from fer_core.errors import FerError
from fer_core.expressions import EXPRESSIONS, LABEL_ORDERS, display_name
from fer_core.models.check import scaling_name
from fer_core.models.propose import propose
from fer_core.untrusted.gate import opened
from tests.conftest import PROJECT_ROOT
from tests.fer_core.models.builders import sequential, with_modules, write_hdf5, write_keras

TABLE = PROJECT_ROOT / "docs" / "models-tried.md"
ALPHABETICAL = LABEL_ORDERS["alphabetical7"]
ENGLISH = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
LIST = f"labels = {ENGLISH}\nopen('net.onnx')"


class Builder:
    """Writes what a row names into a folder and gives the path that a person would add."""

    def __init__(self, folder: Path, onnx_file: Callable[..., Path]) -> None:
        self.folder, self._onnx = folder, onnx_file

    def text(self, name: str, content: str) -> "Builder":
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
        return self

    def labels(self, *words: str) -> "Builder":
        return self.text("labels.txt", "\n".join(words))

    def onnx(self, name: str = "net.onnx", **options: Any) -> Path:
        return self._onnx(self.folder / name, **options)

    def keras_1(self) -> "Builder":
        layers = [
            {
                "class_name": "Flatten",
                "config": {"name": "f", "batch_input_shape": [None, 24, 24, 1]},
            },
            {
                "class_name": "Dense",
                "config": {
                    "name": "dense_1", "output_dim": 7, "activation": "softmax", "bias": True,
                },
            },
        ]  # fmt: skip
        return self.text("fer.json", json.dumps({"class_name": "Sequential", "config": layers}))

    def weights(self, name: str = "fer.h5", layer: str = "dense_1") -> Path:
        rng = np.random.default_rng(0)
        with h5py.File(self.folder / name, "w") as file:
            file.attrs["layer_names"] = [layer.encode()]
            group = file.create_group(layer)
            group.attrs["weight_names"] = [b"w", b"b"]
            group.create_dataset("w", data=rng.normal(0, 0.05, (576, 7)).astype(np.float32))
            group.create_dataset("b", data=np.zeros(7, np.float32))
        return self.folder / name

    def keras_2(self, name: str = "fer.json") -> "Builder":
        return self.text(name, json.dumps(sequential()))

    def tensorflow_js(self) -> Path:
        values = np.random.default_rng(0).normal(0, 0.05, (577, 7)).astype(np.float32)
        entries = [
            {"name": "dense/kernel", "shape": [576, 7], "dtype": "float32"},
            {"name": "dense/bias", "shape": [7], "dtype": "float32"},
        ]
        (self.folder / "group1-shard1of1.bin").write_bytes(values.tobytes())
        manifest = [{"paths": ["group1-shard1of1.bin"], "weights": entries}]
        topology = {"model_config": sequential()}
        model = {"format": "layers-model", "modelTopology": topology, "weightsManifest": manifest}
        return self.text("model.json", json.dumps(model)).folder

    def zip(self) -> Path:
        return Path(shutil.make_archive(str(self.folder.parent / "packed"), "zip", self.folder))

    def normed(self, scale: float, mean: float, *, merged: bool = False) -> Path:
        """A convolution and a batch normalisation that was trained on faces under a scaling.

        `merged`: as exporting makes one operation of the two.
        """
        from skimage import data

        picture = cv2.cvtColor(data.astronaut()[20:220, 130:330], cv2.COLOR_RGB2GRAY)
        x = cv2.resize(picture, (24, 24), interpolation=cv2.INTER_AREA) * scale - mean
        kernels = np.random.default_rng(1).normal(0, 0.4, (6, 1, 3, 3)).astype(np.float32)
        maps = [cv2.filter2D(x, -1, kernel[0])[1:-1, 1:-1] for kernel in kernels]
        kept = [np.array([f(m) for m in maps], np.float32) for f in (np.mean, np.var)]
        if merged:
            spread = np.sqrt(kept[1])
            whole = (kernels / spread[:, None, None, None], -kept[0] / spread)
            weights = np.random.default_rng(0).normal(size=(6, 7)).astype(np.float32)
            return self.onnx(prepare=[("Conv", *whole), ("Relu",)], weights=weights)
        one, zero = np.ones(6, np.float32), np.zeros(6, np.float32)
        weights = np.random.default_rng(0).normal(size=(6, 7)).astype(np.float32)
        steps = [("Conv", kernels), ("BatchNormalization", one, zero, *kept), ("Relu",)]
        return self.onnx(prepare=steps, weights=weights)

    def folded(self) -> Path:
        """What TensorFlow Lite makes of a Rescaling layer and the convolution behind it."""
        kernels = np.random.default_rng(1).normal(0, 0.4, (6, 1, 3, 3)) / 255
        weights = np.random.default_rng(0).normal(size=(6, 7)).astype(np.float32)
        steps = [("Conv", kernels.astype(np.float32)), ("Relu",)]
        return self.onnx(prepare=steps, weights=weights)

    def keras(self, *layers: dict[str, Any], name: str = "net.h5", **changes: Any) -> Path:
        config = sequential(*layers)
        config["config"].update(changes)
        write = write_keras if name.endswith(".keras") else write_hdf5
        return write(self.folder / name, config)


def keras_3(b: Builder) -> Path:
    config = sequential()
    b.text("net.json", json.dumps(with_modules(config)))
    values = np.random.default_rng(0).normal(0, 0.05, (577, 7)).astype(np.float32)
    with h5py.File(b.folder / "net.weights.h5", "w") as file:
        group = file.create_group("layers/dense/vars")
        group["0"], group["1"] = values[:576], values[576]
    return b.folder / "net.json"


def shape_of(*sides: int | None) -> dict[str, Any]:
    config = {"batch_input_shape": [None, *sides], "dtype": "float32", "name": "in"}
    return {"layers": [{"class_name": "InputLayer", "config": config}]}


NHWC = {"shape": ("N", 24, 24, 3), "weights": np.ones((24, 7), np.float32)}
COLOUR = {"shape": ("N", 3, 24, 24)}
TWO_INPUTS = {"input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}
CUSTOM = {"class_name": "Attention2D", "config": {"name": "a"}, "module": "my.layers"}

#: Form → how it is built, what is proposed (labels · scaling) or the words of the refusal, right?
ROWS: dict[str, tuple[Callable[[Builder], Path], str, str]] = {
    # -- files of Keras in parts
    "`fer.json` (Keras 1) + `fer.h5`, labels beside it": (
        lambda b: (b.keras_1().labels(*ENGLISH), b.weights(), b.folder / "fer.json")[-1],
        "labels.txt: alphabetical · 0…1", "yes"),
    "the same, added by `fer.h5`": (
        lambda b: (b.keras_1().labels(*ENGLISH), b.weights())[-1],
        "labels.txt: alphabetical · 0…1", "yes"),
    "the same as a `.zip`": (
        lambda b: (b.keras_1().labels(*ENGLISH), b.weights(), b.zip())[-1],
        "labels.txt: alphabetical · 0…1", "yes"),
    "folder with Keras's `model.json` + `model_weights.h5`, no labels": (
        lambda b: (b.keras_2("model.json"), b.weights("model_weights.h5", "dense"), b.folder)[-1],
        "guess: alphabetical · 0…1", "warned"),
    "`net.json` + `net.weights.h5` of Keras 3": (keras_3, "guess: alphabetical · 0…1", "warned"),
    "TensorFlow.js layers model": (
        lambda b: b.tensorflow_js(), "guess: alphabetical · 0…1", "warned"),
    "`fer.json` without weights": (
        lambda b: b.keras_1().folder / "fer.json", "no .h5 with its weights", "said"),
    "`.h5` of `save_weights` alone": (
        lambda b: b.weights(), "put the model's .json beside", "said"),
    # -- of other programs
    "graph model of TensorFlow.js": (
        lambda b: b.text("model.json", '{"format": "graph-model", "modelTopology": {}, '
                         '"weightsManifest": []}').folder,
        "model.save('name.keras')", "said"),
    "shards of face-api.js": (
        lambda b: b.text("a-weights_manifest.json", "[]").text("a-shard1", "x").folder,
        "torch.onnx.export", "said"),
    "frozen graph `.pb`": (
        lambda b: b.text("net.pb", "x").folder / "net.pb", "tf2onnx.convert --graphdef", "said"),
    "Caffe": (
        lambda b: b.text("net.caffemodel", "x").folder, "mo --input_model net.caffemodel", "said"),
    "Hugging Face folder": (
        lambda b: b.text("config.json", "{}").text("model.safetensors", "x").folder,
        "optimum-cli export onnx", "said"),
    "PyTorch `.pth`": (
        lambda b: b.text("net.pth", "x").folder / "net.pth", "torch.onnx.export", "said"),
    # -- labels
    "ONNX, 7 outputs, nothing said": (lambda b: b.onnx(), "guess: FER2013 · 0…1", "warned"),
    "network of Keras (NHWC), nothing said": (
        lambda b: b.onnx(**NHWC), "guess: alphabetical · 0…1", "warned"),
    "`resnet_raf-db.onnx`": (
        lambda b: b.onnx("resnet_raf-db.onnx"), "guess: RAF-DB · 0…1", "yes"),
    "`affectnet8.onnx`, 8 outputs": (
        lambda b: b.onnx("affectnet8.onnx", classes=8), "guess: AffectNet · 0…1", "yes"),
    "`app.py` beside it with a list": (
        lambda b: b.text("app.py", LIST).onnx(), "guess: alphabetical · 0…1", "yes"),
    "notebook beside it with a list": (
        lambda b: b.text("fer.ipynb", json.dumps({"cells": [
            {"cell_type": "code", "source": LIST}]})).onnx(),
        "guess: alphabetical · 0…1", "yes"),
    "README with 0 = angry, 1 = disgust, …": (
        lambda b: b.text("README.md", ", ".join(f"{i}={w}" for i, w in enumerate(ENGLISH))).onnx(),
        "guess: alphabetical · 0…1", "yes"),
    "README with 1 Surprise, 2 Fear, …": (
        lambda b: b.text("README.md", "1 Surprise, 2 Fear, 3 Disgust, 4 Happiness, 5 Sadness, "
                         "6 Anger, 7 Neutral").onnx(),
        "guess: RAF-DB · 0…1", "yes"),
    "folders 1 to 7 in `train`": (
        lambda b: ([(b.folder / "train" / str(n)).mkdir(parents=True) for n in range(1, 8)],
                   b.onnx())[-1],
        "guess: RAF-DB · 0…1", "yes"),
    "folders of classes in `train`": (
        lambda b: ([(b.folder / "train" / word).mkdir(parents=True) for word in ENGLISH],
                   b.onnx())[-1],
        "guess: alphabetical · 0…1", "yes"),
    "Teachable Machine's \"0 Class 1\"": (
        lambda b: b.labels("0 Class 1", "1 Class 2", "2 Class 3").onnx(classes=3),
        "labels.txt: Class 1, Class 2, Class 3 · 0…1", "yes"),
    "tired, hungry, confused": (
        lambda b: b.labels("tired", "hungry", "confused").onnx(classes=3),
        "labels.txt: tired, hungry, confused · 0…1", "yes"),
    "suprise, Natural, Smiling, 0_angry": (
        lambda b: b.labels("suprise", "Natural", "Smiling", "0_angry").onnx(classes=4),
        "labels.txt: surprise, neutral, happiness, anger · 0…1", "yes"),
    "Turkish words": (
        lambda b: b.labels("kızgın", "iğrenme", "korku", "mutlu", "nötr", "üzgün", "şaşkın").onnx(),
        "labels.txt: alphabetical · 0…1", "yes"),
    "the window's own German words": (
        lambda b: b.labels(*(display_name(name, "de") for name in ALPHABETICAL)).onnx(),
        "labels.txt: alphabetical · 0…1", "yes"),
    "20 classes of one's own": (
        lambda b: b.labels(*(f"mood {n}" for n in range(20))).onnx(classes=20),
        "labels.txt: 20 own classes · 0…1", "yes"),
    "51 classes": (lambda b: b.onnx(classes=51), "at most 50 are supported", "said"),
    # -- scaling
    "batch normalisation trained on 0…255": (
        lambda b: b.normed(1.0, 0.0), "guess: FER2013 · 0…255", "yes"),
    "batch normalisation trained on 0…1": (
        lambda b: b.normed(1 / 255, 0.0), "guess: FER2013 · 0…1", "yes"),
    "batch normalisation trained on −1…1": (
        lambda b: b.normed(2 / 255, 1.0), "guess: FER2013 · −1…1", "yes"),
    "batch normalisation of 0…255, merged into the convolution": (
        lambda b: b.normed(1.0, 0.0, merged=True), "guess: FER2013 · 0…255", "yes"),
    "batch normalisation of 0…1, merged into the convolution": (
        lambda b: b.normed(1 / 255, 0.0, merged=True), "guess: FER2013 · 0…1", "yes"),
    "`Rescaling` folded into the first convolution": (
        lambda b: b.folded(), "guess: FER2013 · 0…255", "yes"),
    "`train.py` beside it with ImageNet's mean": (
        lambda b: b.text("train.py", "T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])")
        .onnx(**COLOUR),
        "guess: FER2013 · ImageNet", "yes"),
    # -- networks that cannot be run
    "augmentation inside ONNX": (
        lambda b: b.onnx(prepare=[("Bernoulli",)]), "augmentation inside (Bernoulli)", "said"),
    "two inputs in `.h5`": (
        lambda b: b.keras(**TWO_INPUTS), "has 2 inputs and 1 outputs", "said"),
    "LSTM over landmarks in `.h5`": (
        lambda b: b.keras(**shape_of(30, 136)), "takes an input of shape (any, 30, 136)", "said"),
    "a layer of one's own": (
        lambda b: b.keras(CUSTOM), "is not part of Keras", "said"),
}  # fmt: skip
_SHOWN = {
    ALPHABETICAL: "alphabetical", LABEL_ORDERS["fer2013"]: "FER2013",
    LABEL_ORDERS["rafdb"]: "RAF-DB", LABEL_ORDERS["affectnet8"]: "AffectNet",
}  # fmt: skip


def reading_of(path: Path) -> str:
    """What is proposed, in the words of the table."""
    with opened(path) as model:
        proposal = propose(model)
    labels = proposal.spec.labels
    own = sum(label not in EXPRESSIONS for label in labels)
    named = _SHOWN.get(labels) or (f"{own} own classes" if own > 9 else ", ".join(labels))
    source = "labels.txt" if proposal.spec.labels_confirmed else "guess"
    return f"{source}: {named} · {scaling_name(proposal.spec.input)}"


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("form", ROWS, ids=[re.sub(r"\W+", " ", form) for form in ROWS])
def test_each_row_of_the_table_is_so(
    tmp_path: Path, onnx_file: Callable[..., Path], form: str
) -> None:
    build, expected, right = ROWS[form]
    folder = tmp_path / "stranger"
    folder.mkdir()
    path = build(Builder(folder, onnx_file))
    if right == "said":
        with pytest.raises(FerError) as error:
            reading_of(path)
        assert expected in str(error.value)
        assert "\n" not in str(error.value)
    else:
        assert reading_of(path) == expected


def test_the_table_in_the_docs_is_this_one() -> None:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and "---" not in line][1:]
    assert rows == [
        f"| {form} | {reading} | {right} |" for form, (_, reading, right) in ROWS.items()
    ]
    assert len(rows) >= 30
