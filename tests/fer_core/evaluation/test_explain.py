import numpy as np
import pytest
from evaluation_models import make_classifier

from fer_core.evaluation.explain import occlusion_map


class LooksAtTheLeft:
    """Anger if the left half is dark, else disgust."""

    path = "left"

    def run(self, batch):
        dark = 1 - batch[:, :, :4].mean(axis=(1, 2, 3))
        logits = np.zeros((len(batch), 7), np.float32)
        logits[:, 0] = 8 * dark
        logits[:, 1] = 8 * (1 - dark)
        return logits


@pytest.fixture
def classifier():
    found = make_classifier()
    found.engine = LooksAtTheLeft()
    return found


@pytest.fixture
def crop():
    image = np.zeros((64, 48), np.uint8)
    image[:, 24:] = 255
    return image


def test_what_the_model_looks_at_stands_out(classifier, crop):
    found = occlusion_map(classifier, crop)
    assert found.shape == crop.shape
    assert found.dtype == np.float32
    assert found[:, :16].min() > 0.001
    assert abs(found[:, 36:]).max() < 1e-6


def test_covering_speaks_for_the_other_expression(classifier, crop):
    assert occlusion_map(classifier, crop, label="disgust")[:, :16].max() < 0


def test_colour_and_an_odd_size_are_fine(classifier, crop):
    colour = np.repeat(crop[:, :, None], 3, axis=2)[:63, :47]
    assert occlusion_map(classifier, colour, patch=0.5, steps=3).shape == (63, 47)


def test_an_expression_that_the_model_does_not_know_is_refused(classifier, crop):
    with pytest.raises(ValueError, match="not in tuple"):
        occlusion_map(classifier, crop, label="contempt")
