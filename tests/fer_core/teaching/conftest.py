"""The small model files of the tests of fer_core.models."""

from tests.fer_core.models.conftest import keras_files as keras_files
from tests.fer_core.models.conftest import onnx_file as onnx_file
from tests.fer_core.models.conftest import warm as warm
from tests.fer_core.models.conftest import warm_home as warm_home
