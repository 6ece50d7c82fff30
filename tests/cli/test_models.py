import json

import pytest

from cli import main
from fer_core import paths
from fer_core.models.convert import cache_folder
from fer_core.models.spec import InputSpec, ModelSpec


@pytest.fixture
def model(own_home):
    """A model folder of the person's own; there are no weights in it that could be run."""
    spec = ModelSpec(
        name="mine",
        title="My own",
        architecture="cnn",
        file="model.keras",
        format="keras",
        sha256="",
        labels=("happiness", "sadness"),
        input=InputSpec(48, 48, "gray", "nhwc", 1 / 255, (0.0,), (1.0,), "area", True, 0.0, False),
        output="softmax",
        trained_on="my pictures",
        metrics={"my pictures": {"accuracy": 0.75, "pictures": 40}},
        license="MIT",
        source="",
        created="2024-01-01",
        labels_confirmed=False,
    )
    folder = paths.user_models_dir() / "mine"
    folder.mkdir(parents=True)
    (folder / "model.keras").write_bytes(b"weights")
    spec.write(folder)
    return spec


def test_list(model, capsys):
    assert main(["models", "list"]) == 0
    assert "mine  " in capsys.readouterr().out


def test_list_says_why_a_model_cannot_be_used(model, capsys):
    broken = paths.user_models_dir() / "broken"
    broken.mkdir()
    assert main(["models", "list"]) == 0
    out, err = capsys.readouterr()
    assert "broken" not in out
    assert "broken cannot be used: " in err


def test_list_shows_what_is_not_trained_yet_with_its_command(model, capsys):
    assert main(["models"]) == 0, "without a command it lists, too"
    sentence = "vggface-transfer is not trained yet; train it with: python main.py train "
    assert sentence in capsys.readouterr().err


def test_list_as_json(model, capsys):
    assert main(["models", "list", "--json"]) == 0
    entry = next(e for e in json.loads(capsys.readouterr().out) if e["name"] == "mine")
    assert entry["labels"] == ["happiness", "sadness"]
    assert entry["problem"] is None
    assert entry["bundled"] is False


def test_info(model, capsys):
    assert main(["models", "info", "mine"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("mine: My own\n")
    assert "happiness, sadness  (order is a guess: confirm it)" in out
    assert "48×48 gray, histogram equalised" in out
    assert "accuracy  75.00 %" in out


def test_info_as_json_is_the_sidecar(model, capsys):
    assert main(["models", "info", "mine", "--json"]) == 0
    assert ModelSpec.from_dict(json.loads(capsys.readouterr().out)) == model


def test_an_unknown_model_is_one_sentence(model, capsys):
    assert main(["models", "info", "nope"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "'nope'" in err
    assert len(err.splitlines()) == 1


def test_remove(model, capsys):
    assert main(["models", "remove", "mine"]) == 0
    assert not (paths.user_models_dir() / "mine").exists()
    assert main(["models", "remove", "mine"]) == 2
    assert "'mine'" in capsys.readouterr().err


def test_conversions_can_be_deleted(capsys):
    entry = cache_folder() / "some" / "model.bin"
    entry.parent.mkdir(parents=True)
    entry.write_bytes(bytes(2_000_000))
    assert main(["models", "clean"]) == 0
    assert capsys.readouterr().err.startswith("Freed 2.0 MB")
    assert not entry.exists()
