import csv
import json
import re
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

import fer_core
from cli import analyze, main
from cli.progress import Rate, clock
from fer_core import tables
from fer_core.analysis import Session, batch
from fer_core.models.registry import ModelRegistry
from fer_core.pipeline import FerPipeline
from fer_core.types import Face, Prediction

FRAMES = 12
ALL = {"faces.csv", "faces.jsonl", "faces.parquet", "summary.json"}


@dataclass
class FakeClassifier:
    """Bright crops are happy, dark ones are sad."""

    name: str = "mimik-48"
    read: int = 0
    end_at: int = -1

    @property
    def spec(self):
        return ModelRegistry().spec("mimik-48")

    def predict(self, crops):
        self.read += len(crops)
        if self.read == self.end_at:
            signal.raise_signal(signal.SIGINT)
        found = []
        for crop in crops:
            probs = np.full(len(self.spec.labels), 0.01, np.float32)
            label = "happiness" if crop.mean() > 60 else "sadness"
            probs[self.spec.labels.index(label)] = 1 - 0.01 * (len(probs) - 1)
            found.append(Prediction(probs, self.spec.labels))
        return found


class FakeDetector:
    """One face in every picture wider than 100 px."""

    name = "fake"

    def detect(self, image):
        h, w = image.shape[:2]
        return [Face(np.array([w / 4, h / 4, w / 2, h / 2]), 0.9)] if w > 100 else []


@pytest.fixture
def pipeline(monkeypatch):
    pipeline = FerPipeline(FakeClassifier(), FakeDetector(), thorough=True)
    monkeypatch.setitem(vars(fer_core), "load_pipeline", lambda **_: pipeline)
    return pipeline


def write_film(path, frames=FRAMES, wh=(160, 120)):
    """Frames of 24 a second that become brighter."""
    made = path.with_name("made.avi")
    writer = cv2.VideoWriter(str(made), cv2.VideoWriter_fourcc(*"MJPG"), 24, wh)
    for n in range(frames):
        writer.write(np.full((wh[1], wh[0], 3), 10 * n, np.uint8))
    writer.release()
    return made.rename(path)


def write_photo(path, grey=90, wh=(160, 120)):
    path.write_bytes(cv2.imencode(".png", np.full((wh[1], wh[0], 3), grey, np.uint8))[1].tobytes())
    return path


@pytest.fixture
def folder(tmp_path):
    """Two films of one name, photos with and without a face, and what is none of both."""
    folder = tmp_path / "Ünï cödé"
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    write_film(folder / "talk.avi")
    write_film(folder / "deep" / "talk.avi", frames=5, wh=(80, 60))
    for name in ("10.png", "2.png"):
        write_photo(folder / "deep" / "deeper" / name)
    write_photo(folder / "small.png", wh=(64, 64))
    write_photo(folder / ".hidden" / "x.png")
    (folder / "notes.txt").write_text("no photo")
    return folder


