"""`detectors list`, `detectors fetch` and `cameras list`: what this computer has."""

import argparse
import math
from dataclasses import asdict
from typing import Any

from cli.output import message, print_json, table
from cli.parsing import add_command, add_group, add_json

#: Who sets the app up without a network waits no longer than this.
_QUIET_S = 5.0


def add_to(commands: Any) -> None:
    """Adds the parsers."""
    detectors = add_group(commands, "detectors", "which face detectors there are")
    add_json(add_command(detectors, "list", "list the face detectors", run_detectors))
    fetch = add_command(
        detectors, "fetch", "download YuNet (230 kB, from the OpenCV Zoo)", run_fetch
    )
    fetch.add_argument(
        "--quiet",
        action="store_true",
        help="say nothing, and give up after a few seconds where there is no network",
    )
    cameras = add_group(commands, "cameras", "which cameras there are")
    add_json(add_command(cameras, "list", "list the cameras", run_cameras))


def run_detectors(options: argparse.Namespace) -> int:
    """Lists the detectors, those that need a download too."""
    from fer_core.detection import available_detectors

    found = available_detectors()
    if options.json:
        print_json([asdict(info) for info in found])
    else:
        table(
            (info.name, info.title, info.license if info.available else info.note) for info in found
        )
    return 0


def run_fetch(options: argparse.Namespace) -> int:
    """Downloads YuNet unless it is there; with --quiet, which `make run` uses, only if it can."""
    from fer_core.detection import download_yunet
    from fer_core.detection.yunet import yunet_path
    from fer_core.errors import DetectorError

    if yunet_path().is_file():
        if not options.quiet:
            message(f"YuNet is there: {yunet_path()}")
        return 0
    try:
        path = download_yunet(limit_s=_QUIET_S if options.quiet else math.inf)
    except DetectorError:
        if options.quiet:
            return 0
        raise
    if not options.quiet:
        message(f"YuNet is there: {path}")
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
