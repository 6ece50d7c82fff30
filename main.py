"""Start of Mimik: the window, or with a command the command line.

    python main.py                      the window, with the camera
    python main.py photo.jpg clip.mp4   the window, with these files
    python main.py image photo.jpg      the command line; --help lists the commands

This file must stay readable for any Python 3, so that an old one gets a sentence and no traceback.
"""

import os
import sys

#: Options that belong to the window; any other leading option belongs to the command line.
WINDOW_OPTIONS = ("--camera", "--report-startup")


def main(argv):
    """Runs the window or a command; gives the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036
        return _sorry("Mimik needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")
    try:
        if wants_window(argv):
            from ui.app import main as run

            argv = join_camera(argv)
        else:
            from cli import main as run
        return run(argv)
    except ImportError as error:
        if "--verbose" in argv or os.environ.get("MIMIK_DEBUG"):
            raise
        return _sorry(_missing(error))
    except KeyboardInterrupt:
        return 130


def wants_window(argv):
    """True for no arguments, for the window's options, and for files, folders and addresses."""
    if not argv:
        return True
    first = argv[0]
    if first.startswith("-"):
        return first.split("=")[0] in WINDOW_OPTIONS
    from cli import COMMANDS

    if first in COMMANDS:
        return False
    # A word that is no file and does not look like one is a mistyped command.
    return os.path.exists(first) or any(sign in first for sign in "./\\")


def join_camera(argv):
    """`--camera 1` as `--camera=1`, so that the window does not take the 1 for a file."""
    joined = list(argv)
    if "--camera" in joined:
        at = joined.index("--camera")
        value = joined[at + 1] if at + 1 < len(joined) else "-"
        if not value.startswith("-") and not os.path.exists(value):
            joined[at : at + 2] = ["--camera=" + value]
    return joined


def _missing(error):
    if error.name in ("tkinter", "_tkinter"):
        return (
            "This Python has no tkinter, which the window needs: install it"
            " (Debian and Ubuntu: apt install python3-tk), or use the command line."
        )
    return (
        "A package that Mimik needs cannot be loaded (" + str(error) + "): start it with"
        " `make run`, or install what it needs with `python -m pip install -r requirements.txt`."
    )


def _sorry(sentence):
    sys.stderr.write(sentence + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
