"""Whatever a file, a model or an option is called: nothing of it reaches the terminal raw."""

import json

import pytest

from cli import main
from cli.output import Progress
from fer_core.names import plain

BAD = "evil\x1b]0;owned\x07\x1b[2J\nError: forged \u202egpj."


def clean(text):
    return all(plain(line) == line for line in text.split("\n"))


@pytest.fixture
def evil_photo(photo):
    path = photo.parent / f"{BAD}png"
    try:
        path.write_bytes(photo.read_bytes())
    except OSError:
        pytest.skip("this system has no such names")
    return path


def test_a_photo(evil_photo, fake_pipeline, tmp_path, capsys):
    assert main(["image", str(evil_photo), "--out", str(tmp_path / "out")]) == 0
    out, err = capsys.readouterr()
    assert clean(out)
    assert clean(err)
    assert out.splitlines()[0].endswith(" 1 face")
    assert len(err.splitlines()) == 1
    assert main(["image", str(evil_photo), "--json"]) == 0
    out = capsys.readouterr().out
    assert clean(out)
    assert json.loads(out)[0]["source"] == str(evil_photo)


def test_a_film_and_its_tables(evil_photo, fake_pipeline, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["video", str(evil_photo), "--csv", "--jsonl"]) == 0
    out, err = capsys.readouterr()
    assert clean(out)
    assert clean(err)
    written = [path for path in tmp_path.iterdir() if path.suffix in (".csv", ".jsonl")]
    assert len(written) == 2
    for path in written:
        assert clean(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "argv",
    [
        ["image", BAD],
        ["video", BAD],
        ["models", "info", BAD],
        ["models", "check", BAD],
        ["models", "add", BAD],
        ["models", "remove", BAD],
        ["models", BAD],
        ["datasets", "check", "folder", BAD],
        ["datasets", "check", BAD, "x"],
        ["datasets", "render", BAD],
        ["evaluate", BAD, "--dataset", "folder", "--data", BAD],
        ["train", BAD, "--data", BAD],
        ["image", "a.png", f"--unsure={BAD}"],
        ["image", "a.png", f"--{BAD}"],
        ["bench", "--face-frames", BAD],
        [BAD],
        [f"--{BAD}"],
    ],
)
def test_what_is_refused(argv, fake_pipeline, capsys):
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert clean(out)
    assert clean(err)
    assert not any(line.startswith("Error: forged") for line in err.splitlines())


def test_progress(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    progress = Progress(BAD)
    progress.update(1, 2)
    progress.close()
    assert "\x1b" not in capsys.readouterr().err
