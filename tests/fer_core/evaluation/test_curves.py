import cv2
import numpy as np
import pytest

from fer_core.evaluation.curves import Baselines, best_epoch, curves, draw_curves

OLD = [
    {"epoch": "1", "loss": "1.7", "accuracy": "0.3", "val_loss": "1.6", "val_accuracy": "0.4"},
    {"epoch": "2", "loss": "1.5", "accuracy": "0.4", "val_loss": "1.4", "val_accuracy": "0.6"},
    {"epoch": "3", "loss": "1.4", "accuracy": "0.5", "val_loss": "1.5", "val_accuracy": "0.5"},
]
NEW = [
    {**row, "learning_rate": str(rate), "val_balanced_accuracy": str(share)}
    for row, rate, share in zip(OLD, (0.001, 0.002, 0.0005), (0.2, 0.3, 0.35), strict=True)
]


def panel(figure, name):
    return next(axes for axes in figure.axes if axes.get_title() == name)


def drawn(axes):
    """Label → values of the lines of a panel."""
    return {line.get_label(): list(line.get_ydata()) for line in axes.lines}


def test_the_mean_of_the_classes_comes_first_and_the_learning_rate_has_its_panel():
    figure = curves(NEW)
    assert [axes.get_title() for axes in figure.axes] == ["right", "loss", "learning rate"]
    right = figure.axes[0].lines
    assert right[0].get_label() == "validation, mean of the classes"
    assert list(right[0].get_ydata()) == [0.2, 0.3, 0.35]
    assert list(figure.axes[2].lines[0].get_ydata()) == [0.001, 0.002, 0.0005]


def test_what_an_old_history_does_not_have_is_left_out():
    figure = curves(OLD)
    assert [axes.get_title() for axes in figure.axes] == ["right", "loss"]
    assert "validation, mean of the classes" not in drawn(figure.axes[0])
    begun_under_an_older_version = [{**OLD[0], "learning_rate": ""}, *NEW[1:]]
    (line,) = panel(curves(begun_under_an_older_version), "learning rate").lines
    assert list(line.get_xdata()) == [2, 3]
    assert [axes.get_title() for axes in curves(NEW[:1]).axes] == ["right", "loss"]
    only_loss = [{"epoch": "1", "loss": "3", "val_loss": "4"}]
    assert [axes.get_title() for axes in curves(only_loss).axes] == ["loss"]


def test_chance_and_the_largest_class_are_lines_in_the_first_panel():
    # 6 of 8 are of the largest of two classes; 5 of 10 of the largest of four: means 62.5, 37.5 %.
    baselines = Baselines.of([np.array([2, 6, 0, 0]), np.array([5, 1, 2, 2])])
    assert (baselines.majority, baselines.chance) == (0.625, 0.375)
    axes = curves(NEW, baselines=baselines).axes[0]
    level = [line.get_ydata()[0] for line in axes.lines if len(set(line.get_ydata())) == 1]
    assert level == [0.625, 0.375]
    assert [text.get_text().strip() for text in axes.texts] == [
        "always the largest class 62 %",
        "chance 38 %",
    ]


@pytest.mark.parametrize(("monitor", "epoch"), [("balanced_accuracy", 3), ("accuracy", 2)])
def test_the_epoch_whose_weights_were_kept_is_marked(monitor, epoch):
    assert best_epoch(NEW, monitor) == epoch
    for axes in curves(NEW, monitor=monitor).axes:
        assert list(axes.lines[-1].get_xdata()) == [epoch, epoch]


def test_of_losses_the_least_is_the_best_and_without_a_figure_none_is():
    assert best_epoch(NEW, "loss") == 2
    assert best_epoch(OLD, "balanced_accuracy") == best_epoch(NEW, "") == 0


def test_beside_the_curves_of_another_training_this_one_is_dots():
    axes = panel(curves(NEW[:1], beside=OLD), "loss")
    lines = [line for line in axes.lines if len(line.get_xdata()) == 3]
    dots = [line for line in axes.lines if len(line.get_xdata()) == 1]
    assert {line.get_linestyle() for line in lines} == {"-"}
    assert {line.get_marker() for line in dots} == {"o"}
    assert len(lines) == len(dots) == 2
    shown = [text.get_text() for text in axes.get_legend().get_texts()]
    assert shown == ["validation", "training"]


def test_curves_of_a_single_epoch_are_a_picture_with_something_on_it(tmp_path):
    path = tmp_path / "Ünïcödé folder" / "curves.png"
    draw_curves(NEW[:1], path, title="small")
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape[0] > 300
    assert image.std() > 10
