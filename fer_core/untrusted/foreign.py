"""Model files that the app does not read, each with the one command that exports it."""

import re
from pathlib import Path

from fer_core.untrusted import json_files

_BY_SUFFIX = {
    ".pb": (
        "is a frozen graph of TensorFlow 1; run `python -m tf2onnx.convert --graphdef {name} "
        "--inputs INPUT:0 --outputs OUTPUT:0 --output model.onnx` and add model.onnx"
    ),
    ".caffemodel": (
        "is a Caffe network; run `mo --input_model {name} --input_proto {stem}.prototxt` (from "
        "`pip install openvino-dev==2023.3`) and add the .xml"
    ),
    ".mlmodel": (
        "is a Core ML model; export the network that it was made from with torch.onnx.export or "
        "model.save('name.keras')"
    ),
    ".params": (
        "is an MXNet network; run `python -c \"import mxnet.onnx as m; m.export_model('{stem}"
        "-symbol.json', '{name}')\"` and add the .onnx"
    ),
    ".pdmodel": (
        "is a PaddlePaddle network; run `paddle2onnx --model_dir . --model_filename {name} "
        "--save_file model.onnx` and add model.onnx"
    ),
    ".engine": "is built for one graphics card; add the .onnx that it was built from",
    ".task": "is a bundle of MediaPipe; unpack it (it is a zip) and add the .tflite inside",
    ".weights": (
        "holds weights of Darknet, without their network; export the network as ONNX and add that"
    ),
}
_BY_SUFFIX[".prototxt"] = (
    "describes a Caffe network; run `mo --input_model {stem}.caffemodel --input_proto {name}` "
    "(from `pip install openvino-dev==2023.3`) and add the .xml"
)
_BY_SUFFIX[".trt"], _BY_SUFFIX[".mlpackage"] = _BY_SUFFIX[".engine"], _BY_SUFFIX[".mlmodel"]
_IS_SHARD = re.compile(r"-shard\d+(of\d+)?(\.bin)?$")
_SHARD = (
    "is one shard of a TensorFlow.js model; add the model.json beside it, or export the network as "
    ".keras or .onnx"
)
_FACE_API = (
    "holds weights of face-api.js, whose network is in its program; export the network that "
    "it was made from: model.save('name.keras') in Keras, torch.onnx.export in PyTorch"
)
_HUGGING_FACE = (
    "is a model folder of Hugging Face; run `optimum-cli export onnx --model {folder} onnx/` (from "
    "`pip install optimum[exporters]`) and add onnx/model.onnx"
)
_HF_WEIGHTS = ("*.safetensors", "pytorch_model*.bin", "tf_model.h5", "flax_model.msgpack")


def about_file(path: Path) -> str:
    """One sentence about a file of another program; empty where it is none that is known."""
    words = _BY_SUFFIX.get(path.suffix.lower(), "")
    if _IS_SHARD.search(path.name):
        manifests = any(map(json_files.is_shard_manifest, path.parent.glob("*.json")))
        words = _FACE_API if manifests else _SHARD
    if (
        not words
        and path.suffix.lower() in (".safetensors", ".bin")
        and is_hugging_face(path.parent)
    ):
        return f"{path} belongs to a folder that {_hugging_face(path.parent)}."
    return f"{path} {words.format(name=path.name, stem=path.stem)}." if words else ""


def about_folder(folder: Path, shown: Path) -> str:
    """One sentence about a folder without a model that the app reads; empty where none is known.

    Args:
        folder: where to look. shown: what the person knows it as.
    """
    if is_hugging_face(folder):
        return f"{shown} {_hugging_face(shown)}."
    for file in sorted(item for item in folder.glob("*") if item.is_file()):
        found = about_file(file)
        if json_files.is_shard_manifest(file):
            found = f"{file} {_FACE_API}."
        if found:
            return found
    return ""


def is_hugging_face(folder: Path) -> bool:
    """Whether a folder is one that `save_pretrained` wrote, or that was cloned from its hub."""
    return (folder / "config.json").is_file() and any(
        any(folder.glob(pattern)) for pattern in _HF_WEIGHTS
    )


def _hugging_face(folder: Path) -> str:
    return _HUGGING_FACE.format(folder=folder)
