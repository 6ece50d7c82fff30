"""Whatever a `model.json` says: a spec that holds together, or one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.errors import ModelSpecError
from fer_core.models.spec import SPEC_NAME, ModelSpec
from tests.fer_core.models.builders import make_spec

_KEYS = sorted(make_spec().to_dict())
_INPUT_KEYS = sorted(make_spec().to_dict()["input"])
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner)
)
#: What somebody who wants out of the folder writes.
_PATHS = st.lists(st.sampled_from(["..", ".", "", "a", "C:", "\\", "/", "\0", "~"])).flatmap(
    lambda parts: st.sampled_from(["/", "\\", ""]).map(lambda between: between.join(parts))
)


def read(data: bytes, folder: Path) -> ModelSpec | None:
    """The spec, or None where it was refused in one sentence that names the file."""
    (folder / SPEC_NAME).write_bytes(data)
    try:
        return ModelSpec.read(folder)
    except ModelSpecError as error:
        sentence = str(error)
    assert str(folder / SPEC_NAME) in sentence
    return None


@pytest.mark.fuzz
@given(changed=st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=3))
def test_any_value_of_any_key(tmp_path: Path, changed: dict[str, Any]) -> None:
    data = make_spec().to_dict() | changed
    spec = read(json.dumps(data).encode(), tmp_path)
    assert spec is None or ModelSpec.from_dict(spec.to_dict()) == spec


@pytest.mark.fuzz
@given(changed=st.dictionaries(st.sampled_from(_INPUT_KEYS), _VALUES, min_size=1, max_size=3))
def test_any_value_of_any_input_key(tmp_path: Path, changed: dict[str, Any]) -> None:
    data = make_spec().to_dict()
    data["input"] |= changed
    spec = read(json.dumps(data).encode(), tmp_path)
    assert spec is None or ModelSpec.from_dict(spec.to_dict()) == spec


@pytest.mark.fuzz
@given(name=_PATHS | st.text(max_size=300))
def test_the_file_never_lies_outside_the_folder(tmp_path: Path, name: str) -> None:
    spec = read(json.dumps(make_spec().to_dict() | {"file": name}).encode(), tmp_path)
    if spec is not None:
        assert (tmp_path / spec.file).resolve().parent == tmp_path.resolve()
        assert not set(spec.file) & set("/\\:\0")


@pytest.mark.fuzz
@given(data=st.binary(max_size=400), at=st.integers(0, 900))
def test_any_bytes_in_any_place(tmp_path: Path, data: bytes, at: int) -> None:
    whole = json.dumps(make_spec().to_dict()).encode()
    read(whole[:at] + data + whole[at + len(data) :], tmp_path)
