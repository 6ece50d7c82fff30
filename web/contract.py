"""The forms of the API, from which its OpenAPI file is made. Field names are those of the files."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProblemForm(_Form):
    """An error (RFC 9457), sent as application/problem+json."""

    title: str = Field(description="The status in words.")
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="One sentence: what is wrong and what to do.")


class Head(_Form):
    """How a head is turned, in degrees."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


class FaceForm(_Form):
    """One face."""

    status: Literal["face", "held"] = Field(description="held: not read in this frame.")
    box_xyxy: Annotated[list[float], Field(min_length=4, max_length=4)] = Field(
        description="Left, top, right, bottom, in px of the picture."
    )
    score: Share = Field(description="How sure the detector is that this is a face.")
    track_id: int | None = Field(description="The same number for the same face of a stream.")
    label: str = Field(description="The most probable class, also where `unsure` is true.")
    confidence: Share
    unsure: bool = Field(description="The highest probability is too low to name it.")
    probs: dict[str, Share] = Field(description="Smoothed, in a stream.")
    raw_probs: dict[str, Share] | None = Field(description="As the model gave them.")
    landmarks: list[list[float]] | None = Field(
        description="Left and right eye, nose, left and right corner of the mouth, in px."
    )
    hints: list[str] = Field(description="Why the face is hard to read: turned_away, too_dark, …")
    head: Head | None


class FrameForm(_Form):
    """What is in one picture: `FrameResult.to_dict()` of the library and the command line."""

    schema_: int = Field(alias="schema", ge=1)
    source: str | None
    frame_index: int = Field(ge=0)
    time_s: float
    image_wh: Annotated[list[int], Field(min_length=2, max_length=2)]
    model: str
    status: Literal["face", "no face"]
    faces: list[FaceForm]
    timings_ms: dict[str, float]


class LabelForm(_Form):
    """A class of a model."""

    name: str
    color: str = Field(pattern="^#[0-9a-f]{6}$")


class InputForm(_Form):
    """What the network takes."""

    width: int
    height: int
    color: str


class MeasuredForm(_Form):
    """How right a model is on the pictures of one data set."""

    data: str = Field(description="As people call it.")
    split: str = Field(description="test, validation, … as model.json names it.")
    own: bool = Field(description="The model was trained on other pictures of the same data set.")
    pictures: int | None
    accuracy: Share
    low: Share | None = Field(description="Lower end of the 95 % interval.")
    high: Share | None
    macro_f1: Share | None


class ModelForm(_Form):
    """A model."""

    name: str
    title: str
    usable: bool
    problem: str = Field(description="Why it cannot be used, or empty.")
    default: bool
    color: str
    architecture: str
    paper: str = Field(description="Address of the paper that describes the architecture, or empty")
    trained_on: str
    license: str
    non_commercial: bool
    source: str
    created: str
    labels: list[LabelForm]
    input: InputForm | None
    measured: list[MeasuredForm]
    speed_ms: float | None = Field(description="A face here, measured when the model was loaded.")


class ModelsForm(_Form):
    """All models."""

    models: list[ModelForm]


class JobForm(_Form):
    """An upload."""

    id: str
    name: str
    kind: Literal["photo", "film"]
    model: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    share: Share | None = Field(description="How much is done; null: unknown.")
    left_s: float | None
    problem: str = Field(description="Why it failed, or empty.")
    created: float = Field(description="Seconds since 1970.")
    files: list[Literal["picture", "plain", "video", "csv", "json"]]


class JobsForm(_Form):
    """Uploads."""

    jobs: list[JobForm]


class LayerForm(_Form):
    """A layer of a network, or several that run as one."""

    id: int
    kind: str
    detail: str
    shape: list[int] = Field(description="Of its output, without the batch; -1: any.")
    parameters: int
    inputs: list[int] = Field(description="Ids of the layers that it reads.")


class DiagramForm(_Form):
    """A network as it lies in the model file."""

    name: str
    parameters: int
    layers: list[LayerForm]
