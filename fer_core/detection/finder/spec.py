"""`detector.json`: what lies beside a finder's network, and how it wants its pictures."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from fer_core.errors import DetectorError
from fer_core.files import write_text

SPEC_NAME = "detector.json"
_SCHEMA = 2


@dataclass(frozen=True, slots=True)
class FinderSpec:
    """A finder that is ready to run.

    Attributes:
        file: an OpenVINO .xml in the same folder, its weights beside it.
        sha256: of the weights.
        side_px: a picture is brought to a longer side of so many px, or to twice its size.
        smallest_px: side of the smallest face that the network finds well in what it looks at;
            photos are looked at so closely that their small faces have it.
        sure, sure_twice: a face from this score on, 0..1, of one look and in the mean of two;
            chosen on held-out pictures.
        doubtful: below this score there is nothing worth a second look.
        trained_on, license, created, source: where it comes from.
        metrics: what it reached, by the name of the measurement.
    """

    name: str
    title: str
    file: str
    sha256: str
    side_px: int
    smallest_px: float
    sure: float
    sure_twice: float
    doubtful: float
    trained_on: str
    license: str
    source: str
    created: str
    schema: int = _SCHEMA
    metrics: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "FinderSpec":
        """Reads detector.json of a folder.

        Raises:
            DetectorError: it is missing or wrong; the message names the file and the key.
        """
        path = folder / SPEC_NAME
        try:
            data = json.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise DetectorError(
                f"{path} cannot be read ({error.strerror or error}); install Mimik again, or "
                "choose another detector."
            ) from error
        except (ValueError, RecursionError) as error:
            raise DetectorError(f"{path} is not valid JSON ({error}).") from error
        try:
            return cls.from_dict(data)
        except ValueError as error:
            raise DetectorError(f"{path}: {error}.") from error

    @classmethod
    def from_dict(cls, data: Any) -> "FinderSpec":
        """A spec from parsed JSON.

        Raises:
            ValueError: a key is unknown, missing or wrong; the message names it.
        """
        if not isinstance(data, Mapping):
            raise ValueError("it must hold one object")
        known, kinds = {f.name: f for f in fields(cls)}, get_type_hints(cls)
        for key in data:
            if key not in known:
                raise ValueError(f"unknown key {key!r}")
        values = dict(data)
        for key, f in known.items():
            if key not in values:
                if f.default is MISSING and f.default_factory is MISSING:
                    raise ValueError(f"missing key {key!r}")
                continue
            kind = {float: (int, float)}.get(kinds[key], kinds[key])
            kind = dict if f.default_factory is not MISSING else kind
            if not isinstance(values[key], kind) or isinstance(values[key], bool):
                raise ValueError(f"{key} is {values[key]!r}, which is of the wrong type")
        spec = cls(**values)
        if spec.schema != _SCHEMA:
            raise ValueError(f"schema is {spec.schema}; this version reads {_SCHEMA}")
        if Path(spec.file).name != spec.file or "\\" in spec.file or not spec.file.endswith(".xml"):
            raise ValueError(f"file is {spec.file!r}; it must be an .xml in the same folder")
        if (
            not 0
            < spec.doubtful
            <= min(spec.sure, spec.sure_twice)
            <= max(spec.sure, spec.sure_twice)
            < 1
        ):
            raise ValueError(
                "doubtful, sure and sure_twice must lie between 0 and 1, doubtful lowest"
            )
        if not 64 <= spec.side_px <= 4096 or not spec.smallest_px > 0:
            raise ValueError("side_px must be 64 to 4096, and smallest_px more than 0")
        return spec

    def write(self, folder: Path) -> None:
        """Writes detector.json into a folder."""
        write_text(folder / SPEC_NAME, json.dumps(asdict(self), indent=1) + "\n")
