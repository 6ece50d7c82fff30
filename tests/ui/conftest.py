import gc
import sys
from pathlib import Path

import pytest

from fer_core.config import Settings

sys.path.insert(0, str(Path(__file__).parent))

from fakes import FakeCore, FakeView

from ui.presenter import Presenter


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class Stand:
    """A presenter between a fake view and a fake core."""

    def __init__(self, settings):
        self.view, self.core, self.clock = FakeView(), FakeCore(), Clock()
        self.presenter = Presenter(self.view, self.core, settings, self.clock)

    def tick(self, *events, after_s=1.0):
        self.core.pending += events
        self.clock.now += after_s
        self.presenter.tick()

    @property
    def shown(self):
        return self.view.shown


@pytest.fixture(autouse=True)
def tk_objects_die_here():
    """A window's images and variables must not be collected by a thread of a later test."""
    yield
    gc.collect()


@pytest.fixture
def stand():
    made = Stand(Settings())
    made.presenter.start()
    return made


@pytest.fixture
def new_stand():
    return Stand


@pytest.fixture
def app():
    """The real window; for tests with the mark `display`."""
    import tkinter as tk

    from ui.app import App

    made = App(tk.Tk())
    made.start()
    yield made
    made.quit()
