import json

import cv2
import numpy as np
import pytest
from evaluation_models import SEVEN, make_classifier, make_spec, make_split

from fer_core.errors import ModelSpecError
from fer_core.evaluation import evaluate, write_metrics_into
from fer_core.evaluation.plots import write_plots
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
    assert text.index("balanced accuracy") < text.index("\naccuracy")
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
    assert "never says" not in text


def test_the_model_card_names_the_classes_that_are_never_said():
    never = {"accuracy": 0.8, "confusion": [[4, 0, 0], [1, 0, 0], [0, 0, 0]]}
    for strange in ("none", [1, 2], [["a"] * 3] * 3, [[1], [1, 2], [3]]):
        card(make_spec(labels=SEVEN[:3], metrics={"odd": {"confusion": strange}}))
    text = card(make_spec(labels=SEVEN[:3], metrics={"small": never}))
    assert f"It never says {SEVEN[1]}.\n" in text  # of the third there was no picture


def test_a_folder_without_model_json_is_an_error(report, tmp_path):
    with pytest.raises(ModelSpecError):
        write_metrics_into(tmp_path, report)


def test_pictures_are_drawn_without_a_display(report, tmp_path):
    folder = tmp_path / "Ünïcödé folder"
    for path in write_plots(report, folder):
        image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
        assert image.shape[0] > 300
        assert image.std() > 10
