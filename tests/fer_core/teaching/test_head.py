"""What comes into a network's last layer."""

import numpy as np
import pytest

from fer_core.errors import ModelError
from fer_core.models.convert import engine_file
from fer_core.models.engine import import_openvino
from fer_core.models.ensemble import join
from fer_core.models.registry import ModelRegistry
from fer_core.teaching.head import cut
from fer_core.untrusted import gate
from tests.fer_core.teaching import networks


@pytest.mark.parametrize("kind", ["dense", "convolution"])
def test_the_features_are_what_the_last_layer_takes(kind: str) -> None:
    folder = networks.add("net", kind)
    network = cut(engine_file(gate.check_folder(folder)), "net")
    compiled = import_openvino().Core().compile_model(network, "CPU")
    picture = np.zeros((1, 1, 8, 8), np.float32)
    picture[:, :, :4], picture[:, :, 4:] = 0.25, 0.75
    np.testing.assert_allclose(compiled([picture])[0], [[0.25, 0.75]], atol=1e-6)


@pytest.mark.usefixtures("warm")
def test_networks_of_ours_have_one() -> None:
    registry = ModelRegistry()
    folder = registry.folder("mimik-48")
    network = cut(engine_file(gate.check_folder(folder)), "mimik-48")
    assert list(network.outputs[0].get_partial_shape().get_min_shape()) == [1, 320]


@pytest.mark.parametrize("kind", ["average", "joined"])
def test_an_average_has_none(kind: str) -> None:
    if kind == "joined":
        networks.add("one")
        networks.add("two")
        folder = join(["one", "two"], "net")
    else:
        folder = networks.add("net", kind)
    with pytest.raises(ModelError, match="net has no last layer of its own") as error:
        cut(engine_file(gate.check_folder(folder)), "net")
    assert "\n" not in str(error.value)
