"""From a trained network to the folder that the app opens."""

import hashlib
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np
import openvino

from fer_core.architectures import face_finder
from fer_core.detection.finder.spec import FinderSpec
from fer_core.training import precision
from fer_core.training.finder.recipe import FinderRecipe
from fer_core.training.quantise import quantised

NETWORK = "finder.xml"


def export(
    network: keras.Model, recipe: FinderRecipe, out: Path, pictures: Iterable[np.ndarray]
) -> FinderSpec:
    """Writes the network as OpenVINO IR, quantised to eight bits, and detector.json.

    Args:
        network: trained, of `face_finder.build`.
        pictures: a few hundred of those that it was trained on, uint8 (H, W) grey.
        out: a folder; made if missing.
    """
    out.mkdir(parents=True, exist_ok=True)
    precision.use("float32")
    plain = face_finder.build((None, None, 1), **recipe.options)
    plain.set_weights(network.get_weights())
    with tempfile.TemporaryDirectory() as work:
        plain.export(work, verbose=False)
        model = openvino.convert_model(work)
    samples = (picture[None, :, :, None] / np.float32(255) for picture in pictures)
    openvino.save_model(quantised(model, samples), out / NETWORK, compress_to_fp16=True)
    weights = (out / NETWORK).with_suffix(".bin").read_bytes()
    spec = FinderSpec(
        name=recipe.name,
        title=recipe.title,
        file=NETWORK,
        sha256=hashlib.sha256(weights).hexdigest(),
        side_px=recipe.side_px,
        smallest_px=recipe.smallest_px,
        sure=recipe.sure,
        sure_twice=recipe.sure,
        doubtful=recipe.doubtful,
        trained_on=recipe.trained_on,
        license=recipe.license,
        source="ML/recipes/face-finder.toml",
        created=datetime.now(UTC).date().isoformat(),
    )
    spec.write(out)
    return spec
