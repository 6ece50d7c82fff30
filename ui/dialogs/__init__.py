"""The dialogs, one class and one `.ui` file each."""

from ui.dialogs.about import AboutDialog
from ui.dialogs.add_model import AddModelDialog
from ui.dialogs.download import DownloadDialog
from ui.dialogs.help import HelpDialog
from ui.dialogs.settings import SettingsDialog
from ui.dialogs.statistics import StatisticsDialog
from ui.dialogs.teach import TeachDialog

__all__ = [
    "AboutDialog",
    "AddModelDialog",
    "DownloadDialog",
    "HelpDialog",
    "SettingsDialog",
    "StatisticsDialog",
    "TeachDialog",
]
