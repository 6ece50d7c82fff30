from pathlib import Path

import pytest
import synthetic_media as media
from PIL import Image

from fer_core.errors import SourceOpenError
from fer_core.video import open_source
from fer_core.video.stills import StillsSource, pictures_in


def test_sorted_as_a_file_manager_does(tmp_path: Path) -> None:
    names = ["Bild 10.jpg", "bild 2.JPG", "Äpfel.png", "1.webp", "01.webp", "a.txt", ".hidden.jpg"]
    for name in names:
        (tmp_path / name).touch()
    (tmp_path / "folder.jpg").mkdir()
    assert [path.name for path in pictures_in(tmp_path)] == [
        "01.webp",
        "1.webp",
        "bild 2.JPG",
        "Bild 10.jpg",
        "Äpfel.png",
    ]


def test_a_folder_keeps_the_order_and_is_independent_pictures(tmp_path: Path) -> None:
    with open_source(media.write_pictures(tmp_path / "Ünïcödé ordner", 12)) as source:
        assert source.is_stills
        assert [media.number_of(frame.image) for frame in source] == list(range(12))


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceOpenError, match="holds no pictures"):
        open_source(tmp_path)


def test_what_cannot_be_read_is_told_and_the_rest_is_given(tmp_path: Path) -> None:
    media.write_pictures(tmp_path, 4)
    (tmp_path / "picture 1.png").write_bytes(b"")
    (tmp_path / "picture 2.png").write_bytes(b"text")
    with open_source(tmp_path) as source:
        assert [frame.index for frame in source] == [0, 3]
        assert [source.paths[i].name for i in (0, 3)] == ["picture 0.png", "picture 3.png"]
        assert len(source.problems) == 2
        assert "picture 1.png is empty" in source.problems[0]
        source.seek(0)
        assert len(list(source)) == 2
        assert len(source.problems) == 2


def test_pages_that_are_not_read_are_told(tmp_path: Path) -> None:
    pages = [Image.fromarray(media.numbered(i)) for i in range(3)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    for what in (tmp_path, tmp_path / "a.tif"):
        with open_source(what) as source:
            assert isinstance(source, StillsSource)
            assert [media.number_of(frame.image) for frame in source] == [0]
            assert ["3 pages" in problem for problem in source.problems] == [True]


def test_nothing_in_the_folder_can_be_read(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"text")
    with open_source(tmp_path) as source, pytest.raises(SourceOpenError, match="None of the 2"):
        list(source)


def test_a_list_and_its_bad_entries(tmp_path: Path) -> None:
    good = media.write_pictures(tmp_path, 1) / "picture 0.png"
    with open_source([good, tmp_path / "missing.png"]) as source:
        assert source.name == "2 pictures"
        assert len(list(source)) == 1
        assert "does not exist" in source.problems[0]
    with pytest.raises(SourceOpenError, match="does not exist"):
        open_source([tmp_path / "missing.png"])


def test_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    media.write_pictures(tmp_path / "photos", 2)
    for what in ("~/photos", "~/photos/picture 1.png"):
        with open_source(what) as source:
            assert source.read() is not None


def test_a_name_that_begins_with_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    media.write_pictures(tmp_path / "~no person", 1)
    monkeypatch.chdir(tmp_path)
    for what in ("~no person", Path("~no person"), "~no person/picture 0.png"):
        with open_source(what) as source:
            assert source.frame_count == 1
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    with open_source("~/~no person") as source:
        assert source.frame_count == 1
    assert [path.name for path in pictures_in("~/~no person")] == ["picture 0.png"]
