"""The weight files published for keras-vggface: fetched when asked, read by layer name.

Only numbers are taken from a file, never a configuration, and by a child process with limits
(`fer_core.untrusted.weights`), so nothing in it can run or crash the app. The release publishes no
checksums; what guards a download is HTTPS, the digest that a caller may give, and that every array
must have the layer's name and shape.
"""

import hashlib
import shutil
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from fer_core import paths
from fer_core.errors import ModelLoadError
from fer_core.files import replacing
from fer_core.untrusted import weights

_RELEASE = "https://github.com/rcmalli/keras-vggface/releases/download/v2.0/"
PUBLISHED = "vggface"


def published_url(network: str, include_top: bool) -> str:
    """Where the weights of vgg16, resnet50 or senet50 are published."""
    return f"{_RELEASE}rcmalli_vggface_tf_{'' if include_top else 'notop_'}{network}.h5"


def load_weights(
    model: keras.Model,
    source: str | Path,
    *,
    network: str = "vgg16",
    include_top: bool = False,
    sha256: str = "",
    opener: Callable[..., Any] = urllib.request.urlopen,
) -> None:
    """Puts a weight file's numbers into the layers of the same names.

    Args:
        model: every layer that has weights must be in the file; what else is there is left alone.
        source: "vggface" for the published file of `network` and `include_top`, a URL, or a path.
        sha256: digest that the file must have; empty: not checked.
        opener: as `urllib.request.urlopen`.

    Raises:
        ModelLoadError: the file cannot be had or read, or a layer is missing or of another shape.
        UnsafeModelError: see `weights.arrays`.
    """
    source = str(source)
    if source == PUBLISHED:
        source = published_url(network, include_top)
    path = _download(source, opener) if source.startswith("https://") else Path(source)
    if sha256 and _digest(path) != sha256.lower():
        raise ModelLoadError(f"{path} has another SHA-256 than expected; delete it and try again.")
    assign(model.layers, path)


def assign(layers: list[keras.layers.Layer], path: Path) -> None:
    """Sets the weights of layers from a Keras 1 or 2 HDF5 file, by name.

    Raises:
        UnsafeModelError, ModelLoadError, OutputError: see `weights.arrays`.
    """
    wanted = {
        layer.name: [tuple(weight.shape) for weight in layer.weights]
        for layer in layers
        if layer.weights
    }
    found = weights.arrays(path, wanted)
    for layer in layers:
        if layer.weights:
            layer.set_weights(found[layer.name])


def _download(url: str, opener: Callable[..., Any]) -> Path:
    path = paths.cache_dir() / "vggface" / url.rsplit("/", 1)[-1]
    if path.is_file():
        return path
    try:
        with (
            opener(url, timeout=60) as answer,
            replacing(path) as temporary,
            temporary.open("wb") as file,
        ):
            shutil.copyfileobj(answer, file, 1 << 20)
            announced = answer.headers.get("Content-Length")
            if announced is not None and file.tell() != int(announced):
                raise OSError("the connection ended early")
    except OSError as error:
        raise ModelLoadError(
            f"{url} could not be downloaded ({error}); fetch it by hand and give its path instead."
        ) from error
    return path


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelLoadError(f"{path} cannot be read: {error.strerror}.") from error
