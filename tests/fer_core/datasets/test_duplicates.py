"""Copies are found, and nothing else."""

from dataclasses import FrozenInstanceError, replace
from typing import ClassVar

import numpy as np
import pytest
import trees

from fer_core.datasets import duplicates
from fer_core.datasets.base import Split
from fer_core.datasets.duplicates import (
    Fingerprints,
    clean_mask,
    copies,
    digest,
    digests,
    exact,
    exact_copies,
    fingerprints,
    near_within,
)
from fer_core.errors import DatasetError


def noise(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape or (48, 48), dtype=np.uint8)


class Unreadable(list):
    """Pictures; None stands for a file that is none."""

    def __getitem__(self, index):
        image = super().__getitem__(index)
        if image is None:
            raise DatasetError("b.png is not a picture.")
        return image


def test_thumbs_are_the_means_of_4_by_4_pixels_around_0_with_length_1() -> None:
    image = noise(1)
    found = fingerprints([image])
    means = image.reshape(12, 4, 12, 4).mean(axis=(1, 3)).ravel()
    means -= means.mean()
    assert found.thumbs.shape == (1, 144)
    assert found.thumbs.dtype == np.float32
    np.testing.assert_allclose(found.thumbs[0], means / np.linalg.norm(means), rtol=0, atol=4e-3)


def test_the_thumb_of_a_colour_picture_is_that_of_its_grey_one() -> None:
    image = noise(2, 48, 48, 3)
    grey = np.round(image @ np.array([0.114, 0.587, 0.299])).astype(np.uint8)
    found = fingerprints([image, grey]).thumbs
    np.testing.assert_allclose(found[0], found[1], rtol=0, atol=3e-3)


@pytest.mark.parametrize(("span", "blank"), [(0, True), (3, True), (4, False)])
def test_a_picture_of_less_than_four_grey_levels_shows_nothing(span: int, blank: bool) -> None:
    image = np.full((48, 48), 250, np.uint8)
    image[:24] += span
    found = fingerprints([image, noise(1)])
    assert found.blank.tolist() == [blank, False]
    assert np.linalg.norm(found.thumbs, axis=1) == pytest.approx([float(span > 0), 1])
    full = np.zeros((48, 48), np.uint8)
    full[0, 0] = 255  # as bytes, 255 - 0 would be -1
    assert not fingerprints([full]).blank.any()


def test_files_that_are_no_picture_are_marked_or_raised() -> None:
    images = Unreadable([noise(1), None, noise(2)])
    with pytest.raises(DatasetError, match=r"b\.png"):
        fingerprints(images)
    found = fingerprints(images, tolerate=True)
    assert found.unreadable.tolist() == [False, True, False]
    assert found.blank.tolist() == [False, False, False]
    assert found.digests == (digest(images[0]), b"", digest(images[2]))
    assert (found.thumbs[1] == 0).all()


def test_unreadable_and_blank_files_are_nobodys_copies() -> None:
    blank = np.full((48, 48), 9, np.uint8)
    some = fingerprints(Unreadable([None, None, noise(1), blank]), tolerate=True)
    others = fingerprints(
        Unreadable([None, noise(1), np.full((48, 48), 11, np.uint8)]), tolerate=True
    )
    assert exact(some, others).tolist() == [False, False, True, False]
    assert copies(some, others).tolist() == [False, False, True, False]
    assert near_within(some).tolist() == [False, False, False, False]


def test_a_hash_is_over_shape_and_pixels() -> None:
    image = noise(1, 6, 8)
    assert digest(image) == digest(image.copy())
    assert len(digest(image)) == 16
    changed = image.copy()
    changed[5, 7] ^= 1
    assert len({digest(v) for v in (image, changed, image.reshape(8, 6), image[:, :, None])}) == 4
    assert digests([image, changed]) == [digest(image), digest(changed)]


def near(image: np.ndarray) -> np.ndarray:
    return np.clip(image.astype(int) + 2, 0, 255).astype(np.uint8)


