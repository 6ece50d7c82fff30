"""What the window does, without the window: tested with a fake view, free of Tk and OpenCV."""

from ui.presenter.core import Core
from ui.presenter.presenter import Presenter
from ui.presenter.view import MainView

__all__ = ["Core", "MainView", "Presenter"]
