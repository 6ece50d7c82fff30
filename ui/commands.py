"""What the person does in the main window: every button, key and menu entry, and whom it asks."""

import tkinter as tk
from typing import TYPE_CHECKING, Any

from ui.presenter.zoom import STEP

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class Commands:
    """The callbacks of main.ui, of the menu and of the key table."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self._dragged_from = (0, 0)

    def on_camera(self) -> None:
        """Shows the camera."""
        self._window.presenter.sources.choose_mode("camera")

    def on_image(self) -> None:
        """Opens photos."""
        self._window.presenter.sources.choose_mode("image")

    def on_video(self) -> None:
        """Opens a video."""
        self._window.presenter.sources.choose_mode("video")

    def on_folder(self) -> None:
        """Opens a folder of photos."""
        self._window.presenter.sources.ask_folder()

    def on_paste(self) -> None:
        """Opens what is in the clipboard."""
        self._window.presenter.sources.paste()

    def on_next_event(self) -> None:
        """Goes to the next event of the film."""
        self._window.presenter.panel.film.go_to_event(forward=True)

    def on_last_event(self) -> None:
        """Goes to the event before."""
        self._window.presenter.panel.film.go_to_event(forward=False)

    def on_mark(self) -> None:
        """Marks this moment of the film."""
        self._window.presenter.panel.film.mark()

    def on_name(self) -> None:
        """Names the chosen person of the film."""
        self._window.presenter.panel.film.name_chosen()

    def on_copy(self) -> None:
        """Copies the picture."""
        self._window.presenter.saving.copy()

    def on_again(self) -> None:
        """Opens the same again."""
        self._window.presenter.sources.open_again()

    def on_first(self) -> None:
        """The first picture, or the beginning of the video."""
        self._window.presenter.sources.jump(to_end=False)

    def on_last(self) -> None:
        """The last picture, or the end of the video."""
        self._window.presenter.sources.jump(to_end=True)

    def on_zoom_in(self) -> None:
        """Enlarges the picture."""
        self._window.presenter.panel.zoom_by(STEP)

    def on_zoom_out(self) -> None:
        """Makes the picture smaller."""
        self._window.presenter.panel.zoom_by(1 / STEP)

    def on_fit(self, _: "tk.Event[Any] | None" = None) -> None:
        """All of the picture."""
        self._window.presenter.panel.fit()

    def on_full_screen(self) -> None:
        """The picture on the whole screen, or back."""
        self._window.toggle_full_screen()

    def on_snapshot(self) -> None:
        """Saves the picture."""
        self._window.presenter.saving.snapshot()

    def on_save_faces(self) -> None:
        """Saves the faces."""
        self._window.presenter.saving.faces()

    def on_record(self) -> None:
        """Records, or stops recording."""
        self._window.presenter.saving.record()

    def on_statistics(self) -> None:
        """Opens the statistics."""
        self._window.presenter.saving.open_statistics()

    def on_settings(self) -> None:
        """Opens the settings."""
        self._window.presenter.open_settings()

    def on_accuracy(self) -> None:
        """Writes the model's accuracy on the picture, or no longer."""
        self._window.presenter.toggle_accuracy()

    def on_theme(self) -> None:
        """Light or dark."""
        self._window.presenter.toggle_theme()

    def on_pick_model(self) -> None:
        """Drops the model picker down."""
        self._window.drop_down("model_picker")

    def on_pick_detector(self) -> None:
        """Drops the detector picker down."""
        self._window.drop_down("detector_picker")

    def on_add_model(self) -> None:
        """Adds a model file of the person's own."""
        self._window.presenter.adding.ask()

    def on_add_model_folder(self) -> None:
        """Adds a model of the person's own that is a folder, such as a SavedModel."""
        self._window.presenter.adding.ask_folder()

    def on_teach(self) -> None:
        """Teaches the model in use other faces or classes."""
        self._window.presenter.teaching.ask()

    def on_menu(self) -> None:
        """Drops the menu down."""
        self._window.drop_down("menu_button")

    def on_help(self) -> None:
        """Shows all keys."""
        self._window.open_help()

    def on_about(self) -> None:
        """Shows version, privacy and licences."""
        self._window.open_about()

    def on_quit(self) -> None:
        """Ends the program."""
        self._window.root.event_generate("<<MimikQuit>>")

    def on_previous(self) -> None:
        """The picture or frame before."""
        self._window.presenter.sources.move(-1)

    def on_following(self) -> None:
        """The next picture or frame."""
        self._window.presenter.sources.move(1)

    def on_step(self) -> None:
        """One frame on."""
        self._window.presenter.sources.move(1)

    def on_play(self) -> None:
        """Plays or pauses."""
        self._window.presenter.sources.play_or_pause()

    def on_next_face(self) -> None:
        """Chooses the next face."""
        self._window.presenter.panel.choose_next(1)

    def on_previous_face(self) -> None:
        """Chooses the face before."""
        self._window.presenter.panel.choose_next(-1)

    def on_picture_click(self, event: "tk.Event[Any]") -> None:
        """A click on the picture chooses a face; an enlarged picture follows the pointer."""
        self._window.root.focus_set()
        self._dragged_from = (event.x, event.y)
        self._window.presenter.panel.choose_at(*self._window.picture_point(event.x, event.y))

    def on_picture_drag(self, event: "tk.Event[Any]") -> None:
        """The pointer moves with its button held."""
        x, y = self._dragged_from
        self._dragged_from = (event.x, event.y)
        self._window.presenter.panel.drag(event.x - x, event.y - y)

    def on_picture_wheel(self, event: "tk.Event[Any]") -> None:
        """The wheel enlarges around the pointer."""
        up = event.num == 4 or event.delta > 0
        place = self._window.picture_point(event.x, event.y)
        self._window.presenter.panel.zoom_by(STEP if up else 1 / STEP, place)

    def on_picture_menu(self, event: "tk.Event[Any]") -> None:
        """The other button of the mouse: what can be done with the picture."""
        self._window.post_picture_menu(event.x_root, event.y_root)

    def on_face_chosen(self, event: "tk.Event[Any]") -> None:
        """A face of the list was chosen; what the presenter itself marked is no news."""
        tree = event.widget
        # Tk's own name: `focus_get` knows no window that Tk made by itself, such as a file dialog.
        if str(tree.tk.call("focus")) == str(tree) and tree.selection():
            self._window.presenter.panel.choose(int(tree.selection()[0]))

    def on_message_action(self) -> None:
        """The button of the message."""
        self._window.presenter.close_message()
        self._window.run_message_action()

    def on_message_close(self) -> None:
        """Takes the message away; without one, leaves the full screen."""
        if self._window.is_full_screen and not self._window.has_message:
            self._window.toggle_full_screen()
        self._window.presenter.close_message()

    def on_card_first(self) -> None:
        """The first button of the card."""
        self._window.run_card_action(0)

    def on_card_second(self) -> None:
        """The second button of the card."""
        self._window.run_card_action(1)
