"""The parser of all commands, and what happens when one of them fails."""

import argparse
import difflib
import importlib
import logging
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

import fer_core
from cli import COMMANDS
from cli.output import message, prepare_streams
from cli.parsing import HelpFormat
from fer_core import leftovers, paths
from fer_core.errors import FerError
from fer_core.messages import silent_when_full
from fer_core.names import PlainFormatter, plain, plain_lines

DONE, INTERNAL, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

#: Module of `cli` that adds a command's parser, where it does not bear the command's name.
_MODULES = {"detectors": "devices", "cameras": "devices"}

#: An import that fails in here is a fault of ours, not a missing package.
_OWN = ("fer_core", "cli")

_EXAMPLES = """\
examples:
  python main.py                              the window, with the camera
  python main.py photo.jpg                    the window, with a photo
  python main.py --camera 1                   the window, with the second camera
  python main.py image photo.jpg              a table of the faces in a photo
  python main.py image photos/ --json         the same for a folder, for programs
  python main.py video clip.mp4 --out results annotated video
  python main.py analyze films/ --out results folders and films into tables
  python main.py models list                  what can be chosen with --model
  python main.py models add my_model.h5       your own network

Everything runs on this computer; no picture leaves it.
Exit codes: 0 done, 2 usage or bad input, 1 internal error.
"""


def run(argv: list[str] | None = None) -> int:
    """Parses, runs, and turns every failure into one sentence and an exit code."""
    prepare_streams()
    arguments = sys.argv[1:] if argv is None else list(argv)
    verbose = "--verbose" in arguments or bool(os.environ.get("MIMIK_DEBUG"))
    if arguments and not arguments[0].startswith("-") and arguments[0] not in COMMANDS:
        message(_unknown(arguments[0]))
        return BAD_INPUT
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as stop:  # argparse has written its message or the help
        return stop.code if isinstance(stop.code, int) else BAD_INPUT
    handler = _log_to_stderr() if verbose else _log_to_file()
    leftovers.clean_up()
    if not paths.has_home():
        message(paths.NO_HOME)
    try:
        with _ended_like_interrupted():
            code = int(options.run(options))
        sys.stdout.flush()
        return code
    except Exception as error:
        return _failed(error, verbose)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        logging.getLogger().removeHandler(handler)
        with suppress(OSError):  # what was not written yet does not fit
            handler.close()


@contextmanager
def _ended_like_interrupted() -> Iterator[None]:
    """Has a command that is told to end close its files, as with Ctrl-C.

    A signal that is ignored (nohup) stays so.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    changed = []
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            with suppress(ValueError):  # only the main thread may
                signal.signal(number, interrupt)
                changed.append(number)
    try:
        yield
    finally:
        for number in changed:
            signal.signal(number, signal.SIG_DFL)


def _failed(error: Exception, verbose: bool) -> int:
    """Says in one sentence what went wrong; gives the exit code."""
    if isinstance(error, BrokenPipeError):
        _forget_stdout()
        return DONE
    if isinstance(error, ImportError) and (error.name or "").split(".")[0] not in _OWN:
        raise error  # main.py says what to install
    if verbose:
        sys.stderr.write(plain_lines("".join(traceback.format_exception(error))))
    expected = isinstance(error, FerError)
    message(str(error) if expected else _internal(error))
    return BAD_INPUT if expected else INTERNAL


class Parser(argparse.ArgumentParser):
    """Repeats nothing raw that was on the command line; its commands' parsers are such, too."""

    def error(self, message: str) -> NoReturn:
        """Says what is wrong, and ends."""
        super().error(plain(message))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="main.py",
        usage="main.py [FILE…] | main.py COMMAND …",
        description="Reads facial expressions in photos, videos and camera pictures.",
        epilog=_EXAMPLES,
        formatter_class=HelpFormat,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"Mimik {fer_core.__version__}")
    parser.add_argument("--verbose", action="store_true", help="show the log and full errors")
    parser.set_defaults(run=_no_command)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND is one of", prog="main.py")
    done = set()
    for name in COMMANDS:
        module = _MODULES.get(name, name)
        if module not in done:
            importlib.import_module(f"cli.{module}").add_to(commands)
            done.add(module)
    return parser


def _unknown(word: str) -> str:
    close = difflib.get_close_matches(word, COMMANDS, n=1)
    hint = f"did you mean {close[0]!r}?" if close else "--help lists the commands."
    return f"{word!r} is neither a command nor a file; {hint}"


def _no_command(options: argparse.Namespace) -> int:
    message("No command was given; --help lists the commands.")
    return BAD_INPUT


def _log_to_stderr() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return handler


def _log_to_file() -> logging.Handler:
    """Warnings go where a person can look them up; the file appears with the first one."""
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.FileHandler(log_path(), encoding="utf-8", delay=True)
    except OSError:
        handler = logging.NullHandler()
    silent_when_full(handler)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(PlainFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    return handler


def log_path() -> Path:
    """The file that holds warnings and the details of internal errors."""
    return paths.cache_dir() / "mimik.log"


def _internal(error: Exception) -> str:
    what = f"Something went wrong inside Mimik ({type(error).__name__}: {error});"
    if not paths.has_home():  # where the log is goes with this process
        return f"{what} run it again with --verbose for the details."
    try:
        with open(log_path(), "a", encoding="utf-8") as log:
            log.write(plain_lines(traceback.format_exc()))
    except OSError:
        return f"{what} run it again with --verbose for the details."
    return f"{what} the details are in {log_path()}."


def _forget_stdout() -> None:
    """The reader of our output is gone: what is still buffered must not fail at exit."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
