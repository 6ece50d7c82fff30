"""Any tree with one folder a class."""

from fer_core.datasets.indexed import Entry, IndexedDataset, hold_out, three_way
from fer_core.expressions import EXPRESSIONS, canonical

_SPLITS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}
_TEST_SHARE = 0.1


class FolderPerClass(IndexedDataset):
    """Pictures in folders named after expressions, with or without train, val, test above them.

    Without split folders seeded stratified tenths become validation and test. Without a validation
    folder a tenth is cut from train, never from test. Class folders may carry any word that
    `expressions.canonical` knows: happy, joy, Happiness.
    """

    name = "folder"
    title = "pictures in one folder a class"
    layout = "<class>/*.png, or train/<class>/*.png with val and test beside it"

    def _scan(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        unknown: dict[str, int] = {}
        for name in self._pictures():
            *parents, word, _ = name.split("/") if name.count("/") else ("", name)
            try:
                label = self._label(word)
            except ValueError:
                unknown[word] = unknown.get(word, 0) + 1
                continue
            split = next((_SPLITS[p.lower()] for p in parents if p.lower() in _SPLITS), "")
            found.setdefault(split, []).append(Entry(name, label))
        for word, count in sorted(unknown.items()):
            where = f"The folder {word!r}" if word else "The top folder"
            self.problems.append(
                f"{where} with {count:,} pictures is not named after an expression and is left out."
            )
        loose = found.pop("", [])
        if found and loose:
            self.problems.append(
                f"{len(loose):,} pictures lie outside the train, val and test folders "
                "and are left out."
            )
        present = {entry.label for entries in (*found.values(), loose) for entry in entries}
        self.labels = tuple(name for name in EXPRESSIONS if name in present)
        return self._held_out(found) if found else three_way(loose, _TEST_SHARE)

    def _label(self, word: str) -> str:
        return canonical(word)

    def _held_out(self, found: dict[str, list[Entry]]) -> dict[str, list[Entry]]:
        if "validation" not in found:
            found["train"], found["validation"] = hold_out(found.get("train", []))
        return {split: found[split] for split in ("train", "validation", "test") if split in found}
