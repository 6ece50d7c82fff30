"""Cameras: which there are, and frames from one."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from fer_core.errors import SourceLostError, SourceOpenError
from fer_core.types import Frame
from fer_core.video.base import VideoSource
from fer_core.video.capture import grab_image, open_capture
from fer_core.video.timeline import sane_fps

#: A camera that has not given its first picture after this long counts as not working.
FIRST_FRAME_S = 8.0
#: A camera that gave no picture for this long counts as lost.
LOST_AFTER_S = 3.0
#: Cameras beyond this number are not looked for where the system has no list.
MAX_PROBED = 6
#: macOS is asked for a camera again after this long.
_ASK_AGAIN_S = 0.5
_LINUX: bool = sys.platform.startswith("linux")
_MACOS: bool = sys.platform == "darwin"
_SYSFS = Path("/sys/class/video4linux")
_BACKENDS = {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_DSHOW, "darwin": cv2.CAP_AVFOUNDATION}
_BACKEND = _BACKENDS.get(sys.platform, cv2.CAP_ANY)
NO_CAMERA = "No camera was found; plug one in, or open a picture or video instead."


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera that `open_source` takes by index or by name."""

    index: int
    name: str


def list_cameras() -> list[CameraInfo]:
    """The cameras, quickly and without opening one.

    Linux tells their names. Elsewhere the list is the first camera, which may not exist, until
    `probe_cameras` has looked.
    """
    if _LINUX:
        return _from_sysfs()
    return list(_probed) if _probed is not None else [CameraInfo(0, "Camera 0")]


def probe_cameras() -> list[CameraInfo]:
    """The cameras, found by opening one after the other where the system has no list.

    It takes seconds and lights their lamps: call it when a person asks, in a thread of its own. A
    number that does not open may be a camera that another program holds, so the others are tried;
    with none that opens the list is the first camera, and opening that says what is wrong.
    """
    global _probed
    if _LINUX:
        return _from_sysfs()
    found = []
    for index in range(MAX_PROBED):
        capture = open_capture(index, _BACKEND)
        if capture is not None:
            capture.release()
            found.append(CameraInfo(index, f"Camera {index}"))
    _probed = found or [CameraInfo(0, "Camera 0")]
    return list(_probed)


_probed: list[CameraInfo] | None = None


def find_camera(name: str) -> CameraInfo | None:
    """The camera of a name, capitals or not, or of a number written as text."""
    for camera in list_cameras():
        if name.casefold() == camera.name.casefold():
            return camera
    return CameraInfo(int(name), f"Camera {int(name)}") if name.isdecimal() else None


def _from_sysfs() -> list[CameraInfo]:
    """The nodes of video4linux that deliver pictures: number 0 of each device, others do not."""
    found: list[CameraInfo] = []
    try:
        nodes = [node for node in _SYSFS.iterdir() if node.name[5:].isdecimal()]
    except OSError:
        return []
    for node in sorted(nodes, key=lambda node: int(node.name[5:])):
        if _line(node / "index") in ("", "0"):
            name = _line(node / "name") or node.name
            same = sum(camera.name.rsplit(" (", 1)[0] == name for camera in found)
            label = f"{name} ({same + 1})" if same else name
            found.append(CameraInfo(int(node.name[5:]), label))
    return found


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


class CameraSource(VideoSource):
    """A camera; `time_s` is the time since it was opened.

    Args:
        index: the system's number.
        name: what to show for it.

    Raises:
        SourceOpenError: there is no such camera, or it gives no picture.
    """

    is_live = True

    def __init__(self, index: int, name: str | None = None) -> None:
        super().__init__(name or _name_of(index))
        capture = open_capture(index, _BACKEND)
        deadline = time.monotonic() + FIRST_FRAME_S
        # The first time macOS asks the person, and says no until they have answered.
        while capture is None and _MACOS and time.monotonic() < deadline:
            time.sleep(_ASK_AGAIN_S)
            capture = open_capture(index, _BACKEND)
        if capture is None:
            raise SourceOpenError(_cannot_open(index, self.name))
        self._capture = capture
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        first = self._wait_for_image(FIRST_FRAME_S)
        if first is None:
            capture.release()
            raise SourceOpenError(
                f"{self.name} gives no picture; close other programs that use it, or allow this "
                "program to use the camera in the system's settings."
            )
        self._pending: np.ndarray | None = first
        self.fps = sane_fps(capture.get(cv2.CAP_PROP_FPS))
        self.size_wh = (first.shape[1], first.shape[0])
        self._start = time.monotonic()
        self._next = 0
        self._last_s = -1.0

    def _read(self) -> Frame | None:
        image = self._pending
        self._pending = None
        if image is None:
            image = self._wait_for_image(LOST_AFTER_S)
        if image is None:
            if self._closed.is_set():
                return None
            raise SourceLostError(
                f"{self.name} stopped giving pictures; check that it is plugged in."
            )
        # A coarse clock may give two frames one time: times must rise.
        self._last_s = max(time.monotonic() - self._start, self._last_s + 1e-4, 0.0)
        self._next += 1
        return Frame(image, self._next - 1, self._last_s)

    def _wait_for_image(self, patience_s: float) -> np.ndarray | None:
        deadline = time.monotonic() + patience_s
        while (image := grab_image(self._capture)) is None:
            if time.monotonic() > deadline or self._closed.wait(0.02):
                return None
        return image

    def _release(self) -> None:
        self._capture.release()
        self._pending = None


def _name_of(index: int) -> str:
    return next((c.name for c in list_cameras() if c.index == index), f"Camera {index}")


def _cannot_open(index: int, name: str) -> str:
    if _MACOS:
        return (
            f"{name} cannot be opened; allow this program to use it in System Settings → Privacy & "
            "Security → Camera, or close other programs that use it."
        )
    if not _LINUX:
        return f"{name} cannot be opened; plug it in, or close other programs that use it."
    cameras = list_cameras()
    if not cameras:
        return NO_CAMERA
    if any(camera.index == index for camera in cameras):
        return f"{name} cannot be opened; close other programs that use it and try again."
    known = ", ".join(f"{camera.index} ({camera.name})" for camera in cameras)
    return f"There is no camera {index}; choose one of {known}."
