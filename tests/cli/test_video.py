import csv
import json
import re
import signal
from contextlib import contextmanager
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

import fer_core
from cli import main, video
from fer_core.expressions import EXPRESSIONS
from fer_core.types import Prediction
from fer_core.video import files, film_sink
from fer_core.video.capture import hush
from fer_core.video.urls import without_secrets

FRAMES = 12


def write_film(path, frames=FRAMES, fps=24.0):
    """Frames of 160×120 px."""
    hush()  # and FFmpeg is quiet, too, if that module is loaded before its first film
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), fps, (160, 120))
    for i in range(frames):
        writer.write(np.full((120, 160, 3), 10 * i, np.uint8))
    writer.release()
    return path


@pytest.fixture
def film(tmp_path):
    """12 frames, 24 a second."""
    path = tmp_path / "Ünï cödé" / "Fïlm 1.avi"
    path.parent.mkdir()
    return write_film(tmp_path / "film.avi").rename(path)


def test_a_summary_of_the_shares(film, fake_pipeline, capsys):
    assert main(["video", str(film)]) == 0
    out, err = capsys.readouterr()
    assert f"{film}  12 frames, 0.5 s, 1 face, a face in 12 frames" in out
    assert "happiness  100 %" in out
    assert err == ""
    assert fake_pipeline["thorough"]


def test_a_film_of_a_frame_every_two_seconds_has_its_length(tmp_path, fake_pipeline, capsys):
    slow = write_film(tmp_path / "slow.avi", frames=8, fps=0.5)
    assert main(["video", str(slow)]) == 0
    assert "8 frames, 16.0 s" in capsys.readouterr().out


def write_slides(path, *seconds):
    """A GIF of pictures of 160×120 px, shown for so many seconds each."""
    pictures = [Image.new("RGB", (160, 120), (60 * i, 0, 0)) for i in range(len(seconds))]
    times_ms = [1000 * s for s in seconds]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=times_ms)
    return path


@pytest.fixture
def moody_pipeline(fake_pipeline, monkeypatch):
    """The face is happy in every other frame and neutral in the others."""
    pipeline = fer_core.load_pipeline()
    happy_in = pipeline.process

    def process(frame):
        result = happy_in(frame)
        if frame.index % 2 == 0:
            return result
        neutral = Prediction(np.eye(7, dtype=np.float32)[6], EXPRESSIONS[:7])
        return replace(result, faces=(replace(result.faces[0], prediction=neutral),))

    monkeypatch.setattr(pipeline, "process", process)
    monkeypatch.setitem(vars(fer_core), "load_pipeline", lambda **_: pipeline)


def test_each_frame_counts_as_long_as_it_stands(tmp_path, moody_pipeline, capsys):
    slides = write_slides(tmp_path / "slides.gif", 9, 1, 9, 1)
    assert main(["video", str(slides), "--out", str(tmp_path / "out"), "--json"]) == 0
    (summary,) = json.loads(capsys.readouterr().out)
    assert summary["duration_s"] == pytest.approx(20)
    assert summary["shares"] == {"happiness": 0.9, "neutral": 0.1}


def test_the_annotated_film_keeps_the_pauses_of_its_source(tmp_path, fake_pipeline):
    slides = write_slides(tmp_path / "slides.gif", 9, 1, 9, 1)
    assert main(["video", str(slides), "--out", str(tmp_path / "out")]) == 0
    with fer_core.open_source(tmp_path / "out" / "slides.mp4") as source:
        frames = list(source)
    assert [frame.time_s for frame in frames] == pytest.approx([0, 9, 10, 19])
    red = [float(frame.image[:9, :9, 2].mean()) for frame in frames]
    assert red == pytest.approx([0, 60, 120, 180], abs=9)


def test_a_single_frame_counts_as_long_as_its_rate_says(tmp_path, fake_pipeline, capsys):
    short = write_film(tmp_path / "short.avi", frames=1, fps=0.5)
    assert main(["video", str(short)]) == 0
    assert "1 frame, 2.0 s" in capsys.readouterr().out


