import numpy as np
import pytest

from fer_core.errors import ConfigError
from fer_core.training.checkpoint import CHECKPOINT, Checkpoint


def test_a_checkpoint_comes_back_in_order(tmp_path):
    arrays = [np.full((index % 3 + 1,), index, np.float32) for index in range(120)]
    state = {"epochs": 3, "best": float("-inf")}
    Checkpoint(state, arrays, [], arrays[:2], [np.int64(7)]).write(tmp_path)
    kept = Checkpoint.read(tmp_path)
    assert kept.state == state
    for found, expected in zip(kept.network, arrays, strict=True):
        np.testing.assert_array_equal(found, expected)
    assert (len(kept.average), len(kept.best), kept.optimizer[0]) == (0, 2, 7)


def test_half_a_checkpoint_is_named(tmp_path):
    Checkpoint({}, [np.zeros(1000)], [], [], []).write(tmp_path)
    path = tmp_path / CHECKPOINT
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(ConfigError, match=r"checkpoint\.npz cannot be read .* delete it"):
        Checkpoint.read(tmp_path)
