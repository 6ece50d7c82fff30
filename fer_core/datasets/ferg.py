"""FERG-DB (Aneja et al. 2016): stylised characters; and our own renderings in the same form."""

from collections import Counter

from fer_core.datasets.indexed import Entry, IndexedDataset, three_way
from fer_core.datasets.labelled import split_of
from fer_core.expressions import LABEL_ORDERS, canonical

_CHARACTERS = ("aia", "bonnie", "jules", "malcolm", "mery", "ray")
_PICTURES = 55_767


class Ferg(IndexedDataset):
    """Pictures at <character>/<character>_<expression>/*.png, split by character.

    Folders <character>/0 to 6 are read too, numbered by the alphabet of the expressions.

    There is no published split: a seeded choice of a sixth of the characters is the validation and
    another sixth the test split, so that no character of either is seen in training.
    """

    name = "ferg"
    title = "FERG-DB"
    layout = "<character>/<character>_<expression>/*.png, or <character>/0…6/*.png"
    labels = LABEL_ORDERS["fer2013"]

    def _scan(self) -> dict[str, list[Entry]]:
        entries, unknown = [], Counter[str]()
        for name in self._pictures():
            character, folder, _ = ("", "", *name.split("/"))[-3:]
            prefix, _, word = folder.rpartition("_")
            if folder in tuple("0123456") and not split_of(character):
                prefix, word = character, LABEL_ORDERS["alphabetical7"][int(folder)]
            if not character or prefix != character:
                continue
            try:
                entries.append(Entry(name, canonical(word), character))
            except ValueError:
                unknown[folder] += 1
        for folder, count in sorted(unknown.items()):
            self.problems.append(
                f"The folder {folder!r} with {count:,} pictures names no known expression."
            )
        characters = tuple(sorted({entry.group or "" for entry in entries}))
        self._compare(characters, len(entries))
        if len(characters) < 3:
            return {"train": entries}
        return three_way(entries, 1 / 6)

    def _compare(self, characters: tuple[str, ...], count: int) -> None:
        missing = [name for name in _CHARACTERS if name not in characters]
        other = [name for name in characters if name not in _CHARACTERS]
        if missing:
            self.problems.append(f"The characters {', '.join(missing)} are missing.")
        if other:
            self.problems.append(f"FERG-DB has no characters named {', '.join(other)}.")
        if count != _PICTURES:
            self.problems.append(f"There are {count:,} pictures, published are {_PICTURES:,}.")


class Toon(Ferg):
    """Our own cartoon data set, as `toon.render` writes it; read just like FERG-DB."""

    name = "toon"
    title = "toon"

    def _compare(self, characters: tuple[str, ...], count: int) -> None:
        if len(characters) < 3:
            self.problems.append(
                f"There are {len(characters)} characters; splitting by character takes three."
            )
