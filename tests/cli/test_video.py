import csv
import json

import cv2
import numpy as np
import pytest

from cli import main

FRAMES = 12


@pytest.fixture
def film(tmp_path):
    """12 frames of 160×120 px, 24 a second."""
    path = tmp_path / "Ünï cödé" / "Fïlm 1.avi"
    path.parent.mkdir()
    plain = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(plain), cv2.VideoWriter_fourcc(*"MJPG"), 24, (160, 120))
    for i in range(FRAMES):
        writer.write(np.full((120, 160, 3), 10 * i, np.uint8))
    writer.release()
    plain.rename(path)
    return path


def test_a_summary_of_the_shares(film, fake_pipeline, capsys):
    assert main(["video", str(film)]) == 0
    out, err = capsys.readouterr()
    assert f"{film}  12 frames, 0.5 s, 1 face, a face in 12 frames" in out
    assert "happiness  100 %" in out
    assert err == ""


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
