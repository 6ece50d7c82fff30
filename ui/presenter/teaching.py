"""Teaching a model's last layer: classes, faces from the camera or folders, and how it went."""

from collections.abc import Callable
from math import ceil

from fer_core.expressions import MAX_CLASSES, display_name, expression_of, own_class
from fer_core.names import plain
from ui.presenter.choices import Choices
from ui.presenter.panel import Panel
from ui.presenter.shell import Manner, Shell
from ui.presenter.shown import IMAGE
from ui.presenter.teach_events import (
    Shown,
    Taught,
    TeachFailed,
    TeachReady,
    TeachRow,
    TeachShown,
    TeachStep,
)
from ui.presenter.words import failure

#: Faces that one press of the button takes, seconds before the first and between two, and pictures
#: in a row without a face after which it stops.
WANTED, _COUNT_S, _PAUSE_S, _PATIENCE = 20, 3.0, 0.3, 30
#: Faces a class under which the figures say little.
FEW = 10


class Teaching:
    """Counts down, takes twenty faces a class, and has the model taught.

    Attributes:
        open_camera: called when the person asks for their camera.
    """

    def __init__(self, shell: Shell, panel: Panel, choices: Choices) -> None:
        self._shell, self._panel, self._choices = shell, panel, choices
        self._parent = self._last = ""
        self._labels: tuple[str, ...] = ()
        self._counts: dict[str, int] = {}
        self._chosen = ""
        self._next: float | None = None
        self._left = self._missed = 0
        self._said, self._bad = "", False
        self._share: float | None = None
        self._taught: Taught | None = None
        self._state: TeachShown | None = None
        self._is_open = False
        self.open_camera: Callable[[], None] = lambda: None

    # -- what the person does ----------------------------------------------------------------

    def ask(self) -> None:
        """Teach the model that is in use."""
        self._shell.say("message.looking_at_model", shows=Manner(busy=True))
        self._shell.core.begin_teaching(self._choices.model)

    def choose(self, label: str) -> None:
        """This class is shown next."""
        if label in self._labels and label != self._chosen:
            self._chosen, self._said, self._left = label, "", 0
        self.show()

    def add_class(self, word: str) -> None:
        """A class more, in the person's own word."""
        texts = self._shell.texts
        try:
            label = expression_of(word) or own_class(word)
        except ValueError:
            self._say(texts("teach.no_name"), bad=True)
            return
        if label.lower() in (known.lower() for known in self._labels):
            self._say(texts("teach.twice", label=self._name(label)), bad=True)
        elif len(self._labels) >= MAX_CLASSES:
            self._say(texts("teach.too_many", count=MAX_CLASSES), bad=True)
        else:
            self._labels, self._chosen, self._said = (*self._labels, label), label, ""
            self.show()

    def remove_class(self) -> None:
        """The chosen class is not wanted, nor its faces."""
        if not self._chosen:
            return
        gone, self._left = self._chosen, 0
        self._labels = tuple(label for label in self._labels if label != gone)
        self._chosen = self._labels[0] if self._labels else ""
        if self._counts.get(gone):
            self._shell.core.clear_taught(gone)
        self.show()

    def start(self) -> None:
        """Counts down and takes twenty faces; a still picture gives one; again: stops."""
        if self._left:
            self._left = 0
        elif self._live and self._chosen and self._share is None:
            self._taught = None
            self._said, self._missed = "", 0
            still = self._shell.mode == IMAGE
            self._left = 1 if still else WANTED
            self._next = self._shell.clock() + (0.0 if still else _COUNT_S)
        self.show()

    def take_folder(self) -> None:
        """The pictures of a folder are of the chosen class."""
        folder = self._shell.view.ask_class_folder(self._name(self._chosen)) if self._chosen else ""
        if folder:
            self._taught = None
            self._say(self._shell.texts("add.waiting"))
            self._shell.core.teach_folder(folder, self._chosen)

    def keep(self) -> None:
        """The faces are written into a folder of the person's, since they ask for it."""
        folder = self._shell.view.ask_folder("")
        if folder:
            self._shell.core.keep_taught(folder)

    def teach(self, name: str) -> None:
        """Teaches, or breaks the teaching off."""
        if self._share is not None:
            self._shell.core.stop_teaching()
            return
        self._share, self._left, self._taught = 0.0, 0, None
        self._say("")
        self._shell.core.teach(name)

    def closed(self) -> None:
        """The dialog was closed; what was shown is kept, a teaching that goes on is broken off."""
        self._is_open, self._left = False, 0
        if self._share is not None:
            self._shell.core.stop_teaching()

    # -- what came of it ---------------------------------------------------------------------

    def ready(self, event: TeachReady) -> None:
        """The model can be taught."""
        self._shell.close_busy_message()
        if event.parent != self._parent or not self._labels:
            self._labels, self._chosen = event.labels, event.labels[0]
        self._labels += tuple(label for label in event.counts if label not in self._labels)
        self._parent, self._counts = event.parent, dict(event.counts)
        self._said, self._bad, self._taught, self._state = "", False, None, None
        self._is_open = True
        self._shell.view.open_teach(self._free_name())
        self.show()

    def shown(self, event: Shown) -> None:
        """Faces were taken, or none was found."""
        self._counts = dict(event.counts)
        texts = self._shell.texts
        if event.cleared:
            self.show()
        elif event.left_out:
            key = "teach.left_out" if event.found else "teach.none_found"
            self._say(texts(key, count=event.left_out), bad=not event.found)
        elif not event.found:
            self._missed += 1
            if self._missed >= _PATIENCE or self._shell.mode == IMAGE:
                self._left = 0
            self._say(texts("capture.no_face"), bad=True)
        else:
            self._missed = 0
            self._left = max(self._left - 1, 0)
            self._say("")

    def step(self, event: TeachStep) -> None:
        """How far it is."""
        if self._share is not None:
            self._share = event.share
            self.show()

    def taught(self, event: Taught) -> None:
        """The model is there, and is used at once."""
        self._share, self._taught = None, event
        self._shell.core.list_models()
        self._choices.use_model(event.name)
        self._last = event.name
        if not self._is_open:
            self._shell.say("message.model_added", name=event.name)
        self._say(self._result(event))

    def failed(self, event: TeachFailed) -> None:
        """It cannot be done, or was broken off."""
        self._share, self._left = None, 0
        self._shell.close_busy_message()
        if self._is_open:
            texts = self._shell.texts
            said = failure(texts, event.message) if event.message else texts("teach.stopped")
            self._say(said, bad=bool(event.message))
        elif event.message:
            self._shell.fail(event.message, topic="teaching")

    # -- showing -----------------------------------------------------------------------------

    def tick(self) -> None:
        """Called many times a second."""
        if not self._is_open:
            return
        now = self._shell.clock()
        if self._left and not self._live:
            self._left = 0
        if self._left and self._next is not None and now >= self._next:
            self._next = now + _PAUSE_S
            self._shell.core.show_taught(self._chosen, self._panel.shown)
        self.show()

    def show(self) -> None:
        """Shows the dialog as it is now."""
        if not self._is_open:
            return
        state = self._now()
        if state != self._state:
            self._state = state
            self._shell.view.show_teach(state)

    @property
    def _live(self) -> bool:
        return self._panel.picture is not None and not self._shell.has_card

    def _now(self) -> TeachShown:
        texts = self._shell.texts
        waits = max(0.0, (self._next or 0.0) - self._shell.clock()) if self._left else 0.0
        count = ceil(waits) if waits > _PAUSE_S else 0
        enough = sum(self._counts.get(label, 0) > 0 for label in self._labels) > 1
        status = self._said or self._hint(count)
        return TeachShown(
            texts("teach.of", name=self._parent),
            tuple(TeachRow(label, self._name(label), self._note(label)) for label in self._labels),
            self._chosen,
            count,
            status,
            self._bad,
            self._taught is not None,
            self._live,
            bool(self._left),
            self._share,
            enough and not self._left,
            any(self._counts.values()),
        )

    def _hint(self, count: int) -> str:
        texts = self._shell.texts
        if self._share is not None:
            return texts("teach.working")
        if count or self._left:
            return texts("teach.hold", label=self._name(self._chosen))
        if not self._live:
            return texts("capture.no_picture")
        return texts("teach.hint", count=WANTED)

    def _note(self, label: str) -> str:
        if self._taught is not None and label in self._taught.right:
            right, count = self._taught.right[label]
            return self._shell.texts("teach.right", right=right, count=count)
        count = self._counts.get(label, 0)
        return str(count) if count else ""

    def _result(self, event: Taught) -> str:
        texts = self._shell.texts
        count = sum(count for _, count in event.right.values())
        share = texts.percent(event.accuracy)
        said = [texts("teach.done", name=event.name, share=share, count=count, folds=event.folds)]
        if event.before is not None:
            before = texts.percent(event.before)
            said.append(texts("teach.before", parent=event.parent, share=before))
        if event.few:
            names = ", ".join(self._name(label) for label in event.few)
            said.append(texts("teach.few", labels=names, few=FEW))
        said.append(texts("teach.others"))
        return " ".join(said)

    def _say(self, text: str, bad: bool = False) -> None:
        self._said, self._bad = text, bad
        self.show()

    def _name(self, label: str) -> str:
        return plain(display_name(label, self._shell.texts.language))

    def _free_name(self) -> str:
        taken = {name.lower() for name in self._choices.names} | {self._last.lower()}
        wanted = f"{self._parent[:50]}-taught"
        names = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, 1000))
        return next(name for name in names if name.lower() not in taken)
