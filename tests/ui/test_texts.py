"""Every text exists in both languages, and every text is used."""

import ast
import json
import re
from pathlib import Path

import pytest

import fer_core
import ui
import web
from fer_core import paths
from fer_core.texts import Texts, load_language

KINDS = (".py", ".ui", ".js", ".html")
FOLDERS = [Path(face.__file__).parent for face in (ui, web)]
SOURCES = [p for folder in FOLDERS for p in folder.rglob("*") if p.suffix in KINDS]
CODE = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
#: Keys that are put together while the program runs.
MADE = re.compile(
    r"status\.(starting|paused|reconnecting|ended|failed)|about\.\w+|tip\.\w+|data\.[\w ]+"
    r"|web\.(live\.\w+\.(title|text)|files\.\w+)|split\.[\w -]+|detector\.[\w.]+|order\.\w+"
    r"|color\.\w+|scaling\.[\w. ]+|output\.\w+"
)


def test_both_languages_have_the_same_texts_with_the_same_gaps():
    english, german = load_language("en"), load_language("de")
    assert english.keys() == german.keys()
    for key, text in english.items():
        assert text.strip()
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", german[key])), key


def test_every_text_is_used():
    unused = [
        k
        for k in load_language("en")
        if not any(q in CODE for q in (f'"{k}"', f">{k}<", f"{{{{{k}}}}}"))
    ]
    assert [key for key in unused if not MADE.fullmatch(key)] == []


def test_every_key_in_a_layout_exists():
    keys = re.findall(r'translatable="yes">([^<]+)<', CODE)
    assert len(keys) > 30
    assert [key for key in keys if key not in load_language("en")] == []


def test_a_missing_text_is_an_error():
    with pytest.raises(KeyError):
        Texts("en")("no.such.text")


SENTENCES = json.loads(
    (paths.resources_dir() / "Locale" / "de-sentences.json").read_text(encoding="utf-8")
)


def patterns_of_the_code():
    """Every text of the library and the core as a pattern, with a gap for each value."""
    for folder in (Path(fer_core.__file__).parent, Path(ui.__file__).parent / "core"):
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    if " " in node.value:
                        yield re.escape(re.sub(r"\{\w+\}", "{}", node.value)).replace(r"\{\}", ".+")
                elif isinstance(node, ast.JoinedStr):
                    parts = (p.value if isinstance(p, ast.Constant) else None for p in node.values)
                    yield "".join(".+" if part is None else re.escape(part) for part in parts)


def test_every_translated_sentence_is_one_that_the_code_says():
    said = [re.compile(pattern) for pattern in set(patterns_of_the_code()) if pattern != ".+"]
    said = [pattern for pattern in said if len(pattern.pattern.replace(".+", "")) > 12]
    stale = [s for s in SENTENCES if not any(pattern.fullmatch(s) for pattern in said)]
    assert stale == []


def test_a_translated_sentence_keeps_its_gaps():
    for english, german in SENTENCES.items():
        assert set(re.findall(r"{\d}", german)) <= set(re.findall(r"{\d}", english)), english
        assert "{0}" not in english or "{0}" in german, english


def test_a_sentence_of_the_library_is_translated_with_its_values():
    said = Texts("de").sentence(
        "a: b.png is not a picture; choose a JPEG, PNG, WebP, GIF, BMP or TIFF file."
    )
    assert said.startswith("a: b.png ist kein Bild; wählen Sie")
    assert Texts("de").sentence("Nobody translated this.") == "Nobody translated this."
    assert Texts("en").sentence("Labels as given.") == "Labels as given."
