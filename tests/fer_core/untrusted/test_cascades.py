"""Cascade files of other people: refused in one sentence where OpenCV would crash or hang."""

import gzip
import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from cli import main
from fer_core.detection import create_detector
from fer_core.detection.cascade import Cascade
from fer_core.errors import DetectorError
from fer_core.untrusted import cascades, child
from fer_core.untrusted.cascade_files import rewrite
from fer_core.untrusted.child import Limits
from tests.fer_core.untrusted.make_cascade import make_cascade
from tests.waiting import PATIENCE_S

OWN = Path(cv2.data.haarcascades)
LBP = {
    "kind": "LBP",
    "categories": 256,
    "nodes": "0 -1 0 " + "1 -2 3 4 5 -6 7 8",
    "leaves": "-1 -2",
}
#: What is wrong → how it is made so.
ODD: dict[str, dict[str, Any]] = {
    "a feature that is not there": {"nodes": "1 0 0 0.01 -1 -2 2 0.02"},
    "a feature before the first": {"nodes": "1 0 -1 0.01 -1 -2 1 0.02"},
    "a node that leads to itself": {"nodes": "1 0 0 0.01 1 -2 1 0.02"},
    "nodes in a circle": {"nodes": "1 0 0 0.01 -1 1 1 0.02"},
    "a node that is not there": {"nodes": "2 0 0 0.01 -1 -2 1 0.02"},
    "a leaf that is not there": {"nodes": "1 0 0 0.01 -1 -3 1 0.02"},
    "a leaf too few": {"leaves": "0.5 -0.5"},
    "a node that is cut off": {"nodes": "1 0 0 0.01 -1 -2 1"},
    "no nodes": {"nodes": ""},
    "half a node": {"nodes": "1 0 0.5 0.01 -1 -2 1 0.02"},
    "a rectangle over the right edge": {"rects": "<_>13 3 8 9 -1.</_>"},
    "a rectangle over the lower edge": {"rects": "<_>2 12 8 9 -1.</_>"},
    "a rectangle before the left edge": {"rects": "<_>-1 3 8 9 -1.</_>"},
    "a rectangle without width": {"rects": "<_>2 3 0 9 -1.</_>"},
    "a rectangle of five words": {"rects": "<_>2 3 8 9 -1. 4</_>"},
    "four rectangles": {"rects": "<_>2 3 8 9 -1.</_>" * 4},
    "no rectangle": {"rects": ""},
    "a tilted one over the left edge": {"x": 4},
    "a tilted one over the right edge": {"x": 17},
    "a large number": {"nodes": "1 0 0 0.01 -1 -2 4294967296 0.02"},
    "a threshold that is no number": {"threshold": ".Nan"},
    "a threshold without end": {"threshold": "1e999"},
    "a window without height": {"height": 0},
    "a huge window": {"width": 1 << 20},
    "categories of a Haar feature": {"categories": 256},
    "features of no known kind": {"kind": "HOG"},
    "another kind of stages": {"stage_type": "FOREST"},
    "a list twice": {"after": "<features><_/></features>"},
    "an LBP feature over the edge": {**LBP, "x": 18},
    "an LBP tree with a leaf too few": {**LBP, "leaves": "1"},
}  # fmt: skip


@pytest.mark.parametrize("changes", ODD.values(), ids=ODD)
def test_what_would_lead_opencv_astray_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = make_cascade(tmp_path / "odd.xml", **changes)
    with pytest.raises(DetectorError) as error:
        rewrite(path)
    assert str(error.value).startswith(f"{path} is not a cascade of OpenCV")


@pytest.mark.parametrize("text", ["", "<a", "<!DOCTYPE a><opencv_storage/>", "<opencv_storage/>"])
def test_what_is_no_cascade_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "none.xml"
    path.write_text(text)
    with pytest.raises(DetectorError, match=r"none\.xml is not a cascade"):
        rewrite(path)


