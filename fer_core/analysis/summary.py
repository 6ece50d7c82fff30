"""What a batch has found, in one file for programs."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fer_core.analysis.about import Conditions
from fer_core.analysis.batch import Item
from fer_core.analysis.session import Session
from fer_core.analysis.views import Person
from fer_core.errors import OutputError
from fer_core.expressions import UNSURE, in_order
from fer_core.files import write_text
from fer_core.video.sinks import cannot_write

#: Version of the file; a change that breaks readers raises it.
SCHEMA = 1


def summary_of(item: Item, session: Session | None, folder: Path) -> dict[str, Any]:
    """What became of an item.

    Args:
        item: as the batch has left it.
        session: of it; None where nothing could be read.
        folder: of the results; files are named from there.
    """
    data: dict[str, Any] = {
        "source": item.name,
        "kind": "photos" if item.is_photos else "film",
        "status": item.status,
        "problems": item.problems,
        "notes": item.notes,
        "files": [path.relative_to(folder).as_posix() for path in item.files],
    }
    if session is None:
        return data | {"frames": 0}
    columns = session.columns()
    data |= {
        "session": session.path.relative_to(folder).as_posix(),
        "sha256": session.origin.sha256,
        "frames": len(columns.frame),
        "frames_with_face": len(set(columns.face_frame.tolist())),
        "faces": len(columns.face_frame),
        "unsure": int(columns.unsure.sum()),
    }
    if item.is_photos:
        shown = Counter(columns.shown().tolist())
        pictures = session.pictures()
        return data | {
            "unreadable": [pictures[index] for index in session.unreadable()],
            "shown": {name: shown[name] for name in (*in_order(columns.labels), UNSURE)},
        }
    return data | {
        "duration_s": None if session.duration_s is None else round(session.duration_s, 3),
        "width": session.origin.width,
        "height": session.origin.height,
        "persons": [_person(person) for person in session.persons()],
    }


def write_summary(
    path: Path, items: Sequence[dict[str, Any]], conditions: Conditions, files: Sequence[str]
) -> None:
    """Writes `summary.json` in one step.

    Args:
        path: of the file.
        items: see `summary_of`.
        conditions: how all of them were analysed.
        files: those of all items together, from the folder.

    Raises:
        OutputError: it cannot be written.
    """
    data = {
        "schema": SCHEMA,
        "conditions": asdict(conditions),
        "files": list(files),
        "inputs": list(items),
    }
    try:
        write_text(path, json.dumps(data, indent=2) + "\n")
    except OSError as error:
        raise OutputError(cannot_write(path, error)) from error


def _person(person: Person) -> dict[str, Any]:
    return {
        "number": person.number,
        "name": person.name,
        "first_s": round(person.first_s, 3),
        "last_s": round(person.last_s, 3),
        "seconds": round(person.seconds, 3),
        "frames": person.frames,
        "shares": {name: round(share, 4) for name, share in person.shares.items()},
        "peaks": {
            name: {"probability": round(value, 4), "time_s": round(time_s, 3)}
            for name, (value, time_s) in person.peaks.items()
        },
    }
