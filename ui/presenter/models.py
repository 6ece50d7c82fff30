"""What the window knows about models: those there are, and one that is being added."""

from collections.abc import Mapping
from dataclasses import dataclass

#: Scale, mean, std of pixels.
Scaling = tuple[float, tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a person chooses a model by.

    Attributes:
        problem: why it cannot be used; empty where it can.
        command: what to type to train it, where nobody has yet.
        trained_on: the data, as `model.json` names it.
        measured_on: data set, split, perhaps "clean", of the figure that tells most.
        accuracy: that figure, 0..1; None where nothing was measured.
        licence: of its weights, as `model.json` has it.
        own: the person added it and may remove it.
    """

    name: str
    title: str
    problem: str = ""
    command: str = ""
    trained_on: str = ""
    measured_on: str = ""
    accuracy: float | None = None
    licence: str = ""
    own: bool = False

    @property
    def usable(self) -> bool:
        """Whether it can be loaded."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class ReadingForm:
    """One way to read a model file: what a person confirms or edits.

    Attributes:
        labels: canonical names in the order of the outputs.
        color: gray, rgb, bgr or gray3.
        scale, mean, std: pixels become (pixel * scale - mean) / std.
        crop_margin: share of the box's longer side added around a face.
        output: softmax or logits.
    """

    labels: tuple[str, ...]
    color: str
    scale: float
    mean: tuple[float, ...]
    std: tuple[float, ...]
    equalize: bool
    crop_margin: float
    output: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """A model file was looked at.

    Attributes:
        name: proposed for it. facts: its size and format in one line.
        notes: what the proposed reading rests on, a sentence each.
        labels: of the proposed reading.
        scalings: for each colour that fits, the usual scalings by name: (scale, mean, std).
    """

    path: str
    name: str
    facts: str
    notes: tuple[str, ...]
    labels: tuple[str, ...]
    scalings: Mapping[str, Mapping[str, Scaling]]


@dataclass(frozen=True, slots=True)
class RankedRow:
    """A reading that was tried.

    Attributes:
        order, scaling: names of its order of labels and of its scaling.
        accuracy: share of the faces that it gets right, 0..1. predicted: what it says to each.
        tied: it does as well as the best one, or what is missing may be chance.
    """

    form: ReadingForm
    order: str
    scaling: str
    accuracy: float
    predicted: tuple[str, ...]
    tied: bool = False


@dataclass(frozen=True, slots=True)
class CheckedFace:
    """A face with a known expression, as a small P6 picture; `seen`: our own model named it."""

    ppm: bytes
    label: str
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """All readings, best first, and the faces they were tried on; `enough` to be believed.

    Attributes:
        seen: faces whose expression our own model named, where nobody had.
        sure: how sure the best reading is, 0..1: by the faces where they are enough, else by what
            file and project tell.
        knows: whether any reading beats chance.
    """

    rows: tuple[RankedRow, ...]
    faces: tuple[CheckedFace, ...]
    enough: bool
    seen: int = 0
    sure: float = 1.0
    knows: bool = True
