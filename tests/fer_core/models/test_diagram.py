"""The layers of a network, as they lie in the model file."""

import numpy as np
import pytest

from fer_core import paths
from fer_core.models.diagram import diagram, of_file
from fer_core.models.diagram_svg import shown_shape, svg
from fer_core.models.engine import import_openvino
from fer_core.untrusted import gate


@pytest.fixture(scope="module")
def mimik():
    return diagram(gate.check_folder(paths.bundled_models_dir() / "mimik"))


def saved(tmp_path, build):
    openvino = import_openvino()
    from openvino import opset13 as ops

    pixels = ops.parameter([-1, 8, 8, 2], np.float32, name="pixels")
    openvino.serialize(openvino.Model([build(ops, pixels)], [pixels], "net"), tmp_path / "net.xml")
    return tmp_path / "net.xml"


def test_every_parameter_of_our_model_is_counted(mimik):
    # Keras: 3,827,964, as its card and the README have it.
    assert mimik.parameters == 3_827_964
    assert mimik.layers[0].kind == "input"
    assert mimik.layers[0].shape == (96, 96, 1)
    assert mimik.layers[-1].shape == (8,)


def test_what_runs_as_one_is_one_layer(mimik):
    first = mimik.layers[1]
    assert first.kind == "convolution"
    assert first.detail == "6×6, stride 2, batch norm, ReLU"
    assert first.shape == (48, 48, 32)
    assert first.parameters == 6 * 6 * 32 + 4 * 32


def test_a_residual_block_has_two_ways(mimik):
    adds = [layer for layer in mimik.layers if layer.kind == "add"]
    assert adds
    assert all(len(layer.inputs) == 2 for layer in adds)


def test_layers_read_only_what_comes_before(mimik):
    for layer in mimik.layers:
        assert all(source < layer.id for source in layer.inputs)


def test_a_network_of_ones_own(tmp_path):
    def build(ops, pixels):
        flat = ops.reshape(pixels, np.array([-1, 128]), False)
        dense = ops.matmul(flat, np.ones((128, 3), np.float32), False, False)
        return ops.softmax(ops.add(dense, np.ones((1, 3), np.float32)), 1)

    found = of_file(saved(tmp_path, build))
    assert [layer.kind for layer in found.layers] == ["input", "dense"]
    assert found.layers[1].detail == "softmax"
    assert found.parameters == 128 * 3 + 3


def test_an_activation_of_what_others_read_is_a_layer_of_its_own(tmp_path):
    def build(ops, pixels):
        both = ops.multiply(pixels, pixels)
        return ops.add(ops.concat([both, both], 3), ops.concat([ops.relu(both), both], 3))

    kinds = [layer.kind for layer in of_file(saved(tmp_path, build)).layers]
    assert kinds.count("join") == 2
    assert kinds[-1] == "add"


def test_the_drawing_has_a_box_a_layer_and_nothing_that_runs(mimik):
    drawn = svg(mimik, 'a "name" <x>')
    assert drawn.count("<rect") == len(mimik.layers)
    assert "&lt;x&gt;" in drawn
    assert "<script" not in drawn
    assert "style=" not in drawn
    assert drawn.count("<path") == sum(len(layer.inputs) for layer in mimik.layers)


def test_no_two_boxes_lie_on_each_other(mimik):
    import re

    boxes = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)"', svg(mimik, "x"))
    assert len(set(boxes)) == len(boxes)


def test_a_shape_of_any_size_is_said():
    assert shown_shape((24, -1, 3)) == "24×?×3"
