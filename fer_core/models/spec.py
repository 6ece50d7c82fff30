"""The sidecar `model.json`: everything that the app must know about a model file to run it right.

`ModelSpec` travels with the weights: labels, size, colour and scale are read from it and never
written into code, so that a new checkpoint needs no new code.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from fer_core.errors import ModelSpecError
from fer_core.expressions import (
    EXPRESSIONS,
    MAX_CLASSES,
    MIN_CLASSES,
    expression_of,
    own_class,
)
from fer_core.files import read_text, write_text

SPEC_NAME = "model.json"
SCHEMA = 1

COLORS = ("gray", "rgb", "bgr", "gray3")
LAYOUTS = ("nhwc", "nchw")
INTERPOLATIONS = ("area", "linear", "cubic", "nearest")
OUTPUTS = ("softmax", "logits")
#: What a format may be called in a file → what the code calls it.
FORMATS = {
    "keras": "keras",
    "hdf5": "hdf5",
    "h5": "hdf5",
    "onnx": "onnx",
    "openvino": "openvino",
    "savedmodel": "savedmodel",
    "tflite": "tflite",
}
MAX_INPUT_PX = 1024

_TEXTS = ("title", "architecture", "trained_on", "license", "source", "created")
#: Of a model.json; the largest of ours, with all its metrics, has 8 kB.
_MAX_BYTES = 4 << 20
#: Keys of a model.json that Keras or TensorFlow.js wrote.
_FOREIGN_KEYS = ("class_name", "modelTopology", "weightsManifest")
#: Of a file, on all systems.
_MAX_NAME_BYTES = 255
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class InputSpec:
    """How a face crop becomes the network's input.

    crop with margin → colour → resize → equalise if asked → `x = (pixel * scale - mean) / std`

    Attributes:
        width, height: px, 1 to 1024.
        color: gray, rgb or bgr, the order of the channels in the tensor; gray3: the grey picture
            in all three channels, as networks trained on grey pictures in RGB files have it.
        layout: nhwc or nchw.
        scale: factor on pixels 0..255.
        mean, std: one number a channel (or one for all), in units of the scaled pixel.
        interpolation: area, linear, cubic or nearest; enlarging with area means linear.
        equalize: histogram equalisation (of the grey picture, or of the luma of a colour one).
        crop_margin: share of the box's longer side added on every side, -0.25 to 1.
        align: turn the crop so that the eyes lie level, where the detector gives landmarks.
        mirror_average: average the output with that of the mirrored face.
    """

    width: int
    height: int
    color: str
    layout: str
    scale: float
    mean: tuple[float, ...]
    std: tuple[float, ...]
    interpolation: str
    equalize: bool
    crop_margin: float
    align: bool
    mirror_average: bool = False

    def __post_init__(self) -> None:
        for key in ("mean", "std"):
            value = getattr(self, key)
            values = tuple(value) if isinstance(value, (list, tuple)) else (value,)
            if not all(_is_number(item) for item in values):
                raise ModelSpecError(f"input.{key} must be a number or a list of numbers")
            if len(values) not in (1, self.channels):
                raise ModelSpecError(
                    f"input.{key} has {len(values)} numbers; {self.color} has {self.channels}"
                )
            object.__setattr__(self, key, tuple(float(item) for item in values))
        _check_int("input.width", self.width, 1, MAX_INPUT_PX)
        _check_int("input.height", self.height, 1, MAX_INPUT_PX)
        _check_choice("input.color", self.color, COLORS)
        _check_choice("input.layout", self.layout, LAYOUTS)
        _check_choice("input.interpolation", self.interpolation, INTERPOLATIONS)
        for key in ("equalize", "align", "mirror_average"):
            if not isinstance(getattr(self, key), bool):
                raise ModelSpecError(f"input.{key} must be true or false")
        _check_range("input.scale", self.scale, 1e-9, 1e9)
        _check_range("input.crop_margin", self.crop_margin, -0.25, 1.0)
        if any(value <= 0 for value in self.std):
            raise ModelSpecError("input.std must be greater than 0")

    @property
    def channels(self) -> int:
        """1 for gray, otherwise 3."""
        return 1 if self.color == "gray" else 3


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model folder's `model.json`.

    Attributes:
        name: of the folder; letters, digits, dot, dash and underscore.
        file: the weights' file name inside the folder.
        format: keras, hdf5, onnx, openvino, savedmodel or tflite.
        sha256: of the file, 64 hex digits (of all its files where there are more, see
            `digest.model_sha256`); empty: not checked.
        labels: 2 to 50 classes in the order of the outputs: canonical expressions, or any words.
        output: softmax, or logits that still need one.
        metrics: {data set: {accuracy, macro_f1, …}} with shares 0..1.
        temperature: the logits are divided by it (Guo et al. 2017, https://arxiv.org/abs/1706.04599).
        labels_confirmed: false while the label order is a guess that nobody has confirmed.
        stands_for: own class → the expression that it stands for, such as {"grin": "happiness"};
            where nothing is said, its word tells.
        parent: name of the model whose last layer was taught anew for this one; empty for others.
    """

    name: str
    title: str
    architecture: str
    file: str
    format: str
    sha256: str
    labels: tuple[str, ...]
    input: InputSpec
    output: str
    trained_on: str
    metrics: dict[str, dict[str, Any]]
    license: str
    source: str
    created: str
    temperature: float = 1.0
    labels_confirmed: bool = True
    stands_for: dict[str, str] | None = None
    parent: str = ""
    schema: int = field(default=SCHEMA, kw_only=True)

    def __post_init__(self) -> None:
        if self.schema != SCHEMA:
            raise ModelSpecError(f"schema is {self.schema!r}; this version reads {SCHEMA}")
        for key in (*_TEXTS, "parent"):
            if not isinstance(getattr(self, key), str):
                raise ModelSpecError(f"{key} must be text")
        check_name(self.name)
        if not isinstance(self.file, str) or not _is_plain_name(self.file):
            raise ModelSpecError(f"file is {self.file!r}; it must be a file name in the folder")
        _check_choice("format", self.format, tuple(FORMATS))
        object.__setattr__(self, "format", FORMATS[self.format])
        if not isinstance(self.sha256, str) or not re.fullmatch(r"([0-9a-fA-F]{64})?", self.sha256):
            raise ModelSpecError("sha256 must be 64 hex digits, or empty")
        object.__setattr__(self, "sha256", self.sha256.lower())
        object.__setattr__(self, "labels", _checked_labels(self.labels))
        _check_choice("output", self.output, OUTPUTS)
        _check_range("temperature", self.temperature, 0.01, 100.0)
        if self.stands_for is None:
            object.__setattr__(self, "stands_for", _meanings(self.labels))
        _check_stands_for(self.stands_for, self.labels)
        if not isinstance(self.labels_confirmed, bool):
            raise ModelSpecError("labels_confirmed must be true or false")
        if not isinstance(self.metrics, dict) or not all(
            isinstance(value, dict) for value in self.metrics.values()
        ):
            raise ModelSpecError("metrics must be {data set: {name: number}}")

    @property
    def expressions(self) -> tuple[str, ...]:
        """What each class stands for: an expression, else its own name."""
        meant = self.stands_for or {}
        return tuple(meant.get(label, label) for label in self.labels)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ModelSpec":
        """A spec from parsed JSON.

        Raises:
            ModelSpecError: a key is unknown, missing or wrong; the message names it.
        """
        _check_keys(cls, data, prefix="")
        if not isinstance(data["input"], Mapping):
            raise ModelSpecError("input must be an object with width, height, color, …")
        _check_keys(InputSpec, data["input"], prefix="input.")
        return cls(**{**data, "input": InputSpec(**data["input"])})

    @classmethod
    def read(cls, path: str | Path) -> "ModelSpec":
        """Reads `model.json`, given its path or its folder.

        Raises:
            ModelSpecError: it is missing, not JSON, or wrong; the message names file and key.
        """
        path = Path(path)
        if path.is_dir():
            path = path / SPEC_NAME
        try:
            data = json.loads(read_text(path, _MAX_BYTES))
            if not isinstance(data, dict):
                raise ModelSpecError("it must hold one JSON object")
            json.dumps(data, ensure_ascii=False).encode()  # half a character cannot be written
            return cls.from_dict(data)
        except FileNotFoundError:
            raise ModelSpecError(f"{path} is missing; add the model again to write it.") from None
        except OSError as error:
            raise ModelSpecError(f"{path} cannot be read: {error.strerror}.") from error
        except (ValueError, RecursionError) as error:
            raise ModelSpecError(f"{path} is not valid JSON ({error}).") from error
        except ModelSpecError as error:
            raise ModelSpecError(f"{path}: {error}.") from error

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; `from_dict` gives an equal spec back."""
        data = {"schema": self.schema, **asdict(self)}
        data["labels"] = list(self.labels)
        for key in ("stands_for", "parent"):
            if not data[key]:
                del data[key]
        data["input"]["mean"] = list(self.input.mean)
        data["input"]["std"] = list(self.input.std)
        return data

    def write(self, folder: str | Path) -> Path:
        """Writes `model.json` into the folder in one step and gives its path."""
        path = Path(folder) / SPEC_NAME
        text = json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"
        write_text(path, text)
        return path


def is_described(folder: str | Path) -> bool:
    """Whether a folder has a sidecar of ours; Keras and TensorFlow.js write a model.json, too."""
    path = Path(folder) / SPEC_NAME
    try:
        data = json.loads(read_text(path, _MAX_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError, RecursionError):
        return path.is_file() and not _names_a_network(path)
    if isinstance(data, dict):
        return not any(key in data for key in _FOREIGN_KEYS)
    return not _names_a_network(path)


def _names_a_network(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            head = stream.read(1 << 16)
    except OSError:
        return False
    return any(key.encode() in head for key in _FOREIGN_KEYS)


def check_name(name: Any) -> None:
    """Raises ModelSpecError where a model cannot be called so."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ModelSpecError(f"name is {name!r}; use up to 64 letters, digits, '.', '_' and '-'")


