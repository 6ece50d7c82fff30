"""FER2013 (Goodfellow et al. 2013) in Kaggle's CSV form, with FERPlus votes if they are beside it.

The CSV has the columns emotion, pixels, Usage; plain, .xz, .gz or .zip. Usage Training is our train
split, PublicTest validation, PrivateTest test.
"""

from pathlib import Path

import numpy as np

from fer_core.datasets.base import Split
from fer_core.errors import DatasetError
from fer_core.expressions import LABEL_ORDERS

_USAGES = {"train": "Training", "validation": "PublicTest", "test": "PrivateTest"}
_NAMES = tuple(
    name + ending
    for name in ("fer2013.csv", "icml_face_data.csv")
    for ending in ("", ".xz", ".gz", ".zip")
)
_SIZE = 48


class Fer2013:
    """FER2013: 35,887 grey faces of 48×48 px in seven classes.

    Args:
        path: the CSV, or a folder that holds it; `fer2013new.csv` beside it adds soft labels.

    Raises:
        DatasetError: nothing there that looks like FER2013.
    """

    name = "fer2013"
    labels = LABEL_ORDERS["fer2013"]

    def __init__(self, path: str | Path) -> None:
        self.path = _find_csv(Path(path))
        votes = self.path.parent / "fer2013new.csv"
        self.votes_path = votes if votes.is_file() else None
        self._loaded: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None

    def splits(self) -> tuple[str, ...]:
        """train, validation, test."""
        return tuple(_USAGES)

    def load(self, split: str) -> Split:
        """One split; `probs` are the FERPlus votes over the seven classes where given."""
        if split not in _USAGES:
            raise DatasetError(f"FER2013 has no split {split!r}; it has {', '.join(_USAGES)}.")
        emotions, usages, images = self._read()
        rows = np.flatnonzero(usages == _USAGES[split])
        probs = None if self.votes_path is None else self._votes(emotions)[rows]
        return Split(
            split,
            self.labels,
            images[rows],
            emotions[rows],
            tuple(f"row {row}" for row in rows),
            probs,
        )

    def _read(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if self._loaded is None:
            self._loaded = _read_csv(self.path)
        return self._loaded

    def _votes(self, emotions: np.ndarray) -> np.ndarray:
        import pandas as pd

        assert self.votes_path is not None
        table = pd.read_csv(self.votes_path)
        words = [name for name in LABEL_ORDERS["ferplus"] if name in self.labels]
        votes = np.zeros((len(table), len(self.labels)), np.float32)
        for name in words:
            votes[:, self.labels.index(name)] = table[name].to_numpy(np.float32)
        if len(votes) != len(emotions):
            raise DatasetError(
                f"{self.votes_path} has {len(votes)} rows, {self.path} has {len(emotions)}."
            )
        total = votes.sum(axis=1, keepdims=True)
        hard = np.eye(len(self.labels), dtype=np.float32)[emotions]
        return np.where(total > 0, votes / np.maximum(total, 1), hard)


def _find_csv(path: Path) -> Path:
    if path.is_file():
        return path
    for name in _NAMES:
        if (path / name).is_file():
            return path / name
    raise DatasetError(f"No FER2013 at {path}; expected one of {', '.join(_NAMES[:4])} there.")


def _read_csv(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    import pandas as pd

    try:
        table = pd.read_csv(path)
        table.columns = [str(column).strip() for column in table.columns]
        images = np.stack(
            [np.fromstring(text, np.uint8, sep=" ") for text in table["pixels"]]
        ).reshape(-1, _SIZE, _SIZE)
        return table["emotion"].to_numpy(np.int64), table["Usage"].to_numpy(str), images
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise DatasetError(f"{path} is not FER2013 in Kaggle's form: {error}.") from error
