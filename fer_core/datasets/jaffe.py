"""JAFFE (Lyons et al. 1998): ten Japanese women, named like KA.AN1.39.tiff."""

import re

from fer_core.datasets.indexed import Entry, IndexedDataset, three_way
from fer_core.expressions import LABEL_ORDERS, canonical

_NAME = re.compile(r"(?:.*/)?([A-Z]{2})\.(AN|DI|FE|HA|NE|SA|SU)\d+\.\d+\.\w+", re.IGNORECASE)
_COUNTS = (30, 29, 32, 31, 31, 30, 30)


class Jaffe(IndexedDataset):
    """JAFFE: 213 grey pictures of 256×256 px, ten subjects, seven classes.

    Subject and expression are read from the file names, wherever the files lie; the few palette
    files are resolved. No split is published: by a seeded choice two subjects are the validation
    and two the test split.
    """

    name = "jaffe"
    title = "JAFFE"
    layout = "files named like KA.AN1.39.tiff"
    labels = LABEL_ORDERS["fer2013"]

    def _scan(self) -> dict[str, list[Entry]]:
        matches = [(name, _NAME.fullmatch(name)) for name in self._pictures()]
        entries = [Entry(n, canonical(m[2]), m[1].upper()) for n, m in matches if m]
        if other := len(matches) - len(entries):
            self.problems.append(f"{other:,} pictures are not named like KA.AN1.39.tiff.")
        return three_way(entries, 0.2)

    def _published(self) -> dict[str, dict[str, int]]:
        return {"train+validation+test": dict(zip(self.labels, _COUNTS, strict=True))}
