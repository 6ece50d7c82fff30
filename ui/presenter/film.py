"""The film as a whole: its timeline, going from event to event, markers and names."""

from collections.abc import Callable

from ui.presenter.faces import face_title
from ui.presenter.film_data import FilmData, FilmShown
from ui.presenter.shell import Shell
from ui.presenter.shown import VIDEO

#: Whoever goes back from just behind an event means the one before it, seconds.
_JUST_S = 0.3


class FilmTimeline:
    """What is known of the film that plays.

    Attributes:
        chosen: gives the number of the face in the panel.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._data: FilmData | None = None
        self.chosen: Callable[[], int | None] = lambda: None

    @property
    def is_there(self) -> bool:
        """Whether there is a film's timeline to show."""
        return self._data is not None and self._shell.mode == VIDEO and not self._shell.has_card

    def begin(self) -> None:
        """Something else was opened."""
        self._data = None

    def take(self) -> None:
        """Asks the core for what is new."""
        data = self._shell.core.film()
        if data is not None and self._shell.mode == VIDEO:
            self._data = data

    def shown(self) -> FilmShown | None:
        """The timeline as it is now; None where there is none."""
        data = self._data
        if data is None or not self.is_there:
            return None
        texts = self._shell.texts
        titles = tuple((p.number, p.name or face_title(p.number, texts)) for p in data.people)
        note = ""
        if not data.complete and data.duration_s:
            percent = f"{100 * min(data.done_s / data.duration_s, 1.0):.0f} %"
            note = texts("film.analysing", percent=percent)
        progress = self._shell.core.progress()
        position_s = progress.position_s if progress is not None else 0.0
        return FilmShown(data, titles, self._lane(data), position_s, note)

    def go_to(self, time_s: float) -> None:
        """A click on the timeline: shows that moment."""
        progress = self._shell.core.progress()
        if progress is not None and progress.duration_s:
            share = min(max(time_s / progress.duration_s, 0.0), 1.0)
            self._shell.core.seek(share)

    def go_to_event(self, forward: bool) -> None:
        """The next, or the last, moment at which something happened to the chosen person."""
        data, progress = self._data, self._shell.core.progress()
        if data is None or progress is None:
            return
        now, lane = progress.position_s, self._lane(data)
        times = [e.time_s for e in data.events if e.person in (None, lane)]
        after = [t for t in times if t > now + 1e-3]
        before = [t for t in times if t < now - _JUST_S]
        if forward and after:
            self.go_to(min(after))
        elif not forward and before:
            self.go_to(max(before))
        else:
            key = "message.no_event_after" if forward else "message.no_event_before"
            self._shell.say(key)

    def mark(self) -> None:
        """Marks the moment that is shown, with a note."""
        progress = self._shell.core.progress()
        if self._data is None or progress is None:
            return
        position_s = progress.position_s
        note = self._shell.view.ask_text(self._shell.texts("film.note_asked"))
        if note is not None:
            self._shell.core.mark_film(position_s, note.strip())

    def name_chosen(self) -> None:
        """Gives the chosen person a name."""
        data = self._data
        lane = self._lane(data) if data is not None else None
        if lane is None:
            return
        name = self._shell.view.ask_text(self._shell.texts("film.name_asked"))
        if name is not None:
            self._shell.core.name_person(lane, name.strip())

    def _lane(self, data: FilmData) -> int | None:
        """The chosen face's person, else the one seen longest."""
        chosen = self.chosen()
        if any(person.number == chosen for person in data.people):
            return chosen
        longest = max(data.people, key=lambda person: person.seconds, default=None)
        return longest.number if longest is not None else None
