"""One .zip with everything that someone else needs to use a model."""

import shutil
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

from fer_core.errors import ModelError
from fer_core.files import replacing
from fer_core.models.card import card
from fer_core.models.convert import engine_file, keras_to_onnx
from fer_core.models.digest import model_sha256
from fer_core.models.engine import import_openvino, read_network
from fer_core.models.registry import ModelRegistry
from fer_core.models.spec import FORMATS, ModelSpec
from fer_core.untrusted import gate
from fer_core.untrusted.gate import CheckedModel

EXPORT_FORMATS = ("keras", "onnx", "openvino")
_KERAS = ("keras", "hdf5")
#: Format to write → formats of the models that can be written so.
_TAKEN = {"keras": _KERAS, "onnx": ("onnx", *_KERAS), "openvino": tuple(FORMATS.values())}


def export_model(
    name: str, model_format: str, out: str | Path, registry: ModelRegistry | None = None
) -> Path:
    """Writes a .zip with the model, its `model.json` and a model card; `add_model` takes it back.

    Every model can be given on as OpenVINO, a Keras model as ONNX where TensorFlow and tf2onnx are
    installed. Otherwise a model can be given on in the format that it came in.

    Args:
        name: of the model.
        model_format: keras, onnx or openvino.
        out: the .zip to write; replaced in one step.

    Raises:
        ModelError: the model cannot be given in that format, or the file cannot be written.
    """
    registry = registry or ModelRegistry()
    spec, folder, out = registry.spec(name), registry.folder(name), Path(out)
    if model_format not in EXPORT_FORMATS:
        raise ModelError(f"Models are exported as {', '.join(EXPORT_FORMATS)}; not {model_format}.")
    possible = [kind for kind in EXPORT_FORMATS if spec.format in _TAKEN[kind]]
    if model_format not in possible:
        raise ModelError(
            f"{name} is a model in the format {spec.format} and cannot be written as "
            f"{model_format}; export it as {' or '.join(possible)}."
        )
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        try:
            spec = _fill(work, spec, gate.check_folder(folder), model_format)
            spec.write(work)
            (work / "card.md").write_text(card(spec), encoding="utf-8")
            with replacing(out) as target, zipfile.ZipFile(target, "w") as archive:
                for file in sorted(p for p in work.rglob("*") if p.is_file()):
                    archive.write(file, file.relative_to(work), zipfile.ZIP_DEFLATED)
        except OSError as error:
            raise ModelError(f"{out} cannot be written: {error.strerror or error}.") from error
    return out


def _fill(work: Path, spec: ModelSpec, model: CheckedModel, model_format: str) -> ModelSpec:
    if model_format == "openvino" and spec.format != "openvino":
        target = work / "model.xml"
        network = read_network(engine_file(model, exact=True), model.path)
        import_openvino().serialize(network, target)
        files = (target, target.with_suffix(".bin"))
        digest = model_sha256(target, files)
        return replace(spec, file=target.name, format="openvino", sha256=digest)
    if model_format == "onnx" and spec.format in _KERAS:
        with tempfile.TemporaryDirectory() as temporary:
            made = keras_to_onnx(model, Path(temporary))
            target = work / made.name
            shutil.move(made, target)
        digest = model_sha256(target, (target,))
        return replace(spec, file=target.name, format="onnx", sha256=digest)
    model.copy_into(work)
    return replace(spec, sha256=model.sha256)
