import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

import fer_core
import main as start
from cli import COMMANDS, app, main
from cli.app import log_path
from cli.output import bar, print_json
from fer_core.errors import FerError

ROOT = Path(start.__file__).parent


def failing(error):
    def load(**options):
        raise error

    return load


def test_help_lists_every_command_and_examples(capsys):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"\n    {name}" in out for name in COMMANDS)
    assert "examples:" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command, capsys):
    assert main([command, "--help"]) == 0
    assert "usage: main.py " + command in capsys.readouterr().out


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"Mimik {fer_core.__version__}\n"


@pytest.mark.parametrize(
    "argv", [["image"], ["image", "a.jpg", "--unsure", "2"], ["datasets"], ["--nonsense"]]
)
def test_wrong_usage_is_2(argv, capsys):
    assert main(argv) == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["-0.01", "1.01", "nan", "inf", "", "x", "1,5"])
@pytest.mark.parametrize("command", ["image", "video"])
def test_a_threshold_outside_0_to_1_is_usage(command, given, capsys):
    assert main([command, "a.jpg", f"--unsure={given}"]) == 2
    assert f"{given!r} is not a number from 0 to 1" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["0", "0.0", "1", "1.0", "1e-3"])
@pytest.mark.parametrize("command", ["image", "video"])
def test_both_ends_of_the_threshold_are_taken(command, given, photo, fake_pipeline, capsys):
    assert main([command, str(photo), "--unsure", given]) == 0
    assert capsys.readouterr().err == ""
    assert fake_pipeline["unsure_below"] == float(given)


def test_options_without_a_command_are_usage(capsys):
    assert main(["--verbose"]) == 2
    assert "--help lists the commands" in capsys.readouterr().err


def test_a_mistyped_command_gets_the_right_one_offered(capsys):
    assert main(["imgae", "photo.jpg"]) == 2
    assert "did you mean 'image'?" in capsys.readouterr().err


def test_an_internal_error_is_one_sentence_and_the_details_are_in_the_log(
    monkeypatch, capsys, photo
):
    monkeypatch.setitem(vars(fer_core), "load_pipeline", failing(KeyError("oops")))
    assert main(["image", str(photo)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert str(log_path()) in err
    assert "KeyError: 'oops'" in log_path().read_text(encoding="utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
def test_a_log_on_a_full_disk_is_not_written_on_the_terminal(monkeypatch, capsys, photo):
    def load(**_):
        logging.getLogger("fer_core").warning("not written")
        raise FerError("It does not work.")

    monkeypatch.setattr(app, "log_path", lambda: Path("/dev/full"))
    monkeypatch.setitem(vars(fer_core), "load_pipeline", load)
    assert main(["image", str(photo)]) == 2
    assert capsys.readouterr().err == "It does not work.\n"


def test_verbose_shows_the_traceback(monkeypatch, capsys, photo):
    monkeypatch.setitem(vars(fer_core), "load_pipeline", failing(KeyError("oops")))
    assert main(["image", str(photo), "--verbose"]) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (BrokenPipeError(), 0)])
def test_interruptions_are_quiet(error, code, monkeypatch, capsys, photo):
    monkeypatch.setitem(vars(fer_core), "load_pipeline", failing(error))
    assert main(["image", str(photo)]) == code
    assert capsys.readouterr().err == ""


def test_any_terminal_encoding_does(monkeypatch):
    raw = io.BytesIO()
    narrow = io.TextIOWrapper(raw, encoding="cp1252", errors="backslashreplace")
    monkeypatch.setattr(sys, "stdout", narrow)
    print_json({"path": "Ünï 😀.jpg"})
    narrow.write(bar(0.5, 10))
    narrow.flush()
    text = raw.getvalue().decode("cp1252")
    assert json.loads(text[: text.index("}") + 1]) == {"path": "Ünï 😀.jpg"}
    assert "#####" in text


@pytest.mark.parametrize(
    ("argv", "window"),
    [
        ([], True),
        (["photo.jpg"], True),
        (["main.py"], True),
        (["http://camera.local/stream"], True),
        (["--camera", "1"], True),
        (["--camera=1"], True),
        (["--help"], False),
        (["--version"], False),
        (["image", "photo.jpg"], False),
        (["imgae", "photo.jpg"], False),
    ],
)
def test_what_opens_the_window(argv, window):
    assert start.wants_window(argv) is window


@pytest.mark.parametrize(
    ("argv", "joined"),
    [
        (["--camera", "1"], ["--camera=1"]),
        (["--camera", "HD Webcam", "--report-startup"], ["--camera=HD Webcam", "--report-startup"]),
        (["--camera"], ["--camera"]),
        (["--camera", "--report-startup"], ["--camera", "--report-startup"]),
        (["--camera", str(ROOT)], ["--camera", str(ROOT)]),
    ],
)
def test_the_camera_may_be_named_after_a_blank(argv, joined):
    assert start.join_camera(argv) == joined


def test_a_missing_package_is_one_sentence(monkeypatch, capsys, photo):
    error = ModuleNotFoundError("No module named 'openvino'", name="openvino")
    monkeypatch.setitem(vars(fer_core), "load_pipeline", failing(error))
    assert start.main(["image", str(photo)]) == 2
    err = capsys.readouterr().err
    assert "openvino" in err
    assert "make run" in err
    assert len(err.splitlines()) == 1


def test_an_old_python_gets_a_sentence(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 8, 1))
    assert start.main([]) == 2
    assert "needs Python 3.11 or newer" in capsys.readouterr().err


def test_help_loads_neither_numpy_nor_opencv():
    code = "import sys, main; main.main(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=True,
    )
    loaded = done.stderr
    assert not any(f"'{name}'" in loaded for name in ("numpy", "cv2", "openvino", "tkinter"))
