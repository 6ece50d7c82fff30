import json

import pytest

from fer_core.detection.finder.spec import FinderSpec
from fer_core.errors import DetectorError

GOOD = {
    "name": "finder",
    "title": "Finder",
    "file": "finder.xml",
    "sha256": "0" * 64,
    "side_px": 448,
    "smallest_px": 12,
    "sure": 0.5,
    "sure_twice": 0.4,
    "doubtful": 0.3,
    "trained_on": "heads",
    "license": "MIT",
    "source": "a recipe",
    "created": "2026-11-25",
}


def write(folder, data):
    (folder / "detector.json").write_text(data if isinstance(data, str) else json.dumps(data))


def test_what_is_written_is_read(tmp_path):
    spec = FinderSpec.from_dict(GOOD | {"metrics": {"held out": {"recall": 0.9}}})
    spec.write(tmp_path)
    assert FinderSpec.read(tmp_path) == spec


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colour": "grey"}, "unknown key 'colour'"),
        ({"side_px": "448"}, "side_px is '448'"),
        ({"side_px": True}, "side_px is True"),
        ({"side_px": 63}, "64 to 4096"),
        ({"side_px": 4097}, "64 to 4096"),
        ({"smallest_px": 0}, "more than 0"),
        ({"sure": 0.2}, "between 0 and 1"),
        ({"sure": 1}, "between 0 and 1"),
        ({"sure_twice": 0.2}, "between 0 and 1"),
        ({"sure_twice": 1}, "between 0 and 1"),
        ({"doubtful": 0}, "between 0 and 1"),
        ({"file": "../finder.xml"}, "same folder"),
        ({"file": "a\\finder.xml"}, "same folder"),
        ({"file": "finder.onnx"}, "same folder"),
        ({"schema": 1}, "schema is 1"),
        ({"metrics": []}, "metrics"),
    ],
)
def test_a_wrong_value_is_named(tmp_path, change, words):
    write(tmp_path, GOOD | change)
    with pytest.raises(DetectorError, match=r"detector\.json") as caught:
        FinderSpec.read(tmp_path)
    assert words in str(caught.value)


@pytest.mark.parametrize("key", sorted(GOOD))
def test_a_missing_key_is_named(tmp_path, key):
    write(tmp_path, {k: v for k, v in GOOD.items() if k != key})
    with pytest.raises(DetectorError, match=f"missing key '{key}'"):
        FinderSpec.read(tmp_path)


@pytest.mark.parametrize("text", ["", "[1]", "{", "[" * 100_000])
def test_no_object_is_said(tmp_path, text):
    write(tmp_path, text)
    with pytest.raises(DetectorError, match=r"detector\.json"):
        FinderSpec.read(tmp_path)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(DetectorError, match="cannot be read"):
        FinderSpec.read(tmp_path)


def test_the_limits_themselves_are_good(tmp_path):
    for change in ({"side_px": 64}, {"side_px": 4096}, {"sure": 0.3}, {"sure_twice": 0.3}):
        FinderSpec.from_dict(GOOD | change)
