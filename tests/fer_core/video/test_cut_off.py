"""Whole files and what is left of them."""

from pathlib import Path

import pytest
import synthetic_media as media

from fer_core.video.cut_off import is_cut_off


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.avi", "a.mkv", "a.webm"])
def test_a_whole_file_and_a_part_of_it(tmp_path: Path, name: str) -> None:
    codec = {".avi": "MJPG", ".webm": "VP80"}.get(Path(name).suffix, "mp4v")
    path = media.write_video(tmp_path / name, codec=codec)
    data = path.read_bytes()
    assert not is_cut_off(path)
    path.write_bytes(data + bytes(100))  # some programs fill up
    assert not is_cut_off(path)
    path.write_bytes(data[: len(data) // 2])
    assert is_cut_off(path)


def test_a_part_of_more_than_four_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    path.write_bytes(b"\0\0\0\x01mdat" + (5_000_000_000).to_bytes(8, "big") + bytes(1000))
    assert is_cut_off(path)
    path.write_bytes(b"\0\0\0\x01mdat" + (1016).to_bytes(8, "big") + bytes(1000))
    assert not is_cut_off(path)


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"no video at all", b"YUV4MPEG2 W96 H64 F25:1", b"\0\0\0\0mdat" + bytes(99)),
        b"\x1aE\xdf\xa3\x80\x18S\x80g\x01" + b"\xff" * 7 + bytes(99),  # recorded as a stream
        b"\x1aE\xdf\xa3",
    ],
)
def test_what_says_nothing_about_its_length(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert not is_cut_off(path)
    assert not is_cut_off(tmp_path / "missing")
