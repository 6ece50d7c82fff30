"""Sliders that move by steps of their own: Tk's step is 1, which is all of a range of 0..1."""

from collections.abc import Callable
from tkinter import ttk
from typing import Any


def set_steps(scale: ttk.Scale, step: Callable[[], float]) -> None:
    """Has the arrow keys move a slider by a step, and a click into its trough move it there.

    The slider has the state "pressed" while the mouse holds it.

    Args:
        scale: a slider.
        step: gives the present step, in units of its range.
    """

    def move(by: int) -> str:
        scale.set(float(scale.get()) + by * step())
        return "break"

    def press(event: Any) -> str:
        scale.state(["pressed"])
        scale.tk.call("ttk::scale::Jump", scale, event.x, event.y)
        return "break"

    for key in ("<Left>", "<Down>"):
        scale.bind(key, lambda _: move(-1))
    for key in ("<Right>", "<Up>"):
        scale.bind(key, lambda _: move(1))
    scale.bind("<Button-1>", press)
    scale.bind("<ButtonRelease-1>", lambda _: scale.state(["!pressed"]))
