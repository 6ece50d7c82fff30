"""Pictures in the system's clipboard.

On X11, Tk takes what comes in parts (INCR, from about 256 kB on) only as 32-bit words, so that
large pictures do not arrive; and it gives none to other programs.
"""

import io
import logging

import numpy as np

from fer_core.errors import OutputError

_log = logging.getLogger(__name__)


def put_picture(image: np.ndarray) -> None:
    """Puts a picture (H, W, 3) uint8 BGR into the clipboard.

    Raises:
        OutputError: there is no clipboard.
    """
    import copykitten

    h, w = image.shape[:2]
    rgba = np.full((h, w, 4), 255, np.uint8)
    rgba[..., :3] = image[..., ::-1]
    try:
        copykitten.copy_image(rgba.tobytes(), w, h)
    except copykitten.CopykittenError as error:
        raise OutputError(
            f"The clipboard cannot be used ({error}); save a snapshot instead."
        ) from error


def picture() -> bytes:
    """The picture in the clipboard as a file's bytes; empty where there is none."""
    import copykitten
    from PIL import Image

    try:
        pixels, w, h = copykitten.paste_image()
    except copykitten.CopykittenError as error:  # it has one kind of error for everything
        _log.info("no picture in the clipboard: %s", error)
        return b""
    stream = io.BytesIO()
    Image.frombytes("RGBA", (w, h), pixels).save(stream, "PNG", compress_level=1)
    return stream.getvalue()
