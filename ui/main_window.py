"""The main window: shows what the presenter says, and hands on what the person does."""

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any

from fer_core.expressions import display_name
from fer_core.texts import Texts
from ui.base import Layout
from ui.charts import TimelineChart
from ui.clipboard import clipboard as read_clipboard
from ui.commands import Commands
from ui.dialog_host import DialogHost
from ui.film_chart import FilmChart
from ui.keys import Key, bindings
from ui.menu import main_menu, picture_menu, post_under
from ui.message_bar import MessageBar, leave
from ui.panel_view import PanelView
from ui.pickers import Picker
from ui.picture import PictureCanvas
from ui.presenter import Presenter
from ui.presenter.core import Picture
from ui.presenter.film_data import FilmShown
from ui.presenter.shown import (
    Card,
    Choice,
    FaceDetail,
    FaceRow,
    Message,
    Timeline,
    Transport,
)
from ui.questions import Questions
from ui.room import Room
from ui.scales import set_steps
from ui.theme import Theme
from ui.tips import add_tips
from ui.toolbar import Toolbar

_PUMP_MS = 12
#: The plain keys that a widget needs for itself while it has the focus.
_PRESS, _MOVE, _JUMP = {"on_play"}, {"on_previous", "on_following"}, {"on_first", "on_last"}
_USE_KEYS = {
    "TButton": _PRESS,
    "TRadiobutton": _PRESS | _MOVE,
    "TMenubutton": _PRESS,
    "TCheckbutton": _PRESS,
    "TScale": _PRESS | _MOVE,
    "Treeview": _PRESS | _JUMP,
}
_TOOLS = ("snapshot", "record", "statistics", "settings")
#: What goes when the picture takes the whole screen.
_AROUND = ("toolbar", "line_1", "panel", "status_bar", "line_8")
#: Font size of the labels on the picture, px at 96 dpi.
_LABEL_PX = 13


