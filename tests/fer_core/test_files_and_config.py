import json
import os

import pytest

from fer_core import files
from fer_core.config import Settings, load_settings, save_settings, settings_path
from fer_core.errors import ConfigError


@pytest.mark.parametrize("camera", ["Ünïcödé cam", "/dev/not-utf-8-\udcff"])
def test_settings_come_back_as_saved(camera):
    save_settings(Settings(theme="dark", language="de", camera=camera))
    settings, notice = load_settings()
    assert settings.theme == "dark"
    assert settings.camera == camera
    assert notice is None


def test_no_settings_file_means_defaults_without_a_word():
    assert load_settings() == (Settings(), None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1]",
        '{"theme": "pink"}',
        '{"unsure_below": "x"}',
        '{"smoothing_s": 1' + 400 * "0" + "}",
        '{"smoothing_s": 1' + 5000 * "0" + "}",
        "[" * 100_000,
        "\x00",
    ],
)
def test_a_damaged_file_is_kept_and_defaults_are_used(text):
    path = settings_path()
    files.write_text(path, text)
    settings, notice = load_settings()
    assert settings == Settings()
    assert "damaged" in notice
    (kept,) = path.parent.glob("settings.broken-*")
    assert kept.read_text(encoding="utf-8") == text
    assert not path.exists()


def test_keys_of_a_newer_version_are_ignored():
    files.write_text(settings_path(), json.dumps({"theme": "dark", "holograms": True}))
    settings, notice = load_settings()
    assert settings.theme == "dark"
    assert notice is None


def test_a_byte_order_mark_does_no_harm():
    files.write_text(settings_path(), '\ufeff{"theme": "dark"}')
    assert load_settings() == (Settings(theme="dark"), None)


def test_an_unwritable_folder_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="cannot be saved"):
        save_settings(Settings(), tmp_path / "file" / "settings.json")


def test_a_failed_write_leaves_the_old_file_and_no_rubbish(tmp_path, monkeypatch):
    path = tmp_path / "kept.txt"
    files.write_text(path, "old")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write_text(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".writing")] == []
