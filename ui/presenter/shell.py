"""What all parts of the presenter share: view, core, settings, texts, messages, the card."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from fer_core.config import Settings, save_settings
from fer_core.errors import ConfigError
from fer_core.texts import Texts
from ui.presenter.core import Core
from ui.presenter.shown import NONE, Action, Card, Message
from ui.presenter.view import MainView
from ui.presenter.words import failure

#: A notice goes away by itself after this long; an alarm stays.
NOTICE_S = 6.0
#: Texts are made anew when the language changes while they are shown.
Words = Callable[[Texts], str]
MakeAction = Callable[[Texts], Action]


@dataclass(frozen=True, slots=True)
class Manner:
    """What a message has beside its words; see `Message`.

    Attributes:
        topic: what an alarm is about, so that it goes once that works.
    """

    alarm: bool = False
    busy: bool = False
    brief: bool = False
    action: MakeAction | None = None
    topic: str = ""


SAYS = Manner()


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
        self._words: Words | None = None
        self._shows = SAYS
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
            self.fail(str(error), topic="settings")
        else:
            self.settled("settings")
        self.changed()

    def say(self, key: str, *, shows: "Manner" = SAYS, **values: object) -> None:
        """Shows a text over the picture, by its key; it changes with the language.

        Args:
            key: of Resources/Locale. values: what fills its gaps; foreign names may hold anything.
            shows: what else the message has.
        """
        self._tell(lambda texts: texts(key, **values), shows)

    def fail(self, english: str, topic: str = "", then: "Words | None" = None) -> None:
        """Shows a sentence of the library that tells of a failure, until it is closed.

        Args:
            topic: what it is about; `settled` takes it away once that works.
            then: says what follows from it.
        """

        def words(texts: Texts) -> str:
            said = failure(texts, english)
            return f"{said} {then(texts)}" if then is not None else said

        self._tell(words, Manner(alarm=True, topic=topic))

    def warn(self, english: str, topic: str = "", action: "MakeAction | None" = None) -> None:
        """Shows a sentence of the library that is no failure of what was asked for."""
        self._tell(
            lambda texts: texts.sentence(english), Manner(alarm=True, topic=topic, action=action)
        )

    def settled(self, topic: str) -> None:
        """What an alarm was about works now: it goes away."""
        if self._message is not None and self._shows.alarm and self._shows.topic == topic:
            self.close_message()

    def _tell(self, words: "Words", shows: "Manner") -> None:
        self._words, self._shows = words, shows
        self._until = self.clock() + NOTICE_S
        self._show_message()

    def _show_message(self) -> None:
        if self._words is None:
            self._message = None
        else:
            shows = self._shows
            action = shows.action(self.texts) if shows.action else None
            self._message = Message(
                self._words(self.texts), shows.alarm, action, shows.busy, shows.brief
            )
        self.view.show_message(self._message)

    def close_message(self) -> None:
        """Takes the message away."""
        self._words = None
        self._show_message()

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
        self._show_message()
        self.view.show_card(self._card() if self._card else None)