def test_a_film_that_is_cut_off_is_said(film, fake_pipeline, capsys):
    data = film.read_bytes()
    film.write_bytes(data[: len(data) * 2 // 3])
    assert main(["video", str(film)]) == 2
    out, err = capsys.readouterr()
    assert "a face in" in out
    sentence = r"(.*) is cut off: it ends after \d frames, 0\.\d s of 0\.5 s; copy it again.\n"
    said = re.fullmatch(sentence, err)
    assert said
    assert said[1] == str(film)


def usual(number):
    """What a signal does in a program that a person started."""
    return signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL


@pytest.fixture(params=["SIGINT", "SIGTERM", "SIGHUP"])
def told_to_end(request):
    """A signal, at its usual effect: in the background, or under nohup, some are ignored."""
    number = getattr(signal, request.param, None)
    if number is None:
        pytest.skip(f"this system has no {request.param}")
    before = signal.signal(number, usual(number))
    yield number
    assert signal.signal(number, before) == usual(number), "the command has not put it back"


@pytest.fixture
def told_in_the_second_film(told_to_end, fake_pipeline, monkeypatch):
    """The signal comes while its frame 5 is read, after all frames of the first."""
    pipeline, left = fer_core.load_pipeline(), [None] * (FRAMES + 5)
    read = pipeline.process

    def process(frame):
        if left:
            left.pop()
        else:
            signal.raise_signal(told_to_end)
        return read(frame)

    monkeypatch.setattr(pipeline, "process", process)
    monkeypatch.setitem(vars(fer_core), "load_pipeline", lambda **_: pipeline)
    return told_to_end


def test_what_is_done_when_it_is_interrupted_is_kept_and_said(
    told_in_the_second_film, film, tmp_path, capsys
):
    out = tmp_path / "out"
    long = write_film(tmp_path / "long.avi", frames=20)
    arguments = ["--csv", "--json", "--out", str(out)]
    assert main(["video", str(film), str(long), *arguments]) == 130
    text, err = capsys.readouterr()
    assert [summary["frames"] for summary in json.loads(text)] == [FRAMES]
    kept = f"{out / 'long.mp4'}, {out / 'long.csv'}"
    assert err == f"Interrupted after 5 frames; what is done so far: {kept}.\n"
    with fer_core.open_source(out / "long.mp4") as source:
        assert len(list(source)) == 5
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def test_a_signal_that_is_ignored_stays_so(told_in_the_second_film, film, capsys):
    """As under nohup, and for Ctrl-C in a job in the background."""
    signal.signal(told_in_the_second_film, signal.SIG_IGN)
    assert main(["video", str(film), str(film), "--json"]) == 0
    summaries = json.loads(capsys.readouterr().out)
    assert [summary["frames"] for summary in summaries] == [FRAMES, FRAMES]
    assert signal.getsignal(told_in_the_second_film) == signal.SIG_IGN
    signal.signal(told_in_the_second_film, usual(told_in_the_second_film))


def test_json_summary(film, fake_pipeline, capsys):
    assert main(["video", str(film), "--json"]) == 0
    (summary,) = json.loads(capsys.readouterr().out)
    assert summary["source"] == str(film)
    assert summary["frames"] == FRAMES
    assert summary["shares"] == {"happiness": 1.0}
    assert summary["files"] == []


def test_film_and_tables_with_every_frame_never_overwritten(film, tmp_path, fake_pipeline, capsys):
    out = tmp_path / "results"
    for _ in range(2):
        assert main(["video", str(film), "--out", str(out), "--csv", "--jsonl"]) == 0
    names = {f"Fïlm 1{n}{e}" for n in ("", "-2") for e in (".mp4", ".csv", ".jsonl")}
    assert {path.name for path in out.iterdir()} == names
    lines = (out / "Fïlm 1.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(text)["frame_index"] for text in lines] == list(range(FRAMES))
    rows = list(csv.DictReader((out / "Fïlm 1.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == FRAMES
    assert "written:" in capsys.readouterr().err


def test_two_processes_at_once_write_two_films(film, tmp_path, fake_pipeline, monkeypatch, capsys):
    """The second one chooses its name while the first one has chosen and not written yet."""
    out, choose = tmp_path / "out", video.free_path

    @contextmanager
    def choose_while_another_does(folder, stem, suffix):
        with choose(folder, stem, suffix) as path:
            if suffix == ".mp4" and path.stem == film.stem:
                code = main(["video", str(film), "--out", str(out)])
                assert code == 0
            yield path

    monkeypatch.setattr(video, "free_path", choose_while_another_does)
    assert main(["video", str(film), "--out", str(out)]) == 0
    said = re.findall(r"written: (.*)", capsys.readouterr().err)
    assert sorted(said) == sorted(str(path) for path in out.iterdir())
    assert len(said) == 2


def test_gaps_are_said_and_the_film_has_no_stills(tmp_path, fake_pipeline, capsys):
    slides = write_slides(tmp_path / "slides.gif", 400, 300, 1)
    assert main(["video", str(slides), "--out", str(tmp_path / "out")]) == 0
    assert "slides.gif has no picture for 400 s after 0.0 s" in capsys.readouterr().err
    with fer_core.open_source(tmp_path / "out" / "slides.mp4") as source:
        assert [frame.time_s for frame in source] == pytest.approx([0, 400, 700])


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cut1.mp4", "is cut off: it ends after 1 frame, 0.1 s of 20.0 s"),
        ("cut3.mp4", "is cut off: it ends after 3 frames, 0.2 s of 20.0 s"),
        ("damaged.avi", "is damaged: 4 of 60 frames are lost"),
    ],
)
def test_films_that_went_wrong_once(cases_dir, name, said, fake_pipeline, capsys):
    assert main(["video", str(cases_dir / "media" / name)]) == 2
    assert said in capsys.readouterr().err


def test_tables_without_a_film(film, tmp_path, fake_pipeline, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["video", str(film), "--csv"]) == 0
    assert (tmp_path / "Fïlm 1.csv").is_file()
    assert main(["video", str(film), "--jsonl", "--out", "there", "--no-film"]) == 0
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["Fïlm 1.jsonl"]


def test_one_bad_film_does_not_stop_the_others(film, tmp_path, fake_pipeline, capfd):
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no film at all" * 100)
    assert main(["video", str(bad), str(film), "--json"]) == 2
    out, err = capfd.readouterr()
    assert [summary["source"] for summary in json.loads(out)] == [str(film)]
    assert "bad.mp4" in err
    assert len(err.splitlines()) == 1


def test_the_password_of_an_address_is_in_no_row_no_summary_and_no_name(
    film, tmp_path, fake_pipeline, monkeypatch, capsys
):
    from fer_core.video import network

    class Camera(files.FileSource):
        def __init__(self, url):
            super().__init__(film)
            self.name = without_secrets(url)

    monkeypatch.setattr(network, "UrlSource", Camera)
    address = "rtsp://anna:geheim@10.0.0.7:554?token=geheim"
    out = tmp_path / "out"
    assert main(["video", address, "--json", "--csv", "--jsonl", "--out", str(out)]) == 0
    text, err = capsys.readouterr()
    assert json.loads(text)[0]["source"] == "rtsp://10.0.0.7:554"
    assert len(list(out.iterdir())) == 3
    written = [path.name + path.read_bytes().decode("latin-1") for path in out.iterdir()]
    assert "geheim" not in "".join([text, err, *written])
    assert not any(":" in path.name for path in out.iterdir())


def test_where_the_film_cannot_be_made_no_table_stays_behind(
    film, tmp_path, fake_pipeline, monkeypatch, capsys
):
    monkeypatch.setattr(film_sink, "_CONTAINERS", ())
    out = tmp_path / "out"
    assert main(["video", str(film), "--csv", "--jsonl", "--out", str(out)]) == 2
    assert "cannot be a video" in capsys.readouterr().err
    assert not out.exists() or list(out.iterdir()) == []


def test_a_folder_of_pictures_becomes_a_film_and_rows_name_the_picture(
    tmp_path, fake_pipeline, capsys
):
    folder, out = tmp_path / "pictures", tmp_path / "out"
    folder.mkdir()
    (folder / "0.png").write_bytes(b"no picture")
    for name, wh in (("1", (160, 120)), ("2", (160, 120)), ("3", (200, 120))):
        cv2.imwrite(str(folder / f"{name}.png"), np.full((wh[1], wh[0], 3), 90, np.uint8))
    arguments = ["--csv", "--jsonl", "--json", "--out", str(out)]
    assert main(["video", str(folder), *arguments]) == 2
    text, err = capsys.readouterr()
    assert err.count("0.png") == 1
    (summary,) = json.loads(text)
    assert (summary["frames"], summary["faces"], summary["duration_s"]) == (3, 3, 3.0)
    with fer_core.open_source(out / "pictures.mp4") as source:
        assert source.size_wh == (160, 120)
        assert (len(list(source)), source.duration_s) == (3, 3.0)
    names = [f"{folder / name}.png" for name in "123"]
    rows = csv.DictReader((out / "pictures.csv").read_text(encoding="utf-8").splitlines())
    assert [row["source"] for row in rows] == names
    lines = (out / "pictures.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["source"] for line in lines] == names


def test_pictures_of_a_folder_that_cannot_be_read_are_said(tmp_path, fake_pipeline, capsys):
    cv2.imwrite(str(tmp_path / "good.png"), np.full((120, 160, 3), 90, np.uint8))
    (tmp_path / "bad.png").write_bytes(b"no picture")
    assert main(["video", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert "1 frame" in out
    assert "bad.png is not a picture" in err


def test_a_film_too_wide_for_mp4_becomes_avi(tmp_path, fake_pipeline):
    path, out = tmp_path / "wide.avi", tmp_path / "out"
    hush()
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 24, (17000, 64))
    writer.write(np.zeros((64, 17000, 3), np.uint8))
    writer.release()
    assert main(["video", str(path), "--out", str(out)]) == 0
    assert [made.name for made in out.iterdir()] == ["wide.avi"]


def test_a_star_that_no_shell_has_replaced(film, fake_pipeline, capsys):
    assert main(["video", str(film.parent / "F*.avi"), str(film.parent / "?.avi"), "--json"]) == 2
    out, err = capsys.readouterr()
    assert [summary["source"] for summary in json.loads(out)] == [str(film)]
    assert "?.avi does not exist" in err
