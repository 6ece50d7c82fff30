"""Halves a model file: the kernels are kept as float16, which costs no accuracy worth the name."""

import io
import zipfile
from pathlib import Path

import h5py
import numpy as np

from fer_core.files import replacing

_WEIGHTS = "model.weights.h5"


def halve_kernels(path: Path) -> None:
    """Rewrites a `.keras` file with its kernels as float16.

    Only what has two dimensions or more is halved: biases and batch-norm statistics are few and
    can have large values. The network itself stays float32; Keras widens the numbers as it reads
    them.
    """
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[_WEIGHTS] = _halved(parts[_WEIGHTS])
    with (
        replacing(path) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name, content in parts.items():
            archive.writestr(name, content)


def _halved(weights: bytes) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(io.BytesIO(weights)) as source, h5py.File(buffer, "w") as target:

        def copy(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Dataset):
                numbers = item[()]
                if item.ndim >= 2 and item.dtype == np.float32:
                    # By NumPy: HDF5's own conversion loses the carry where rounding reaches the
                    # next power of two, so that 0.12497 becomes 0.0625.
                    numbers = numbers.astype(np.float16)
                made = target.create_dataset(name, data=numbers)
            else:
                made = target.require_group(name)
            made.attrs.update(item.attrs)

        source.visititems(copy)
        target.attrs.update(source.attrs)
    return buffer.getvalue()
