"""Every command that a document names can be typed as it stands there."""

import shutil

import pytest

import cli
import main as entry
from cli.app import _parser
from fer_core.benchmark import clips
from tests.docs.documents import PORTRAIT, ROOT, blocks, commands

DOCUMENTS = (
    *("README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/your-own-model.md"),
    "docs/output.md",
)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_is_understood(document):
    for arguments in commands((ROOT / document).read_text(encoding="utf-8")):
        if not {"…", "--help"} & {*arguments} and not entry.wants_window(arguments):
            assert callable(_parser().parse_args(arguments).run), arguments


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The files that the README talks of, in the current folder."""
    (tmp_path / "holiday").mkdir()
    for name in ("photo.jpg", "holiday/one.jpg"):
        shutil.copyfile(ROOT / PORTRAIT, tmp_path / name)
    clips.write_clip(tmp_path / "clip.mp4", (320, 240), 8)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_commands_of_the_readme_do_what_it_says(folder, capfd):
    for arguments in commands("".join(blocks("README.md"))):
        # A model of the reader's own is added in test_your_own_model, and bench takes minutes.
        if arguments[:1] in (["image"], ["video"]) or arguments == ["models", "list"]:
            assert cli.main(arguments) == 0, arguments
    assert (folder / "annotated" / "one.jpg").is_file()
    assert list((folder / "annotated").glob("clip*.csv"))
    (program,) = blocks("README.md", "python")
    capfd.readouterr()
    exec(compile(program, "README.md", "exec"), {})
    assert len(capfd.readouterr().out.splitlines()) == 8
