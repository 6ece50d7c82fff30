"""What a model says about itself: sizes, channels, classes, scaling inside the network."""

from fer_core.errors import ModelLoadError
from fer_core.models.convert import engine_file
from fer_core.untrusted.gate import CheckedModel
from fer_core.untrusted.network import ModelFacts, read_facts


def inspect(model: CheckedModel) -> ModelFacts:
    """The facts that the gate's child process has found, or those of the model's conversion.

    Raises:
        ModelLoadError: it cannot be converted, or it is no network for pictures of faces.
    """
    if isinstance(model.facts, str):
        raise ModelLoadError(model.facts)
    return model.facts or read_facts(engine_file(model), model.path)
