"""The pipeline that `image` and `video` read with."""

import argparse
from typing import TYPE_CHECKING, Any

from cli.output import message
from fer_core.errors import DetectorError

if TYPE_CHECKING:
    from fer_core.pipeline import FerPipeline


def open_pipeline(options: argparse.Namespace, **more: Any) -> "FerPipeline":
    """The pipeline of --model, --detector and --unsure.

    Where nobody chose a detector and the default one is broken, Haar is used, and it is said.

    Args:
        options: as parsed.
        more: for `load_pipeline`.
    """
    from fer_core import load_pipeline
    from fer_core.config import DEFAULT_DETECTOR
    from fer_core.detection.catalog import INSTEAD, USED_INSTEAD

    given = {"model": options.model, "unsure_below": options.unsure, **more}
    try:
        return load_pipeline(detector=options.detector or DEFAULT_DETECTOR, **given)
    except DetectorError as error:
        if options.detector:
            raise
        pipeline = load_pipeline(detector=INSTEAD, **given)
        message(f"{error} {USED_INSTEAD}")
        return pipeline
