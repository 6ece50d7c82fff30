"""What all parts of the presenter share: view, core, settings, texts, messages, the card."""

import time
from collections.abc import Callable

from fer_core.config import Settings, save_settings
from fer_core.errors import ConfigError
from fer_core.names import plain
from fer_core.texts import Texts
from ui.presenter.core import Core
from ui.presenter.shown import NONE, Action, Card, Message
from ui.presenter.view import MainView

#: A notice goes away by itself after this long; an alarm stays.
NOTICE_S = 6.0


class Shell:
    """Shared by the parts of one presenter.

    Attributes:
        mode: none, camera, image or video.
        texts: in the language of the settings.
        changed: called after the settings changed.
    """

    def __init__(
        self,
        view: MainView,
        core: Core,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.view, self.core, self.clock = view, core, clock
        self.settings = settings
        self.mode = NONE
        self.texts = Texts(settings.language)
        self.changed: Callable[[], None] = lambda: None
        self._message: Message | None = None
        self._until = 0.0
        self._card: Callable[[], Card] | None = None

    def set(self, **changes: object) -> None:
        """Changes settings, keeps them and shows what follows from them."""
        self.replace(self.settings.with_(**changes))

    def replace(self, settings: Settings) -> None:
        """Takes other settings and keeps them for the next run."""
        if settings == self.settings:
            return
        self.settings = settings
        try:
            save_settings(settings)
        except ConfigError as error:
            self.tell(self.texts.sentence(str(error)), alarm=True)
        self.changed()

    def tell(
        self, text: str, alarm: bool = False, action: Action | None = None, busy: bool = False
    ) -> None:
        """Shows a sentence over the picture; foreign names in it may hold anything."""
        self.tell_lines(plain(text), alarm, action, busy)

    def tell_lines(
        self, text: str, alarm: bool = False, action: Action | None = None, busy: bool = False
    ) -> None:
        """The same for a text of ours in several lines, whose foreign names are `plain`."""
        self._message = Message(text, alarm, action, busy)
        self._until = self.clock() + NOTICE_S
        self.view.show_message(self._message)

    def close_message(self) -> None:
        """Takes the message away."""
        self._message = None
        self.view.show_message(None)

    def close_busy_message(self) -> None:
        """What was going on is over; any other message stays."""
        if self._message is not None and self._message.busy:
            self.close_message()

    def tick(self) -> None:
        """Takes a notice away whose time is over."""
        if self._message and self._message.passing and self.clock() >= self._until:
            self.close_message()

    def show_card(self, make: Callable[[], Card] | None) -> None:
        """Shows a card in place of the picture; it is made anew when the language changes."""
        self._card = make
        self.view.show_card(make() if make else None)

    @property
    def card(self) -> Card | None:
        """What stands in the middle, if a card does."""
        return self._card() if self._card else None

    @property
    def has_card(self) -> bool:
        """Whether a card stands in the middle."""
        return self._card is not None

    def show_all(self) -> None:
        """Shows message and card again."""
        self.view.show_message(self._message)
        self.view.show_card(self._card() if self._card else None)
