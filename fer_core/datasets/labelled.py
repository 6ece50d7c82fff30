"""Pictures whose classes stand in a CSV file beside them, or are numbers that a data set counts."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fer_core.datasets.tree import Tree, is_picture
from fer_core.expressions import LABEL_ORDERS

_FILE = (
    *("filename", "file_name", "file", "image", "image_name", "image name", "img", "pic"),
    *("picture", "path", "filepath", "image_path", "pth"),
)
_CLASS = ("class", "label", "labels", "emotion", "expression", "category", "target", "class_name")
_SPLIT = ("split", "usage", "set", "subset")


@dataclass(frozen=True, slots=True)
class Row:
    """One picture of a CSV: its name in the tree, its class as written, its split or ""."""

    name: str
    word: str
    split: str


def csv_rows(tree: Tree, problems: list[str]) -> list[Row]:
    """The labelled pictures of every CSV in the tree that has a column for files and classes.

    Args:
        problems: gets a sentence for pictures that a CSV names and that are not there.
    """
    found: dict[str, Row] = {}
    pictures = {name for name in tree.names if is_picture(name)}
    by_ending: dict[str, list[str]] = {}
    for name in pictures:
        by_ending.setdefault(name.rsplit("/", 1)[-1], []).append(name)
    for name in tree.names:
        if name.lower().endswith(".csv"):
            rows, missing = _rows(tree, name, pictures, by_ending)
            found |= {row.name: row for row in rows}
            if missing:
                problems.append(f"{missing:,} pictures of {name} are missing.")
    return list(found.values())


def _rows(
    tree: Tree, name: str, pictures: set[str], by_ending: dict[str, list[str]]
) -> tuple[list[Row], int]:
    text = tree.read(name).decode("utf-8-sig", "replace")
    sample = text[:2000]
    delimiter = ";" if sample.count(";") > sample.count(",") else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    head = [column.strip().lower() for column in next(reader, [])]
    file, word, split = (_column(head, names) for names in (_FILE, _CLASS, _SPLIT))
    if file is None or word is None:
        return [], 0
    folder = name.rpartition("/")[0]
    rows, missing = [], 0
    for row in reader:
        if len(row) <= max(file, word):
            continue
        written = row[file].strip().replace("\\", "/").removeprefix("./")
        full = f"{folder}/{written}" if folder else written
        alike = by_ending.get(written.rsplit("/", 1)[-1], [])
        place = next((one for one in (full, written) if one in pictures), None)
        if place is None and len(alike) == 1:
            place = alike[0]
        if place is None:
            missing += 1
            continue
        where = row[split].strip() if split is not None and len(row) > split else ""
        rows.append(Row(place, row[word].strip(), where))
    return rows, missing


def _column(head: Sequence[str], names: Sequence[str]) -> int | None:
    return next((head.index(name) for name in names if name in head), None)


def numbered_order(counts: Counter[str]) -> tuple[str, ...]:
    """The order by which FER2013's classes are numbered 0 to 6 in folders.

    The file itself counts sadness, surprise, neutral as 4, 5, 6; folders made for Keras often count
    by the alphabet: neutral, sadness, surprise. The number of pictures tells which: surprise is the
    rarest of the three by far.

    Args:
        counts: pictures a number, of the training split.
    """
    last = [counts.get(number, 0) for number in ("4", "5", "6")]
    alphabetical = len(set(last)) > 1 and int(np.argmin(last)) == 2
    return LABEL_ORDERS["alphabetical7" if alphabetical else "fer2013"]
