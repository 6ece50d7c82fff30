import pytest

from fer_core.datasets.drawn.library import Library
from tests.fer_core.datasets.drawn import tiny_library


@pytest.fixture(scope="session")
def heads_folder(tmp_path_factory):
    return tiny_library.write(tmp_path_factory.mktemp("heads"))


@pytest.fixture(scope="session")
def library(heads_folder):
    return Library.read(heads_folder, "train")
