"""RAF-DB, basic expressions (Li et al. 2017), as a folder or in its archive."""

from pathlib import PurePosixPath

from fer_core.datasets.indexed import Entry, IndexedDataset, hold_out
from fer_core.errors import DatasetError
from fer_core.expressions import LABEL_ORDERS

_LISTS = ("list_patition_label.txt", "list_partition_label.txt")
_TRAIN = (1290, 281, 717, 4772, 1982, 705, 2524)
_TEST = (329, 74, 160, 1185, 478, 162, 680)


class RafDb(IndexedDataset):
    """RAF-DB basic: 12,271 training and 3,068 test faces in seven classes.

    The files count classes from 1. Read are the original form (EmoLabel/list_patition_label.txt and
    Image/aligned/*_aligned.jpg, or Image/original) and folders train/<1…7>, test/<1…7>. RAF-DB has
    no validation split: a seeded stratified tenth of train becomes one, never a part of test.
    """

    name = "rafdb"
    title = "RAF-DB basic"
    layout = "EmoLabel/list_patition_label.txt with Image/aligned, or train/1…7 and test/1…7"
    labels = LABEL_ORDERS["rafdb"]

    def _scan(self) -> dict[str, list[Entry]]:
        lists = [n for n in self.tree.names if PurePosixPath(n).name in _LISTS]
        found = self._from_list(lists[0]) if lists else self._from_folders()
        train, validation = hold_out(found["train"])
        return {"train": train, "validation": validation, "test": found["test"]}

    def _published(self) -> dict[str, dict[str, int]]:
        return {
            "train+validation": dict(zip(self.labels, _TRAIN, strict=True)),
            "test": dict(zip(self.labels, _TEST, strict=True)),
        }

    def _from_list(self, name: str) -> dict[str, list[Entry]]:
        # Aligned pictures are preferred: they come later, so they replace the originals.
        pictures = sorted(self._pictures(), key=lambda n: n.endswith("_aligned.jpg"))
        by_stem = {PurePosixPath(n).stem.removesuffix("_aligned"): n for n in pictures}
        found: dict[str, list[Entry]] = {"train": [], "test": []}
        missing = []
        text = self.tree.read(name).decode("utf-8-sig", "replace")
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            file, _, label = line.strip().partition(" ")
            stem, split = PurePosixPath(file).stem, file.partition("_")[0]
            if split not in found or label.strip() not in tuple("1234567"):
                raise DatasetError(
                    f"{name} in {self.path}: line {number} is {line!r}, "
                    "expected like 'train_00001.jpg 5'."
                )
            if stem in by_stem:
                found[split].append(Entry(by_stem[stem], self.labels[int(label) - 1]))
            else:
                missing.append(file)
        if missing:
            self.problems.append(
                f"{len(missing):,} pictures of {name} are missing, the first is {missing[0]}."
            )
        return found

    def _from_folders(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {"train": [], "test": []}
        for name in self._pictures():
            split, word, _ = ("", "", *name.split("/"))[-3:]
            if split in found and word in tuple("1234567"):
                found[split].append(Entry(name, self.labels[int(word) - 1]))
        return found
