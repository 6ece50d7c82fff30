"""From a trained network to the folder that the app opens."""

import hashlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import keras
import openvino

from fer_core.architectures import face_finder
from fer_core.detection.finder.spec import FinderSpec
from fer_core.training import precision
from fer_core.training.finder.recipe import FinderRecipe

NETWORK = "finder.xml"


def export(network: keras.Model, recipe: FinderRecipe, out: Path) -> FinderSpec:
    """Writes the network as OpenVINO IR (weights as float16) and detector.json.

    Args:
        network: trained, of `face_finder.build`.
        out: a folder; made if missing.
    """
    out.mkdir(parents=True, exist_ok=True)
    precision.use("float32")
    plain = face_finder.build((None, None, 1), **recipe.options)
    plain.set_weights(network.get_weights())
    with tempfile.TemporaryDirectory() as work:
        plain.export(work, verbose=False)
        model = openvino.convert_model(work)
    openvino.save_model(model, out / NETWORK, compress_to_fp16=True)
    weights = (out / NETWORK).with_suffix(".bin").read_bytes()
    spec = FinderSpec(
        name=recipe.name,
        title=recipe.title,
        file=NETWORK,
        sha256=hashlib.sha256(weights).hexdigest(),
        side_px=recipe.side_px,
        smallest_px=recipe.smallest_px,
        sure=recipe.sure,
        doubtful=recipe.doubtful,
        trained_on=recipe.trained_on,
        license=recipe.license,
        source="ML/recipes/face-finder.toml",
        created=datetime.now(UTC).date().isoformat(),
    )
    spec.write(out)
    return spec
