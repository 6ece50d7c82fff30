"""What the presenter asks of the window."""

from collections.abc import Sequence
from typing import Protocol

from fer_core.config import Settings
from ui.presenter.core import Picture
from ui.presenter.film_data import FilmShown
from ui.presenter.models import Checked, Proposed, RankedRow
from ui.presenter.shown import (
    CaptureShown,
    Card,
    Choice,
    FaceDetail,
    FaceRow,
    Message,
    Timeline,
    Transport,
)
from ui.presenter.teach_events import TeachShown


class MainView(Protocol):
    """The main window. It shows what it is told and decides nothing."""

    def show_mode(self, mode: str) -> None:
        """Marks Camera, Image or Video; none of them for "none"."""

    def show_models(self, choices: Sequence[Choice], current: str, busy: bool) -> None:
        """Fills the model picker; busy while one is being loaded."""

    def show_detectors(self, choices: Sequence[Choice], current: str, busy: bool) -> None:
        """Fills the detector picker."""

    def show_cameras(self, choices: Sequence[Choice], current: str) -> None:
        """Fills the camera picker; without choices it is hidden."""

    def show_card(self, card: Card | None) -> None:
        """Puts a card in the middle in place of the picture, or takes it away."""

    def show_picture(self, picture: Picture) -> None:
        """Shows a picture."""

    def show_faces(self, rows: Sequence[FaceRow], chosen: int | None) -> None:
        """Fills the list of faces."""

    def show_face(self, detail: FaceDetail | None, hint: str) -> None:
        """Shows the chosen face; without one the hint says why there is none."""

    def show_timeline(self, timeline: Timeline | None) -> None:
        """Shows the last minute; None hides it."""

    def show_film(self, shown: FilmShown | None) -> None:
        """Shows the timeline of a film; None hides it."""

    def show_transport(self, transport: Transport | None) -> None:
        """Shows the row for a video or for a folder of pictures; None hides it."""

    def show_status(self, text: str) -> None:
        """The left part of the status line."""

    def show_message(self, message: Message | None) -> None:
        """The bar over the picture."""

    def show_recording(self, time: str | None) -> None:
        """Makes a recording unmistakable, with how long it runs; None takes that away."""

    def show_tools(self, picture: bool, live: bool, recording: bool) -> None:
        """Which tools can be used: those for a picture, those for a stream."""

    def show_download(self, share: float | None, error: str) -> None:
        """How far the download is, 0..1; None when it is over."""

    def picture_room(self) -> tuple[int, int]:
        """Width and height for the picture, px."""

    def label_px(self) -> int:
        """Font size of labels on the picture, px of the screen."""

    def ask_text(self, question: str) -> str | None:
        """Asks for a line of text; None where the person changed their mind."""

    def ask_yes(self, question: str) -> bool:
        """Asks something that only a yes lets happen."""

    def open_folder(self, path: str) -> None:
        """Shows a folder in the system's file manager."""

    def ask_pictures(self) -> list[str]:
        """Asks for photos to open; empty when the person changed their mind."""

    def ask_pictures_folder(self) -> str:
        """Asks for a folder of photos."""

    def ask_video(self) -> str:
        """Asks for a video to open."""

    def ask_cascade(self) -> str:
        """Asks for a cascade XML file or a network."""

    def ask_folder(self, start: str) -> str:
        """Asks where snapshots go."""

    def ask_statistics_file(self, suffix: str) -> str:
        """Asks where to save the statistics."""

    def clipboard(self) -> bytes | list[str]:
        """A picture in the clipboard, or the paths in it."""

    def open_settings(
        self, settings: Settings, detectors: Sequence[Choice], cameras: Sequence[Choice]
    ) -> None:
        """Opens the settings."""

    def open_statistics(self) -> None:
        """Opens the statistics."""

    def open_download(self) -> None:
        """Asks whether YuNet may be downloaded."""

    def ask_model(self) -> str:
        """Asks for a model file."""

    def ask_model_folder(self) -> str:
        """Asks for a folder that is a model, such as a TensorFlow SavedModel."""

    def copy_text(self, text: str) -> None:
        """Puts a text into the clipboard."""

    def ask_labelled_folder(self) -> str:
        """Asks for a folder that holds a folder for each expression."""

    def open_add_model(self, proposed: Proposed) -> None:
        """Shows what a model file is, while its readings are being tried."""

    def show_checked(self, checked: Checked) -> None:
        """Shows how well each reading does."""

    def show_tried(self, row: RankedRow) -> None:
        """Shows how well the edited reading does."""

    def show_impossible(self, message: str) -> None:
        """Says why the edited reading is impossible."""

    def show_capture(self, shown: CaptureShown) -> None:
        """Shows which expression is asked for, and the countdown."""

    def show_adding_problem(self, message: str) -> None:
        """Says in the dialog why something cannot be done."""

    def close_add_model(self) -> None:
        """Closes that dialog."""

    def ask_class_folder(self, title: str) -> str:
        """Asks for a folder with pictures of a class."""

    def open_teach(self, name: str) -> None:
        """Opens the dialog that teaches, with a name for the new model."""

    def show_teach(self, shown: TeachShown) -> None:
        """Shows classes, countdown and what came of it."""

    def restyle(self, theme: str, language: str) -> None:
        """Changes theme and language; everything is shown again afterwards."""
