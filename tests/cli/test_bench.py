import json

import pytest

import fer_core.benchmark as benchmark
from cli import main
from fer_core.benchmark import Figure, Row


@pytest.fixture
def plan(monkeypatch):
    """Measures nothing; gives the plan that was asked for."""
    asked = []

    def measure(plan):
        asked.append(plan)
        yield Row("one", "one face", (Figure("mean", 4.2, "ms", 8.0),), "90 frames")
        yield Row("rate", "the picture", (Figure("rate", 20.0, "fps", 30.0, at_least=True),))
        yield Row("window", "window after start", note="not measured: there is no display")

    monkeypatch.setattr(benchmark, "measure", measure)
    return asked


def test_the_table_has_figures_beside_targets(plan, capsys):
    assert main(["bench"]) == 0
    out = capsys.readouterr().out
    assert "one face (90 frames)\n  mean  4.20 ms  at most 8 ms  reached\n" in out
    assert "rate  20.0 fps  at least 30 fps  missed\n" in out
    assert "window after start (not measured: there is no display)" in out


def test_json(plan, capsys):
    assert main(["bench", "--json", "--quick", "--video", "a.mp4", "--face-frames", "0-9"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["schema"] == 1
    assert report["environment"]["cpus"] >= 1
    first = report["rows"][0]
    assert first["ok"] is True
    assert first["figures"]["mean"] == {
        "value": 4.2,
        "unit": "ms",
        "target": 8.0,
        "at_least": False,
        "ok": True,
    }
    assert plan[0].quick
    assert plan[0].face_frames == (0, 9)


@pytest.mark.parametrize("text", ["9", "9-1", "a-b"])
def test_a_wrong_range_of_frames_is_usage(text, capsys):
    assert main(["bench", "--face-frames", text]) == 2
    assert "is not a range of frames" in capsys.readouterr().err


def test_detectors_are_compared_on_the_pictures_of_a_folder(tmp_path, monkeypatch, capsys):
    from fer_core.benchmark import detectors

    shown = detectors.Exam(1, lambda look: ())
    monkeypatch.setattr(detectors, "exam_of", lambda *asked: {(tmp_path, False): shown}[asked])
    figures = (Figure("phantoms", 3, ""), Figure("phantoms in 50 pictures", 0.25, ""))
    row = Row("haar", "detector haar", figures, "1 pictures")
    monkeypatch.setattr(detectors, "measure", lambda given: iter([row] if given is shown else []))
    assert main(["bench", "--detectors", str(tmp_path)]) == 0
    first, second, third = capsys.readouterr().out.strip().splitlines()
    assert first == "detector haar (1 pictures)"
    assert second.split() == ["phantoms", "3"]
    assert third.split() == ["phantoms", "in", "50", "pictures", "0.25"]
    assert main(["bench", "--detectors", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["key"] == "haar"
