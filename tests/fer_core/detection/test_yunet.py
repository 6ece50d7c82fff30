"""Fetching YuNet's file, and what its boxes mean."""

import hashlib
import http.client
import io
import threading
import urllib.error
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core import geometry, paths
from fer_core.detection import available_detectors, create_detector, download_yunet, yunet
from fer_core.errors import DetectorError
from tests.waiting import PATIENCE_S

CONTENT = bytes(range(256)) * 400


class Answer(io.BytesIO):
    """What `urlopen` gives."""

    def __init__(self, content: bytes, length: int | None = None) -> None:
        super().__init__(content)
        self.headers = {"Content-Length": str(len(content) if length is None else length)}


def gives(content: bytes) -> Any:
    return lambda url, timeout: Answer(content)


def test_the_right_file_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yunet, "YUNET_SHA256", hashlib.sha256(CONTENT).hexdigest())
    seen: list[tuple[int, int]] = []
    path = download_yunet(lambda done, total: seen.append((done, total)), opener=gives(CONTENT))
    assert path.read_bytes() == CONTENT
    assert path.parent == paths.detectors_dir()
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert available_detectors()[1].available


def test_the_wrong_file_is_not_kept() -> None:
    with pytest.raises(DetectorError, match="not YuNet's file"):
        download_yunet(opener=gives(CONTENT))
    assert not list(paths.detectors_dir().glob("*"))


def test_an_endless_answer_is_cut_off() -> None:
    with pytest.raises(DetectorError, match="too long"):
        download_yunet(opener=gives(b"x" * 5_000_000))


@pytest.mark.parametrize(
    "error",
    [urllib.error.URLError("no route to host"), http.client.BadStatusLine("<html>"), OSError()],
)
def test_no_network(error: Exception) -> None:
    def refuses(url: str, timeout: float) -> Any:
        raise error

    with pytest.raises(DetectorError, match="check the network"):
        download_yunet(opener=refuses)


def test_a_download_is_given_up_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()

    def hangs(url: str, timeout: float) -> Any:
        let_go.wait(PATIENCE_S)
        raise OSError

    try:
        with pytest.raises(DetectorError, match=r"nothing came in 0\.05 s"):
            download_yunet(opener=hangs, limit_s=0.05)
    finally:
        let_go.set()
    monkeypatch.setattr(yunet, "YUNET_SHA256", hashlib.sha256(CONTENT).hexdigest())
    assert download_yunet(opener=gives(CONTENT), limit_s=PATIENCE_S).read_bytes() == CONTENT
    with pytest.raises(DetectorError, match="too long"):
        download_yunet(opener=gives(b"x" * 5_000_000), limit_s=PATIENCE_S)


def test_rows_that_cannot_be_a_face_are_dropped_without_a_warning() -> None:
    row = np.array([10, 20, 40, 50, *[30, 40] * 5, 0.9], np.float32)
    rows = np.tile(row, (6, 1))
    rows[0, 2], rows[1, 0], rows[2, 2:4], rows[3, 14], rows[4, 7] = (
        np.nan,
        np.inf,
        3e38,
        np.nan,
        -np.inf,
    )
    rows[1, 2] = -np.inf
    (face,) = yunet._to_faces(rows, 1.0, (640, 480))
    assert face.score == pytest.approx(0.9)


@pytest.mark.data
def test_its_boxes_frame_a_face_as_haar_does(
    weights_dir: Path, portrait: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIMIK_YUNET", str(weights_dir / yunet.YUNET_FILE))
    (by_haar,) = create_detector("haar").detect(portrait)
    (by_yunet,) = create_detector("yunet").detect(portrait)
    shared = geometry.iou(by_haar.box_xyxy[None], by_yunet.box_xyxy[None])[0, 0]
    assert shared > 0.6
    assert by_yunet.landmarks is not None
    left_eye, right_eye, nose, left_mouth, right_mouth = by_yunet.landmarks
    assert left_eye[0] < right_eye[0]
    assert left_mouth[0] < right_mouth[0]
    assert left_eye[1] < nose[1] < left_mouth[1]
