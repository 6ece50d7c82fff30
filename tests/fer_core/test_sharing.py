"""One model for several streams."""

import threading

import numpy as np
import pytest

from fer_core.sharing import SharedClassifier
from fer_core.types import Prediction
from tests.waiting import PATIENCE_S, until


class Model:
    """Says of a crop what its first pixel is; the first call waits until it is let go."""

    name, spec = "model", None

    def __init__(self):
        self.calls, self.free = [], threading.Event()

    def predict(self, crops):
        self.calls.append(len(crops))
        if len(self.calls) == 1:
            assert self.free.wait(PATIENCE_S)
        if any(int(crop[0, 0, 0]) == 255 for crop in crops):
            raise ValueError("a bad crop")
        shares = [crop[0, 0, 0] / 255 for crop in crops]
        return [Prediction(np.array([s, 1 - s]), ("a", "b")) for s in shares]


def crop(value):
    return np.full((4, 4, 3), value, np.uint8)


def asked(shared, values, found):
    try:
        predictions = shared.predict([crop(value) for value in values])
        found.append([round(float(p.probs[0]) * 255) for p in predictions])
    except ValueError as error:
        found.append(str(error))


@pytest.fixture
def crowd():
    """Asks for the first values, and while these are read for all others at once."""
    model = Model()
    shared = SharedClassifier(model)
    found = {}

    def ask(*groups):
        threads = []
        for number, values in enumerate(groups):
            found[number] = []
            thread = threading.Thread(target=asked, args=(shared, values, found[number]))
            threads.append(thread)
            thread.start()
            if number == 0:
                until(lambda: model.calls, "the first call")
        until(lambda: len(shared._waiting) == len(groups) - 1, "all to wait")
        model.free.set()
        for thread in threads:
            thread.join(PATIENCE_S)
        return [found[number][0] for number in range(len(groups))], model.calls

    return ask


def test_those_who_wait_are_read_together_and_each_gets_their_own(crowd):
    found, calls = crowd([1], [2, 3], [4], [5, 6])
    assert found == [[1], [2, 3], [4], [5, 6]]
    assert calls == [1, 5]


def test_what_fails_fails_for_the_one_who_asked(crowd):
    found, _ = crowd([1], [2], [255], [3])
    assert found == [[1], [2], "a bad crop", [3]]
