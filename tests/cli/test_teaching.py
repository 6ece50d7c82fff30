"""`models teach`, from pictures to a model in the list."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.models.registry import ModelRegistry
from main import main
from tests.fer_core.teaching import networks


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """Pictures of 16 px in one folder a class: they are faces already."""
    folder = tmp_path / "faces"
    for number, (face, label) in enumerate(networks.faces((5, 12), ("tired", "awake"), noise=5)):
        path = folder / label / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), face)
    return folder


def test_it_is_taught_and_said_how_well(shown: Path, capsys: pytest.CaptureFixture[str]) -> None:
    networks.add("net")
    assert main(["models", "teach", "net", str(shown), "--name", "mine"]) == 0
    said = capsys.readouterr()
    assert "Held out in 5 parts, one after the other, of 17 faces right:" in said.out
    assert "Fewer than 10 faces of tired: these figures say little." in said.out
    assert "Added mine" in said.err
    assert main(["models", "info", "mine"]) == 0
    assert "taught from  net" in capsys.readouterr().out
    assert ModelRegistry().spec("mine").labels == ("awake", "tired")


def test_refusals_are_one_line_and_exit_2(
    shown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    networks.add("net")
    empty = tmp_path / "landscapes"
    for name in ("a", "b"):
        (empty / name).mkdir(parents=True)
        cv2.imwrite(str(empty / name / "1.png"), np.full((200, 200, 3), 90, np.uint8))
    for arguments, message in (
        (["net", str(shown), "--name", "net"], "There is a model 'net' already"),
        (["nope", str(shown), "--name", "mine"], "no model 'nope'"),
        (["net", str(shown / "tired"), "--name", "mine"], "has no folders with pictures"),
        (["net", str(empty), "--name", "mine"], "No face was found in the 2 pictures"),
    ):
        assert main(["models", "teach", *arguments]) == 2
        said = capsys.readouterr().err.strip()
        assert message in said
        assert "\n" not in said
    assert "mine" not in ModelRegistry().names()
