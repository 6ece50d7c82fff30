"""Face crops → predictions."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fer_core import preprocess
from fer_core.errors import ModelLoadError, ModelNotFoundError
from fer_core.models.convert import engine_file
from fer_core.models.engine import Engine
from fer_core.models.spec import SPEC_NAME, ModelSpec, is_described
from fer_core.types import Prediction
from fer_core.untrusted import gate
from fer_core.untrusted.gate import CheckedModel

if TYPE_CHECKING:
    from fer_core.models.registry import ModelRegistry


class Classifier:
    """A network and the sidecar that says how to use it; safe to call from several threads.

    Attributes:
        spec: the sidecar.
        engine: the compiled network.
    """

    def __init__(self, spec: ModelSpec, engine: Engine):
        self.spec = spec
        self.engine = engine

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.spec.name

    @property
    def labels(self) -> tuple[str, ...]:
        """Expression names in the order of `Prediction.probs`."""
        return self.spec.labels

    def predict(self, crops: Sequence[np.ndarray]) -> list[Prediction]:
        """What each face expresses.

        Args:
            crops: uint8 (H, W, 3) BGR or (H, W) grey, any size.

        Returns:
            One prediction a crop, in the same order; none for none.

        Raises:
            ValueError: a crop has the wrong dtype or shape.
            ModelLoadError: the network fails, or gives something else than its sidecar says.
        """
        return [Prediction(row, self.labels) for row in self.predict_probs(crops)]

    def predict_probs(self, crops: Sequence[np.ndarray]) -> np.ndarray:
        """Like `predict`, as one array.

        Returns:
            float32 (N, K), rows sum to 1.
        """
        found = np.empty((len(crops), len(self.labels)), np.float32)
        for index, crop in enumerate(crops):
            batch = preprocess.to_batch([crop], self.spec.input)
            if self.spec.input.mirror_average:
                width_axis = 2 if self.spec.input.layout == "nhwc" else 3
                batch = np.concatenate([batch, np.flip(batch, width_axis)])
            outputs = checked_outputs(self.engine.run(batch), len(self.labels), self.engine.path)
            found[index] = to_probs(outputs.mean(axis=0, keepdims=True), self.spec)[0]
        return found

    def warm_up(self) -> None:
        """Runs the network once, so that the first face does not wait."""
        size = (self.spec.input.height, self.spec.input.width)
        self.predict([np.full(size, 128, np.uint8)])


def load_classifier(what: str | Path, *, registry: "ModelRegistry | None" = None) -> Classifier:
    """A model, ready to predict.

    Args:
        what: name in the registry, a model folder, a bare model file (then its sidecar is a
            proposal, see `propose`), or a folder or .zip with one of them, see `gate.opened`.
        registry: where names are looked up; by default the bundled and the person's own models.

    Raises:
        ModelNotFoundError: no such name, folder or file.
        ModelSpecError: its `model.json` is missing or wrong.
        ModelLoadError: the file cannot be read, converted, or is not the one in `model.json`.
        UnsafeModelError: the file would run code or leave its folder.
    """
    from fer_core.models.registry import ModelRegistry

    registry = registry or ModelRegistry()
    path = Path(what)
    if isinstance(what, str) and path.name == what:
        try:
            return registry.load(what)
        except ModelNotFoundError:
            if not path.exists():
                raise
    if is_described(path):
        return load_folder(path)
    from fer_core.models.propose import propose

    with gate.opened(path) as model:
        return load_checked(model, model.spec or propose(model).spec)


def load_folder(folder: str | Path) -> Classifier:
    """The model of a folder with `model.json`; raises as `load_classifier` does."""
    model = gate.check_folder(folder)
    assert model.spec is not None
    return load_checked(model, model.spec)


def load_checked(model: CheckedModel, spec: ModelSpec) -> Classifier:
    """A model, used as the given sidecar says; raises as `load_classifier` does."""
    if spec.sha256 and model.sha256 != spec.sha256:
        raise ModelLoadError(
            f"{model.path} is not the file that {SPEC_NAME} describes (its SHA-256 differs); "
            "add the model again."
        )
    rows = 2 if spec.input.mirror_average else 1
    engine = Engine(engine_file(model), rows, shown=model.path)
    classifier = Classifier(spec, engine)
    classifier.warm_up()
    return classifier


def checked_outputs(outputs: np.ndarray, classes: int, path: Path) -> np.ndarray:
    """The outputs as float32 (N, classes).

    Raises:
        ModelLoadError: another number of classes, or numbers that are not finite.
    """
    flat = outputs.reshape(len(outputs), -1)
    if flat.shape[1] != classes:
        raise ModelLoadError(
            f"{path} gives {flat.shape[1]} numbers a face where its model.json has {classes} "
            "labels; correct the labels."
        )
    if not np.isfinite(flat).all():
        raise ModelLoadError(
            f"{path} gives numbers that are not finite; the file is damaged, or its pixels are "
            "scaled wrongly in model.json."
        )
    return flat


def to_probs(outputs: np.ndarray, spec: ModelSpec) -> np.ndarray:
    """Outputs → probabilities.

    Args:
        outputs: float32 (N, K): logits, or shares that should sum to 1.

    Returns:
        float32 (N, K), rows sum to 1.

    Raises:
        ModelLoadError: shares are negative, so they are logits.
    """
    logits = outputs
    if spec.output == "softmax":
        if (outputs < -1e-4).any():
            raise ModelLoadError(
                f"Model {spec.name} gives negative numbers; set output to logits in model.json."
            )
        if spec.temperature == 1.0:
            shares = np.clip(outputs, 1e-12, None)
            return shares / shares.sum(axis=-1, keepdims=True)
        logits = np.log(np.clip(outputs, 1e-12, None))
    logits = logits / np.float32(spec.temperature)
    exp = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exp / exp.sum(axis=-1, keepdims=True)
