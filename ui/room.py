"""How the parts of the main window share a small or a large window."""

from typing import TYPE_CHECKING

from ui.soon import Soon

if TYPE_CHECKING:
    from ui.main_window import MainWindow

#: Under this height the timeline takes half of its room, px at 96 dpi.
_LOW_PX = 560
_TIMELINE_PX, _LOW_TIMELINE_PX = 72, 44
_CARD_PX, _CARD_LOW_PX = 420, 380


class Room:
    """Gives each part what there is when the size of the window changes."""

    def __init__(self, window: "MainWindow") -> None:
        self._window, self._wh = window, (0, 0)
        window.frame.bind("<Configure>", Soon(window.frame, self.arrange))

    def arrange(self) -> None:
        """Arranges all parts, if the size is a new one."""
        window, px = self._window, self._window.theme.px
        wh = (window.frame.winfo_width(), window.frame.winfo_height())
        if wh == self._wh or min(wh) <= 1:
            return
        self._wh = wh
        window.panel.arrange(wh[0])
        low = wh[1] < px(_LOW_PX)
        window.widget("timeline").configure(height=px(_LOW_TIMELINE_PX if low else _TIMELINE_PX))
        window.message_bar.arrange()
        self.fit_card()
        self.fit_status()

    def fit_film(self, wanted: int) -> None:
        """The timeline of a film takes what it needs, in a low window less."""
        px = self._window.theme.px
        most = max(self._window.frame.winfo_height() // 5, px(_LOW_TIMELINE_PX))
        canvas, height = self._window.widget("film"), min(wanted, most)
        if int(canvas.cget("height")) != height:
            canvas.configure(height=height)

    def fit_status(self) -> None:
        """What is right in the status line gives way to what is left."""
        window = self._window
        left, right = window.widget("status_left"), window.widget("status_right")
        room = window.frame.winfo_width() - window.theme.px(48)
        fits = left.winfo_reqwidth() + right.winfo_reqwidth() <= room
        (right.grid if fits else right.grid_remove)()

    def fit_card(self) -> None:
        """The card wraps its words, and does without its picture where there is no height."""
        window, px = self._window, self._window.theme.px
        stage = window.widget("stage")
        room = max(stage.winfo_width() - px(48), px(120))
        for name in ("card_title", "card_text"):
            window.widget(name).configure(wraplength=min(px(_CARD_PX), room))
        icon = window.widget("card_icon")
        (icon.grid if stage.winfo_height() >= px(_CARD_LOW_PX) else icon.grid_remove)()
        first, second = (window.widget(name) for name in ("card_first", "card_second"))
        needed = first.winfo_reqwidth() + second.winfo_reqwidth() + px(16)
        if second.winfo_manager():
            beside = needed <= room
            second.grid(
                row=0 if beside else 1, column=1 if beside else 0, pady=0 if beside else px(8)
            )
