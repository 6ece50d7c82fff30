"""Teaching a model's last layer in the window: the faces so far, and the steps with them."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fer_core.errors import DatasetError, ModelError
from ui.core.stage import Present
from ui.core.worker import Worker, sentence
from ui.presenter.core import Event, Saved
from ui.presenter.teach_events import Shown, Taught, TeachFailed, TeachReady, TeachStep

if TYPE_CHECKING:
    from fer_core.models.check import Labelled
    from fer_core.models.spec import ModelSpec


class _StoppedError(Exception):
    """The person broke it off."""


class TeachingSteps:
    """The faces that a person has shown for one model; they stay in memory until the app ends.

    Args:
        loader: does the steps, one after the other.
        tell: takes what came of a step, `TeachFailed` where it failed.
    """

    def __init__(self, loader: Worker, tell: Callable[[Event], None]) -> None:
        self._loader, self._tell = loader, tell
        self._spec: ModelSpec | None = None
        self._faces: list[Labelled] = []
        self._last: Present | None = None
        self._stopped = False

    def begin(self, parent: str) -> None:
        """Sees whether a model can be taught; faces that were shown for it are still there."""

        def begin() -> None:
            from fer_core.models.convert import engine_file
            from fer_core.models.registry import ModelRegistry
            from fer_core.teaching.head import cut
            from fer_core.untrusted import gate

            registry = ModelRegistry()
            spec = registry.spec(parent)
            cut(engine_file(gate.check_folder(registry.folder(parent))), parent)
            if self._spec is None or self._spec.input != spec.input:
                self._faces.clear()
            self._spec = spec
            self._tell(TeachReady(parent, spec.labels, self._counts()))

        self._do(begin)

    def show(self, present: Present | None, label: str, chosen: int | None) -> None:
        """Takes the chosen face of the picture in the window, or the largest, for a class."""

        def show() -> None:
            from fer_core.teaching.faces import shown_face

            if present is None or present is self._last:
                return  # the same picture again teaches nothing
            self._last = present
            result = present.result
            if result is None or not result.faces:
                self._tell(Shown(label, self._counts(), found=0))
                return
            found = result.resized(present.frame.wh).numbered
            _, best = max(found, key=lambda pair: (pair[0] == chosen, min(pair[1].face.wh_px)))
            crop = shown_face(present.frame.image, best.face, self._wanted())
            self._faces.append((crop, label))
            self._tell(Shown(label, self._counts(), found=1))

        self._do(show)

    def folder(self, folder: str, label: str) -> None:
        """Takes the faces of a folder's pictures for a class."""

        def take() -> None:
            from fer_core.detection import usual_detector
            from fer_core.teaching.faces import faces_of, pictures_in

            spec = self._wanted()
            pictures = [(path, label) for path in pictures_in(Path(folder))]
            if not pictures:
                raise DatasetError(f"{folder} has no pictures; choose another folder.")
            found = faces_of(pictures, spec, usual_detector(lambda note: None))
            self._faces += found.faces
            event = Shown(label, self._counts(), len(found.faces), len(found.left_out))
            self._tell(event)

        self._do(take)

    def clear(self, label: str) -> None:
        """Forgets the faces of a class."""

        def clear() -> None:
            self._faces = [entry for entry in self._faces if entry[1] != label]
            self._tell(Shown(label, self._counts(), found=0, cleared=True))

        self._do(clear)

    def teach(self, name: str) -> None:
        """Teaches, and adds what came of it under a name."""
        self._stopped = False

        def step(done: int, total: int) -> None:
            if self._stopped:
                raise _StoppedError
            self._tell(TeachStep(done / total))

        def teach() -> None:
            from fer_core.teaching import teach as teaching

            spec = self._wanted()
            try:
                done = teaching.teach(spec.name, self._faces, name, progress=step)
            except _StoppedError:
                self._tell(TeachFailed(""))
                return
            right = {label: (done.right[label], count) for label, count in done.counts.items()}
            self._tell(
                Taught(name, spec.name, right, done.folds, done.accuracy, done.before, done.few)
            )

        self._do(teach)

    def stop(self) -> None:
        """Breaks the teaching off; nothing is added then, and the faces stay."""
        self._stopped = True

    def keep(self, folder: str) -> None:
        """Writes the faces that were shown, one folder a class."""

        def keep() -> None:
            from fer_core.teaching.faces import write

            write(self._faces, folder)
            self._tell(Saved((folder,)))

        self._do(keep)

    def _counts(self) -> dict[str, int]:
        return dict(Counter(label for _, label in self._faces))

    def _wanted(self) -> "ModelSpec":
        if self._spec is None:
            raise ModelError("No model is being taught any more; open it again.")
        return self._spec

    def _do(self, job: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                job()
            except Exception as error:
                self._tell(TeachFailed(sentence(error)))

        self._loader.do(guarded)
