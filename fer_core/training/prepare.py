"""Data sets → what a training needs of them, without any copy of a held-out picture. No TensorFlow.

A validation split is halved by a seeded, stratified rule: on one half the best epoch, the class
bias and the temperature are chosen, and only the other half gives figures.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fer_core.datasets.base import Dataset, Images, Split
from fer_core.datasets.duplicates import Fingerprints, copies, fingerprints
from fer_core.datasets.splitting import cut
from fer_core.datasets.tree import ReadWhenAsked
from fer_core.errors import ConfigError, DatasetError
from fer_core.expressions import in_order
from fer_core.preprocess import to_pixels
from fer_core.training.recipe import Recipe
from fer_core.training.specs import SourceSpec
from fer_core.training.store import Memory, PixelStore, for_training

#: In a row of targets: the picture's data set does not know this class.
UNKNOWN = -1.0


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One data set of a training.

    Attributes:
        pictures: uint8 (H, W, C) each, still to be cropped.
        targets: float32 (N, K) over the joined classes, `UNKNOWN` for those that this data set does
            not know; the others sum to 1, times what the picture counts.
        classes: int64 (N,) the hard label, an index of the joined classes.
        known: bool (K,), the classes that it knows.
        validation_pictures: uint8 (H, W, C) of the network's size, the half to choose by.
        validation_targets: int64 (V,).
        dropped_copies: training pictures left out as copies of held-out ones of any of the data
            sets, or of training pictures of an earlier one.
        dropped_blank: training pictures of one grey level.
    """

    spec: SourceSpec
    pictures: PixelStore
    targets: np.ndarray
    classes: np.ndarray
    known: np.ndarray
    validation_pictures: PixelStore
    validation_targets: np.ndarray
    dropped_copies: int = 0
    dropped_blank: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What a fit needs.

    Attributes:
        labels: the joined classes.
        fingerprint: of everything that is trained and validated on.
    """

    labels: tuple[str, ...]
    sources: tuple[Source, ...]
    fingerprint: str = ""

    @property
    def count(self) -> int:
        """Training pictures in all."""
        return sum(len(source.pictures) for source in self.sources)

    @property
    def validation_counts(self) -> list[np.ndarray]:
        """Of each data set the validation pictures a class, int (K,)."""
        size = len(self.labels)
        return [np.bincount(source.validation_targets, minlength=size) for source in self.sources]


def joined_labels(datasets: Sequence[Dataset]) -> tuple[str, ...]:
    """The classes of all data sets: of one its own order, of several the canonical one."""
    if len(datasets) == 1:
        return tuple(datasets[0].labels)
    found = {label for dataset in datasets for label in dataset.labels}
    return in_order(sorted(found))


def check_data(recipe: Recipe, datasets: Sequence[Dataset]) -> None:
    """What `prepare` needs of the data sets, before any of their pictures is read.

    Raises:
        DatasetError: one has no train or no validation split.
        ConfigError: the recipe weighs a class that none of them has.
    """
    for dataset in datasets:
        _check_splits(dataset)
    labels = joined_labels(datasets)
    named = recipe.class_weights if isinstance(recipe.class_weights, dict) else {}
    if strange := sorted(set(named) - set(labels)):
        raise ConfigError(
            f"class_weights names {strange[0]}, which is none of the classes of this data "
            f"({', '.join(labels)})."
        )


def prepare(recipe: Recipe, datasets: Sequence[Dataset], memory: Memory | None = None) -> Prepared:
    """Reads every picture once and drops those that a held-out split of any data set has too.

    Args:
        datasets: in the order of `recipe.sources`.
        memory: what their pictures may take in all, and where the rest of them goes.

    Raises:
        DatasetError: one has no train or no validation split, or no picture there that is of use,
            or cannot be read.
        ConfigError: the recipe weighs a class that none of them has.
        OutputError: the disk has no room for the pictures.
    """
    check_data(recipe, datasets)
    labels, memory = joined_labels(datasets), memory or Memory()
    parts = [
        _read(recipe, spec, dataset, memory)
        for spec, dataset in zip(recipe.sources, datasets, strict=True)
    ]
    held_out = [prints for part in parts for prints in part.held_out]
    sources: list[Source] = []
    earlier: list[Fingerprints] = []
    digest = hashlib.sha256(json.dumps([labels, *map(str, recipe.sources)]).encode())
    for part in parts:
        source, kept = _without_copies(recipe, part, labels, held_out, earlier)
        earlier.append(kept)
        sources.append(source)
        for one in (*kept.digests, *part.held_out[0].digests):
            digest.update(one)
        digest.update(source.targets.tobytes() + source.validation_targets.tobytes())
    return Prepared(labels, _weighted(sources, recipe, labels), digest.hexdigest())


def halves(split: Split) -> tuple[Split, Split]:
    """A validation split as the half to choose by and the half to report on.

    Where a split is too small to be halved, both are all of it.
    """
    report = cut(split.targets, 0.5, split.groups) if len(split) else np.zeros(0, bool)
    if not report.any() or report.all():
        return split, split
    return split.subset(~report), split.subset(report)


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    spec: SourceSpec
    name: str
    train: Split
    pictures: PixelStore
    prints: Fingerprints
    choosing: Split
    validation_pictures: PixelStore
    held_out: tuple[Fingerprints, ...]


def _check_splits(dataset: Dataset) -> None:
    splits = dataset.splits()
    if missing := [name for name in ("train", "validation") if name not in splits]:
        raise DatasetError(
            f"The data set {dataset.name} has no {' and no '.join(missing)} split to train with; "
            "run `datasets check` on it to see what is there."
        )


def _read(recipe: Recipe, spec: SourceSpec, dataset: Dataset, memory: Memory) -> _Read:
    train, pictures = dataset.load("train"), PixelStore(memory)
    if not spec.weight:
        train = train.subset(np.zeros(len(train), bool))
    keep = _Passing(train.images, lambda image: pictures.append(for_training(image, recipe.input)))
    prints = fingerprints(keep)
    held_out = {name: dataset.load(name) for name in dataset.splits() if name != "train"}
    choosing, reporting = halves(held_out.pop("validation"))
    chosen = PixelStore(memory)
    seen = _Passing(choosing.images, lambda image: chosen.append(to_pixels(image, recipe.input)))
    others = [reporting, *held_out.values()]
    return _Read(
        spec,
        dataset.name,
        train,
        pictures,
        prints,
        choosing,
        chosen,
        (fingerprints(seen), *(fingerprints(other.images) for other in others)),
    )


def _without_copies(
    recipe: Recipe,
    part: _Read,
    labels: tuple[str, ...],
    held_out: Sequence[Fingerprints],
    earlier: Sequence[Fingerprints],
) -> tuple[Source, Fingerprints]:
    copied = np.zeros(len(part.train), bool)
    for other in (*held_out, *earlier):
        copied |= copies(part.prints, other)
    keep = np.flatnonzero(~(part.prints.blank | copied))
    for split, left in ((part.train, len(keep)), (part.choosing, len(part.choosing))):
        if not left and (part.spec.weight or split is part.choosing):
            raise DatasetError(
                f"The data set {part.name} has no {split.name} picture that is neither blank "
                "nor a copy of a held-out one; run `datasets check` on it to see what is there."
            )
    kept = part.train.subset(keep)
    index = np.array([labels.index(label) for label in part.train.labels], np.int64)
    known = np.isin(np.arange(len(labels)), index)
    source = Source(
        part.spec,
        part.pictures.take(keep),
        _soft_targets(kept, part.spec, recipe.label_smoothing, index, known),
        index[kept.targets],
        known,
        part.validation_pictures,
        index[part.choosing.targets],
        int((copied & ~part.prints.blank).sum()),
        int(part.prints.blank.sum()),
    )
    prints = part.prints
    return source, Fingerprints(
        tuple(prints.digests[i] for i in keep),
        prints.thumbs[keep],
        prints.blank[keep],
        prints.unreadable[keep],
    )


def _soft_targets(
    split: Split, spec: SourceSpec, smoothing: float, index: np.ndarray, known: np.ndarray
) -> np.ndarray:
    own = np.eye(len(split.labels), dtype=np.float32)[split.targets]
    if spec.soft_labels and split.probs is not None:
        own = (1 - spec.soft_labels) * own + spec.soft_labels * split.probs
    own = own * (1 - smoothing) + smoothing / len(split.labels)
    targets = np.where(known, np.float32(0), np.float32(UNKNOWN))
    rows = np.repeat(targets[None], len(split), axis=0)
    rows[:, index] = own
    return rows


def _weighted(
    sources: Sequence[Source], recipe: Recipe, labels: tuple[str, ...]
) -> tuple[Source, ...]:
    """Targets times what each picture counts, 1 in the mean of all that is drawn.

    A row of targets times a weight is that weight in the cross-entropy, and mixup mixes it too.
    """
    sizes = np.zeros(len(labels))
    for source in sources:
        sizes += source.spec.weight * np.bincount(source.classes, minlength=len(labels))
    if isinstance(recipe.class_weights, dict):
        weights = np.array([recipe.class_weights.get(label, 1.0) for label in labels])
    else:
        present = max(int((sizes > 0).sum()), 1)
        weights = (sizes.sum() / present / np.maximum(sizes, 1e-9)) ** recipe.class_weights
    mean = (weights * sizes).sum() / max(sizes.sum(), 1e-9)
    each = np.asarray(weights / (mean or 1), np.float32)
    return tuple(
        replace(
            source,
            targets=np.where(
                source.targets < 0, UNKNOWN, source.targets * each[source.classes][:, None]
            ).astype(np.float32),
        )
        for source in sources
    )


class _Passing(ReadWhenAsked):
    """Pictures that are also handed on as they are read, so that none is read twice."""

    def __init__(self, images: Images, hand_on: Callable[[np.ndarray], None]) -> None:
        self.images, self.hand_on = images, hand_on

    def __len__(self) -> int:
        return len(self.images)

    def _read(self, index: int) -> np.ndarray:
        image = self.images[index]
        self.hand_on(image)
        return image
