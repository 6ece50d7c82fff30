"""Makes `trees` importable by the tests of this folder, which are no package."""

import importlib.util
import sys
from pathlib import Path

_spec = importlib.util.spec_from_file_location("trees", Path(__file__).with_name("trees.py"))
assert _spec is not None
assert _spec.loader is not None
trees = importlib.util.module_from_spec(_spec)
sys.modules["trees"] = trees
_spec.loader.exec_module(trees)
