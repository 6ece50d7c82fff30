import keras
import numpy as np
import pytest

from fer_core.architectures import se_resnet
from fer_core.training.half import halve_kernels


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras
def test_a_halved_file_is_half_as_large_and_holds_the_same_numbers(tmp_path):
    network = se_resnet.build((48, 48, 1), 7, stem=16, widths=(64, 128), blocks=(1, 1))
    path = tmp_path / "model.keras"
    network.save(path)
    before = path.stat().st_size
    halve_kernels(path)
    assert path.stat().st_size < 0.65 * before
    again = keras.models.load_model(path).get_weights()
    assert {array.dtype for array in again} == {np.dtype(np.float32)}
    for halved, whole in zip(again, network.get_weights(), strict=True):
        np.testing.assert_allclose(halved, whole, rtol=2**-11, atol=1e-7)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras
def test_a_kernel_that_rounds_up_to_a_power_of_two_keeps_its_size(tmp_path):
    network = keras.Sequential([keras.Input((512,)), keras.layers.Dense(256, use_bias=False)])
    kernel = np.random.default_rng(0).normal(0.0, 0.1, (512, 256)).astype(np.float32)
    network.set_weights([kernel])
    path = tmp_path / "model.keras"
    network.save(path)
    halve_kernels(path)
    again = keras.models.load_model(path).get_weights()[0]
    np.testing.assert_array_equal(again, kernel.astype(np.float16).astype(np.float32))
