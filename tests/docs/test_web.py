"""What docs/web.md says of the API works as it stands there."""

import re
import shutil
import subprocess

import pytest

from tests.docs.documents import PORTRAIT, ROOT, blocks, commands
from tests.waiting import PATIENCE_S
from tests.web.conftest import serving


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("home")) as found:
        yield found.rstrip("/")


@pytest.fixture
def photo(tmp_path, monkeypatch):
    shutil.copyfile(ROOT / PORTRAIT, tmp_path / "photo.jpg")
    monkeypatch.chdir(tmp_path)


def example(language, address):
    (program,) = blocks("docs/web.md", language)
    assert "http://127.0.0.1:8000" in program
    return program.replace("http://127.0.0.1:8000", address)


def test_the_python_example_names_the_face(address, photo, capsys):
    exec(compile(example("python", address), "docs/web.md", "exec"), {})
    assert capsys.readouterr().out.startswith("happiness 0.")


def test_the_javascript_example_names_the_face(address, photo, tmp_path):
    if shutil.which("node") is None:
        pytest.skip("needs Node.js: install the package nodejs")
    (tmp_path / "example.mjs").write_text(example("javascript", address), encoding="utf-8")
    command = ["node", "example.mjs"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.stdout.startswith("happiness 0."), done.stderr


def test_every_option_of_serve_in_the_document_is_one():
    from cli.app import _parser

    found = commands((ROOT / "docs" / "web.md").read_text(encoding="utf-8"))
    assert sum(arguments[0] == "serve" for arguments in found) > 3
    for arguments in found:
        if arguments[0] != "serve":
            continue
        plain = [re.sub(r"\$\w+|…", "x" * 20, word) for word in arguments]
        assert callable(_parser().parse_args(plain).run)


def test_the_image_copies_what_the_page_needs_and_runs_without_rights():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for name in ("main.py", "fer_core", "cli", "web", "Resources", "requirements.txt"):
        assert re.search(rf"^COPY .*\b{re.escape(name)}\b", text, re.MULTILINE), name
        assert f"!{name}" in (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert re.search(r"^USER (?!root)\w+", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
