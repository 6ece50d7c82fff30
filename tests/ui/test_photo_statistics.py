"""Statistics and a table of photos, as of a stream."""

import csv
from dataclasses import replace

import cv2
import numpy as np
import pytest
from fakes import make_face, make_result

from ui.core.stage import Stage


class Reads:
    """An engine that reads each photo by its brightness."""

    ready, unsure_below, model_name = True, 0.45, "mimik"

    def process(self, frame):
        label = "happiness" if frame.image.mean() > 100 else "anger"
        faces = [make_face(label, track_id=None)] * (2 if label == "anger" else 1)
        return replace(make_result(*faces), image_wh=frame.wh)

    def reset(self):
        pass


class Now:
    """Does each job at once."""

    def do(self, job):
        job()


@pytest.fixture
def stage(tmp_path):
    made = Stage(Reads(), Now(), lambda event: None)
    for name, level in (("a.png", 200), ("b.png", 30)):
        cv2.imwrite(str(tmp_path / name), np.full((40, 60, 3), level, np.uint8))
    return made


def test_photos_have_shares_and_none_counts_twice(stage, tmp_path):
    assert stage.shares() == {}
    for name in ("a.png", "b.png", "a.png"):
        stage.open_picture(str(tmp_path / name))
    assert stage.shares() == pytest.approx({"anger": 2 / 3, "happiness": 1 / 3})


def test_the_table_of_photos_has_a_row_a_face_with_its_photo(stage, tmp_path):
    for name in ("a.png", "b.png"):
        stage.open_picture(str(tmp_path / name))
    stage.save_statistics(str(tmp_path / "out.csv"), "en")
    with (tmp_path / "out.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["source"].rsplit("/", 1)[-1], row["label"]) for row in rows] == [
        ("a.png", "happiness"),
        ("b.png", "anger"),
        ("b.png", "anger"),
    ]


@pytest.mark.parametrize(("language", "word"), [("en", "Photos: 2"), ("de", "Fotos: 2")])
def test_the_chart_says_what_it_is_of(stage, tmp_path, monkeypatch, language, word):
    from fer_core.statistics import StreamStatistics

    titles = []
    monkeypatch.setattr(
        StreamStatistics, "to_png", lambda self, path, language, title: titles.append(title)
    )
    for name in ("a.png", "b.png"):
        stage.open_picture(str(tmp_path / name))
    stage.save_statistics(str(tmp_path / "out.png"), language)
    first, second = titles[0].split("\n")
    assert first == word
    assert second.startswith("mimik, 20")