def _check_keys(cls: type, data: Mapping[str, Any], prefix: str) -> None:
    known = {f.name: f for f in fields(cls)}
    for key in data:
        if key not in known:
            raise ModelSpecError(f"unknown key {prefix + str(key)!r}")
    for key, f in known.items():
        needed = f.default is MISSING and f.default_factory is MISSING
        if (needed or key == "schema") and key not in data:
            raise ModelSpecError(f"missing key {prefix + key!r}")


def _checked_labels(labels: Any) -> tuple[str, ...]:
    if not isinstance(labels, (list, tuple)) or not MIN_CLASSES <= len(labels) <= MAX_CLASSES:
        raise ModelSpecError(f"labels must be a list of {MIN_CLASSES} to {MAX_CLASSES} names")
    for label in labels:
        try:
            named = isinstance(label, str) and (label in EXPRESSIONS or own_class(label) == label)
        except ValueError as error:
            raise ModelSpecError(f"labels: {str(error).rstrip('.')}") from error
        if not named:
            raise ModelSpecError(f"labels has {label!r}; a class is a word on one line")
        if label.lower() in EXPRESSIONS and label not in EXPRESSIONS:
            raise ModelSpecError(f"labels has {label!r}; write {label.lower()}")
    if len({label.lower() for label in labels}) != len(labels):
        raise ModelSpecError("labels names a class twice")
    return tuple(labels)