def test_a_whole_one_is_opened_once_by_a_child_and_then_known(
    tmp_path: Path, portrait: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_cascade(tmp_path / "whole.xml")
    before = path.read_bytes()
    assert Cascade(path).window_px == 20
    monkeypatch.setattr(child, "call", lambda *_, **__: pytest.fail("looked into again"))
    grey = cv2.cvtColor(cv2.resize(portrait, (200, 200)), cv2.COLOR_BGR2GRAY)
    assert len(Cascade(path).groups(grey, 1.1, 2)[0])
    assert path.read_bytes() == before


def test_lbp_cascades_are_opened_too(tmp_path: Path) -> None:
    assert Cascade(make_cascade(tmp_path / "lbp.xml", **LBP)).window_px == 20


def test_a_text_that_somebody_changed_is_not_believed(tmp_path: Path, own_home: Path) -> None:
    path = make_cascade(tmp_path / "whole.xml")
    text = cascades.checked(path)
    (kept,) = (own_home / "cache" / "checked").glob("*.xml")
    kept.write_text(text.replace("20", "9999"))
    assert cascades.checked(path) == text
    assert kept.read_text() == text


@pytest.mark.skipif(os.name != "posix", reason="has no such exit codes")
def test_a_crash_or_a_hang_of_opencv_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_cascade(tmp_path / "whole.xml")
    folder = tmp_path / "stand_in"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setattr(cascades, "_LOOK", "stand_in_look:look")
    (folder / "stand_in_look.py").write_text("import os\ndef look(**_): os.kill(os.getpid(), 11)")
    with pytest.raises(DetectorError) as error:
        Cascade(path)
    assert str(error.value) == (
        f"The cascade {path} cannot be used: its reader broke off on it (exit code -11); choose "
        "another file."
    )
    assert not list((tmp_path / "mimik-home").rglob("*.json")), "nothing is known about it"


@pytest.mark.skipif(not child.CAN_LIMIT, reason="only POSIX limits a process")
def test_one_that_takes_everything_for_a_face_takes_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenCV compares every window with every other one: one frame would take minutes."""
    monkeypatch.setattr(cascades, "_LIMITS", Limits(1, 1 << 30, wall_s=PATIENCE_S))
    path = make_cascade(tmp_path / "everything.xml", threshold=-5)
    with pytest.raises(DetectorError, match=r"cannot be used: it takes more than 1 s; choose"):
        Cascade(path)


@pytest.mark.parametrize("kind", ["frontalface_alt2", "smile", "frontalface_alt_tree"])
def test_what_opencv_finds_stays_the_same(tmp_path: Path, portrait: np.ndarray, kind: str) -> None:
    own = OWN / f"haarcascade_{kind}.xml"
    path = tmp_path / "copy.xml"
    path.write_bytes(own.read_bytes())
    grey = cv2.cvtColor(cv2.resize(portrait, (256, 256)), cv2.COLOR_BGR2GRAY)
    expected, found = (  # OpenCV's threads give them in any order
        sorted(Cascade(file).groups(grey, 1.1, 2)[0].tolist()) for file in (own, path)
    )
    assert expected
    assert found == expected


CASES = ("cascade_segv.xml", "cascade-c050.xml.gz", "cascade-c078.xml.gz")


@pytest.mark.parametrize("name", CASES)
def test_those_that_crashed_are_one_sentence_and_exit_code_2(
    tmp_path: Path, cases_dir: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    data = (cases_dir / "models" / name).read_bytes()
    path = tmp_path / "cascade.xml"
    path.write_bytes(gzip.decompress(data) if name.endswith(".gz") else data)
    photo = tmp_path / "photo.png"
    photo.write_bytes(cv2.imencode(".png", np.zeros((64, 64, 3), np.uint8))[1].tobytes())
    assert main(["image", str(photo), "--detector", str(path)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith(f"{path} is not a cascade of OpenCV, or a damaged one")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.xml"
    if not hasattr(os, "mkfifo"):
        pytest.skip("needs named pipes")
    os.mkfifo(path)
    with pytest.raises(DetectorError, match="it is no file"):
        create_detector(path)
