"""Model files that reach for files outside their folder, built by hand.

Each is made in `home/a/b/c`; `home/.profile` is what it would read or replace.
"""

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.fer_core.models.builders import make_spec

#: From the folder of the model to the person's own file, and from `models/.adding-x`, too.
CLIMBING = "../../../.profile"
Make = Callable[[Path, Path], Path]


def network(location: str = "", producer: str = "", **places: str) -> bytes:
    """An ONNX network whose weights lie at a location."""
    from onnx import TensorProto, helper, numpy_helper

    tensor = numpy_helper.from_array(np.ones((1, 7), np.float32), "w")
    if location:
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in {"location": location, **places}.items():
            entry = tensor.external_data.add()
            entry.key, entry.value = key, value
    nodes = [
        helper.make_node("GlobalAveragePool", ["x"], ["p"]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["z"]),
        helper.make_node("Softmax", ["z"], ["y"], axis=-1),
    ]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1, 24, 24])]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 7])]
    graph = helper.make_graph(nodes, "g", inputs, outputs, [tensor])
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name=producer)
    return bytes(model.SerializeToString())


def ir(offset: object = 0, size: object = 28, before: str = "") -> bytes:
    """The beginning of an OpenVINO network with its weights somewhere in the .bin."""
    place = f'<data element_type="f32" shape="1,7" offset="{offset}" size="{size}"/>'
    layer = f'<layer id="0" name="w" type="Const" version="opset1">{place}</layer>'
    return f'{before}<net name="n" version="11"><layers>{layer}</layers></net>'.encode()


def alone(location: str) -> Make:
    def make(folder: Path, own: Path) -> Path:
        path = folder / "model.onnx"
        path.write_bytes(network(location.format(own=own)))
        return path

    return make


def described(location: str) -> Make:
    def make(folder: Path, own: Path) -> Path:
        alone(location)(folder, own)
        make_spec().write(folder)
        return folder

    return make


def zipped(location: str, *, spec: bool) -> Make:
    def make(folder: Path, own: Path) -> Path:
        path = folder / "model.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("model.onnx", network(location.format(own=own)))
            if spec:
                archive.writestr("model.json", json.dumps(make_spec().to_dict()))
        return path

    return make


def member(name: str, *, link: bool = False) -> Make:
    def make(folder: Path, own: Path) -> Path:
        path = folder / "model.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("model.onnx", network())
            info = zipfile.ZipInfo(name.format(own=own))
            info.external_attr = (0o120777 if link else 0o100644) << 16
            archive.writestr(info, str(own) if link else "evil")
        return path

    return make


def bomb(folder: Path, own: Path) -> Path:
    path = folder / "model.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.onnx", bytes(64 << 20))
    return path


def named_in_model_json(name: str) -> Make:
    def make(folder: Path, own: Path) -> Path:
        (folder / "model.onnx").write_bytes(network())
        data: dict[str, Any] = make_spec().to_dict()
        (folder / "model.json").write_text(json.dumps(data | {"file": name.format(own=own)}))
        return folder

    return make


def linked_weights(folder: Path, own: Path) -> Path:
    (folder / "w.bin").symlink_to(own)
    return alone("w.bin")(folder, own)


def linked_model(folder: Path, own: Path) -> Path:
    (own.parent / "other.onnx").write_bytes(network())
    (folder / "model.onnx").symlink_to(own.parent / "other.onnx")
    make_spec().write(folder)
    return folder


def linked_below(folder: Path, own: Path) -> Path:
    (own.parent / "other.onnx").write_bytes(network())
    (folder / "runs").mkdir()
    (folder / "runs" / "model.onnx").symlink_to(own.parent / "other.onnx")
    return folder


def linked_bin(folder: Path, own: Path) -> Path:
    (folder / "model.xml").write_bytes(ir())
    (folder / "model.bin").symlink_to(own)
    return folder / "model.xml"


def saved_model(*, whole_folder: bool) -> Make:
    def make(folder: Path, own: Path) -> Path:
        saved = folder / "saved"
        saved.mkdir()
        (saved / "saved_model.pb").write_bytes(b"\x08\x01")
        (saved / "assets").symlink_to(own.parent if whole_folder else own)
        return saved

    return make