def _check_stands_for(stands_for: Any, labels: tuple[str, ...]) -> None:
    if not isinstance(stands_for, dict):
        raise ModelSpecError("stands_for must be {class: expression}")
    for label, name in stands_for.items():
        if label not in labels or label in EXPRESSIONS:
            raise ModelSpecError(
                f"stands_for has {label!r}, which is no class of its own in labels"
            )
        if name not in EXPRESSIONS:
            raise ModelSpecError(
                f"stands_for has {name!r}; known expressions are {', '.join(EXPRESSIONS)}"
            )


def _meanings(labels: Sequence[str]) -> dict[str, str]:
    """Own classes whose word means an expression → that expression."""
    own = {label: expression_of(label) for label in labels if label not in EXPRESSIONS}
    return {label: name for label, name in own.items() if name is not None}


def _is_plain_name(name: str) -> bool:
    fits = 0 < len(name.encode("utf-8", "replace")) <= _MAX_NAME_BYTES
    return fits and name not in (".", "..") and not re.search(r"[/\\:\x00]", name)


def _is_number(value: Any) -> bool:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number that no float can hold
        return False


def _check_int(key: str, value: Any, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ModelSpecError(f"{key} is {value!r}; it must be a whole number {low} to {high}")


def _check_range(key: str, value: Any, low: float, high: float) -> None:
    if not _is_number(value) or not low <= value <= high:
        raise ModelSpecError(f"{key} is {value!r}; it must be a number {low} to {high}")


def _check_choice(key: str, value: Any, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ModelSpecError(f"{key} is {value!r}; it must be one of {', '.join(choices)}")
