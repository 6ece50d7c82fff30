"""What was analysed, and how: the two things that tell whether a kept result still holds."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from fer_core.models.digest import sha256

if TYPE_CHECKING:
    from fer_core.pipeline import FerPipeline
    from fer_core.video.base import VideoSource

#: Raised when the same film would give another result, such as by another way of following faces.
ANALYSIS = 1
FILM, PHOTOS, LIVE = "film", "photos", "live"


@dataclass(frozen=True, slots=True)
class Origin:
    """What the frames came from.

    Attributes:
        name: what to show for it; never holds a password.
        kind: film, photos (each picture for itself) or live.
        path: the file, or the folder of the photos; empty where there is none.
        bytes: of the file, or of all photos together.
        sha256: of the file's contents; of photos of all their names, sizes and times; empty where
            nothing can be found again.
        frames: as announced; None if unknown.
        duration_s: as announced; None if unknown.
        width, height: px; 0 where each picture has its own.
        fps: frames a second; None if unknown.
    """

    name: str
    kind: str = FILM
    path: str = ""
    bytes: int = 0
    sha256: str = ""
    frames: int | None = None
    duration_s: float | None = None
    width: int = 0
    height: int = 0
    fps: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Back from JSON.

        Raises:
            TypeError, ValueError: a key or a value is none of ours.
        """
        origin = cls(**data)
        _check_texts(origin.name, origin.kind, origin.path, origin.sha256)
        _check_numbers(origin.bytes, origin.width, origin.height)
        _check_numbers(*(n for n in (origin.frames, origin.duration_s, origin.fps) if n))
        return origin


@dataclass(frozen=True, slots=True)
class Conditions:
    """How the frames were analysed: with the same conditions the same frames give the same result.

    Attributes:
        model: its name.
        model_sha256: of its file; empty if unknown.
        reading: digest of what else its `model.json` says about reading a face.
        detector: its name.
        detector_sha256: of its weights; empty if it has none of its own.
        unsure_below: the threshold of "not sure", 0..1.
        smoothing_s: time constant of the smoothing, seconds.
        thorough: every frame was searched and every face was read in it.
        analysis: version of the way of analysing.
    """

    model: str
    model_sha256: str = ""
    reading: str = ""
    detector: str = ""
    detector_sha256: str = ""
    unsure_below: float = 0.0
    smoothing_s: float = 0.0
    thorough: bool = True
    analysis: int = ANALYSIS

    @property
    def key(self) -> str:
        """16 hex digits; another result has another key."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def finds_like(self, other: "Conditions") -> bool:
        """Whether the faces, and with them the numbers of persons, are the same."""
        mine = (self.detector, self.detector_sha256, self.thorough, self.analysis)
        return mine == (other.detector, other.detector_sha256, other.thorough, other.analysis)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Back from JSON.

        Raises:
            TypeError, ValueError: a key or a value is none of ours.
        """
        found = cls(**data)
        texts = (found.model, found.model_sha256, found.reading)
        _check_texts(*texts, found.detector, found.detector_sha256)
        _check_numbers(found.unsure_below, found.smoothing_s, found.analysis)
        return found


def origin_of(source: "VideoSource") -> Origin:
    """What an open source is; the contents of a file are read once for their hash.

    Raises:
        SourceOpenError: the file is there no longer.
    """
    from fer_core.errors import SourceOpenError

    given: dict[str, Any] = {
        "name": source.name,
        "frames": source.frame_count,
        "duration_s": source.duration_s,
        "width": source.size_wh[0],
        "height": source.size_wh[1],
        "fps": source.fps,
    }
    path, paths = getattr(source, "path", None), getattr(source, "paths", None)
    try:
        if source.is_live:
            return Origin(kind=LIVE, **given)
        if source.is_stills and paths:
            return Origin(kind=PHOTOS, **_of_photos(paths), **given)
        if isinstance(path, Path):
            size = path.stat().st_size
            return Origin(path=str(path), bytes=size, sha256=sha256(path), **given)
    except OSError as error:
        raise SourceOpenError(
            f"{path or source.name} cannot be read ({error.strerror or error}); open it again."
        ) from error
    return Origin(kind=PHOTOS if source.is_stills else FILM, **given)


def conditions_of(pipeline: "FerPipeline") -> Conditions:
    """How a pipeline analyses; read from what it has now."""
    classifier, detector = pipeline.classifier, pipeline.detector
    spec = classifier.spec
    reading = {"labels": spec.labels, "output": spec.output, "temperature": spec.temperature}
    text = json.dumps([reading, asdict(spec.input)], sort_keys=True, default=str)
    return Conditions(
        model=classifier.name,
        model_sha256=spec.sha256,
        reading=hashlib.sha256(text.encode()).hexdigest()[:16],
        detector=detector.name,
        detector_sha256=getattr(getattr(detector, "spec", None), "sha256", ""),
        unsure_below=pipeline.unsure_below,
        smoothing_s=pipeline.smoothing_s,
        thorough=pipeline.thorough,
    )


def _of_photos(paths: Sequence[Path]) -> dict[str, Any]:
    total, lines = 0, []
    for path in paths:
        try:
            found = path.stat()
        except OSError:  # it will be named when it is read
            lines.append(f"{path}\0missing\n")
            continue
        total += found.st_size
        lines.append(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n")
    digest = hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
    folders = {path.parent for path in paths}
    where = str(folders.pop()) if len(folders) == 1 else ""
    return {"path": where, "bytes": total, "sha256": digest}


def _check_texts(*values: object) -> None:
    if not all(isinstance(value, str) for value in values):
        raise TypeError("a text is none")


def _check_numbers(*values: object) -> None:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
            raise TypeError("a number is none")
