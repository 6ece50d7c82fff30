"""Makes small videos and pictures; every frame carries its own number."""

import io
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import av
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


#: Units of the times of films made by `write_film`: 1/90000 s.
TICKS = 90_000
#: Frames that can be told apart after coding, and a place to begin at every tenth.
_H264 = {"preset": "ultrafast", "crf": "8", "g": "10"}


def write_film(
    path: Path,
    count: int = 40,
    *,
    draw: Callable[[int], np.ndarray] = numbered,
    times_s: Sequence[float] | None = None,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    options: dict[str, str] | None = None,
    field_order: str | None = None,
    pixel_ratio: Fraction | None = None,
    turned: int = 0,
    sound: str | None = None,
    container: dict[str, str] | None = None,
) -> Path:
    """A film by PyAV.

    Args:
        path: its ending chooses the container.
        count: frames.
        draw: uint8 (H, W, 3) BGR of a frame's number.
        times_s: when each is shown; evenly at `FPS` without.
        codec: of the pictures.
        pix_fmt: as FFmpeg calls it.
        options: of the codec; those of `_H264` without.
        field_order: "tff" or "bff": flagged as interlaced.
        pixel_ratio: width to height of a pixel.
        turned: degrees counter-clockwise to be shown upright.
        sound: codec of two seconds of a tone, or None.
        container: options of the container.
    """
    options = dict(_H264 if options is None and codec == "libx264" else options or {})
    if field_order:
        options |= {"flags": "+ilme+ildct", "x264-params": f"{field_order}=1"}
    first = draw(0)
    with av.open(str(path), "w", options=container or {}) as film:
        stream = film.add_stream(codec, rate=Fraction(FPS), options=options)
        stream.height, stream.width, stream.pix_fmt = *first.shape[:2], pix_fmt
        if path.suffix != ".avi" and codec == "libx264":
            stream.codec_context.time_base = Fraction(1, TICKS)
        stream.codec_context.sample_aspect_ratio = pixel_ratio or Fraction(1)
        if turned:
            stream.set_display_rotation(turned)
        rate = 48_000 if sound == "libopus" else 44_100  # which knows no other
        tone = film.add_stream(sound, rate=rate, layout="mono") if sound else None
        base = stream.codec_context.time_base or Fraction(1, round(FPS))
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(draw(index), format="bgr24")
            frame = frame.reformat(format=pix_fmt)
            time_s = index / FPS if times_s is None else times_s[index]
            frame.pts, frame.time_base = round(time_s / base), base
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
        if tone is not None:
            _write_tone(film, tone)
    return path


def _write_tone(film: av.container.OutputContainer, tone: av.AudioStream) -> None:
    rate = tone.rate
    wave = (np.sin(np.arange(2 * rate) / rate * 440 * 2 * np.pi) * 0.3).astype(np.float32)
    size = tone.codec_context.frame_size or 1024
    resampler = av.AudioResampler(format=tone.format, layout="mono", rate=rate, frame_size=size)
    frame = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts = rate, 0
    for part in [*resampler.resample(frame), *resampler.resample(None)]:
        film.mux(tone.encode(part))
    film.mux(tone.encode())


def write_sound_with_cover(path: Path) -> Path:
    """Sound with a cover picture, as music has it."""
    cover = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(cover, "JPEG")
    music = path.suffix == ".mp3"
    with av.open(str(path), "w", format="mp3" if music else "mp4") as film:
        tone = film.add_stream("libmp3lame" if music else "aac", rate=44_100, layout="mono")
        picture = film.add_mux_stream("mjpeg", width=64, height=64)
        picture.disposition = av.stream.Disposition.attached_pic
        packet = av.Packet(cover.getvalue())
        packet.stream, packet.pts, packet.dts = picture, 0, 0
        film.start_encoding()
        film.mux(packet)
        _write_tone(film, tone)
    return path


def uneven(count: int) -> list[float]:
    """Times in seconds of a rate that varies, as the films of phones have it."""
    return [0.04 * index + 0.015 * (index % 3) + 0.2 * (index // 10) for index in range(count)]


def write_raw(path: Path, count: int) -> Path:
    """JPEG pictures in a row and nothing around them."""
    with path.open("wb") as file:
        for index in range(count):
            Image.fromarray(numbered(index)).save(file, "JPEG", quality=95)
    return path


def bars(index: int, wh: tuple[int, int] = WH) -> np.ndarray:
    """Upright bars that move by 6 px from one half picture to the next, woven as a camcorder does.

    Even rows show the moment 2·`index`, odd rows the moment after.
    """
    w, h = wh
    rows = [np.where((np.arange(w) + 6 * moment) // 24 % 2, 220, 30) for moment in (0, 1)]
    rows = [np.roll(row, -12 * index) for row in rows]
    image = np.empty((h, w, 3), np.uint8)
    image[0::2], image[1::2] = rows[0][None, :, None], rows[1][None, :, None]
    return image


def combing(image: np.ndarray) -> float:
    """How much neighbouring rows differ, 0..255: high where two moments are woven."""
    grey = image.mean(axis=2)
    return float(np.abs(np.diff(grey[4:-4], axis=0)).mean())


@contextmanager
def served(folder: Path, *, ranges: bool, length: bool = True) -> Iterator[tuple[str, list[str]]]:
    """Serves a folder on this machine's own address.

    Args:
        folder: whose files are served.
        ranges: parts of files can be asked for.
        length: it says how long a file is.

    Yields:
        The address, ending in a slash, and what was asked for.
    """
    asked: list[str] = []
    handler = partial(_Handler, folder=folder, ranges=ranges, length=length, asked=asked)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", asked
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    def __init__(
        self, *args: object, folder: Path, ranges: bool, length: bool, asked: list[str]
    ) -> None:
        self.folder, self.ranges, self.length, self.asked = folder, ranges, length, asked
        super().__init__(*args)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        path = self.folder / self.path.split("?")[0].lstrip("/")
        if not path.is_file():
            self.send_error(404)
            return
        data, wanted = path.read_bytes(), self.headers.get("Range")
        if wanted and self.ranges:
            first = int(wanted.split("=")[1].split("-")[0])
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
            data = data[first:]
        else:
            self.send_response(200)
        if self.ranges:
            self.send_header("Accept-Ranges", "bytes")
        if path.suffix == ".multipart":
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=part")
        if self.length:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        try:
            self.wfile.write(data)
        except OSError:  # whoever asked has seen enough
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def write_multipart(path: Path, count: int) -> Path:
    """Pictures in a row as a network camera sends them over HTTP, to the last."""
    parts = []
    for index in range(count):
        picture = io.BytesIO()
        Image.fromarray(numbered(index)).save(picture, "JPEG", quality=95)
        head = f"--part\r\nContent-Type: image/jpeg\r\nContent-Length: {picture.tell()}\r\n\r\n"
        parts.append(head.encode() + picture.getvalue() + b"\r\n")
    path.write_bytes(b"".join(parts) + b"--part--\r\n")
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


class FakeClock:
    """Stands in for the module `time`: time passes only where a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class FakeCapture:
    """Stands in for an open `cv2.VideoCapture` of a camera.

    `script` says for each read whether a picture comes; when it is used up, pictures come for ever.
    A read takes 1/30 s on `clock`.
    """

    def __init__(self, script: list[bool] | None = None) -> None:
        self.clock = FakeClock()
        self.script = list(script or [])
        self.count = 0
        self.released = 0

    def read(self) -> tuple[bool, np.ndarray | None]:
        assert not self.released, "read after release"
        self.clock.sleep(1 / 30)
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
