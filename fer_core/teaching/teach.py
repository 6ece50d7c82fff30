"""A model of a person's own from a model that is there and a few faces of each class."""

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from fer_core import preprocess
from fer_core.errors import ModelError
from fer_core.expressions import MAX_CLASSES, in_order
from fer_core.models.check import Labelled
from fer_core.models.convert import engine_file
from fer_core.models.engine import core, import_openvino
from fer_core.models.library import free_name, take_model
from fer_core.models.registry import ModelRegistry
from fer_core.models.spec import ModelSpec, check_name
from fer_core.teaching import fit, head
from fer_core.untrusted import gate

#: Faces a class without which nothing is taught, under which it is warned, and that are asked for.
LEAST, FEW, WANTED = 3, 10, 20
#: Name of the figures in `ModelSpec.metrics`.
MEASURED = "own held-out"
#: A face and its mirror image.
_VIEWS = 2
#: One thread: other programs have the rest, and faces are small.
_CONFIG = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}

#: Called with how many steps are done and how many there are; what it raises ends the teaching,
#: and nothing was written then.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Taught:
    """A model that was taught.

    Attributes:
        folder: of the new model.
        counts: class → how many faces.
        right: class → how many of them were read right by fits that had not seen them.
        folds: in how many parts the faces were held out.
        before: share of the same faces that the parent reads right, 0..1; None where it does not
            know all classes.
    """

    folder: Path
    counts: dict[str, int]
    right: dict[str, int]
    folds: int
    before: float | None

    @property
    def accuracy(self) -> float:
        """Share of the held-out faces that were read right, 0..1."""
        return sum(self.right.values()) / sum(self.counts.values())

    @property
    def few(self) -> tuple[str, ...]:
        """Classes with so few faces that the accuracy says little."""
        return tuple(label for label, count in self.counts.items() if count < FEW)


def teach(
    parent: str,
    faces: Sequence[Labelled],
    name: str,
    registry: ModelRegistry | None = None,
    progress: Progress | None = None,
) -> Taught:
    """Adds a model that is another one with a last layer for these faces.

    Args:
        parent: name of a model; it stays as it is.
        faces: cut as the parent wants them (`face_crop`), with their classes: canonical names or
            words of one's own. Those of a class in the order in which they were shown.
        name: of the new model.
        registry: where the parent is looked up.
        progress: see `Progress`.

    Raises:
        ModelError: the name is taken, the parent cannot be used or taught, or there are too few
            faces or classes.
    """
    registry = registry or ModelRegistry()
    spec = registry.spec(parent)
    labels = checked_classes(Counter(label for _, label in faces))
    check_free(name)
    network = head.cut(engine_file(gate.check_folder(registry.folder(parent))), parent)
    targets = np.array([labels.index(label) for _, label in faces])
    steps = len(faces) + len(fit.parts(targets)) + 1
    told = _Steps(progress, steps)
    rows = fit.Rows(_features(network, [face for face, _ in faces], spec, told))
    said = np.full(len(faces), -1)
    folds = 0
    averaged = spec.input.mirror_average
    for answers in fit.held_out(rows.values, targets, len(labels), _VIEWS, averaged=averaged):
        said = np.maximum(said, answers)
        folds += 1
        told.step()
    right = {label: int((said == k)[targets == k].sum()) for k, label in enumerate(labels)}
    counts = {label: int((targets == k).sum()) for k, label in enumerate(labels)}
    before = _before(registry, spec, faces, labels)
    found = fit.fit(rows.values, np.repeat(targets, _VIEWS), len(labels))
    taught = head.with_head(network, *rows.head(*found))
    figures = {
        "pictures": len(faces),
        "accuracy": sum(right.values()) / len(faces),
        "balanced_accuracy": float(np.mean([right[k] / counts[k] for k in labels])),
        "folds": folds,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xml"
        import_openvino().serialize(taught, path)
        sidecar = _spec(spec, labels, name, figures)
        taken = take_model(gate.check(path), name=name, spec=sidecar)
    told.step()
    return Taught(taken, counts, right, folds, before)


def checked_classes(counts: "Counter[str]") -> tuple[str, ...]:
    """The classes, in order.

    Raises:
        ModelError: one sentence says what there is too little of.
    """
    labels = in_order(sorted(label for label, count in counts.items() if count))
    if not labels:
        raise ModelError(f"There are no faces; show {WANTED} of each class.")
    if len(labels) < 2:
        raise ModelError(
            f"There is only one class, {labels[0]!r}; a model tells two or more apart."
        )
    if len(labels) > MAX_CLASSES:
        raise ModelError(f"There are {len(labels)} classes; at most {MAX_CLASSES} do.")
    poor = [label for label in labels if counts[label] < LEAST]
    if poor:
        named = ", ".join(f"{label!r} ({counts[label]})" for label in poor)
        raise ModelError(
            f"There are too few faces of {named}; {LEAST} are the least, {WANTED} are good."
        )
    return labels


def check_free(name: str) -> None:
    """Raises ModelError where a model cannot be called so, or one is called so already."""
    check_name(name)
    if free_name(name) != name:
        raise ModelError(f"There is a model {name!r} already; choose another name.")


class _Steps:
    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def step(self) -> None:
        self._done += 1
        if self._progress:
            self._progress(self._done, self._total)


def _features(
    network: Any, crops: Sequence[np.ndarray], spec: ModelSpec, told: _Steps
) -> np.ndarray:
    """Float32 (N · 2, D): of each face, and of its mirror image behind it."""
    request = core().compile_model(network, "CPU", _CONFIG)
    request = request.create_infer_request()
    found = []
    for crop in crops:
        for view in (crop, np.ascontiguousarray(crop[:, ::-1])):
            batch = np.ascontiguousarray(preprocess.to_batch([view], spec.input), np.float32)
            request.infer([batch])
            found.append(np.array(request.get_output_tensor(0).data[0]))
        told.step()
    rows = np.stack(found)
    if not np.isfinite(rows).all():
        raise ModelError(f"{spec.name} gives numbers that are not finite; teach another model.")
    return rows


def _before(
    registry: ModelRegistry, spec: ModelSpec, faces: Sequence[Labelled], labels: tuple[str, ...]
) -> float | None:
    """How often the parent is right on these faces; None where it does not know all classes."""
    if not set(labels) <= set(spec.labels):
        return None
    said = registry.load(spec.name).predict([face for face, _ in faces])
    return float(np.mean([p.label == t for p, (_, t) in zip(said, faces, strict=True)]))


def _spec(
    parent: ModelSpec, labels: tuple[str, ...], name: str, figures: dict[str, Any]
) -> ModelSpec:
    data = " + ".join(part for part in (parent.trained_on, "own pictures") if part)
    return ModelSpec(
        name=name,
        title=name,
        architecture=parent.architecture,
        file="model.xml",
        format="openvino",
        sha256="",
        labels=labels,
        input=parent.input,
        output="softmax",
        trained_on=data,
        metrics={MEASURED: figures},
        license=parent.license,
        source=f"{parent.name}, its last layer taught on {figures['pictures']} faces",
        created=date.today().isoformat(),
        parent=parent.name,
    )
