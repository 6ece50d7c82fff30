"""Pictures whose classes stand in a CSV file beside them, or are numbers that a data set counts."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fer_core.datasets.tree import LISTS, Tree, is_picture
from fer_core.expressions import LABEL_ORDERS

_FILE = (
    *("filename", "file_name", "file", "image", "image_name", "image name", "img", "pic"),
    *("picture", "path", "filepath", "image_path", "pth"),
)
_CLASS = ("class", "label", "labels", "emotion", "expression", "category", "target", "class_name")
_SPLIT = ("split", "usage", "set", "subset")
_SPLITS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "publictest": "validation",
    "privatetest": "test",
    "test": "test",
    "testing": "test",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One picture of a CSV: its name in the tree, its class as written, its split or ""."""

    name: str
    word: str
    split: str


def split_of(word: str) -> str:
    """The split that a word for it means; "" for another word."""
    return _SPLITS.get(word.strip().lower(), "")


def split_above(name: str) -> str:
    """The split that one of the folders above a picture names, the topmost first, or ""."""
    return next((found for part in name.split("/")[:-1] if (found := split_of(part))), "")


def csv_rows(tree: Tree, problems: list[str]) -> list[Row]:
    """The labelled pictures of every list in the tree that has a column for files and classes.

    A list is a .csv or .tsv with commas, semicolons or tabs. Without a header it has two columns,
    file and class. A file may be named without its folder or its ending. Which split a picture is
    in, a column says, or the list's own name (train.csv), or a folder.

    Args:
        problems: gets a sentence for pictures that a list names and that are not there, and for
            those that no list names.
    """
    found: dict[str, Row] = {}
    pictures = [name for name in tree.names if is_picture(name)]
    places = _Places(pictures)
    for name in tree.names:
        if name.lower().endswith(LISTS):
            rows, missing = _rows(tree, name, places)
            found |= {row.name: row for row in rows}
            if missing:
                problems.append(f"{missing:,} pictures of {name} are missing.")
    if found and len(found) < len(pictures):
        problems.append(f"{len(pictures) - len(found):,} pictures that no CSV names are left out.")
    # One word for all, such as a usage column of a download's training part, divides nothing.
    told = len({split_of(row.split) for row in found.values()}) > 1
    return [
        replace(row, split=split_of(row.split) if told else split_above(row.name))
        for row in found.values()
    ]


class _Places:
    """Finds the pictures of a tree by what a list calls them."""

    def __init__(self, pictures: Sequence[str]) -> None:
        self.pictures = set(pictures)
        self.by_file: dict[str, list[str]] = {}
        for name in pictures:
            file = name.rsplit("/", 1)[-1]
            for key in {file, file.rpartition(".")[0]}:
                self.by_file.setdefault(key, []).append(name)

    def find(self, written: str, folder: str, split: str) -> str | None:
        """The picture's name in the tree, or None.

        Args:
            folder: the list's own.
            split: by which pictures of one name are told apart, in train/ and test/.
        """
        written = written.strip().replace("\\", "/").removeprefix("./")
        for full in (f"{folder}/{written}" if folder else written, written):
            if full in self.pictures:
                return full
        alike = self.by_file.get(written.rsplit("/", 1)[-1], [])
        if len(alike) > 1:
            below = [name for name in alike if folder and name.startswith(f"{folder}/")]
            alike = below or [name for name in alike if split and split_above(name) == split]
        return alike[0] if len(alike) == 1 else None


def _rows(tree: Tree, name: str, places: _Places) -> tuple[list[Row], int]:
    """The rows of one list whose pictures are there, and how many are not."""
    text = _decoded(tree.read(name))
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = [line for line in csv.reader(io.StringIO(text), delimiter=delimiter) if line]
    head = [column.strip().lower() for column in lines[0]] if lines else []
    file, word, split = (_column(head, names) for names in (_FILE, _CLASS, _SPLIT))
    folder, _, own = name.rpartition("/")
    own_split = next((s for part in re.split(r"[\W_]+", own) if (s := split_of(part))), "")
    if file is None and word is None and len(head) == 2 and places.find(lines[0][0], folder, ""):
        file, word = 0, 1  # no header
    elif file is None or word is None:
        return [], 0
    else:
        del lines[0]
    rows, missing = [], 0
    for line in lines:
        if len(line) <= max(file, word):
            continue
        where = line[split].strip() if split is not None and len(line) > split else own_split
        place = places.find(line[file], folder, split_of(where))
        if place is None:
            missing += 1
        else:
            rows.append(Row(place, line[word].strip(), where))
    return rows, missing


def _decoded(data: bytes) -> str:
    """UTF-8, or UTF-16 as Excel writes its "Unicode text"."""
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if utf16 else "utf-8-sig", "replace").replace("\r\n", "\n")


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