def rows_of(out):
    with (out / "faces.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_folder_with_films_and_photos(folder, tmp_path, pipeline, capsys):
    out = tmp_path / "out"
    assert main(["analyze", str(folder), "--out", str(out), "--write", "all"]) == 0
    text, err = capsys.readouterr()
    assert "done" in text
    assert "12 frames, 0.5 s, 1 person" in text
    assert "3 photos, 2 faces" in text
    assert err.startswith(f"written to {out}: faces.csv")
    made = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert made == ALL | {
        *("sessions/talk.mimik", "sessions/talk-2.mimik", "sessions/photos.mimik"),
        *("films/talk.mp4", "films/talk-2.mp4", "photos-1.jpg"),
        *(f"timelines/talk{n}.{kind}" for n in ("", "-2") for kind in ("png", "svg")),
    }
    rows = rows_of(out)
    assert list(rows[0]) == list(tables.columns())
    assert [(Path(r["source"]).name, r["frame_index"], r["status"]) for r in rows] == [
        *(("talk.avi", str(n), "face") for n in range(12)),
        *(("talk.avi", str(n), "no face") for n in range(5)),
        *(("small.png", "0", "no face"), ("2.png", "1", "face"), ("10.png", "2", "face")),
    ]
    assert [r["label"] for r in rows[:12]].count("sadness") > 3
    assert [r["image_width"] for r in rows[-3:]] == ["64", "160", "160"]
    lines = [json.loads(s) for s in (out / "faces.jsonl").read_text("utf-8").splitlines()]
    assert [(line["source"], line["status"], len(line["faces"])) for line in lines] == [
        (r["source"], "face" if r["label"] else "no face", int(bool(r["label"]))) for r in rows
    ]
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert [(s["kind"], s["status"], s["frames"]) for s in summary["inputs"]] == [
        ("film", "done", 12),
        ("film", "done", 5),
        ("photos", "done", 3),
    ]
    assert summary["inputs"][0]["persons"][0]["frames"] == 12
    assert summary["inputs"][2]["shown"]["happiness"] == 2
    with av.open(str(out / "films" / "talk.mp4")) as film:
        assert film.streams.video[0].codec_context.name == "h264"
        assert len(list(film.decode(video=0))) == 12


def test_parquet_has_the_rows_of_the_csv(folder, tmp_path, pipeline):
    from arro3.io import read_parquet

    out = tmp_path / "out"
    assert main(["analyze", str(folder), "--out", str(out), "--write", "csv,parquet"]) == 0
    found = read_parquet(out / "faces.parquet").read_all()
    assert tuple(found.schema.names) == tables.columns()
    rows = rows_of(out)
    assert found.num_rows == len(rows)
    for name in ("source", "status", "label", "hints", "frame_index", "track_id", "unsure"):
        values = ["" if v is None else str(v).lower() for v in found[name].to_pylist()]
        assert values == [row[name].lower() for row in rows], name
    for name in ("left", "happiness", "raw_sadness", "time_s"):
        values = found[name].to_pylist()
        for value, row in zip(values, rows, strict=True):
            assert (value is None) == (row[name] == "")
            assert value is None or value == pytest.approx(float(row[name]), abs=1e-6)


def test_what_cannot_be_read_is_said_and_the_rest_is_done(folder, tmp_path, pipeline, capsys):
    (folder / "bad.mp4").write_bytes(b"no film")
    (folder / "bad.png").write_bytes(b"no picture")
    (folder / "empty").mkdir()
    out = tmp_path / "out"
    given = [str(folder), str(tmp_path / "missing.mp4"), str(folder / "empty")]
    assert main(["analyze", *given, "--out", str(out)]) == 2
    text, err = capsys.readouterr()
    for sentence in (
        f"{folder / 'bad.mp4'} is not a video",
        f"{folder / 'bad.png'} is not a picture",
        f"{tmp_path / 'missing.mp4'} does not exist",
        f"{folder / 'empty'} has no photos and no films",
    ):
        assert err.count(sentence) == 1
    assert re.search(r"3 photos, 2 faces +1 cannot be read", text)
    rows = rows_of(out)
    assert [r["status"] for r in rows if r["source"].endswith("bad.png")] == ["cannot be read"]
    assert len(rows) == 12 + 5 + 4
    states = {
        s["source"]: s["status"] for s in json.loads((out / "summary.json").read_text())["inputs"]
    }
    assert states[str(folder / "bad.mp4")] == states[str(tmp_path / "missing.mp4")] == "failed"
    assert states[str(folder / "talk.avi")] == "done"


def test_only_bad_photos(tmp_path, pipeline, capsys):
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"no picture")
    out = tmp_path / "out"
    assert main(["analyze", str(tmp_path), "--out", str(out)]) == 2
    assert [row["status"] for row in rows_of(out)] == ["cannot be read"] * 2
    assert "b.png is not a picture" in capsys.readouterr().err
    assert main(["analyze", str(tmp_path / "a.png"), "--out", str(tmp_path / "out2")]) == 2
    assert [row["status"] for row in rows_of(tmp_path / "out2")] == ["cannot be read"]


