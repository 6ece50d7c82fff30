"""How closely the picture is looked at, and at which part of it."""

from ui.presenter.core import Picture

#: One step of the wheel or of a key; 1 fits the picture into the window.
STEP = 1.25
LARGEST = 16.0
_MIDDLE = (0.5, 0.5)


class Zoom:
    """The enlargement of the picture.

    Attributes:
        factor: 1 fits the picture into its room.
        center: what stands in the middle, shares 0..1 of the picture.
    """

    def __init__(self) -> None:
        self.factor, self.center = 1.0, _MIDDLE

    def fit(self) -> bool:
        """All of the picture; whether that changes anything."""
        before = (self.factor, self.center)
        self.factor, self.center = 1.0, _MIDDLE
        return before != (1.0, _MIDDLE)

    def by(self, factor: float, picture: Picture, at: tuple[float, float] | None = None) -> None:
        """Enlarges, or makes smaller, around a place that stays where it is.

        Args:
            factor: over 1 enlarges.
            picture: what is shown.
            at: the place, px of the shown picture; None is its middle.
        """
        new = min(max(self.factor * factor, 1.0), LARGEST)
        factor, self.factor = new / self.factor, new
        x0, y0, x1, y1 = picture.part
        middle = ((x0 + x1) / 2, (y0 + y1) / 2)
        fixed = middle
        if at is not None:
            w, h = picture.wh
            fixed = (x0 + (x1 - x0) * at[0] / w, y0 + (y1 - y0) * at[1] / h)
        self.center = _within(
            (
                fixed[0] + (middle[0] - fixed[0]) / factor,
                fixed[1] + (middle[1] - fixed[1]) / factor,
            )
        )

    def move(self, dx: float, dy: float, picture: Picture) -> bool:
        """Draws the picture along with the pointer; whether there is anything to draw.

        Args:
            dx, dy: how far, px of the shown picture.
        """
        x0, y0, x1, y1 = picture.part
        wide, high = x1 - x0, y1 - y0
        if wide >= 1 and high >= 1:
            return False
        # Not beyond the edges: else the way back would begin with nothing.
        x = self.center[0] - dx / picture.wh[0] * wide
        y = self.center[1] - dy / picture.wh[1] * high
        self.center = (
            min(max(x, wide / 2), 1 - wide / 2),
            min(max(y, high / 2), 1 - high / 2),
        )
        return True


def _within(center: tuple[float, float]) -> tuple[float, float]:
    return min(max(center[0], 0.0), 1.0), min(max(center[1], 0.0), 1.0)
