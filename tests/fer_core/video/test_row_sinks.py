"""Tables of results: CSV and JSON Lines."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from made_results import make_frame, make_result, write

from fer_core import tables
from fer_core.errors import OutputError
from fer_core.video import CsvSink, JsonLinesSink


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    frame = make_frame(3)
    with CsvSink(path, "Straße.mp4") as sink:
        write(sink, [make_frame(0)], faces=0)
        write(sink, [frame], faces=2)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == list(tables.columns())
    assert [row["status"] for row in rows] == ["no face", "held", "held"]
    assert [row["label"] for row in rows] == ["", "happiness", "happiness"]
    row = rows[1]
    assert (row["source"], row["model"]) == ("Straße.mp4", "Modell ü")
    assert (row["frame_index"], row["time_s"], row["track_id"]) == ("3", "0.12", "4")
    assert (row["left"], row["bottom"], row["hints"]) == ("1.0", "40.5", "too_small blurred")
    assert (row["happiness"], row["anger"], row["fear"]) == ("0.75", "0.25", "")
    assert (row["label"], row["unsure"]) == ("happiness", "false")


def test_csv_says_what_is_not_sure(tmp_path: Path) -> None:
    path, frame = tmp_path / "a.csv", make_frame(0)
    with CsvSink(path) as sink:
        for threshold in (0.75, 0.7501):
            sink.write(frame, make_result(frame).judged(threshold))
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [(row["label"], row["unsure"]) for row in csv.DictReader(stream)]
    assert rows == [("happiness", "false"), ("happiness", "true")]


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_a_name_that_begins_as_a_formula_is_text(tmp_path: Path, name: str) -> None:
    path, frame = tmp_path / "a.csv", make_frame(0)
    with CsvSink(path, name) as sink:
        sink.write(frame, replace(make_result(frame), model=name))
    header, row = path.read_text(encoding="utf-8").splitlines()
    assert header == ",".join(tables.columns())
    assert row.startswith("\"'")
    cells = dict(zip(tables.columns(), next(csv.reader([row])), strict=True))
    assert cells["source"][0] == cells["model"][0] == "'"
    assert float(cells["left"]) == 1.0


def test_csv_without_a_face_has_its_header(tmp_path: Path) -> None:
    with CsvSink(tmp_path / "a.csv"):
        pass
    assert (tmp_path / "a.csv").read_text().startswith("source,frame_index,time_s,")


def test_json_lines(tmp_path: Path) -> None:
    frames = [make_frame(i) for i in range(3)]
    path = tmp_path / "a.jsonl"
    with JsonLinesSink(path, ["a.jpg", "b.jpg", "ü.jpg"]) as sink:
        write(sink, frames)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["source"] for line in lines] == ["a.jpg", "b.jpg", "ü.jpg"]
    assert lines[2] == json.loads(json.dumps(make_result(frames[2]).to_dict("ü.jpg")))


@pytest.mark.parametrize("make", [CsvSink, JsonLinesSink])
def test_a_crash_leaves_the_rows_so_far(tmp_path: Path, make: type[CsvSink]) -> None:
    path = tmp_path / "a"
    sink = make(path)
    write(sink, [make_frame(i) for i in range(5)])
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 5 + (make is CsvSink)
    sink.close()
    sink.close()
    with pytest.raises(OutputError, match="already finished"):
        write(sink, [make_frame(6)])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("make", [CsvSink, JsonLinesSink])
def test_rows_on_a_full_disk(make: type[CsvSink]) -> None:
    def fill() -> None:
        with make("/dev/full") as sink:
            write(sink, [make_frame(0)])

    with pytest.raises(OutputError, match="no space left"):
        fill()