def everything(out):
    """All files of a folder of results but the sessions, whose pages may lie in another order."""
    files = [path for path in sorted(out.rglob("*")) if path.is_file()]
    return {p.relative_to(out): p.read_bytes() for p in files if p.suffix != ".mimik"}


@pytest.fixture
def ctrl_c():
    """Ctrl-C at its usual effect: in the background, or under nohup, it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_after_ctrl_c_it_goes_on_and_the_result_is_the_same(folder, tmp_path, pipeline, capsys):
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert main(["analyze", str(folder), "--out", str(whole), "--write", "all"]) == 0
    pipeline.classifier.read, pipeline.classifier.end_at = 0, 7
    command = ["analyze", str(folder), "--out", str(out), "--write", "all"]
    capsys.readouterr()
    assert main(command) == 130
    text, err = capsys.readouterr()
    assert "Interrupted; what is done so far is kept. Go on with --resume." in err
    assert "stopped" in text
    assert 0 < len(rows_of(out)) < 12
    pipeline.classifier.read, pipeline.classifier.end_at = 0, FRAMES + 1  # the first photo
    assert main([*command, "--resume"]) == 130
    assert {row["status"] for row in rows_of(out)} == {"face", "no face"}
    pipeline.classifier.end_at = -1
    read = pipeline.classifier.read
    assert main([*command, "--resume"]) == 0
    assert "as analysed before" in capsys.readouterr().out
    assert pipeline.classifier.read <= read + 2  # both films were taken, and the photos went on
    assert everything(out).keys() == everything(whole).keys()
    for name, data in everything(whole).items():
        assert data == everything(out)[name] or name.suffix == ".mp4", name


def test_what_is_complete_is_not_analysed_again(folder, tmp_path, pipeline):
    out = tmp_path / "out"
    assert main(["analyze", str(folder), "--out", str(out), "--write", "csv"]) == 0
    read = pipeline.classifier.read
    assert main(["analyze", str(folder), "--out", str(out), "--write", "csv,film", "--resume"]) == 0
    assert pipeline.classifier.read == read
    with fer_core.open_source(out / "films" / "talk.mp4") as film:
        assert len(list(film)) == 12
    pipeline.unsure_below = 0.99
    assert main(["analyze", str(folder), "--out", str(out), "--write", "csv", "--resume"]) == 0
    assert pipeline.classifier.read == 2 * read
    assert {row["unsure"] for row in rows_of(out)} == {"", "true"}
    write_film(folder / "talk.avi", frames=3)
    assert main(["analyze", str(folder), "--out", str(out), "--write", "csv", "--resume"]) == 0
    assert len(rows_of(out)) == 3 + 5 + 3


def test_results_are_not_overwritten_unasked(folder, tmp_path, pipeline, capsys):
    out = tmp_path / "out"
    assert main(["analyze", str(folder), "--out", str(out), "--write", "csv"]) == 0
    before = everything(out)
    assert main(["analyze", str(folder / "small.png"), "--out", str(out)]) == 2
    assert "holds the results of an earlier analysis; go on with it by --resume" in (
        capsys.readouterr().err
    )
    assert everything(out) == before


def test_a_session_that_is_damaged_is_made_anew(folder, tmp_path, pipeline, capsys):
    out = tmp_path / "out"
    assert main(["analyze", str(folder), "--out", str(out), "--write", "csv"]) == 0
    before = everything(out)
    (out / "sessions" / "talk.mimik").write_bytes(b"damaged")
    assert main(["analyze", str(folder), "--out", str(out), "--write", "csv", "--resume"]) == 0
    assert "talk.mimik is no session of Mimik, or it is damaged" in capsys.readouterr().err
    assert everything(out)[Path("faces.csv")] == before[Path("faces.csv")]


def test_a_folder_that_cannot_be_written(folder, tmp_path, pipeline, capsys):
    (tmp_path / "file").write_text("in the way")
    assert main(["analyze", str(folder), "--out", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_full_disk_while_tables_are_written(folder, tmp_path, pipeline, monkeypatch, capsys):
    def full(row, columns):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fer_core.analysis.table_files.csv_row", full)
    out = tmp_path / "out"
    assert main(["analyze", str(folder), "--out", str(out)]) == 2
    assert "faces.csv cannot be written: no space left on device" in capsys.readouterr().err
    with Session.open(out / "sessions" / "talk.mimik") as session:
        assert session.is_complete
    assert not (out / "faces.csv").exists()


def test_json_is_the_summary(folder, tmp_path, pipeline, capsys):
    out = tmp_path / "out"
    assert main(["analyze", str(folder), "--out", str(out), "--write", "csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((out / "summary.json").read_text())


@pytest.mark.parametrize("given", ["0", "65", "two", "-1"])
def test_a_number_of_workers_that_is_none(given, folder, tmp_path, capsys):
    command = ["analyze", str(folder), "--out", str(tmp_path / "out"), f"--workers={given}"]
    assert main(command) == 2
    assert "is not a number from 1 to 64" in capsys.readouterr().err


def test_the_results_are_the_same_whatever_the_number_of_workers(folder, tmp_path, monkeypatch):
    made = []
    for number in ("1", "3"):
        monkeypatch.setitem(
            vars(fer_core),
            "load_pipeline",
            lambda lanes, **_: FerPipeline(
                FakeClassifier(), FakeDetector(), thorough=True, lanes=lanes
            ),
        )
        out = tmp_path / number
        command = ["analyze", str(folder), "--out", str(out), "--write", "csv,jsonl,parquet"]
        assert main([*command, "--workers", number]) == 0
        made.append(everything(out))
    assert made[0] == made[1]


@pytest.mark.parametrize("given", ["", "xlsx", "csv,xlsx"])
def test_what_cannot_be_written_is_said(given, folder, tmp_path, capsys):
    assert main(["analyze", str(folder), "--out", str(tmp_path / "out"), "--write", given]) == 2
    assert "is no list of results; use csv, jsonl" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_formats_are_those_of_the_library():
    assert analyze.FORMATS == batch.FORMATS
    assert set(analyze._USUAL) < set(analyze.FORMATS)


def test_names_that_begin_as_a_formula_and_end_in_strange_letters(tmp_path, pipeline):
    name = "=cmd|' .png" if sys.platform != "win32" else "=cmd' .png"
    write_photo(tmp_path / name)
    out = tmp_path / "out"
    assert main(["analyze", str(tmp_path / name), "--out", str(out), "--write", "all"]) == 0
    (row,) = rows_of(out)
    assert row["source"] == str(tmp_path / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        out = tmp_path / "out2"
        assert main(["analyze", name, "--out", str(out), "--write", "csv"]) == 0
    assert rows_of(out)[0]["source"] == "'" + name


def test_a_clock():
    assert [clock(s) for s in (0, 59.6, 3600, 86399)] == [
        "0:00:00",
        "0:01:00",
        "1:00:00",
        "23:59:59",
    ]


def test_progress_on_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    with Rate() as rate:
        rate.show("[1/3] a [bold]\x1b[31m.mp4", 1200, 5000, "141 frames/s", "0:12:03 left")
    err = capsys.readouterr().err
    assert "[1/3] a [bold]\\x1b[31m.mp4" in err
    assert "1,200 of 5,000  141 frames/s 0:12:03 left" in err


def test_no_progress_where_there_is_no_terminal(capsys):
    with Rate() as rate:
        rate.show("clip.mp4", 1, 2, "", "")
        rate.note("faces.csv")
    assert capsys.readouterr().err == ""
