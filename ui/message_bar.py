"""The message over the picture: it covers a strip of it and moves nothing."""

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.presenter.shown import Message

if TYPE_CHECKING:
    from ui.base import Layout

#: In a window narrower than this the message takes its whole width, px at 96 dpi.
_NARROW_PX = 760
_BUSY_MS = 12


class MessageBar:
    """Shows the part "message_bar" of main.ui.

    Args:
        layout: the main window.
    """

    def __init__(self, layout: "Layout") -> None:
        self._layout, self._theme = layout, layout.theme
        self._bar = layout.widget("message_bar")
        self._bar.grid_remove()
        self._action: Callable[[], None] | None = None
        self._message: Message | None = None

    def show(self, message: Message | None) -> None:
        """Shows a message, or takes it away."""
        self._message = message
        if message is None:
            leave(self._bar)
            self._bar.place_forget()
            self._layout.widget("message_busy").stop()
            return
        kind, c = ("Alarm" if message.alarm else "Notice"), self._theme.colors
        ink = c.on_alarm if message.alarm else c.on_notice
        widget = self._layout.widget
        self._bar.configure(style=f"{kind}.TFrame")
        icon = self._theme.icon("warning" if message.alarm else "info", ink)
        widget("message_icon").configure(image=icon, style=f"{kind}.TLabel")
        widget("message_text").configure(text=message.text, style=f"{kind}.TLabel")
        self._layout.set_icon("message_close", "close", ink)
        widget("message_close").configure(style=f"{kind}Close.TButton")
        self._show("message_busy", message.busy)
        if message.busy:
            widget("message_busy").start(_BUSY_MS)
        else:
            widget("message_busy").stop()
        self._show("message_action", message.action is not None)
        self._action = message.action.run if message.action else None
        if message.action:
            widget("message_action").configure(text=message.action.label, style=f"{kind}.TButton")
        self.arrange()

    def arrange(self) -> None:
        """Places the bar: over the picture, in a narrow window over picture and panel."""
        if self._message is None:
            return
        body, stage = self._layout.widget("body"), self._layout.widget("stage")
        narrow = body.winfo_width() < self._theme.px(_NARROW_PX)
        over = body if narrow else stage
        others = sum(
            self._layout.widget(name).winfo_reqwidth() + self._theme.px(10)
            for name in ("message_icon", "message_busy", "message_action", "message_close")
            if self._layout.widget(name).winfo_manager()
        )
        room = over.winfo_width() - others - self._theme.px(36)
        self._layout.widget("message_text").configure(wraplength=max(room, self._theme.px(120)))
        place = {"rely": 1.0, "anchor": "sw"} if narrow else {"rely": 0.0, "anchor": "nw"}
        self._bar.place(in_=over, relx=0.0, relwidth=1.0, **place)
        self._bar.lift()

    def run_action(self) -> None:
        """Does what its button says."""
        if self._action:
            self._action()

    def _show(self, name: str, on: bool) -> None:
        widget = self._layout.widget(name)
        (widget.grid if on else widget.grid_remove)()


def leave(widget: tk.Misc) -> None:
    """Takes the focus out of a part that is about to go: keys would reach nothing there."""
    focus = str(widget.tk.call("focus"))  # Tk's own name: `focus_get` knows only Python's widgets
    if focus == str(widget) or focus.startswith(f"{widget}."):
        widget.winfo_toplevel().focus_set()
