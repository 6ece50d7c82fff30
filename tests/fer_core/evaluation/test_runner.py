from dataclasses import replace

import numpy as np
import pytest
from evaluation_models import SEVEN, make_classifier, make_split

from fer_core.datasets import open_dataset
from fer_core.errors import DatasetError
from fer_core.evaluation import evaluate, evaluate_dataset
from fer_core.evaluation.plots import write_plots
from fer_core.expressions import LABEL_ORDERS
from fer_core.models.classifier import load_checked
from fer_core.models.spec import InputSpec
from fer_core.untrusted.gate import check


def test_what_is_right_and_what_is_wrong_is_counted_by_name():
    split = make_split([0, 1, 3, 3], ["anger", "disgust", "happiness", "sadness"])
    figures = evaluate(make_classifier(), split).figures["all"]
    assert figures.accuracy == 0.75
    assert figures.confusion[SEVEN.index("sadness"), SEVEN.index("happiness")] == 1


def test_a_data_set_with_another_order_of_classes_gives_the_same_figures():
    truth = ["anger", "disgust", "happiness", "sadness"]
    order = LABEL_ORDERS["rafdb"]
    figures = evaluate(make_classifier(), make_split([0, 1, 3, 3], truth, order)).figures["all"]
    assert figures.accuracy == 0.75


def test_an_expression_that_the_model_does_not_know_is_left_out_and_reported():
    labels = LABEL_ORDERS["ferplus"]
    split = make_split([0, 1, 3, 3], ["anger", "disgust", "contempt", "contempt"], labels)
    report = evaluate(make_classifier(), split)
    figures = report.figures["all"]
    assert (figures.pictures, figures.left_out) == (2, 2)
    assert figures.accuracy == 1
    assert figures.accuracy_with_left_out == 0.5
    assert "2 pictures show an expression that the model does not know" in report.to_text()


def test_an_expression_that_only_the_model_knows_can_be_predicted_and_is_wrong():
    labels = (*SEVEN, "contempt")
    split = make_split([0, 7], ["anger", "happiness"])
    figures = evaluate(make_classifier(labels), split).figures["all"]
    assert figures.accuracy == 0.5
    assert figures.confusion[:, 7].sum() == 1


def test_a_split_without_any_known_expression_is_an_error_in_one_sentence():
    labels = ("contempt", "anger")
    split = make_split([0], ["contempt"], labels)
    with pytest.raises(DatasetError, match="no picture of an expression that model brightness"):
        evaluate(make_classifier(), split)


def test_progress_reaches_the_total():
    calls = []
    split = make_split([0] * 5, ["anger"] * 5)
    evaluate(make_classifier(), split, batch_size=2, progress=lambda *a: calls.append(a))
    assert calls == [(2, 5), (4, 5), (5, 5)]


def lopsided(left, right):
    """A picture that reads as one class, and mirrored as another."""
    image = np.full((8, 8), 10 * right, np.uint8)
    image[:, :4] = 10 * left
    return image


def test_mirror_averaging_is_switched_without_another_model():
    split = make_split([0, 0], ["anger", "anger"])
    split = replace(split, images=np.stack([lopsided(0, 0), lopsided(0, 1)]))
    classifier = make_classifier()
    plain = evaluate(classifier, split)
    mirrored = evaluate(classifier, split, tta=True)
    assert (plain.mirror_average, mirrored.mirror_average) == (False, True)
    assert plain.figures["all"].nll < mirrored.figures["all"].nll
    assert classifier.spec.input.mirror_average is False


class TwoSplits:
    """A data set whose second test picture stands in train too."""

    name = "two"
    labels = SEVEN

    def splits(self):
        return ("train", "test")

    def load(self, split):
        if split == "train":
            return make_split([5], ["surprise"])
        return make_split([0, 5, 1], ["anger", "surprise", "surprise"])


def test_pictures_that_were_trained_on_are_not_in_the_clean_figures():
    report = evaluate_dataset(make_classifier(), TwoSplits(), compare_mirror=True)
    assert report.figures["all"].pictures == 3
    assert report.figures["clean"].pictures == 2
    assert report.figures["clean"].accuracy == 0.5
    assert report.other is not None
    assert report.other.mirror_average is True


class OnlyCopies(TwoSplits):
    """A data set whose test pictures all stand in train too."""

    def load(self, split):
        part = make_split([0, 5], ["anger", "surprise"])
        return replace(part, name=split)


@pytest.mark.parametrize("split", ["test", "all"])
def test_no_clean_figures_where_no_picture_is_clean(split, tmp_path):
    report = evaluate_dataset(make_classifier(), OnlyCopies(), split, compare_mirror=True)
    assert set(report.figures) == {"all"}
    assert set(report.to_metrics()) == {f"two {split}"}
    assert len(write_plots(report, tmp_path)) == 2


def test_the_training_split_itself_has_no_clean_figures():
    assert set(evaluate_dataset(make_classifier(), TwoSplits(), "train").figures) == {"all"}


@pytest.mark.slow
@pytest.mark.data
def test_an_old_model_reaches_what_its_authors_published(data_dir, weights_dir):
    path = weights_dir / "fer2013_mini_XCEPTION.legacy.hdf5"
    pixels = InputSpec(64, 64, "gray", "nhwc", 1 / 127.5, (1,), (1,), "linear", False, 0.0, False)
    spec = replace(
        make_classifier(LABEL_ORDERS["fer2013"]).spec,
        file=path.name,
        format="hdf5",
        input=pixels,
        output="softmax",
    )
    dataset = open_dataset("fer2013", data_dir)
    report = evaluate_dataset(load_checked(check(path), spec), dataset)
    assert (report.figures["all"].pictures, report.figures["clean"].pictures) == (3589, 3301)
    assert report.figures["all"].accuracy == pytest.approx(0.654, abs=0.003)
    assert report.figures["clean"].accuracy == pytest.approx(0.638, abs=0.003)
