"""The rendered cartoon data set: deterministic, complete, and moved by its action units."""

from pathlib import Path

import numpy as np
import pytest

from fer_core.datasets import open_dataset
from fer_core.datasets.toon import CHARACTERS, picture, render
from fer_core.datasets.toon.canvas import Canvas, View
from fer_core.datasets.toon.characters import Character
from fer_core.datasets.toon.face import Look, draw_head
from fer_core.datasets.toon.units import PROTOTYPES, Units, sample_units
from fer_core.errors import DatasetError
from fer_core.expressions import LABEL_ORDERS

SEVEN = LABEL_ORDERS["fer2013"]


def plain(units: Units, who: int = 0, view: View | None = None) -> np.ndarray:
    canvas = Canvas(view or View(), 1.5, None)
    canvas.image[:] = 200
    draw_head(canvas, CHARACTERS[who], units, Look())
    return canvas.finished().astype(int)


def change(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b).mean())


def test_at_least_six_characters_with_names_of_their_own() -> None:
    assert len({who.name for who in CHARACTERS}) == len(CHARACTERS) >= 6


def test_rendered_in_fergs_form_and_read_by_its_loader(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    count = render(tmp_path, 50, seed=3, progress=lambda done, all_: seen.append((done, all_)))
    assert count == len(CHARACTERS) * 7
    assert seen[-1] == (count, count)
    assert (tmp_path / "ada/ada_joy/ada_joy_1.png").is_file()
    dataset = open_dataset("toon", tmp_path)
    splits = [dataset.load(name) for name in dataset.splits()]
    assert sum(map(len, splits)) == count
    assert dataset.labels == SEVEN
    assert splits[0].images[0].shape == (256, 256, 3)
    report = dataset.check()
    assert report.ok
    assert not any(split.duplicates or split.blank for split in report.splits)


@pytest.mark.parametrize("who", CHARACTERS[:3], ids=lambda who: who.name)
def test_same_seed_same_pictures(who: Character) -> None:
    a, b, c = (picture(who, "fear", np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert (a == b).all()
    assert (a != c).any()


@pytest.mark.parametrize("who", range(len(CHARACTERS)), ids=[who.name for who in CHARACTERS])
def test_every_expression_changes_the_face(who: int) -> None:
    shown = [plain(PROTOTYPES[name][0], who) for name in SEVEN]
    for i, a in enumerate(shown):
        for b in shown[i + 1 :]:
            assert change(a, b) > 0.5


def test_a_stronger_action_unit_moves_more() -> None:
    rest = plain({})
    for unit in (1, 2, 4, 5, 6, 7, 9, 12, 15, 20, 26):
        weak, strong = change(rest, plain({unit: 0.4})), change(rest, plain({unit: 1.0}))
        assert 0 < weak < strong, f"AU{unit}"


def test_head_turns() -> None:
    front = plain({})
    for view in (View(yaw=0.3), View(pitch=0.2), View(roll=0.2)):
        assert change(front, plain({}, view=view)) > 2


@pytest.mark.parametrize("expression", SEVEN)
def test_intensity_stays_in_range(expression: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        units = sample_units(expression, rng)
        assert all(0 <= strength <= 1.1 for strength in units.values())


def test_every_look_stays_drawable() -> None:
    rng = np.random.default_rng(1)
    for who in CHARACTERS:
        image = picture(who, SEVEN[int(rng.integers(7))], rng)
        assert image.shape == (256, 256, 3)
        assert image.std() > 20


@pytest.mark.parametrize(("count", "seed"), [(0, 1), (1, -1)])
def test_wrong_numbers(count: int, seed: int, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="give"):
        render(tmp_path, count, seed)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match="cannot be written"):
        render(tmp_path / "file", 1, 1)
