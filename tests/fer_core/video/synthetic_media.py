"""Makes small videos and pictures; every frame carries its own number."""

import struct
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

WH = (96, 64)
FPS = 25.0


def numbered(index: int, wh: tuple[int, int] = WH) -> np.ndarray:
    """uint8 (H, W, 3) BGR whose left third shows the low 4 bits and the rest the high ones."""
    w, h = wh
    image = np.full((h, w, 3), 16 * (index // 16), np.uint8)
    image[:, : w // 3] = 16 * (index % 16)
    return image


def number_of(image: np.ndarray) -> int:
    """The number of a picture made by `numbered`, also after coding with losses."""
    w = image.shape[1]
    low = round(float(image[:, : w // 3 - 8].mean()) / 16)
    high = round(float(image[:, w // 3 + 8 :].mean()) / 16)
    return high * 16 + low


def write_video(path: Path, count: int = 40, fps: float = FPS, codec: str = "mp4v") -> Path:
    """A video of `count` numbered frames."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), fps, WH)
    assert writer.isOpened()
    for index in range(count):
        writer.write(numbered(index))
    writer.release()
    return path


def write_gif(path: Path, durations_ms: list[int]) -> Path:
    """An animated GIF, or PNG by its name, of numbered frames."""
    frames = [Image.fromarray(numbered(i)) for i in range(len(durations_ms))]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=durations_ms)
    return path


def write_pictures(folder: Path, count: int) -> Path:
    """A folder of numbered PNG files, 0.png to 11.png and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        Image.fromarray(numbered(index)).save(folder / f"picture {index}.png")
    return folder


def turn_quarter(path: Path) -> Path:
    """Writes "turned by 90°" into the header of an MP4, as a phone held upright does."""
    data = bytearray(path.read_bytes())
    track = data.index(b"tkhd")
    one, w_unit = 0x10000, 0x40000000
    matrix = struct.pack(">9i", 0, one, 0, -one, 0, 0, WH[1] * one, 0, w_unit)
    # After the type: flags, 2 times, id, reserved, duration, 8 reserved, 8 of layer and volume.
    place = track + 4 + 4 + 8 + 4 + 4 + 4 + 8 + 8
    data[place : place + 36] = matrix
    path.write_bytes(data)
    return path


def stretch(path: Path, w: int, h: int) -> Path:
    """Writes "each pixel is shown as w : h" into the header of an MP4, as DVDs have it."""
    data = bytearray(path.read_bytes())
    parents = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"mp4v")
    place = data.index(b"mdat")
    assert place < data.index(b"moov")  # so that the pictures stay where they are
    for name in parents:
        place = data.index(name, place) - 4
        size = int.from_bytes(data[place : place + 4], "big")
        data[place : place + 4] = (size + 16).to_bytes(4, "big")
        end = place + size
        place += 8
    data[end:end] = struct.pack(">I4sII", 16, b"pasp", w, h)
    path.write_bytes(data)
    return path


def write_sound(path: Path) -> Path:
    """A WAV file: sound without a picture."""
    samples = (np.sin(np.arange(8000) / 10) * 8000).astype("<i2").tobytes()
    head = b"RIFF" + struct.pack("<I", 36 + len(samples)) + b"WAVEfmt "
    head += struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16) + b"data"
    path.write_bytes(head + struct.pack("<I", len(samples)) + samples)
    return path


class FakeCapture:
    """Stands in for an open `cv2.VideoCapture` of a camera.

    `script` says for each read whether a picture comes; when it is used up, pictures come for ever.
    """

    def __init__(self, script: list[bool] | None = None) -> None:
        self.script = list(script or [])
        self.count = 0
        self.released = 0

    def read(self) -> tuple[bool, np.ndarray | None]:
        assert not self.released, "read after release"
        if self.script and not self.script.pop(0):
            return False, None
        self.count += 1
        return True, numbered((self.count - 1) % 256)

    def get(self, _: int) -> float:
        return 30.0

    def set(self, *_: float) -> bool:
        return True

    def release(self) -> None:
        self.released += 1