class MainWindow(DialogHost, Questions, Layout):
    """Implements `MainView` with main.ui."""

    file = "main.ui"

    def __init__(self, root: tk.Tk, theme: Theme, texts: Texts) -> None:
        self.root = root
        self.commands = Commands(self)
        self._presenter: Presenter | None = None
        self._pump_id = ""
        self._dialogs = {}
        self.is_full_screen = self.has_message = False
        self._build(root, theme, texts)
        for sequence, key in bindings().items():
            root.bind(sequence, lambda event, k=key: self.pressed(event, k))  # type: ignore[misc]

    def _build(self, root: tk.Tk, theme: Theme, texts: Texts) -> None:
        super().__init__(root, theme, texts, self.commands)
        root.title("Mimik")
        # Where Tk draws the file dialogs itself, they are in its own language.
        root.tk.eval(
            f"namespace eval ::tk {{::msgcat::mclocale {texts.language}; "
            "::msgcat::mcload [file join $::tk_library msgs]}"
        )
        self._mode = self.variable("mode")
        self._picture = PictureCanvas(self.widget("picture"), theme)
        self.panel = PanelView(self)
        self.message_bar = MessageBar(self)
        self._timeline = TimelineChart(self.widget("timeline"), theme, texts("timeline.now"))
        self._film = FilmChart(
            self.widget("film"),
            theme,
            lambda label: display_name(label, texts.language),
            lambda time_s: self.presenter.panel.film.go_to(time_s),
            lambda number: self.presenter.panel.choose(number),
        )
        self.widget("film").grid_remove()
        self._models = Picker(
            self,
            "model_picker",
            lambda key: self.presenter.choices.choose_model(key),
            lambda key: self.presenter.choices.remove_model(key),
        )
        self._detectors = Picker(
            self,
            "detector_picker",
            lambda key: self.presenter.choices.choose_detector(key),
            lambda key: self.presenter.choices.remove_detector(key),
        )
        self._cameras = Picker(
            self, "camera_picker", lambda key: self.presenter.sources.choose_camera(key)
        )
        self._toolbar = Toolbar(self, (self._cameras, self._models, self._detectors))
        for name in ("camera", "image", "video", *_TOOLS):
            self.set_icon(f"{name}_button", name)
        for name in ("previous", "following", "play", "step"):
            self.set_icon(f"{name}_button", name)
        self.set_icon("menu_button", "menu")
        self.set_icon("message_close", "close")
        add_tips(
            self,
            ("camera", "image", "video", *_TOOLS, "menu", "previous", "following", "play", "step"),
        )
        self._menu = main_menu(self)
        self._picture_menu = picture_menu(self)
        self._card_actions: list[Callable[[], None]] = []
        self._seek: ttk.Scale = self.widget("seek")
        self._seek.configure(command=self._seek_moved)
        self._seek_shown = self._seek_step = 0.0
        set_steps(self._seek, lambda: self._seek_step)
        for name in ("transport", "timeline_frame", "line_4", "line_6"):
            self.widget(name).grid_remove()
        self.widget("picture").bind("<Configure>", lambda _: self._stage_resized())
        self.widget("status_right").configure(text=texts("status.private"))
        self._room = Room(self)

    # -- life --------------------------------------------------------------------------------

    def run(self, presenter: Presenter) -> None:
        """Connects the presenter and begins to poll it."""
        self._presenter = presenter
        self._pump()

    def stop(self) -> None:
        """Ends the polling."""
        if self._pump_id:
            self.root.after_cancel(self._pump_id)
            self._pump_id = ""

    def _pump(self) -> None:
        try:
            self.presenter.tick()
        finally:
            self._pump_id = self.root.after(_PUMP_MS, self._pump)

    @property
    def presenter(self) -> Presenter:
        """The presenter; `run` connects it."""
        assert self._presenter is not None
        return self._presenter

    def pressed(self, event: "tk.Event[Any]", key: Key | None) -> str | None:
        """A key of the table; plain ones are left to the widgets that need them."""
        if key is None:
            return "break"
        if key.plain and key.command in _USE_KEYS.get(event.widget.winfo_class(), ()):
            return None
        getattr(self.commands, key.command)()
        return "break"

    def _stage_resized(self) -> None:
        self._picture.arrange()
        if self._presenter is not None:
            self._presenter.resized()

    # -- MainView ----------------------------------------------------------------------------

    def show_mode(self, mode: str) -> None:
        """Marks Camera, Image or Video."""
        self._mode.set(mode)

    def show_models(self, choices: Sequence[Choice], current: str, busy: bool) -> None:
        """Fills the model picker."""
        self._models.show(choices, current, busy)

    def show_detectors(self, choices: Sequence[Choice], current: str, busy: bool) -> None:
        """Fills the detector picker."""
        self._detectors.show(choices, current, busy)

    def show_cameras(self, choices: Sequence[Choice], current: str) -> None:
        """Fills the camera picker; without choices it is hidden."""
        self._cameras.show(choices, current)
        self._grid("camera_picker", bool(choices))

    def show_card(self, card: Card | None) -> None:
        """Puts a card in the middle in place of the picture, or takes it away."""
        self._grid("card", card is not None)
        if card is None:
            return
        self._picture.clear(card.drop)
        color = self.theme.colors.danger if card.icon == "warning" else self.theme.colors.accent
        self.widget("card_icon").configure(image=self.theme.icon(card.icon, color, 56))
        self.widget("card_title").configure(text=card.title)
        self.widget("card_text").configure(text=card.text)
        self._grid("card_text", bool(card.text))
        self._grid("card_buttons", bool(card.actions))
        self._card_actions = [action.run for action in card.actions]
        for index, name in enumerate(("card_first", "card_second")):
            self._grid(name, index < len(card.actions))
            if index < len(card.actions):
                self.widget(name).configure(text=card.actions[index].label)
        self._room.fit_card()

    def show_picture(self, picture: Picture) -> None:
        """Shows a picture."""
        self._picture.show(picture)
        for name in ("add_model", "teach"):
            self._tell_dialog(name, "show_picture", picture)

    def show_faces(self, rows: Sequence[FaceRow], chosen: int | None) -> None:
        """Fills the list of faces."""
        self.panel.show_faces(rows, chosen)

    def show_face(self, detail: FaceDetail | None, hint: str) -> None:
        """Shows the chosen face; without one the hint says why there is none."""
        self.panel.show_face(detail, hint)

    def show_timeline(self, timeline: Timeline | None) -> None:
        """Shows the last minute; None hides it."""
        self._grid("timeline", timeline is not None)
        self._show_timelines()
        if timeline is not None:
            self._timeline.show(timeline)

    def show_film(self, shown: FilmShown | None) -> None:
        """Shows the timeline of a film; None hides it."""
        self._grid("film", shown is not None)
        self._show_timelines()
        if shown is not None:
            self._room.fit_film(self._film.height(len(shown.titles)))
            self._film.show(shown)

    def _show_timelines(self) -> None:
        on = any(self.widget(name).winfo_manager() for name in ("timeline", "film"))
        self._grid("timeline_frame", on)
        self._grid("line_6", on)

    def show_transport(self, transport: Transport | None) -> None:
        """Shows the row for a video or for a folder of pictures; None hides it."""
        self._grid("transport", transport is not None)
        self._grid("line_4", transport is not None)
        if transport is None:
            return
        video = transport.share is not None
        for name in ("play_button", "step_button", "seek"):
            self._grid(name, video)
        self.set_icon("play_button", "pause" if transport.playing else "play")
        self._enable("previous_button", transport.back)
        self._enable("following_button", transport.forward)
        self._grid("following_button", not video)
        self.widget("position").configure(text=transport.text)
        if video and not self._seek.instate(["pressed"]):
            self._seek_shown, self._seek_step = transport.share or 0.0, transport.step
            self._seek.set(self._seek_shown)

    def show_status(self, text: str) -> None:
        """The left part of the status line."""
        if self.widget("status_left").cget("text") != text:
            self.widget("status_left").configure(text=text)
            self._room.fit_status()

    def show_message(self, message: Message | None) -> None:
        """The bar over the picture."""
        self.has_message = message is not None
        self.message_bar.show(message)

    def show_recording(self, time: str | None) -> None:
        """Frames the picture in red while a recording runs."""
        self._picture.record(time)

    def show_tools(self, picture: bool, live: bool, recording: bool) -> None:
        """Which tools can be used."""
        self._enable("snapshot_button", picture)
        self._enable("record_button", picture and live)
        color = self.theme.colors.danger if recording else None
        self.set_icon("record_button", "stop" if recording else "record", color)

    def picture_room(self) -> tuple[int, int]:
        """Width and height for the picture, px."""
        return self._picture.room_wh

    def label_px(self) -> int:
        """Font size of labels on the picture: that of the window's own words."""
        return self.theme.px(_LABEL_PX)

    def copy_text(self, text: str) -> None:
        """Puts a text into the clipboard."""
        self.root.clipboard_clear()
        self.root.clipboard_append(text)

    def clipboard(self) -> bytes | list[str]:
        """A picture in the clipboard, or the paths in it."""
        return read_clipboard(self.root)

    def restyle(self, theme: str, language: str) -> None:
        """Changes theme and language: the window is built anew."""
        self.close_dialogs()
        self.theme.use(theme)
        if self.is_full_screen:
            self.toggle_full_screen()
        self.frame.destroy()
        self._build(self.root, self.theme, Texts(language))
        self.root.update_idletasks()

    def _grid(self, name: str, on: bool) -> None:
        widget = self.widget(name)
        if on != bool(widget.winfo_manager()):
            if not on:
                leave(widget)
            (widget.grid if on else widget.grid_remove)()

    def _enable(self, name: str, on: bool) -> None:
        if not on:
            leave(self.widget(name))
        self.widget(name).state(["!disabled" if on else "disabled"])

    # -- for the commands --------------------------------------------------------------------

    def drop_down(self, name: str) -> None:
        """Opens a picker or the menu, as a click on its button does."""
        pickers = {"model_picker": self._models, "detector_picker": self._detectors}
        if name in pickers:
            pickers[name].open()
        else:
            post_under(self._menu, self.widget(name))

    def picture_point(self, x: int, y: int) -> tuple[float, float]:
        """A place on the canvas in px of the picture."""
        return self._picture.point(x, y)

    def post_picture_menu(self, x: int, y: int) -> None:
        """What can be done with the picture, at a place on the screen."""
        if self.presenter.panel.picture is not None:
            self._picture_menu.tk_popup(x, y)

    def toggle_full_screen(self) -> None:
        """The picture on the whole screen, or the window as it was."""
        self.is_full_screen = not self.is_full_screen
        self.root.attributes("-fullscreen", self.is_full_screen)
        for name in _AROUND:
            self._grid(name, not self.is_full_screen)

    def invite(self, on: bool) -> None:
        """Something that may be dropped is dragged over the window."""
        self._picture.invite(self.texts("drop.here") if on else "")

    def run_message_action(self) -> None:
        """Does what the button of the message says."""
        self.message_bar.run_action()

    def run_card_action(self, index: int) -> None:
        """Does what a button of the card says."""
        self._card_actions[index]()

    def _seek_moved(self, value: str) -> None:
        if abs(float(value) - self._seek_shown) > 1e-6:
            self._seek_shown = float(value)
            self.presenter.sources.seek(float(value))
