"""Smooth shapes on a supersampled picture, and the turned head that they are drawn on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

SIZE_PX = 256
_SUPER = 2
_SHIFT = 4
Color = tuple[int, int, int]
WHITE: Color = (252, 250, 250)
DARK: Color = (38, 24, 30)
#: Where a shape lies: on the face's curve (None), on the head's edge with the chin in front
#: ("edge"), or on a plane (z, 0 through the ears, 1 the tip of the nose).
Depth = float | Literal["edge"] | None


def color(hex_rgb: str) -> Color:
    """A colour "#rrggbb" as (B, G, R)."""
    return int(hex_rgb[5:7], 16), int(hex_rgb[3:5], 16), int(hex_rgb[1:3], 16)


def mix(a: Color, b: Color, share: float) -> Color:
    """The colour at `share` (0..1) of the way from a to b."""
    blue, green, red = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return blue, green, red


def smooth(points: np.ndarray, *, closed: bool) -> np.ndarray:
    """A Catmull-Rom curve through control points.

    Args:
        points: float (N, 2).
        closed: join the last with the first.

    Returns:
        float (M, 2), ten points a segment.
    """
    p = np.asarray(points, np.float64)
    if closed:
        p = np.vstack([p[-1:], p, p[:2]])
    else:
        p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = np.linspace(0, 1, 10, endpoint=False)[None, :, None]
    a, b, c, d = (p[i : len(p) - 3 + i, None, :] for i in range(4))
    curve = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    ).reshape(-1, 2)
    return curve if closed else np.vstack([curve, p[-2]])


@dataclass(frozen=True, slots=True)
class View:
    """Where the head is and how it is turned.

    Attributes:
        yaw, pitch, roll: radians; to the picture's right, up, clockwise.
        center: 0..1 of the picture.
        radius: half of the head's width, 0..1 of the picture.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    center: tuple[float, float] = (0.5, 0.51)
    radius: float = 0.31

    def project(self, points: np.ndarray, depth: Depth = None) -> np.ndarray:
        """Head coordinates → 0..1 of the picture.

        Args:
            points: (N, 2); x −1 to 1 from side to side, y about −1.2 (top) to 1.1 (chin).
            depth: see `Depth`.
        """
        x, y = np.asarray(points, np.float64).T
        if depth is None:
            z = np.sqrt(np.clip(1 - (x / 1.1) ** 2 - (y / 1.4) ** 2, 0.02, 1))
        elif depth == "edge":
            z = 0.4 * np.clip(y, 0, 1.2)
        else:
            z = np.full_like(x, depth)
        turned_x = x * np.cos(self.yaw) + z * np.sin(self.yaw)
        turned_y = y * np.cos(self.pitch) - z * np.sin(self.pitch)
        c, s = np.cos(self.roll), np.sin(self.roll)
        at = np.stack([c * turned_x - s * turned_y, s * turned_x + c * turned_y], axis=1)
        return at * self.radius + self.center


class Canvas:
    """A picture that shapes are drawn on in head coordinates."""

    def __init__(self, view: View, line_px: float, line_color: Color | None) -> None:
        self.image = np.zeros((SIZE_PX * _SUPER, SIZE_PX * _SUPER, 3), np.uint8)
        self.view = view
        self.line_px = line_px
        self._line_color = line_color

    def line_color(self, fill: Color) -> Color:
        """The colour of lines around a fill: one for all, or a darker shade of the fill."""
        return self._line_color or mix(fill, (30, 15, 25), 0.6)

    def fill(
        self,
        points: np.ndarray,
        fill: Color,
        *,
        depth: Depth = None,
        outline: bool = True,
        round_off: bool = True,
    ) -> None:
        """A closed shape through control points."""
        curve = smooth(points, closed=True) if round_off else points
        at = self._pixels(curve, depth)
        cv2.fillPoly(self.image, [at], fill, cv2.LINE_AA, _SHIFT)
        if outline and self.line_px > 0:
            self._line(at, self.line_px, self.line_color(fill), closed=True)

    def stroke(self, points: np.ndarray, width: float, ink: Color, *, depth: Depth = None) -> None:
        """An open curve; `width` as a share of the head's radius."""
        px = max(width * self.view.radius * SIZE_PX, 0.8)
        self._line(self._pixels(smooth(points, closed=False), depth), px, ink, closed=False)

    def ellipse(
        self,
        center: tuple[float, float],
        radii: tuple[float, float],
        fill: Color,
        *,
        depth: Depth = None,
        outline: bool = False,
    ) -> None:
        """An ellipse on the head."""
        angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        points = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radii + center
        self.fill(points, fill, depth=depth, outline=outline)

    @contextmanager
    def clipped(self, points: np.ndarray, *, depth: Depth = None) -> Iterator[None]:
        """What is drawn inside stays within the closed shape."""
        at = self._pixels(smooth(points, closed=True), depth)
        low = np.clip((at.min(axis=0) >> _SHIFT) - 1, 0, len(self.image))
        high = np.clip((at.max(axis=0) >> _SHIFT) + 2, 0, len(self.image))
        before = self.image.copy()
        yield
        mask = np.zeros(self.image.shape[:2], np.uint8)
        cv2.fillPoly(mask, [at], 255, cv2.LINE_AA, _SHIFT)
        box = np.s_[low[1] : high[1], low[0] : high[0]]
        share = mask[box][..., None].astype(np.float32) / 255
        drawn = self.image[box]
        before[box] = np.rint(before[box] * (1 - share) + drawn * share).astype(np.uint8)
        self.image = before

    def finished(self) -> np.ndarray:
        """The picture in its final size: uint8 (256, 256, 3) BGR."""
        small = cv2.resize(self.image, (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.uint8)

    def _pixels(self, points: np.ndarray, depth: Depth) -> np.ndarray:
        at = self.view.project(points, depth) * len(self.image) * (1 << _SHIFT)
        return np.asarray(np.rint(at), np.int32)

    def _line(self, at: np.ndarray, px: float, ink: Color, *, closed: bool) -> None:
        width = max(1, round(px * _SUPER))
        cv2.polylines(self.image, [at], closed, ink, width, cv2.LINE_AA, _SHIFT)
