"""The command line: `python main.py COMMAND …`; knows the library, never the window."""

#: Every first word that means a command, in the order of `--help`.
COMMANDS = (
    "analyze",
    "image",
    "video",
    "models",
    "detectors",
    "cameras",
    "serve",
    "bench",
    "datasets",
    "evaluate",
    "train",
)


def main(argv: list[str] | None = None) -> int:
    """Runs one command.

    Args:
        argv: arguments without the program's name; None takes those of the process.

    Returns:
        0 done, 2 usage or bad input, 1 internal error, 130 interrupted.
    """
    from cli.app import run

    return run(argv)
