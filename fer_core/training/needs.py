"""Importing the parts of a training that need TensorFlow, or saying that it is missing."""

import importlib
import importlib.util
import logging
import os
import sys
from types import ModuleType

from fer_core.errors import ConfigError
from fer_core.messages import into_log


def import_part(name: str) -> ModuleType:
    """A part of the training that needs TensorFlow.

    Raises:
        ConfigError: TensorFlow is missing, or Keras runs on another backend in this process.
    """
    if importlib.util.find_spec("tensorflow") is None:
        raise ConfigError(
            "Training needs TensorFlow, which is not installed; run `make train-env`, or "
            "`python -m pip install -r requirements-train.txt`."
        )
    if "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = "tensorflow"
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    elif sys.modules["keras"].backend.backend() != "tensorflow":
        raise ConfigError(
            "Keras already runs without TensorFlow in this process; start training in a new one."
        )
    with into_log(logging.getLogger(__name__)):
        module = importlib.import_module(f"fer_core.training.{name}")
        if "tensorflow" in sys.modules:  # what it misses, it says only here
            sys.modules["tensorflow"].config.list_physical_devices()
        logging.getLogger("tensorflow").setLevel(logging.WARNING)  # not where it saves something
    return module