def outside_the_bin(offset: object, size: object = 28, before: str = "") -> Make:
    def make(folder: Path, own: Path) -> Path:
        (folder / "model.xml").write_bytes(ir(offset, size, before))
        (folder / "model.bin").write_bytes(bytes(28))
        return folder / "model.xml"

    return make


def outside_the_weights(**places: str) -> Make:
    def make(folder: Path, own: Path) -> Path:
        (folder / "w.bin").write_bytes(bytes(28))
        (folder / "model.onnx").write_bytes(network("w.bin", **places))
        return folder / "model.onnx"

    return make


def tflite_by_its_comment(folder: Path, own: Path) -> Path:
    before = "<!--TFL3--><!DOCTYPE net [<!ENTITY a 'b'>]>"
    return outside_the_bin(0, before=before)(folder, own)


def tflite_by_its_producer(folder: Path, own: Path) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(network(CLIMBING, producer="TFL3"))
    assert path.read_bytes()[4:8] == b"TFL3"
    return path


def renamed_to_tflite(folder: Path, own: Path) -> Path:
    path = tflite_by_its_producer(folder, own)
    return path.rename(folder / "model.tflite")


def pipe(name: str) -> Make:
    def make(folder: Path, own: Path) -> Path:
        os.mkfifo(folder / name)
        return folder / name if name == "model.onnx" else alone(name)(folder, own)

    return make


#: What it does → what makes it; gives what the person adds.
ESCAPES: dict[str, Make] = {
    "ONNX weights, climbing": alone(CLIMBING),
    "ONNX weights, climbing with backslashes": alone(CLIMBING.replace("/", "\\")),
    "ONNX weights, climbing later": alone(f"data/../{CLIMBING}"),
    "ONNX weights, absolute": alone("{own}"),
    "ONNX weights, climbing, described": described(CLIMBING),
    "ONNX weights, absolute, described": described("{own}"),
    "ONNX weights, climbing, in a zip": zipped(CLIMBING, spec=False),
    "ONNX weights, climbing, described, in a zip": zipped(CLIMBING, spec=True),
    "ONNX weights, absolute, described, in a zip": zipped("{own}", spec=True),
    "ONNX weights, a link": linked_weights,
    "ONNX weights, beyond the end": outside_the_weights(offset="20", length="28"),
    "ONNX weights, before the beginning": outside_the_weights(offset="-4", length="28"),
    "ONNX weights, at no number": outside_the_weights(offset="x"),
    "ONNX with a producer TFL3": tflite_by_its_producer,
    "ONNX called .tflite": renamed_to_tflite,
    "a model folder with a linked model": linked_model,
    "a folder with a linked model": linked_below,
    "SavedModel with a linked folder": saved_model(whole_folder=True),
    "SavedModel with a linked file": saved_model(whole_folder=False),
    "OpenVINO with a linked .bin": linked_bin,
    "OpenVINO, beyond the end of the .bin": outside_the_bin(1),
    "OpenVINO, before the .bin": outside_the_bin(-28, 56),
    "OpenVINO, a huge place": outside_the_bin(1 << 62, 1 << 62),
    "OpenVINO, a place in words of its own": outside_the_bin("0x10"),
    "OpenVINO, in another namespace": outside_the_bin(
        1, before='<?xml version="1.0"?><net xmlns="n"/>'
    ),
    "OpenVINO with a comment TFL3": tflite_by_its_comment,
    "OpenVINO in another encoding": outside_the_bin(
        0, before='<?xml version="1.0" encoding="cp037"?>'
    ),
    "a zip member, climbing": member(CLIMBING),
    "a zip member, climbing with backslashes": member(CLIMBING.replace("/", "\\")),
    "a zip member, absolute": member("{own}"),
    "a zip member, on a drive": member("C:.profile"),
    "a zip member, a link": member("link", link=True),
    "a zip that unpacks to much": bomb,
    "model.json, climbing": named_in_model_json(CLIMBING),
    "model.json, climbing with backslashes": named_in_model_json(CLIMBING.replace("/", "\\")),
    "model.json, absolute": named_in_model_json("{own}"),
    "model.json, on a drive": named_in_model_json("C:model.onnx"),
}  # fmt: skip
if hasattr(os, "mkfifo"):
    ESCAPES |= {f"a pipe {n}": pipe(n) for n in ("model.onnx", "w.bin")}
