"""Makes `models` importable by the tests of this folder, which are no package."""

import importlib.util
import sys
from pathlib import Path

_spec = importlib.util.spec_from_file_location(
    "evaluation_models", Path(__file__).with_name("models.py")
)
assert _spec is not None
assert _spec.loader is not None
evaluation_models = importlib.util.module_from_spec(_spec)
sys.modules["evaluation_models"] = evaluation_models
_spec.loader.exec_module(evaluation_models)
