"""Which pictures an epoch sees, and its batches; the same ones for the same seed and epoch."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from fer_core.preprocess import normalize
from fer_core.training.augment import augmented, mixed
from fer_core.training.prepare import Prepared
from fer_core.training.recipe import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Batches:
    """The batches of a training, made one ahead of the network in a thread of their own.

    Every batch draws from its own generator, so that a training that goes on after an epoch sees
    what it would have seen.
    """

    recipe: Recipe
    data: Prepared

    @property
    def size(self) -> int:
        """Pictures a batch."""
        return min(self.recipe.batch_size, self._drawn)

    @property
    def steps(self) -> int:
        """Batches an epoch; the last partial one is left out."""
        return self._drawn // self.size

    @property
    def _drawn(self) -> int:
        return sum(max(1, round(s.spec.weight * len(s.pictures))) for s in self._trained)

    @property
    def _trained(self) -> list:
        return [source for source in self.data.sources if len(source.pictures)]

    def epoch(self, number: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The batches of an epoch, counted from 0.

        Returns:
            float32 (B, H, W, C), normalised, and float32 (B, K) targets, -1 where not known.
        """
        order = self.order(number)
        with ThreadPoolExecutor(1, thread_name_prefix="augment") as thread:
            ahead = thread.submit(self._batch, order, number, 0)
            for step in range(self.steps):
                batch = ahead.result()
                if step + 1 < self.steps:
                    ahead = thread.submit(self._batch, order, number, step + 1)
                yield batch

    def order(self, epoch: int) -> np.ndarray:
        """What the epoch sees: int (M, 2), source and picture, shuffled."""
        rng = np.random.default_rng([self.recipe.seed, epoch])
        draw = self._balanced if self.recipe.sampler == "balanced" else self._natural
        return rng.permutation(draw(rng), axis=0)

    def _natural(self, rng: np.random.Generator) -> np.ndarray:
        """Every picture as often as its source's weight says; of a fraction, some pictures."""
        parts = []
        for index, source in enumerate(self._trained):
            count = len(source.pictures)
            wanted = max(1, round(source.spec.weight * count))
            rounds = [rng.permutation(count) for _ in range(-(-wanted // count))]
            chosen = np.concatenate(rounds)[:wanted]
            parts.append(np.stack([np.full(wanted, index), chosen], axis=1))
        return np.concatenate(parts)

    def _balanced(self, rng: np.random.Generator) -> np.ndarray:
        """As many pictures, drawn with replacement so that each class is as frequent as any."""
        places, chances, classes = [], [], []
        for index, source in enumerate(self._trained):
            count = len(source.pictures)
            places.append(np.stack([np.full(count, index), np.arange(count)], axis=1))
            chances.append(np.full(count, source.spec.weight))
            classes.append(source.classes)
        chance, label = np.concatenate(chances), np.concatenate(classes)
        chance = chance / np.bincount(label, chance)[label]
        chosen = rng.choice(len(chance), self._drawn, p=chance / chance.sum())
        return np.concatenate(places)[chosen]

    def _batch(self, order: np.ndarray, epoch: int, step: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng([self.recipe.seed, epoch, step])
        chosen = order[step * self.size : (step + 1) * self.size]
        sources = self._trained
        pictures = [sources[s].pictures[i] for s, i in chosen]
        crops = np.array([sources[s].spec.crop for s, _ in chosen])
        targets = np.stack([sources[s].targets[i] for s, i in chosen])
        pixels = augmented(pictures, crops, self.recipe.augment, self.recipe.input, rng)
        pixels, targets = mixed(pixels, targets, self.recipe.augment, rng)
        return normalize(pixels, self.recipe.input), targets
