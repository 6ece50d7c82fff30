"""Every text exists in both languages, and every text is used."""

import re
from pathlib import Path

import pytest

import ui
from ui.texts import Texts, load_language

SOURCES = [p for p in Path(ui.__file__).parent.rglob("*") if p.suffix in (".py", ".ui")]
CODE = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
#: Keys that are put together while the program runs.
MADE = re.compile(r"status\.(starting|paused|reconnecting|ended|failed)|about\.\w+|tip\.\w+")


def test_both_languages_have_the_same_texts_with_the_same_gaps():
    english, german = load_language("en"), load_language("de")
    assert english.keys() == german.keys()
    for key, text in english.items():
        assert text.strip()
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", german[key])), key


def test_every_text_is_used():
    unused = [k for k in load_language("en") if f'"{k}"' not in CODE and f">{k}<" not in CODE]
    assert [key for key in unused if not MADE.fullmatch(key)] == []


def test_every_key_in_a_layout_exists():
    keys = re.findall(r'translatable="yes">([^<]+)<', CODE)
    assert len(keys) > 30
    assert [key for key in keys if key not in load_language("en")] == []


def test_a_missing_text_is_an_error():
    with pytest.raises(KeyError):
        Texts("en")("no.such.text")
