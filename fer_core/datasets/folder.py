"""Any tree with one folder a class, or with a CSV that names the classes of its pictures."""

from contextlib import suppress

from fer_core.datasets.indexed import Entry, IndexedDataset, hold_out, three_way
from fer_core.datasets.labelled import csv_rows, split_above, split_of
from fer_core.errors import DatasetError
from fer_core.expressions import (
    EXPRESSIONS,
    MAX_CLASSES,
    canonical,
    in_order,
    is_only_beside,
    own_class,
)

_TEST_SHARE = 0.1


class FolderPerClass(IndexedDataset):
    """Pictures in folders named after expressions, with or without train, val, test above them.

    Without split folders seeded stratified tenths become validation and test. Without a validation
    folder a tenth is cut from train, never from test. Class folders may carry any word that
    `expressions.canonical` knows: happy, joy, Happiness, 0_angry, Freude; any other word is a class
    of its own, and that is said. A CSV with a column for
    files (filename, image, path) and one for classes (class, label, emotion) names the classes in
    place of the folders; a column split, its own name (train.csv) or folders may tell the splits.
    The CSV itself may be given in place of the folder.
    """

    name = "folder"
    title = "pictures in one folder a class"
    layout = "<class>/*.png, or train/<class>/*.png with val and test beside it"
    #: Whether a word that means no expression is a class; a published data set has its own.
    own_classes = True

    def _scan(self) -> dict[str, list[Entry]]:
        self._where = "folder"
        words = self._words()
        classes = self._classes({word for _, word, _ in words})
        found: dict[str, list[Entry]] = {}
        counts: dict[str, int] = {}
        for name, word, split in words:
            counts[word] = counts.get(word, 0) + 1
            if word in classes:
                found.setdefault(split, []).append(Entry(name, classes[word]))
        for word, count in sorted(counts.items()):
            label = classes.get(word, "")
            if label and label not in EXPRESSIONS:
                self.problems.append(
                    f"{label!r} with {count:,} pictures is no expression; it is a class of its own."
                )
        for word, count in sorted(counts.items()):
            if word not in classes:
                where = f"The {self._where} {word!r}" if word else "The top folder"
                self.problems.append(
                    f"{where} with {count:,} pictures is not named after an expression and is left "
                    "out."
                )
        loose = found.pop("", [])
        if found and loose:
            self.problems.append(
                f"{len(loose):,} pictures lie outside the train, val and test folders "
                "and are left out."
            )
        present = {entry.label for entries in (*found.values(), loose) for entry in entries}
        self.labels = in_order(sorted(present))
        if len(self.labels) > MAX_CLASSES:
            raise DatasetError(
                f"{self.path} has {len(self.labels)} classes; at most {MAX_CLASSES} are supported. "
                "Name the folder that holds one folder a class."
            )
        return self._held_out(found) if found else three_way(loose, _TEST_SHARE)

    def _words(self) -> list[tuple[str, str, str]]:
        """Name, word for its class, and split or "" of each picture."""
        rows = csv_rows(self.tree, self.problems)
        if rows:
            self._where = "class"
            return [(row.name, row.word, row.split) for row in rows]
        found = []
        for name in self._pictures():
            *_, word, _ = name.split("/") if name.count("/") else ("", name)
            found.append((name, word, _split(name)))
        return found

    def _label(self, word: str) -> str:
        return canonical(word)

    def _classes(self, words: set[str]) -> dict[str, str]:
        """Word → class; a word that means no expression is a class of its own, if not alone."""
        found: dict[str, str] = {}
        own: dict[str, str] = {}
        for word in words:
            try:
                found[word] = self._label(word)
            except ValueError:
                with suppress(ValueError):
                    if self.own_classes and not is_only_beside(word) and not split_of(word):
                        own[word] = own_class(word)
        return {**found, **own} if len({*found.values(), *own.values()}) > 1 else found

    def _held_out(self, found: dict[str, list[Entry]]) -> dict[str, list[Entry]]:
        if "validation" not in found:
            found["train"], found["validation"] = hold_out(found.get("train", []))
        return {split: found[split] for split in ("train", "validation", "test") if split in found}


def _split(name: str) -> str:
    """By the folders above that of the class."""
    return split_above(name.rpartition("/")[0])
