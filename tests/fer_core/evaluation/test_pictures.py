import numpy as np

from fer_core.evaluation.pictures import class_counts, picture_grid


def test_pictures_are_shown_in_their_own_colours_under_their_titles():
    blue = np.zeros((4, 4, 3), np.uint8)
    blue[..., 0] = 255
    half = np.full((4, 4, 1), 127.6)
    dark = np.full((4, 4), 3, np.uint8)
    figure = picture_grid([blue, half, dark], ["a", "b", "c\nd"], columns=2)
    axes = figure.axes
    assert len(axes) == 4
    assert axes[0].images[0].get_array()[0, 0].tolist() == [0, 0, 255]  # red, green, blue
    assert axes[2].images[0].get_clim() == (0, 255)  # a dark picture stays dark
    assert [a.get_title() for a in axes] == ["a", "b", "c\nd", ""]
    assert not any(a.axison for a in axes)


def test_every_class_has_a_bar_with_its_count_and_share():
    axes = class_counts(("sad", "happy", "never"), np.array([300, 1200, 0])).axes[0]
    assert [bar.get_height() for bar in axes.patches] == [300, 1200, 0]
    assert [text.get_text() for text in axes.texts] == ["300\n20%", "1,200\n80%", "0\n0%"]
