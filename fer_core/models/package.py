"""One .zip with everything that someone else needs to use a model."""

import shutil
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

from fer_core.errors import ModelError
from fer_core.files import replacing
from fer_core.models.card import card
from fer_core.models.convert import engine_file
from fer_core.models.digest import model_files, model_sha256
from fer_core.models.engine import import_openvino
from fer_core.models.registry import ModelRegistry
from fer_core.models.spec import ModelSpec

EXPORT_FORMATS = ("keras", "onnx", "openvino")
_HAVE = {"keras": ("keras", "hdf5"), "onnx": ("onnx",)}


def export_model(
    name: str, model_format: str, out: str | Path, registry: ModelRegistry | None = None
) -> Path:
    """Writes a .zip with the model, its `model.json` and a model card; `add_model` takes it back.

    Every model can be given on as OpenVINO. As Keras or ONNX it can be given on if it came so:
    OpenVINO writes neither, and Keras writes ONNX only with tf2onnx or PyTorch.

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
    if model_format != "openvino" and spec.format not in _HAVE[model_format]:
        raise ModelError(
            f"{name} is a model in the format {spec.format} and cannot be written as "
            f"{model_format}; export it as openvino, or in its own format."
        )
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        try:
            spec = _fill(work, spec, folder / spec.file, model_format)
            spec.write(work)
            (work / "card.md").write_text(card(spec), encoding="utf-8")
            with replacing(out) as target, zipfile.ZipFile(target, "w") as archive:
                for file in sorted(p for p in work.rglob("*") if p.is_file()):
                    archive.write(file, file.relative_to(work), zipfile.ZIP_DEFLATED)
        except OSError as error:
            raise ModelError(f"{out} cannot be written: {error.strerror}.") from error
    return out


def _fill(work: Path, spec: ModelSpec, source: Path, model_format: str) -> ModelSpec:
    if model_format == "openvino" and spec.format != "openvino":
        network = import_openvino().Core().read_model(engine_file(source, spec.format))
        target = work / "model.xml"
        import_openvino().serialize(network, target)
        return replace(spec, file=target.name, format="openvino", sha256=model_sha256(target))
    for file in model_files(source):
        target = work / file.relative_to(source.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return replace(spec, sha256=model_sha256(source))
