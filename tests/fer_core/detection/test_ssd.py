"""Networks of the person's own as detectors."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from fer_core import paths
from fer_core.detection import available_detectors, create_detector, find_faces
from fer_core.detection import ssd as module
from fer_core.errors import DetectorError
from tests.fer_core.detection.networks import LEFT_FACE, ssd

BLUE = np.zeros((400, 800, 3), np.uint8)
BLUE[:, :, 0] = 255


@pytest.fixture(autouse=True)
def looked_into(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of ours need no child process; tests with `gate` in their name show that others do."""
    if "gate" not in request.node.name:
        monkeypatch.setattr(module.gate, "check", lambda path: SimpleNamespace(path=Path(path)))


def boxes(detector: object, image: np.ndarray) -> list[list[float]]:
    found = detector.detect(image)  # type: ignore[attr-defined]
    return sorted(np.round(face.box_xyxy, 1).tolist() for face in found)


@pytest.mark.parametrize("name", ["my detector.xml", "face-detection.onnx"])
def test_boxes_are_squares_in_px_of_the_picture(name: str, tmp_path: Path) -> None:
    detector = create_detector(str(ssd(tmp_path / name, LEFT_FACE)))
    assert detector.name == str(tmp_path / name)
    # 80..240 by 80..200 px: a square of 160 around 160, 140.
    assert boxes(detector, BLUE) == [[80, 60, 240, 220]]
    (face,) = detector.detect(BLUE)
    assert face.score == pytest.approx(1)
    assert face.landmarks is None


def test_it_is_given_blue_first_and_from_0_to_255(tmp_path: Path) -> None:
    detector = create_detector(str(ssd(tmp_path / "a.xml", LEFT_FACE)))
    assert boxes(detector, BLUE[:, :, ::-1]) == []
    for level, faces, candidates in ((204, 1, 1), (203, 0, 1), (128, 0, 1), (127, 0, 0)):
        image = np.full((300, 300, 3), level, np.uint8)
        assert len(detector.detect(image)) == faces
        assert len(detector.candidates(image)) == candidates  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((1, 3, 300, 300), 300),
        ((1, 3, 120, 160), 160),
        ((1, 96, 96, 3), 96),
        ((1, 1, 64, 64), 64),
        ((-1, 3, -1, -1), 300),
        ((-1, -1, -1, 3), 300),
    ],
)
def test_size_layout_and_channels_are_those_of_the_file(
    shape: tuple[int, ...], size: int, tmp_path: Path
) -> None:
    detector = create_detector(str(ssd(tmp_path / "a.xml", LEFT_FACE, shape=shape)))
    white = np.full((400, 800, 3), 255, np.uint8)
    assert boxes(detector, white) == [[80, 60, 240, 220]]
    assert detector.reach.side_px == size  # type: ignore[attr-defined]


def test_other_classes_weak_rows_and_impossible_boxes_are_left_out(tmp_path: Path) -> None:
    rows = (
        (2, 1.0, 0.5, 0.5, 0.6, 0.6),
        (1, 0.3, 0.5, 0.5, 0.6, 0.6),
        (1, 0.9, 0.6, 0.5, 0.5, 0.6),
        (1, 0.9, 1.2, 0.5, 1.4, 0.6),
        (1, 0.9, 0.9, 0.4, 1.1, 0.6),
        LEFT_FACE,
    )
    detector = create_detector(str(ssd(tmp_path / "a.xml", *rows)))
    assert boxes(detector, BLUE) == [[80, 60, 240, 220], [720, 120, 800, 280]]


def test_one_face_of_two_boxes(tmp_path: Path) -> None:
    rows = (LEFT_FACE, (1, 0.9, 0.11, 0.2, 0.31, 0.5))
    detector = create_detector(str(ssd(tmp_path / "a.xml", *rows)))
    assert boxes(detector, BLUE) == [[80, 60, 240, 220]]


def test_it_searches_photos_in_tiles_too(tmp_path: Path) -> None:
    detector = create_detector(str(ssd(tmp_path / "a.xml", (1, 1.0, 0.5, 0.5, 0.6, 0.6))))
    photo = np.zeros((600, 900, 3), np.uint8)
    photo[:, :, 0] = 255
    assert len(find_faces(detector, photo)) > 1


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ({"columns": 6}, "is no detector that the app can read"),
        ({"shape": (1, 5, 30, 30)}, "takes no pictures"),
    ],
)
def test_another_network_is_told_apart(made: dict[str, object], says: str, tmp_path: Path) -> None:
    path = ssd(tmp_path / "a.xml", LEFT_FACE, **made)  # type: ignore[arg-type]
    with pytest.raises(DetectorError, match=says):
        create_detector(str(path))


@pytest.mark.parametrize("name", ["gone.onnx", "broken.onnx", "broken.xml"])
def test_the_gate_refuses_a_file_that_is_no_network(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if "broken" in name:
        path.write_bytes(b'<?xml version="1.0"?><net name="x" version="11"><layers>')
    with pytest.raises(DetectorError, match=name.replace(".", r"\.")):
        create_detector(str(path))


def test_the_gate_lets_a_detector_in_and_no_link_to_the_outside(tmp_path: Path) -> None:
    path = ssd(tmp_path / "a.xml", LEFT_FACE)
    assert boxes(create_detector(str(path)), BLUE) == [[80, 60, 240, 220]]
    outside = tmp_path.parent / f"{tmp_path.name}-outside.bin"
    path.with_suffix(".bin").rename(outside)
    path.with_suffix(".bin").symlink_to(outside)
    with pytest.raises(DetectorError, match="points outside"):
        create_detector(str(path))


def test_networks_in_the_folder_of_detectors_stand_in_the_list() -> None:
    folder = paths.detectors_dir()
    folder.mkdir(parents=True)
    path = ssd(folder / "retail.xml", LEFT_FACE)
    (folder / "cascade.xml").write_text("<opencv_storage/>")
    (info,) = [info for info in available_detectors() if "retail" in info.name]
    assert (info.name, info.title, info.available) == (str(path), "Network: retail", True)
    assert not [info for info in available_detectors() if "cascade.xml" in info.name]
