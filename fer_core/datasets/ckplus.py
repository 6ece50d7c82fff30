"""CK+ (Lucey et al. 2010): the original sequences, or the CK+48 folders cut from them."""

import re

from fer_core.datasets.indexed import Entry, IndexedDataset, three_way
from fer_core.errors import DatasetError
from fer_core.expressions import (
    ANGER,
    CONTEMPT,
    DISGUST,
    FEAR,
    HAPPINESS,
    SADNESS,
    SURPRISE,
    canonical,
)

_FRAME = re.compile(r"(?:.*/)?((S\d{3})_\d{3})_(\d{8})\.\w+")
_EMOTION = re.compile(r"(?:.*/)?(S\d{3}_\d{3})_\d{8}_emotion\.txt")
#: Peak frames taken from the end of a sequence, as CK+48 does.
_PEAK_FRAMES = 3
_SEQUENCES = (45, 18, 59, 25, 69, 28, 83)


class CkPlus(IndexedDataset):
    """CK+: 327 labelled sequences of 118 subjects; the last three frames of each, seven classes.

    Read are cohn-kanade-images/S005/001/*.png with Emotion/S005/001/*_emotion.txt, wherever the two
    trees lie under the path, and CK+48's folders <class>/S005_001_00000009.png. No split is
    published: a tenth of the subjects each is the validation and the test split.
    """

    name = "ckplus"
    title = "CK+"
    layout = "cohn-kanade-images/ with Emotion/, or CK+48/<class>/*.png"
    #: CK+'s own order; its codes count from 1.
    labels: tuple[str, ...] = (ANGER, CONTEMPT, DISGUST, FEAR, HAPPINESS, SADNESS, SURPRISE)

    def _scan(self) -> dict[str, list[Entry]]:
        emotions = {m[1]: name for name in self.tree.names if (m := _EMOTION.fullmatch(name))}
        frames = [m for name in self._pictures() if (m := _FRAME.fullmatch(name))]
        entries = self._peaks(emotions, frames) if emotions else self._by_folder(frames)
        return three_way(entries, 0.1)

    def _published(self) -> dict[str, dict[str, int]]:
        sequences = zip(self.labels, _SEQUENCES, strict=True)
        return {"train+validation+test": {label: _PEAK_FRAMES * n for label, n in sequences}}

    def _peaks(self, emotions: dict[str, str], frames: list[re.Match[str]]) -> list[Entry]:
        sequences: dict[str, list[re.Match[str]]] = {}
        for frame in frames:
            sequences.setdefault(frame[1], []).append(frame)
        entries = []
        for sequence, name in sorted(emotions.items()):
            code = self._code(name)
            if sequence not in sequences:
                self.problems.append(f"The pictures of sequence {sequence} are missing.")
            elif code:
                peak = sorted(sequences[sequence], key=lambda m: m[3])[-_PEAK_FRAMES:]
                entries += [Entry(m[0], self.labels[code - 1], m[2]) for m in peak]
        return entries

    def _code(self, name: str) -> int:
        """0 neutral, which CK+ labels no sequence with, or 1 to 7."""
        text = self.tree.read(name).decode("ascii", "replace")
        try:
            code = round(float(text))
            if not 0 <= code <= len(self.labels):
                raise ValueError
        except (ValueError, OverflowError):
            raise DatasetError(
                f"{name} in {self.path} holds {text[:40]!r}, expected a number from 0 to 7."
            ) from None
        return code

    def _by_folder(self, frames: list[re.Match[str]]) -> list[Entry]:
        entries = []
        for frame in frames:
            word = ("", *frame[0].split("/"))[-2]
            try:
                label = canonical(word)
            except ValueError:
                continue
            if label in self.labels:
                entries.append(Entry(frame[0], label, frame[2]))
        return entries
