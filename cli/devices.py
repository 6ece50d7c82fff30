"""`detectors list` and `cameras list`: what this computer has."""

import argparse
from dataclasses import asdict
from typing import Any

from cli.output import message, print_json, table
from cli.parsing import add_command, add_group, add_json


def add_to(commands: Any) -> None:
    """Adds the parsers."""
    detectors = add_group(commands, "detectors", "which face detectors there are")
    add_json(add_command(detectors, "list", "list the face detectors", run_detectors))
    cameras = add_group(commands, "cameras", "which cameras there are")
    add_json(add_command(cameras, "list", "list the cameras", run_cameras))


def run_detectors(options: argparse.Namespace) -> int:
    """Lists the detectors, those that need a download too."""
    from fer_core.detection import available_detectors

    found = available_detectors()
    if options.json:
        print_json([asdict(info) for info in found])
    else:
        table((info.name, info.title, "" if info.available else info.note) for info in found)
    return 0


def run_cameras(options: argparse.Namespace) -> int:
    """Lists the cameras; none is an answer, not an error."""
    from fer_core.video.cameras import list_cameras

    found = list_cameras()
    if options.json:
        print_json([asdict(info) for info in found])
    elif found:
        table((info.index, info.name) for info in found)
    else:
        message("No camera found.")
    return 0
