import json

import cv2
import numpy as np
import pytest
from evaluation_models import SEVEN, make_classifier, make_spec, make_split

from fer_core.errors import ModelSpecError
from fer_core.evaluation import evaluate, write_metrics_into
from fer_core.evaluation.plots import draw_curves, write_plots
from fer_core.models.card import card
from fer_core.models.spec import ModelSpec


@pytest.fixture
def report():
    shown = [0, 1, 2, 3, 4, 5, 6, 3]
    split = make_split(shown, [*SEVEN, "sadness"])
    clean = np.array([True] * 7 + [False])
    return evaluate(make_classifier(), split, clean=clean, dataset="small")


def test_the_json_form_survives_json(report):
    data = json.loads(json.dumps(report.to_dict()))
    assert data["figures"]["all"]["accuracy"] == 0.875
    assert data["figures"]["clean"]["accuracy"] == 1.0
    assert data["figures"]["all"]["classes"]["sadness"] == {
        "precision": 1.0,
        "recall": 0.5,
        "f1": 0.6667,
        "pictures": 2,
    }
    assert np.shape(data["figures"]["all"]["confusion"]) == (7, 7)


def test_the_table_has_aligned_columns(report):
    text = report.to_text()
    assert "brightness on small, split test, faces as they are" in text
    assert "87.50 %" in text
    summary = text.splitlines()[2:9]
    assert len({len(line) for line in summary}) == 1


def test_figures_land_in_model_json_beside_those_already_there(report, tmp_path):
    make_spec(metrics={"other data": {"accuracy": 0.5}}).write(tmp_path)
    write_metrics_into(tmp_path, report)
    found = ModelSpec.read(tmp_path).metrics
    assert found["other data"] == {"accuracy": 0.5}
    assert found["small test"]["accuracy"] == 0.875
    assert found["small test clean"]["pictures"] == 7
    matrix = found["small test"].pop("confusion")
    assert np.trace(matrix) == 7
    assert all(isinstance(v, (int, float)) for v in found["small test"].values())


def test_the_model_card_shows_figures_and_confusion_matrix(report, tmp_path):
    make_spec().write(tmp_path)
    write_metrics_into(tmp_path, report)
    text = card(ModelSpec.read(tmp_path))
    assert "### small test clean" in text
    assert "| true \\ predicted | anger |" in text
    assert "| sadness | 0 | 0 | 0 | 1 | 1 | 0 | 0 |" in text


def test_a_folder_without_model_json_is_an_error(report, tmp_path):
    with pytest.raises(ModelSpecError):
        write_metrics_into(tmp_path, report)


def test_pictures_are_drawn_without_a_display(report, tmp_path):
    folder = tmp_path / "Ünïcödé folder"
    for path in write_plots(report, folder):
        image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
        assert image.shape[0] > 300
        assert image.std() > 10


def test_curves_of_a_single_epoch_are_drawn_too(tmp_path):
    row = {"epoch": "1", "loss": "1", "accuracy": "0.5", "val_loss": "1.1", "val_accuracy": "0.4"}
    draw_curves([row], tmp_path / "curves.png", title="small")
    assert (tmp_path / "curves.png").stat().st_size > 5000
