"""Editing a reading of a model with more classes than there is room for boxes."""

import pytest
from fakes import until

from ui.presenter.models import Proposed, RankedRow, ReadingForm

pytestmark = pytest.mark.display
MOODS = tuple(f"mood {n}" for n in range(20))


def test_twenty_labels_are_one_line(app, monkeypatch):
    form = ReadingForm(MOODS, "gray", 1 / 255, (0.0,), (1.0,), False, 0.0, "softmax")
    scalings = {"gray": {"0…1": (1 / 255, (0.0,), (1.0,))}}
    tried = []
    app.presenter.adding.proposed(Proposed("x.onnx", "x", "", (), MOODS, scalings))
    monkeypatch.setattr(app.core, "try_reading", tried.append)
    page = app.window.dialog("add_model")._edit
    page.begin(RankedRow(form, "given", "0…1", 0.5, ()))
    assert page._line.get() == ", ".join(MOODS)
    page._line.delete(0, "end")
    page._line.insert(0, ", ".join(["Freude", "very  tired", *MOODS[2:]]))
    page.on_typed(None)
    until(app, lambda: tried)
    assert tried[-1].labels == ("happiness", "very tired", *MOODS[2:])
