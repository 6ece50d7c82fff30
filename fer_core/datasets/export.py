"""Any data set as folders of PNG files, with a CSV that names them: what other programs read."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from fer_core.datasets.base import Dataset
from fer_core.errors import DatasetError, OutputError
from fer_core.files import check_writable, replacing, writing

LIST = "labels.csv"
_COLUMNS = ("filename", "class", "split", "id")


def export(
    dataset: Dataset,
    out: str | Path,
    splits: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Writes <split>/<class>/<number>.png and labels.csv.

    labels.csv has a column for the file, the class, the split and the data set's own name of the
    picture, and one a class for soft labels where the data set has them. `folder` reads it again.

    Args:
        out: a new or empty folder.
        splits: which; by default all.
        progress: called with (done, total).

    Returns:
        How many pictures were written.

    Raises:
        DatasetError: a split is unknown, or a picture cannot be read.
        OutputError: the folder holds something, or cannot be written.
    """
    out = Path(out)
    check_writable(out)
    if any(out.iterdir()):
        raise OutputError(f"{out} is not empty; name a new folder.")
    parts = [dataset.load(split) for split in splits or dataset.splits()]
    total, done = sum(map(len, parts)), 0
    soft = any(part.probs is not None for part in parts)
    rows: list[dict[str, str]] = []
    with writing(out):
        for part in parts:
            for label in part.labels:
                (out / part.name / label).mkdir(parents=True, exist_ok=True)
            for index in range(len(part)):
                label = part.labels[int(part.targets[index])]
                name = f"{part.name}/{label}/{index:06}.png"
                _write_png(out / name, part.images[index])
                row = {"filename": name, "class": label, "split": part.name, "id": part.ids[index]}
                if part.probs is not None:
                    pairs = zip(part.labels, part.probs[index], strict=True)
                    row |= {label: f"{share:.4f}" for label, share in pairs}
                rows.append(row)
                done += 1
                progress(done, total)
        with (
            replacing(out / LIST) as path,
            path.open("w", newline="", encoding="utf-8") as stream,
        ):
            columns = [*_COLUMNS, *(dataset.labels if soft else ())]
            writer = csv.DictWriter(stream, fieldnames=columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return done


def _write_png(path: Path, image: np.ndarray) -> None:
    written, data = cv2.imencode(".png", image)
    if not written:
        raise DatasetError(f"{path.name} cannot be written as PNG; its shape is {image.shape}.")
    path.write_bytes(data.tobytes())
