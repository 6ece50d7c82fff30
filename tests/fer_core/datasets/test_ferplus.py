"""The readings of the votes, against hand-made cases of the paper's rules."""

from pathlib import Path

import numpy as np
import pytest
import trees

from fer_core.datasets.ferplus import FerPlus, Reading, read_distribution
from fer_core.errors import DatasetError

#       neutral happiness surprise sadness anger disgust fear contempt unknown NF
CASES: list[tuple[list[int], dict[int, float], dict[int, float]]] = [
    # votes, majority, crossentropy
    ([10, 0, 0, 0, 0, 0, 0, 0, 0, 0], {0: 1}, {0: 1}),
    ([8, 1, 1, 0, 0, 0, 0, 0, 0, 0], {0: 1}, {0: 1}),  # single votes are outliers
    ([5, 5, 0, 0, 0, 0, 0, 0, 0, 0], {8: 1}, {0: 0.5, 1: 0.5}),
    ([6, 2, 2, 0, 0, 0, 0, 0, 0, 0], {0: 1}, {0: 0.6, 1: 0.2, 2: 0.2}),
    ([4, 0, 0, 1, 3, 2, 0, 0, 0, 0], {8: 1}, {0: 4 / 7, 4: 3 / 7}),  # 7 of 9 suffice
    ([2, 2, 2, 2, 2, 0, 0, 0, 0, 0], {8: 1}, {8: 1}),  # too many classes
    ([0, 0, 0, 0, 0, 0, 0, 0, 0, 10], {9: 1}, {9: 1}),  # no face
    ([0, 3, 0, 0, 0, 0, 0, 0, 7, 0], {8: 1}, {8: 1}),  # unknown leads
    ([0, 6, 0, 0, 0, 0, 0, 0, 4, 0], {1: 1}, {1: 1}),  # unknown ends the search
    ([0, 5, 0, 0, 0, 0, 0, 0, 5, 0], {8: 1}, {8: 1}),  # half is not enough
    ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], {8: 1}, {8: 1}),  # nothing is left
]


@pytest.mark.parametrize(("votes", "majority", "crossentropy"), CASES)
def test_readings(
    votes: list[int], majority: dict[int, float], crossentropy: dict[int, float]
) -> None:
    for reading, wanted in (("majority", majority), ("crossentropy", crossentropy)):
        name: Reading = "majority" if reading == "majority" else "crossentropy"
        expected = np.zeros(10)
        expected[list(wanted)] = list(wanted.values())
        np.testing.assert_allclose(read_distribution(np.array([votes]), name)[0], expected)


def write(folder: Path, votes: list[list[int]], removed: set[int]) -> Path:
    rows = [(0, trees.picture(i), "Training") for i in range(len(votes))]
    (folder / "fer2013.csv").write_bytes(trees.fer_csv(rows))
    (folder / "fer2013new.csv").write_text(trees.votes_csv(votes, removed), encoding="utf-8")
    return folder


def test_removed_unknown_and_no_face_are_left_out(tmp_path: Path) -> None:
    votes = [case[0] for case in CASES]
    train = FerPlus(write(tmp_path, votes, removed={0})).load("train")
    assert train.ids == ("row 1", "row 3", "row 8")
    assert [train.labels[t] for t in train.targets] == ["neutral", "neutral", "happiness"]


def test_five_classes_leave_out_the_others(tmp_path: Path) -> None:
    happy_afraid = [0, 6, 0, 0, 0, 0, 4, 0, 0, 0]
    afraid = [0, 0, 0, 0, 0, 0, 9, 0, 1, 0]
    path = write(tmp_path, [happy_afraid, afraid], set())
    five = ("neutral", "happiness", "surprise", "sadness", "anger")
    train = FerPlus(path, reading="crossentropy", labels=five).load("train")
    assert train.ids == ("row 0",)
    assert train.probs is not None
    np.testing.assert_allclose(train.probs[0], [0, 1, 0, 0, 0])


def test_probability_draws_by_the_votes(tmp_path: Path) -> None:
    path = write(tmp_path, [[6, 0, 0, 4, 0, 0, 0, 0, 0, 0]] * 300, set())
    train = FerPlus(path, reading="probability").load("train")
    assert set(train.targets) == {0, 3}
    assert 0.5 < (train.targets == 0).mean() < 0.7


def test_votes_that_do_not_belong_to_the_pictures(tmp_path: Path) -> None:
    path = write(tmp_path, [[10] + [0] * 9] * 3, set())
    votes = trees.votes_csv([[10] + [0] * 9] * 2, set())
    (path / "fer2013new.csv").write_text(votes, encoding="utf-8")
    with pytest.raises(DatasetError, match="has 2 rows but"):
        FerPlus(path).load("train")


def test_no_votes(tmp_path: Path) -> None:
    trees.fer_plain(tmp_path)
    with pytest.raises(DatasetError, match=r"No fer2013new\.csv beside"):
        FerPlus(tmp_path)
