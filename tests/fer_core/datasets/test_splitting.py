import numpy as np

from fer_core.datasets.splitting import cut


def test_every_class_gives_its_share() -> None:
    targets = np.repeat([0, 1, 2], [100, 50, 10])
    held = cut(targets, 0.1)
    assert np.bincount(targets[held]).tolist() == [10, 5, 1]
    assert (held == cut(targets, 0.1)).all()


def test_groups_stay_whole_and_keep_the_shares() -> None:
    rng = np.random.default_rng(0)
    targets = rng.integers(0, 4, 400)
    groups = [f"s{i // 10}" for i in range(400)]
    held = cut(targets, 0.25, groups)
    out = {g for g, h in zip(groups, held, strict=True) if h}
    stay = {g for g, h in zip(groups, held, strict=True) if not h}
    assert len(out) == 10
    assert not out & stay
    shares = np.bincount(targets[held]) / np.bincount(targets)
    assert abs(shares - 0.25).max() < 0.05


def test_a_single_picture_stays_in_training() -> None:
    assert not cut(np.array([0]), 0.5).any()
