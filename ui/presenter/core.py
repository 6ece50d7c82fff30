"""What the presenter asks of the working part, and what it hears back."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fer_core.config import Settings
from ui.presenter.film_data import FilmData
from ui.presenter.models import Checked, ModelInfo, Proposed, RankedRow, ReadingForm
from ui.presenter.shown import Choice
from ui.presenter.teach_events import Shown, Taught, TeachFailed, TeachReady, TeachStep

if TYPE_CHECKING:  # numpy would delay the window
    from fer_core.types import FrameResult


@dataclass(frozen=True, slots=True)
class Listed:
    """The models and detectors there are."""

    models: tuple[ModelInfo, ...]
    detectors: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CamerasListed:
    """The cameras there are, by name."""

    cameras: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ModelPreparing:
    """A model is being converted, once; this takes seconds."""

    name: str


@dataclass(frozen=True, slots=True)
class ModelReady:
    """A model took over."""

    name: str


@dataclass(frozen=True, slots=True)
class ModelFailed:
    """A model could not be loaded; the one before goes on."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class ModelRemoved:
    """A model of the person's own was deleted."""

    name: str


@dataclass(frozen=True, slots=True)
class DetectorReady:
    """A detector took over; `instead` of the wanted one, which stays the person's choice."""

    name: str
    instead: bool = False


@dataclass(frozen=True, slots=True)
class DetectorFailed:
    """A detector could not be made; the one before goes on, or the one that is used `instead`."""

    name: str
    message: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class SourceFailed:
    """A camera, photo or video could not be opened, or failed for good.

    Attributes:
        number: which one, as the core counts what it opens.
    """

    message: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Saved:
    """Files were written; the names are complete paths."""

    paths: tuple[str, ...]
    recording: bool = False


@dataclass(frozen=True, slots=True)
class Copied:
    """The picture is in the clipboard."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Something a person asked for did not work; the sentence says why.

    Attributes:
        recording: it was the recording, which is over.
    """

    message: str
    recording: bool = False


