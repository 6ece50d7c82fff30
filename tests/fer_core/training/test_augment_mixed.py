"""Mixtures of two pictures, against what the Beta distribution promises."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.training import augment
from fer_core.training.specs import AugmentSpec

STILL = AugmentSpec(mixup_alpha=0.0, cutmix_alpha=0.0)


def mix(spec: AugmentSpec, count: int = 2000, seed: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of one level each, the number of their class."""
    pixels = np.broadcast_to(
        np.arange(count, dtype=np.float32)[:, None, None, None], (count, 6, 8, 1)
    )
    return augment.mixed(pixels, np.eye(count, dtype=np.float32), spec, np.random.default_rng(seed))


def test_mixup_draws_from_the_beta_distribution_of_its_alpha_for_each_picture() -> None:
    """Of Beta(2, 2), its greater half: the mean is 0.6875, and all pictures are mixed."""
    pixels, targets = mix(replace(STILL, mixup_alpha=2.0), 400)
    own = np.diag(targets)
    assert own.min() < 0.55
    assert own[own < 1].mean() == pytest.approx(0.6875, abs=0.02)
    np.testing.assert_allclose(pixels[:, 0, 0, 0], targets @ np.arange(400), rtol=1e-4)
    assert np.ptp(pixels, axis=(1, 2, 3)).max() == 0
    assert np.argsort(targets, axis=1)[:, -2].tolist() != list(range(400))


def test_cutmix_pastes_a_rectangle_of_the_same_place_anywhere() -> None:
    count = 300
    pixels = np.arange(count * 6 * 8, dtype=np.float32).reshape(count, 6, 8, 1)
    spec = replace(STILL, cutmix_alpha=1.0)
    mixed, targets = augment.mixed(
        pixels, np.eye(count, dtype=np.float32), spec, np.random.default_rng(9)
    )
    corners = []
    for index in range(count):
        pasted = np.argwhere(mixed[index, :, :, 0] != pixels[index, :, :, 0])
        assert targets[index, index] == pytest.approx(1 - len(pasted) / 48)
        if len(pasted):
            (top, left), (bottom, right) = pasted.min(axis=0), pasted.max(axis=0) + 1
            assert len(pasted) == (bottom - top) * (right - left)
            other = int(np.flatnonzero(targets[index] * (np.arange(count) != index))[0])
            area = np.s_[top:bottom, left:right]
            np.testing.assert_array_equal(mixed[index][area], pixels[other][area])
            assert (bottom - top) / 6 == pytest.approx((right - left) / 8, abs=0.15)
            corners.append([top, left, bottom, right])
    assert np.min(corners, axis=0).tolist()[:2] == [0, 0]
    assert np.max(corners, axis=0).tolist()[2:] == [6, 8]
    assert len(corners) > 200


def test_with_both_each_batch_draws_one_of_them() -> None:
    spec = replace(STILL, mixup_alpha=1.0, cutmix_alpha=1.0)
    cut = [bool(np.ptp(mix(spec, 24, seed)[0], axis=(1, 2)).max()) for seed in range(24)]
    assert 4 < sum(cut) < 20
    pixels, targets = mix(STILL, 24)
    np.testing.assert_array_equal(targets, np.eye(24))
    assert pixels[:, 0, 0, 0].tolist() == list(range(24))
