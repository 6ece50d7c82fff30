"""Whoever tells a person what a face shows says the same: there is one decision."""

import csv
import json

import numpy as np
import pytest
from fakes import make_face, make_result

from cli.image import _row
from fer_core.expressions import COLORS_RGB, EXPRESSIONS, UNSURE, UNSURE_RGB
from fer_core.overlay import annotate
from fer_core.statistics import StreamStatistics
from fer_core.texts import Texts
from fer_core.types import Frame
from fer_core.video.sinks import CsvSink, JsonLinesSink
from ui.core import saving
from ui.presenter import faces
from ui.presenter.history import History

FRAME = Frame(np.zeros((80, 100, 3), np.uint8), 0, 0.0)


def shown_in_picture(result):
    drawn = annotate(FRAME.image, result)
    colors = {name: COLORS_RGB[name] for name in EXPRESSIONS} | {UNSURE: UNSURE_RGB}
    counts = {n: (drawn == np.array(rgb[::-1])).all(axis=2).sum() for n, rgb in colors.items()}
    return max(counts, key=counts.get)


def shown_in_panel(result):
    detail = faces.detail(result, 1, Texts("en"))
    assert faces.rows(result, Texts("en"))[0].reading.startswith(detail.headline)
    return UNSURE if detail.headline == "not sure" else detail.headline


def shown_in_timeline(result):
    history = History()
    history.add(result)
    ((span,),) = [band.spans for band in history.timeline(Texts("en"), None).bands]
    assert span.color == faces.rows(result, Texts("en"))[0].color
    return UNSURE if span.color == "#{:02x}{:02x}{:02x}".format(*UNSURE_RGB) else "happiness"


def shown_in_statistics(result):
    statistics = StreamStatistics()
    statistics.add(result)
    (label,) = statistics.shares()
    return label


def shown_in_table(result, tmp_path):
    with CsvSink(tmp_path / "a.csv") as sink:
        sink.write(FRAME, result)
    with (tmp_path / "a.csv").open(encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    assert row["track_id"] == "1"
    return UNSURE if row["unsure"] == "true" else row["label"]


def shown_in_json(result, tmp_path):
    with JsonLinesSink(tmp_path / "a.jsonl") as sink:
        sink.write(FRAME, result)
    (face,) = json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8"))["faces"]
    return UNSURE if face["unsure"] else face["label"]


def shown_in_terminal(result):
    ((number, face),) = result.numbered
    said = _row(number, face)
    assert said[0] == "1"
    return UNSURE if said[1] == "not sure" else said[1]


def shown_in_file_name(result, tmp_path):
    (path,) = saving.save_faces(str(tmp_path), FRAME, result)
    return path.removesuffix(".png").rsplit("-", 1)[1]


@pytest.mark.parametrize("threshold", [0.0, 0.45, 0.57, 1.0])
@pytest.mark.parametrize("confidence", [0.3, 0.44994, 0.44996, 0.45, 0.56994, 0.57, 0.9999, 1.0])
def test_all_say_the_same(confidence, threshold, tmp_path):
    result = make_result(make_face("happiness", confidence, unsure_below=threshold))
    expected = UNSURE if round(confidence, 4) < threshold else "happiness"
    assert {
        shown_in_picture(result),
        shown_in_panel(result),
        shown_in_timeline(result),
        shown_in_statistics(result),
        shown_in_table(result, tmp_path),
        shown_in_json(result, tmp_path),
        shown_in_terminal(result),
        shown_in_file_name(result, tmp_path),
    } == {expected}