@dataclass(frozen=True, slots=True)
class Downloading:
    """How far a download is, bytes; `total` is 0 while unknown."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Downloaded:
    """YuNet is there; empty message, or why not."""

    message: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """A reading that the person made up was tried."""

    row: RankedRow


@dataclass(frozen=True, slots=True)
class Captured:
    """A face with a known expression was taken from the picture; or there was none in it."""

    label: str
    found: bool


@dataclass(frozen=True, slots=True)
class Added:
    """A model was added under this name."""

    name: str


@dataclass(frozen=True, slots=True)
class AddingFailed:
    """A model cannot be added, or a check cannot be made; the sentence says why."""

    message: str


Event = (
    Listed | CamerasListed | ModelPreparing | ModelReady | ModelFailed | ModelRemoved
    | DetectorReady | DetectorFailed | SourceFailed | Saved | Copied | Failed
    | Downloading | Downloaded | Proposed | Checked | Tried | Captured | Added | AddingFailed
    | TeachReady | Shown | TeachStep | Taught | TeachFailed
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How pictures are drawn.

    Attributes:
        size_wh: room for the picture, px.
        caption: a line for the corner, or empty.
        selected: number of the chosen face.
        text_px: font size of the labels.
        zoom: 1 fits the picture into the room. center: what stands in the middle, shares 0..1.
    """

    size_wh: tuple[int, int]
    language: str
    mirror: bool
    caption: str = ""
    selected: int | None = None
    text_px: int = 13
    zoom: float = 1.0
    center: tuple[float, float] = (0.5, 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture, drawn and fitted.

    Attributes:
        ppm: a P6 file.
        wh: its size in px.
        result: what was drawn on it, its boxes in px of this picture; None while it is read.
        source_wh: size of the person's picture.
        read_wh: size at which it was read; less for very large ones.
        black: it shows nothing.
        part: what of the person's picture is seen, shares 0..1: left, top, right, bottom.
    """

    ppm: bytes
    wh: tuple[int, int]
    result: "FrameResult | None"
    source_wh: tuple[int, int]
    read_wh: tuple[int, int] | None = None
    black: bool = False
    part: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Progress:
    """How the running source does.

    Attributes:
        status: starting, running, paused, reconnecting, ended or failed.
        position_s, duration_s: of a video; duration is None where nobody knows.
    """

    status: str
    message: str = ""
    fps: float = 0.0
    latency_ms: float = 0.0
    dropped: int = 0
    position_s: float = 0.0
    duration_s: float | None = None


class Core(Protocol):
    """Everything slow; each call returns at once, what comes of it is read by polling."""

    def start(self, settings: Settings) -> None:
        """Begins to load the model and the detector."""

    def events(self) -> Iterable[Event]:
        """What happened since the last call."""

    def picture(self) -> Picture | None:
        """The newest picture, if there is one that was not given yet."""

    def results(self) -> "list[FrameResult]":
        """Every result since the last call."""

    def progress(self) -> Progress | None:
        """How the running source does; None when there is none."""

    def look(self, look: Look) -> None:
        """Changes how pictures are drawn, the present one included."""

    def use_model(self, name: str) -> None:
        """Loads a model and swaps it in while the stream goes on."""

    def remove_model(self, name: str) -> None:
        """Deletes a model of the person's own."""

    def use_detector(self, name: str) -> None:
        """Makes a detector and swaps it in while the stream goes on."""

    def smooth(self, seconds: float) -> None:
        """Sets the smoothing of probabilities."""

    def judge(self, unsure_below: float) -> None:
        """Sets the threshold of "not sure", 0..1; what stands still is judged again."""

    def list_models(self) -> None:
        """Looks for models and detectors again."""

    def list_cameras(self) -> None:
        """Looks for cameras."""

    def open_camera(self, camera: str) -> None:
        """Shows a camera, by name or index."""

    def open_picture(self, what: str | bytes) -> None:
        """Shows a picture file, or the bytes of one."""

    def open_video(self, path: str) -> None:
        """Plays a video file at its own rate."""

    def close_source(self) -> None:
        """Stops whatever runs."""

    def film(self) -> FilmData | None:
        """What the analysis of the film has found, once; None where nothing is new."""

    def mark_film(self, time_s: float, note: str) -> None:
        """Marks a moment of the film."""

    def name_person(self, number: int, name: str) -> None:
        """Calls a person of the film by a name; an empty one takes it away."""

    def play(self, on: bool) -> None:
        """Goes on with a video, or pauses it."""

    def seek(self, share: float) -> None:
        """Jumps to a place of the video, 0..1."""

    def copy_picture(self) -> None:
        """Puts the picture with its overlay into the clipboard."""

    def step(self, frames: int) -> None:
        """Moves a paused video by frames, back with a negative number."""

    def save_snapshot(self, folder: str) -> None:
        """Saves the present picture, with and without overlay."""

    def save_faces(self, folder: str) -> None:
        """Saves the faces of the present picture."""

    def record(self, folder: str) -> None:
        """Begins to write an annotated video and a table of results."""

    def stop_recording(self) -> None:
        """Ends the recording."""

    def shares(self) -> dict[str, float]:
        """Share of each expression in the running or last source, 0..1; empty without one."""

    def save_statistics(self, path: str) -> None:
        """Writes the statistics as .png or .csv."""

    def download_yunet(self) -> None:
        """Fetches the YuNet detector; only ever called when a person said so."""

    def look_at_model(self, path: str) -> None:
        """Finds out what a model file is; one that brings its model.json is added at once."""

    def check_with_folder(self, folder: str) -> None:
        """Tries all readings on faces of a folder that holds a folder for each expression."""

    def check_again(self) -> None:
        """Tries all readings on the faces there are now."""

    def capture_face(self, label: str, chosen: int | None) -> None:
        """Takes the face that is shown, which expresses `label`, for the next check."""

    def try_reading(self, form: ReadingForm) -> None:
        """Tries a reading that the person made up; of several, the last one counts."""

    def add_model(self, form: ReadingForm, name: str, guess: bool) -> None:
        """Adds the model that was looked at, read like this; a guess is marked as one."""

    def begin_teaching(self, parent: str) -> None:
        """Sees whether a model can be taught."""

    def show_taught(self, label: str, chosen: int | None) -> None:
        """Takes the face that is shown for a class; the same picture is taken once."""

    def teach_folder(self, folder: str, label: str) -> None:
        """Takes the faces of a folder's pictures for a class."""

    def clear_taught(self, label: str) -> None:
        """Forgets the faces of a class."""

    def teach(self, name: str) -> None:
        """Teaches with the faces there are, and adds the model under a name."""

    def stop_teaching(self) -> None:
        """Breaks that off; nothing is added then."""

    def keep_taught(self, folder: str) -> None:
        """Writes the faces that were shown, one folder a class."""

    def stop(self) -> None:
        """Ends all threads."""
