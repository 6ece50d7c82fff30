"""AffectNet (Mollahosseini et al. 2017), manually annotated, in its older and its newer form."""

import csv
import io
from pathlib import PurePosixPath

import numpy as np

from fer_core.datasets.indexed import Entry, IndexedDataset, hold_out
from fer_core.datasets.labelled import split_of
from fer_core.errors import DatasetError
from fer_core.expressions import CONTEMPT, LABEL_ORDERS, canonical

_TRAIN = (74874, 134415, 25459, 14090, 6378, 3803, 24882, 3750)
_HELD_OUT = 500
_CSVS = {"training.csv": "train", "validation.csv": "test"}
_FOLDERS = {"train_set": "train", "val_set": "test"}
_BOX = ("face_x", "face_y", "face_width", "face_height")


class AffectNet8(IndexedDataset):
    """AffectNet, eight classes: 287,651 training pictures and 500 a class held out.

    Read are training.csv and validation.csv (also beside or above Manually_Annotated_Images; faces
    are cut out by the boxes there), train_set, val_set with annotations/<id>_exp.npy and
    images/<id>.jpg, and folders train/0…7, val/0…7 (or named). The test split of AffectNet was
    never published, so its validation pictures are what the papers report on: they are our test
    split, and a seeded stratified tenth of the training pictures is our validation split.
    """

    name = "affectnet8"
    title = "AffectNet"
    layout = "training.csv and validation.csv with pictures, train_set and val_set, or train/0…7"
    labels = LABEL_ORDERS["affectnet8"]

    def _scan(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {"train": [], "test": []}
        pictures = set(self._pictures())
        self._missing = 0
        for name in self.tree.names:
            split = _CSVS.get(PurePosixPath(name).name)
            if split:
                found[split] += self._from_csv(name, pictures)
            elif name.endswith("_exp.npy"):
                self._from_npy(name, pictures, found)
        if self._missing:
            self.problems.append(f"{self._missing:,} annotated pictures are missing.")
        if not any(found.values()):
            self._from_folders(pictures, found)
        train, validation = hold_out(found["train"])
        return {"train": train, "validation": validation, "test": found["test"]}

    def _published(self) -> dict[str, dict[str, int]]:
        test = dict.fromkeys(self.labels, _HELD_OUT)
        newer = any(name.endswith("_exp.npy") for name in self.tree.names)
        if newer and CONTEMPT in test:
            test[CONTEMPT] -= 1  # The newer form lacks one of them.
        return {"train+validation": dict(zip(self.labels, _TRAIN, strict=False)), "test": test}

    def _from_csv(self, name: str, pictures: set[str]) -> list[Entry]:
        # Columns by Mollahosseini; some copies lack the header, so the order counts as a fallback.
        text = self.tree.read(name).decode("utf-8-sig", "replace")
        rows = csv.reader(io.StringIO(text))
        header = ["subdirectory_filepath", *_BOX, "facial_landmarks", "expression"]
        by_ending = {"/".join(p.split("/")[-2:]): p for p in pictures}
        entries = []
        for number, row in enumerate(rows):
            if number == 0 and row and row[0].strip().lower() == header[0]:
                header = [column.strip().lower() for column in row]
                continue
            if not row:
                continue
            values = dict(zip(header, row, strict=False))
            try:
                code = int(values["expression"])
                picture = by_ending.get(values[header[0]])
                x, y, w, h = (int(float(values[key])) for key in _BOX)
            except (KeyError, ValueError, OverflowError) as error:
                raise DatasetError(
                    f"{name} in {self.path}: row {number + 1} is not AffectNet's ({error})."
                ) from error
            if not 0 <= code < len(self.labels):
                continue  # 8 to 10: none, uncertain, no face; 7: contempt, where left out.
            if picture is None:
                self._missing += 1
            else:
                entries.append(Entry(picture, self.labels[code], box=(x, y, x + w, y + h)))
        return entries

    def _from_folders(self, pictures: set[str], found: dict[str, list[Entry]]) -> None:
        """train/0…7 with val/0…7, or words for the numbers: the held-out pictures are the test."""
        for name in sorted(pictures):
            *parents, word, _ = ("", *name.split("/"))
            split = next((s for part in parents if (s := split_of(part))), "")
            if not split:
                continue
            try:
                label = self.labels[int(word)] if word.isdigit() else canonical(word)
            except (ValueError, IndexError):
                continue
            if label in self.labels:
                found["train" if split == "train" else "test"].append(Entry(name, label))

    def _from_npy(self, name: str, pictures: set[str], found: dict[str, list[Entry]]) -> None:
        folder, _, file = name.rpartition("/annotations/")
        split = _FOLDERS.get(PurePosixPath(folder).name)
        if split is None:
            return
        try:
            code = int(np.load(io.BytesIO(self.tree.read(name)), allow_pickle=False))
        except (ValueError, EOFError, TypeError) as error:
            raise DatasetError(f"{name} in {self.path} is not a class number ({error}).") from error
        if not 0 <= code < len(self.labels):
            return
        stem = f"{folder}/images/{file.removesuffix('_exp.npy')}"
        picture = next((stem + e for e in (".jpg", ".png") if stem + e in pictures), None)
        if picture is None:
            self._missing += 1
        else:
            found[split].append(Entry(picture, self.labels[code]))


class AffectNet7(AffectNet8):
    """AffectNet without contempt."""

    name = "affectnet7"
    labels = LABEL_ORDERS["affectnet7"]
