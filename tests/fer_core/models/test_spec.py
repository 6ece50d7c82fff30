"""What `model.json` may say, and the sentence for what it may not."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from fer_core.errors import ModelSpecError
from fer_core.expressions import EXPRESSIONS
from fer_core.models.spec import SPEC_NAME, InputSpec, ModelSpec, check_name
from tests.fer_core.models.builders import FER2013, make_input, make_spec

HUGE = 10**400  # a whole number that no float can hold


def data(**changes: Any) -> dict[str, Any]:
    """A whole model.json as JSON gives it; keys of `input` as `input__width`."""
    found: dict[str, Any] = json.loads(json.dumps(make_spec().to_dict()))
    for key, value in changes.items():
        outer, _, inner = key.partition("__")
        if inner:
            found[outer][inner] = value
        else:
            found[outer] = value
    return found


def test_every_key_comes_back_as_it_was() -> None:
    changed = data(
        name="a.B_c-9", title="Ü", architecture="net", file="wëights v2.keras", format="h5",
        sha256="AB" * 32, labels=["neutral", "fear"], output="logits", trained_on="x",
        metrics={"fer2013": {"accuracy": 0.5}}, license="CC0", source="s", created="2026-01-01",
        temperature=1.5, labels_confirmed=False,
        input={
            "width": 31, "height": 33, "color": "bgr", "layout": "nhwc", "scale": 2,
            "mean": [1, 2, 3], "std": [0.5], "interpolation": "cubic", "equalize": True,
            "crop_margin": -0.25, "align": True, "mirror_average": True,
        },
    )  # fmt: skip
    spec = ModelSpec.from_dict(changed)
    expected = changed | {"format": "hdf5", "sha256": "ab" * 32, "schema": 1}
    assert spec.to_dict() == expected
    assert ModelSpec.from_dict(spec.to_dict()) == spec
    assert spec.labels == ("neutral", "fear")
    assert (spec.input.mean, spec.input.std) == ((1.0, 2.0, 3.0), (0.5,))
    assert {type(value) for value in spec.input.mean} == {float}


def test_what_may_be_left_out() -> None:
    few = data()
    del few["temperature"], few["labels_confirmed"], few["input"]["mirror_average"]
    spec = ModelSpec.from_dict(few)
    assert (spec.temperature, spec.labels_confirmed, spec.input.mirror_average) == (1, True, False)


@pytest.mark.parametrize(
    "key", sorted(set(make_spec().to_dict()) - {"temperature", "labels_confirmed", "stands_for"})
)
def test_what_may_not_be_left_out(key: str) -> None:
    few = data()
    del few[key]
    with pytest.raises(ModelSpecError, match=f"^missing key '{key}'$"):
        ModelSpec.from_dict(few)


@pytest.mark.parametrize("key", sorted(set(data()["input"]) - {"mirror_average"}))
def test_what_of_the_input_may_not_be_left_out(key: str) -> None:
    few = data()
    del few["input"][key]
    with pytest.raises(ModelSpecError, match=rf"^missing key 'input\.{key}'$"):
        ModelSpec.from_dict(few)


WRONG: list[tuple[str, Any, str]] = [
    ("more", 1, "unknown key 'more'"),
    ("input__more", 1, "unknown key 'input.more'"),
    ("schema", 2, "schema is 2; this version reads 1"),
    ("schema", "1", "schema is '1'; this version reads 1"),
    ("title", 1, "title must be text"),
    ("architecture", None, "architecture must be text"),
    ("trained_on", [], "trained_on must be text"),
    ("license", {}, "license must be text"),
    ("source", False, "source must be text"),
    ("created", 2026, "created must be text"),
    ("name", "", "name is ''; use up to 64 letters, digits, '.', '_' and '-'"),
    ("name", 7, "name is 7; use up to 64 letters, digits, '.', '_' and '-'"),
    ("name", ".a", "name is '.a'; use up to 64 letters, digits, '.', '_' and '-'"),
    ("name", "a" * 65, f"name is {'a' * 65!r}; use up to 64 letters, digits, '.', '_' and '-'"),
    ("format", "pickle", "format is 'pickle'; it must be one of "
     "keras, hdf5, h5, onnx, openvino, savedmodel, tflite"),
    ("sha256", "0" * 63, "sha256 must be 64 hex digits, or empty"),
    ("sha256", "g" * 64, "sha256 must be 64 hex digits, or empty"),
    ("sha256", "0" * 65, "sha256 must be 64 hex digits, or empty"),
    ("sha256", None, "sha256 must be 64 hex digits, or empty"),
    ("labels", ["fear"], "labels must be a list of 2 to 50 names"),
    ("labels", [f"class {n}" for n in range(51)], "labels must be a list of 2 to 50 names"),
    ("labels", "fear", "labels must be a list of 2 to 50 names"),
    ("labels", ["fear", "two\nlines"], r"labels has 'two\nlines'; a class is a word on one line"),
    ("labels", ["fear", " tired"], "labels has ' tired'; a class is a word on one line"),
    ("labels", ["fear", "Anger"], "labels has 'Anger'; write anger"),
    ("labels", ["fear", 3], "labels has 3; a class is a word on one line"),
    ("labels", ["fear", "unsure"],
     "labels: 'unsure' is no name for a class; take 1 to 40 letters, and not 'unsure'"),
    ("labels", ["Tired", "tired"], "labels names a class twice"),
    ("stands_for", {"anger": "fear"},
     "stands_for has 'anger', which is no class of its own in labels"),
    ("stands_for", {"grin": "joy"},
     "stands_for has 'grin', which is no class of its own in labels"),
    ("stands_for", [], "stands_for must be {class: expression}"),
    ("labels", ["fear", "anger", "fear"], "labels names a class twice"),
    ("output", "sigmoid", "output is 'sigmoid'; it must be one of softmax, logits"),
    ("temperature", 0, "temperature is 0; it must be a number 0.01 to 100.0"),
    ("temperature", 100.1, "temperature is 100.1; it must be a number 0.01 to 100.0"),
    ("labels_confirmed", 1, "labels_confirmed must be true or false"),
    ("metrics", [], "metrics must be {data set: {name: number}}"),
    ("metrics", {"a": {}, "b": 0.5}, "metrics must be {data set: {name: number}}"),
    ("input", [], "input must be an object with width, height, color, …"),
    ("input__width", 0, "input.width is 0; it must be a whole number 1 to 1024"),
    ("input__width", 1025, "input.width is 1025; it must be a whole number 1 to 1024"),
    ("input__width", 48.0, "input.width is 48.0; it must be a whole number 1 to 1024"),
    ("input__width", True, "input.width is True; it must be a whole number 1 to 1024"),
    ("input__height", 0, "input.height is 0; it must be a whole number 1 to 1024"),
    ("input__height", 1025, "input.height is 1025; it must be a whole number 1 to 1024"),
    ("input__color", "grey", "input.color is 'grey'; it must be one of gray, rgb, bgr, gray3"),
    ("input__layout", "chw", "input.layout is 'chw'; it must be one of nhwc, nchw"),
    ("input__interpolation", "best",
     "input.interpolation is 'best'; it must be one of area, linear, cubic, nearest"),
    ("input__equalize", 0, "input.equalize must be true or false"),
    ("input__align", None, "input.align must be true or false"),
    ("input__mirror_average", "yes", "input.mirror_average must be true or false"),
    ("input__scale", 0, "input.scale is 0; it must be a number 1e-09 to 1000000000.0"),
    ("input__scale", 1e10,
     "input.scale is 10000000000.0; it must be a number 1e-09 to 1000000000.0"),
    ("input__scale", True, "input.scale is True; it must be a number 1e-09 to 1000000000.0"),
    ("input__scale", "1", "input.scale is '1'; it must be a number 1e-09 to 1000000000.0"),
    ("input__crop_margin", -0.26, "input.crop_margin is -0.26; it must be a number -0.25 to 1.0"),
    ("input__crop_margin", 1.01, "input.crop_margin is 1.01; it must be a number -0.25 to 1.0"),
    ("input__mean", "0.5", "input.mean must be a number or a list of numbers"),
    ("input__mean", [0.5, None], "input.mean must be a number or a list of numbers"),
    ("input__mean", HUGE, "input.mean must be a number or a list of numbers"),
    ("input__std", True, "input.std must be a number or a list of numbers"),
    ("input__mean", [0.5, 0.5], "input.mean has 2 numbers; gray has 1"),
    ("input__std", [1, 1, 1], "input.std has 3 numbers; gray has 1"),
    ("input__std", [], "input.std has 0 numbers; gray has 1"),
    ("input__std", 0, "input.std must be greater than 0"),
    ("input__std", -1, "input.std must be greater than 0"),
]  # fmt: skip
FILES = ("", ".", "..", "a/b", "a\\b", "/a", "C:a", "a:b", "a\0b", "ü" * 128, 7, None)


@pytest.mark.parametrize(
    ("key", "value", "message"), WRONG, ids=[str(i) for i in range(len(WRONG))]
)
def test_what_is_wrong_is_named(key: str, value: Any, message: str, tmp_path: Path) -> None:
    wrong = data(**{key: value})
    with pytest.raises(ModelSpecError, match=f"^{re.escape(message)}$"):
        ModelSpec.from_dict(wrong)
    if value != HUGE:
        (tmp_path / SPEC_NAME).write_text(json.dumps(wrong), encoding="utf-8")
        with pytest.raises(ModelSpecError) as error:
            ModelSpec.read(tmp_path)
        assert str(error.value) == f"{tmp_path / SPEC_NAME}: {message}."


@pytest.mark.parametrize("file", FILES, ids=repr)
def test_a_file_is_a_plain_name_in_the_folder(file: Any) -> None:
    message = f"file is {file!r}; it must be a file name in the folder"
    with pytest.raises(ModelSpecError, match=f"^{re.escape(message)}$"):
        ModelSpec.from_dict(data(file=file))


@pytest.mark.parametrize(
    "file", ["a", "...", "..a", ".a", "wëights v2.keras", "x" * 255, "ü" * 127]
)
def test_all_other_names_will_do(file: str) -> None:
    assert ModelSpec.from_dict(data(file=file)).file == file


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "a" * 64), ("name", "9"), ("temperature", 0.01), ("temperature", 100),
        ("labels", list(EXPRESSIONS)), ("labels", ["fear", "anger"]), ("sha256", ""),
        ("input__width", 1), ("input__width", 1024), ("input__height", 1), ("input__height", 1024),
        ("input__scale", 1e-9), ("input__scale", 1e9), ("input__crop_margin", 1),
        ("input__crop_margin", -0.25), ("input__std", 1e-9), ("input__mean", -3), ("metrics", {}),
    ],
)  # fmt: skip
def test_limits_belong_to_what_is_allowed(key: str, value: Any) -> None:
    ModelSpec.from_dict(data(**{key: value}))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_numbers_are_finite(value: float) -> None:
    for key in ("mean", "std", "scale", "crop_margin"):
        with pytest.raises(ModelSpecError, match=rf"^input\.{key} "):
            make_input(**{key: value})


@pytest.mark.parametrize(("color", "channels"), [("gray", 1), ("gray3", 3), ("rgb", 3), ("bgr", 3)])
def test_channels_of_a_colour(color: str, channels: int) -> None:
    assert make_input(color=color).channels == channels
    assert make_input(color=color, mean=[0.5] * channels, std=(0.25,) * channels).mean == (
        (0.5,) * channels
    )


def test_names_are_checked_in_one_place() -> None:
    check_name("mimik-48")
    with pytest.raises(ModelSpecError, match=r"^name is '\.\./a'; use up to 64"):
        check_name("../a")


def test_it_is_read_from_the_folder_and_from_the_file(tmp_path: Path) -> None:
    spec = make_spec(title="Größe")
    path = spec.write(tmp_path)
    assert path == tmp_path / "model.json"
    assert ModelSpec.read(tmp_path) == ModelSpec.read(str(path)) == spec
    text = path.read_text(encoding="utf-8")
    assert '"title": "Größe"' in text
    assert text.startswith('{\n  "schema": 1,\n') or '\n  "schema": 1' in text
    assert text.endswith("}\n")
    path.write_text("\ufeff" + text, encoding="utf-8")  # as editors of Windows do
    assert ModelSpec.read(tmp_path) == spec


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"[]", "{}: it must hold one JSON object."),
        (b"{", "{} is not valid JSON (Expecting property name enclosed in double quotes: "
         "line 1 column 2 (char 1))."),
        (b"\xff", "{} is not valid JSON ("),
        (b'{"title": "\\ud800"}', "{} is not valid JSON ("),
        (b"[" * 100_000, "{} is not valid JSON ("),
    ],
)  # fmt: skip
def test_what_is_no_json_is_one_sentence(text: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / SPEC_NAME
    path.write_bytes(text)
    with pytest.raises(ModelSpecError) as error:
        ModelSpec.read(path)
    assert str(error.value).startswith(message.format(path))
    assert str(error.value).endswith(".")


def test_a_file_that_is_not_there_or_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / SPEC_NAME
    with pytest.raises(ModelSpecError) as error:
        ModelSpec.read(path)
    assert str(error.value) == f"{path} is missing; add the model again to write it."
    path.mkdir()
    with pytest.raises(ModelSpecError) as error:
        ModelSpec.read(tmp_path)
    assert str(error.value) == f"{path} cannot be read: it is no file."


def test_the_labels_keep_their_order() -> None:
    assert make_spec().labels == FER2013
    assert isinstance(make_spec(labels=list(FER2013[::-1])).labels, tuple)
    assert make_spec(labels=list(FER2013[::-1])).labels == FER2013[::-1]
    assert isinstance(make_spec().input, InputSpec)


def test_a_file_of_more_than_four_megabytes_is_no_model_json(tmp_path: Path) -> None:
    path = make_spec().write(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text + " " * ((4 << 20) - len(text.encode())), encoding="utf-8")
    assert ModelSpec.read(path) == make_spec()
    path.write_text(text + " " * (4 << 20), encoding="utf-8")
    with pytest.raises(ModelSpecError) as error:
        ModelSpec.read(path)
    assert str(error.value) == f"{path} cannot be read: it is larger than 4 MB."
