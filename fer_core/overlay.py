"""Draws a result onto a copy of its picture: boxes, labels, a caption.

Text is drawn by Pillow, since OpenCV's own fonts have no umlauts. A label is drawn once and kept,
so a frame of a stream costs little more than the copy of its pixels.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from fer_core.expressions import UNSURE_RGB, color_rgb, display_name
from fer_core.names import plain
from fer_core.types import FaceResult, FrameResult, check_bgr

Box = tuple[int, ...]
_CAPTION_RGB = (25, 25, 25)
_OUTLINE_BGR = (20, 20, 20)
_CHOSEN_BGR = (255, 255, 255)
#: A face narrower than so many font sizes has no room for words: its label is its number.
_NARROW = 4.0
#: Larger text belongs to large still pictures: not worth the memory of keeping it.
_KEEP_UP_TO_PX = 40


def annotate(
    image: np.ndarray,
    result: FrameResult,
    *,
    language: str = "en",
    caption: str | None = None,
    selected: int | None = None,
    text_px: int | None = None,
    numbers: bool = False,
) -> np.ndarray:
    """A copy of the picture with a box and a label for every face.

    Args:
        image: uint8 (H, W, 3) BGR, the picture of `result` or a resized copy of it; not changed.
        language: en or de.
        caption: one line for the lower left corner, such as the model's accuracy.
        selected: number of the face that is drawn heavier and ringed in white, as in
            `FrameResult.numbered`.
        text_px: font size, where the picture is drawn for a screen; without it labels follow the
            size of face and picture.
        numbers: write the number of each face before what it shows; of a face too narrow for
            words at `text_px` only the number, unless it is `selected`.

    Returns:
        uint8 (H, W, 3) BGR.
    """
    check_bgr(image, "annotate: image")
    canvas = np.ascontiguousarray(image).copy()
    wh = (canvas.shape[1], canvas.shape[0])
    scale = np.tile(np.divide(wh, result.image_wh), 2).astype(np.float32)
    boxes = [_whole(face.face.box_xyxy * scale) for _, face in result.numbered]
    looks = [_look(face, language) for _, face in result.numbered]
    chosen = [number == selected for number, _ in result.numbered]
    for box, (_, rgb), is_chosen in sorted(
        zip(boxes, looks, chosen, strict=True), key=lambda item: item[2]
    ):
        _draw_box(canvas, box, rgb, text_px, is_chosen)
    taken: list[Box] = []
    for index in _by_size(boxes):
        text, rgb = looks[index]
        if numbers:
            narrow = text_px and boxes[index][2] - boxes[index][0] < _NARROW * text_px
            number = result.numbered[index][0]
            text = str(number) if narrow and not chosen[index] else f"{number}  {text}"
        sprite = text_sprite(text, text_px or _font_px(boxes[index], wh), rgb)
        others = boxes[:index] + boxes[index + 1 :]
        taken.append(_place(canvas, sprite, boxes[index], others, taken))
    if caption:
        sprite = text_sprite(plain(caption), max(10, round(min(wh) * 0.03)), _CAPTION_RGB)
        _blit(canvas, sprite, 0, wh[1] - sprite.shape[0])
    return canvas


def text_sprite(text: str, size_px: int, background_rgb: tuple[int, int, int]) -> np.ndarray:
    """A line of text on a plain ground, black or white, whichever reads better.

    Args:
        size_px: font size.

    Returns:
        uint8 (h, w, 3) BGR; shared, so not to be written to.
    """
    if size_px > _KEEP_UP_TO_PX:
        return _render(text, size_px, background_rgb)
    return _kept(text, size_px, background_rgb)


def _look(face: FaceResult, language: str) -> tuple[str, tuple[int, int, int]]:
    if face.unsure:
        return display_name(face.shows, language), UNSURE_RGB
    prediction = face.prediction
    text = f"{display_name(prediction.label, language)} {100 * prediction.confidence:.0f} %"
    return text, color_rgb(prediction.label)


def _whole(box_xyxy: np.ndarray) -> Box:
    return tuple(round(value) for value in box_xyxy.tolist())


def _by_size(boxes: list[Box]) -> list[int]:
    """Indices, largest face first: it gets the best place for its label."""
    return sorted(range(len(boxes)), key=lambda i: boxes[i][0] - boxes[i][2])


def _line_px(wh: tuple[int, int], box: Box) -> int:
    by_picture = min(wh) / 240
    by_face = (box[2] - box[0]) / 30
    return max(1, round(min(by_picture, by_face)))


def _draw_box(
    canvas: np.ndarray, box: Box, rgb: tuple[int, int, int], text_px: int | None, chosen: bool
) -> None:
    """A coloured line inside a dark one: visible on light, dark and like-coloured grounds."""
    by_size = _line_px((canvas.shape[1], canvas.shape[0]), box)
    line = max(1, round(text_px / 7)) if text_px else by_size
    bottom_right = (box[2] - 1, box[3] - 1)
    if chosen:  # ringed outside, so that nothing of the face is hidden
        line = round(1.5 * line) + 1
        for ring, bgr in ((line + 4, _OUTLINE_BGR), (line + 2, _CHOSEN_BGR)):
            out = round(ring / 2)
            corners = (box[0] - out, box[1] - out), (box[2] - 1 + out, box[3] - 1 + out)
            cv2.rectangle(canvas, *corners, bgr, line + 1)
    else:
        cv2.rectangle(canvas, box[:2], bottom_right, _OUTLINE_BGR, line + 2)
    cv2.rectangle(canvas, box[:2], bottom_right, rgb[::-1], line)


def _font_px(box: Box, wh: tuple[int, int]) -> int:
    """Follows the face, within what reads well on a picture of this size."""
    low, high = max(9.0, min(wh) * 0.014), max(11.0, min(wh) * 0.045)
    return round(min(max((box[2] - box[0]) * 0.13, low), high))


def _place(
    canvas: np.ndarray,
    sprite: np.ndarray,
    box: Box,
    others: list[Box],
    taken: list[Box],
) -> Box:
    """Draws a label where it hides least; gives the (4,) px that it covers."""
    h, w = sprite.shape[:2]
    x0, y0, x1, y1 = box
    right, bottom = max(canvas.shape[1] - w, 0), max(canvas.shape[0] - h, 0)
    best, least = (0, 0, w, h), float("inf")
    above, below = y0 - h, y1
    # A place further down the list must hide clearly less: labels that jump are hard to read.
    step = 0.05 * h * w
    corners = [(x0, above), (x1 - w, above), (x0, below), (x1 - w, below), (x0, y0), (x0, y1 - h)]
    for rank, corner in enumerate(corners):
        left, top = min(max(corner[0], 0), right), min(max(corner[1], 0), bottom)
        spot = (left, top, left + w, top + h)
        hidden = 20 * _covered(spot, taken) + _covered(spot, others) + _covered(spot, [box])
        if hidden + rank * step < least:
            best, least = spot, hidden + rank * step
    _blit(canvas, sprite, best[0], best[1])
    return best


def _covered(spot: Box, boxes: list[Box]) -> int:
    """Pixels of `spot` that the boxes share with it."""
    total = 0
    for box in boxes:
        wide = min(spot[2], box[2]) - max(spot[0], box[0])
        high = min(spot[3], box[3]) - max(spot[1], box[1])
        total += max(wide, 0) * max(high, 0)
    return total


def _blit(canvas: np.ndarray, sprite: np.ndarray, x: int, y: int) -> None:
    """Copies what fits; a label larger than a tiny picture would hide it and is left out."""
    h, w = sprite.shape[:2]
    if y >= 0 and y + h <= canvas.shape[0] and x + w <= canvas.shape[1]:
        canvas[y : y + h, x : x + w] = sprite


@lru_cache(maxsize=512)
def _kept(text: str, size_px: int, background_rgb: tuple[int, int, int]) -> np.ndarray:
    return _render(text, size_px, background_rgb)


def _render(text: str, size_px: int, background_rgb: tuple[int, int, int]) -> np.ndarray:
    from PIL import Image, ImageDraw

    font = _font(size_px)
    pad = max(2, size_px // 4)
    ascent, descent = font.getmetrics()
    width = round(font.getlength(text)) + 2 * pad
    picture = Image.new("RGB", (width, ascent + descent + pad // 2), background_rgb)
    ink = (0, 0, 0) if _luminance(background_rgb) > 0.4 else (255, 255, 255)
    ImageDraw.Draw(picture).text((pad, pad // 4), text, font=font, fill=ink)
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])


def _luminance(rgb: tuple[int, int, int]) -> float:
    """Rec. 709 weights on the gamma-coded values, 0..1: enough to choose an ink."""
    return (0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]) / 255


@lru_cache(maxsize=32)
def _font(size_px: int) -> Any:
    """DejaVu Sans, which comes with matplotlib; else Pillow's own, which lacks umlauts."""
    from PIL import ImageFont

    spec = find_spec("matplotlib")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"
        if path.is_file():
            return ImageFont.truetype(str(path), size_px)
    return ImageFont.load_default(size_px)