@pytest.fixture(params=[2**25, 3])
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, and a picture at a time."""
    monkeypatch.setattr(duplicates, "_AT_ONCE", request.param)


@pytest.mark.usefixtures("block")
def test_exact_and_near_copies_in_another_split() -> None:
    a = [trees.picture(i) for i in (1, 2, 3, 4)]
    b = [trees.picture(9), near(a[1]), a[2], trees.picture(8)]
    prints = fingerprints(a), fingerprints(b)
    assert exact(*prints).tolist() == [False, False, True, False]
    assert copies(*prints).tolist() == [False, True, True, False]
    assert exact_copies(a, b).tolist() == [False, False, True, False]
    empty = fingerprints([])
    assert copies(prints[0], empty).tolist() == [False] * 4
    assert copies(empty, prints[1]).tolist() == []
    assert exact_copies([], b).dtype == bool


@pytest.mark.usefixtures("block")
def test_copies_within_a_split_come_after_what_they_copy() -> None:
    images = [trees.picture(i) for i in (1, 2, 3)]
    images += [near(images[1]), trees.picture(4), images[0], images[0]]
    found = near_within(fingerprints(images))
    assert found.tolist() == [False, False, False, True, False, True, True]
    assert near_within(fingerprints([])).tolist() == []


@pytest.mark.usefixtures("block")
def test_pictures_of_one_look_that_are_exact_copies_count_though_they_are_blank() -> None:
    blank = np.full((48, 48), 9, np.uint8)
    assert near_within(fingerprints([blank, noise(1), blank])).tolist() == [False, False, True]


def unit(*rows: tuple[float, ...]) -> Fingerprints:
    thumbs = np.zeros((len(rows), 144), np.float32)
    thumbs[:, :2] = rows
    none = np.zeros(len(rows), bool)
    return Fingerprints(tuple(bytes([i]) for i in range(len(rows))), thumbs, none, none)


def test_near_is_a_correlation_above_the_threshold() -> None:
    """0.995 if nobody says otherwise; the threshold itself is not above."""
    a, b = unit((1, 0)), unit((0.996, 0.09), (0.5, 0.5))
    b = Fingerprints((b"x", b"y"), b.thumbs, b.blank, b.unreadable)
    assert copies(a, b).tolist() == [True]
    assert copies(a, unit((1, 0), (0.994, 0.1))).tolist() == [True], "the best of them counts"
    assert copies(
        unit((1, 0)), Fingerprints((b"x",), unit((0.994, 0)).thumbs, b.blank[:1], b.blank[:1])
    ).tolist() == [False]
    half = Fingerprints((b"x",), unit((0.5, 0)).thumbs, b.blank[:1], b.blank[:1])
    assert copies(a, half, 0.5).tolist() == [False]
    assert copies(a, half, 0.49).tolist() == [True]
    assert near_within(unit((1, 0), (0.996, 0))).tolist() == [False, True]
    assert near_within(unit((1, 0), (0.994, 0))).tolist() == [False, False]
    assert near_within(unit((1, 0), (0.5, 0)), 0.5).tolist() == [False, False]
    assert near_within(unit((1, 0), (0.5, 0)), 0.49).tolist() == [False, True]


def test_clean_is_what_training_has_not_seen_pixel_for_pixel() -> None:
    labels = ("happiness", "neutral")
    test, train = (
        Split(
            name,
            labels,
            np.stack(images),
            np.zeros(len(images), int),
            tuple("abcde"[: len(images)]),
        )
        for name, images in (
            ("test", [trees.picture(1), trees.picture(2), trees.picture(3)]),
            (
                "train",
                [
                    trees.picture(7),
                    near(trees.picture(1)),
                    trees.picture(3),
                    *[trees.picture(8)] * 2,
                ],
            ),
        )
    )
    assert clean_mask(test, train).tolist() == [True, True, False]


class Counted(np.ndarray):
    """Thumbs that note how many correlations were computed at a time."""

    sizes: ClassVar[list[int]] = []

    def __matmul__(self, other: np.ndarray) -> np.ndarray:
        product = np.asarray(self) @ np.asarray(other)
        self.sizes.append(product.size)
        return product


@pytest.mark.parametrize(("a", "b"), [(23, 10), (3, 10), (23, 200)])
def test_only_so_many_correlations_are_in_memory_at_a_time(
    monkeypatch: pytest.MonkeyPatch, a: int, b: int
) -> None:
    monkeypatch.setattr(duplicates, "_AT_ONCE", 50)
    many, others = (fingerprints([noise(k) for k in range(n)]) for n in (a, b))
    for find, rows in (
        (lambda: copies(counted(many), others), b),
        (lambda: near_within(counted(many)), a),
    ):
        Counted.sizes.clear()
        find()
        at_once = max(1, 50 // rows)
        assert len(Counted.sizes) == -(-a // at_once)
        assert max(Counted.sizes) <= at_once * rows


def counted(prints: duplicates.Fingerprints) -> duplicates.Fingerprints:
    return replace(prints, thumbs=prints.thumbs.view(Counted))


def test_fingerprints_stay_as_they_were_taken() -> None:
    prints = fingerprints([noise(1)])
    with pytest.raises(FrozenInstanceError):
        prints.digests = ()  # type: ignore[misc]
    assert not hasattr(prints, "__dict__")
    assert prints != fingerprints([noise(1)])
