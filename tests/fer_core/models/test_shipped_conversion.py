"""Models of the app bring their conversion along; beside anyone else's none is trusted."""

import shutil
from pathlib import Path

import pytest

from fer_core import paths
from fer_core.models import convert
from fer_core.untrusted.gate import check


def test_a_model_of_the_app_brings_its_conversion(
    keras_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundled = tmp_path / "Models"
    folder = bundled / "tiny"
    folder.mkdir(parents=True)
    file = Path(shutil.copy(keras_files / "gray.keras", folder / "model.keras"))
    seen: list[bytes] = []

    def quantised(network: Path) -> None:
        seen.append(network.read_bytes())
        network.with_suffix(".bin").write_bytes(b"eight bits")

    made = convert.ship(check(file), quantised)
    assert seen == [(made / "model.xml").read_bytes()]
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: bundled)
    convert.empty_cache()
    assert convert.engine_file(check(file)) == made / "model.xml"
    exact = convert.engine_file(check(file), exact=True)
    assert convert.cache_folder() in exact.parents
    assert exact.with_suffix(".bin").read_bytes() != b"eight bits"

    (made / "model.bin").write_bytes(b"damaged")
    assert convert.cache_folder() in convert.engine_file(check(file)).parents


def test_a_conversion_beside_anyone_elses_model_is_not_trusted(
    keras_files: Path, tmp_path: Path
) -> None:
    file = Path(shutil.copy(keras_files / "gray.keras", tmp_path))
    convert.ship(check(file))
    assert convert.cache_folder() in convert.engine_file(check(file)).parents
