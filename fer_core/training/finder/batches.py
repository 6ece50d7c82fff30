"""Batches drawn in processes beside the training, the same ones for the same numbers."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from fer_core.datasets.drawn.compose import Drawing, compose
from fer_core.datasets.drawn.library import Library
from fer_core.detection.finder import grid
from fer_core.training.finder.targets import targets

Batch = tuple[np.ndarray, np.ndarray]
_AHEAD = 4
_worker: dict[str, Library] = {}


def drawings(library: Library, size: tuple[int, int], seed: int, count: int) -> list[Drawing]:
    """The same pictures for the same seed."""
    return [compose(np.random.default_rng([seed, i]), library, size) for i in range(count)]


def batch(library: Library, size: tuple[int, int], seed: int, count: int) -> Batch:
    """Pixels uint8 (N, H, W, 1) and targets float32 (N, cells, 16)."""
    some = drawings(library, size, seed, count)
    at = grid.cells(*size)
    pixels = np.stack([d.pixels for d in some])[..., None]
    return pixels, np.stack([targets(d, at) for d in some])


def _start_worker(folders: list[str]) -> None:
    threading.Thread(target=_end_with_the_training, daemon=True).start()
    cv2.setNumThreads(1)
    _worker["library"] = Library.read(folders, "train")


def _end_with_the_training() -> None:
    """A training that is killed ends no pool; its processes would wait for ever."""
    training = multiprocessing.parent_process()
    if training is not None:
        training.join()
        os._exit(0)


def _work(size: tuple[int, int], seed: int, count: int) -> Batch:
    return batch(_worker["library"], size, seed, count)


def stream(
    folders: Sequence[str | Path],
    size: tuple[int, int],
    count: int,
    first_seed: int,
    workers: int = 1,
) -> Iterator[Batch]:
    """Batches without end, drawn ahead by other processes.

    Args:
        folders: see `Library.read`.
        size: width and height of the pictures.
        count: pictures a batch.
        first_seed: the seed of the first batch; those of the next follow.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, context, _start_worker, ([str(folder) for folder in folders],)
    ) as pool:
        waiting: deque[Future[Batch]] = deque()
        seed = first_seed
        while True:
            while len(waiting) < _AHEAD:
                waiting.append(pool.submit(_work, size, seed, count))
                seed += 1
            yield waiting.popleft().result()
