"""The gate for weight files: from a path that somebody gave to numbers of the wanted shapes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from fer_core.errors import ModelError, ModelLoadError, UnsafeModelError
from fer_core.untrusted import child
from fer_core.untrusted.child import ChildError, Limits

_LOOK = "fer_core.untrusted.look_weights:look"


def arrays(
    path: Path, wanted: Mapping[str, Sequence[tuple[int, ...]]]
) -> dict[str, list[np.ndarray]]:
    """The weights of some layers of a Keras 1 or 2 HDF5 file, read by a child process.

    Args:
        path: the file; what else is in it is left alone.
        wanted: layer → shapes of its weights, in their order.

    Returns:
        Layer → float32 arrays of these shapes.

    Raises:
        UnsafeModelError: the file takes something from elsewhere, never ends or fills the memory.
        ModelLoadError: it cannot be read, or a layer is missing or of another shape.
        OutputError: there is no room for temporary files.
    """
    if not path.is_file():  # a pipe would be waited for
        raise ModelLoadError(f"{path} is no Keras weight file (there is no such file).")
    absolute = str(path.absolute())
    with child.private_folder() as folder:
        shapes = {layer: [list(shape) for shape in some] for layer, some in wanted.items()}
        arguments = {"path": absolute, "wanted": shapes, "folder": str(folder)}
        try:
            child.call(_LOOK, arguments, Limits.for_bytes(path.stat().st_size))
        except ModelError as error:
            raise type(error)(str(error).replace(absolute, str(path))) from error
        except ChildError as error:
            if error.kind in ("time", "memory"):
                raise UnsafeModelError(f"{path} is not opened: {error.reason}.") from error
            raise ModelLoadError(
                f"{path} is damaged ({error.reason}); download it again."
            ) from error
        return {
            layer: [
                np.load(folder / f"{place}-{number}.npy", allow_pickle=False)
                for number in range(len(some))
            ]
            for place, (layer, some) in enumerate(wanted.items())
        }
