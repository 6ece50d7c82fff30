"""Small networks with the output of an SSD; what they find depends on the colour of the picture."""

from pathlib import Path

import numpy as np

from fer_core.models.engine import import_openvino

#: Class, share of the picture's blue that the score is, left, top, right, bottom.
Row = tuple[float, float, float, float, float, float]
LEFT_FACE: Row = (1, 1.0, 0.1, 0.2, 0.3, 0.5)


def ssd(
    path: Path, *rows: Row, shape: tuple[int, ...] = (1, 3, 300, 300), columns: int = 7
) -> Path:
    """Writes an .xml with its .bin, or an .onnx.

    The score is the mean of the first channel, 0..255, as a share, times what the row says.
    """
    table = np.zeros((len(rows) + 1, columns), np.float32)
    blue = np.zeros_like(table)
    for index, (kind, share, *box) in enumerate(rows):
        table[index] = [0, kind, 0, *box, *[0] * columns][:columns]
        blue[index, 2] = share / 255
    table[-1, 0] = -1
    if path.suffix == ".onnx":
        _onnx(path, table[None, None], blue[None, None], shape)
    else:
        _openvino(path, table[None, None], blue[None, None], shape)
    return path


def _openvino(path: Path, table: np.ndarray, blue: np.ndarray, shape: tuple[int, ...]) -> None:
    openvino = import_openvino()  # without its telemetry, which starts a thread
    from openvino import opset13 as ops

    picture = ops.parameter(list(shape), np.float32, name="data")
    axes = (2, 3) if shape[1] in (1, 3) else (1, 2)
    mean = ops.reduce_mean(picture, np.array(axes), keep_dims=True)
    first = ops.gather(mean, np.array([0]), np.array(1 if axes == (2, 3) else 3))
    rows = ops.add(ops.multiply(first, ops.constant(blue)), ops.constant(table))
    openvino.save_model(openvino.Model([rows], [picture], "ssd"), path, compress_to_fp16=False)


def _onnx(path: Path, table: np.ndarray, blue: np.ndarray, shape: tuple[int, ...]) -> None:
    from onnx import TensorProto, checker, helper, numpy_helper, save

    constants = {"table": table, "blue": blue, "zero": np.array([0], np.int64)}
    nodes = [
        helper.make_node("ReduceMean", ["data"], ["mean"], axes=[2, 3], keepdims=1),
        helper.make_node("Gather", ["mean", "zero"], ["first"], axis=1),
        helper.make_node("Mul", ["first", "blue"], ["scores"]),
        helper.make_node("Add", ["scores", "table"], ["rows"]),
    ]
    graph = helper.make_graph(
        nodes,
        "ssd",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, table.shape)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    checker.check_model(model)
    save(model, str(path))
