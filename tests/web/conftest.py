"""A server of the page, and a real browser whose camera shows a film of a face."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from fer_core import paths
from tests.conftest import PROJECT_ROOT
from tests.waiting import PATIENCE_S

PATIENCE_MS = PATIENCE_S * 1000
OTHER = "another"


def scene(turn: float = 0.0) -> np.ndarray:
    """uint8 (480, 640, 3) BGR: the portrait, which sways a little."""
    portrait = cv2.imread(str(paths.resources_dir() / "Samples" / "portrait.jpg"))
    picture = np.full((480, 640, 3), (70, 60, 50), np.uint8)
    left = 64 + round(24 * np.sin(turn))
    picture[:, left : left + 512] = portrait[:480]
    return picture


def jpeg(picture: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()


@contextmanager
def serving(home: Path, *options: str) -> Iterator[str]:
    """`python main.py serve` with these options; gives its address."""
    command = [sys.executable, str(PROJECT_ROOT / "main.py"), "serve", "--port", "0", *options]
    environment = {**os.environ, "MIMIK_HOME": str(home)}
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert server.stdout is not None
        said = server.stdout.readline()
        assert "http://" in said, said
        yield said.split("Mimik is at ")[1].split()[0]
    finally:
        server.terminate()
        with server:
            server.wait(PATIENCE_S)


@pytest.fixture(scope="session")
def web_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("web")


@pytest.fixture(scope="session")
def site(web_folder: Path) -> Iterator[str]:
    """The address of a server for all tests of this process."""
    home = web_folder / "home"
    add_other(home / "models" / OTHER)
    with serving(home) as address:
        yield address


@pytest.fixture(scope="session")
def other_model() -> str:
    """A model beside the default, which needs no conversion."""
    return OTHER


def add_other(folder: Path) -> None:
    """The default's network as the engine has it, under another name."""
    mimik = paths.bundled_models_dir() / "mimik"
    folder.mkdir(parents=True)
    for suffix in (".xml", ".bin"):
        shutil.copyfile(mimik / "converted" / f"model{suffix}", folder / f"model{suffix}")
    spec = json.loads((mimik / "model.json").read_text(encoding="utf-8"))
    spec |= {"name": OTHER, "title": "Another", "file": "model.xml", "format": "openvino"}
    spec |= {"sha256": "", "metrics": {}}
    (folder / "model.json").write_text(json.dumps(spec), encoding="utf-8")


@pytest.fixture(scope="session")
def camera_film(web_folder: Path) -> Path:
    """A film as Chromium's fake camera plays it, again and again: JPEGs in a row."""
    path = web_folder / "face.mjpeg"
    path.write_bytes(b"".join(jpeg(scene(i / 20 * 2 * np.pi)) for i in range(20)))
    return path


@pytest.fixture(scope="session")
def empty_film(web_folder: Path) -> Path:
    """Nobody is there."""
    path = web_folder / "empty.mjpeg"
    path.write_bytes(jpeg(np.full((480, 640, 3), (90, 80, 70), np.uint8)) * 5)
    return path


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Any]]:
    """Starts Chromium; gives a browser. Skips where there is none."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs a browser: install the package chromium")
    from playwright.sync_api import sync_playwright

    started = sync_playwright().start()
    browsers: dict[tuple[str, ...], Any] = {}

    def browser(*options: str) -> Any:
        if options not in browsers:
            browsers[options] = started.chromium.launch(
                executable_path=program, args=["--no-sandbox", *options]
            )
        return browsers[options]

    yield browser
    for one in browsers.values():
        one.close()
    started.stop()


@pytest.fixture(scope="session")
def with_camera(launch: Callable[..., Any], camera_film: Path) -> Any:
    """A browser with a camera that shows a face, and that nobody has to allow."""
    return launch(
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={camera_film}",
    )


@pytest.fixture
def tab(with_camera: Any, site: str) -> Iterator[Any]:
    """A tab of a new visitor, on the page; what its console says at errors fails the test."""
    with new_tab(with_camera, site) as page:
        yield page


@contextmanager
def new_tab(browser: Any, address: str, **options: Any) -> Iterator[Any]:
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda m: said.append(m.text) if "Content Security" in m.text else None)
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    try:
        yield page
    finally:
        context.close()
    assert said == []
