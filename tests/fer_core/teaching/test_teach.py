"""A model of a person's own, from a few faces."""

import json
from pathlib import Path

import pytest

from fer_core import paths
from fer_core.errors import ModelError, ModelSpecError
from fer_core.models.registry import ModelRegistry
from fer_core.models.spec import ModelSpec
from fer_core.teaching import teach as teaching
from fer_core.teaching.teach import teach
from tests.fer_core.teaching import networks
from tests.fer_core.teaching.networks import faces

OWN = ("tired", "hungry")


def test_own_classes_are_told_apart_afterwards() -> None:
    networks.add("net")
    shown = faces((12, 12), ("anger", "tired"), noise=20)
    taught = teach("net", shown, "mine")
    assert taught.accuracy == 1.0
    assert (taught.counts, taught.folds) == ({"anger": 12, "tired": 12}, 10)
    assert taught.few == ()
    said = ModelRegistry().load("mine").predict([face for face, _ in shown])
    assert [p.label for p in said] == [label for _, label in shown]


def test_the_sidecar_names_the_parent_and_carries_its_licence_on() -> None:
    networks.add("net", inputs={"mirror_average": False, "equalize": True})
    taught = teach("net", faces((5, 5), OWN), "mine")
    spec = ModelRegistry().spec("mine")
    assert (spec.parent, spec.license) == ("net", "MIT for the weights")
    assert spec.source == "net, its last layer taught on 10 faces"
    assert spec.labels == tuple(sorted(OWN))
    assert spec.input == ModelRegistry().spec("net").input
    assert spec.metrics[teaching.MEASURED]["folds"] == 5
    assert taught.few == tuple(sorted(OWN))
    written = json.loads((taught.folder / "model.json").read_text(encoding="utf-8"))
    assert written["parent"] == "net"
    assert {p.name for p in taught.folder.iterdir()} == {"model.json", "model.xml", "model.bin"}


def test_it_needs_its_parent_no_longer() -> None:
    networks.add("net")
    teach("net", faces((5, 5), ("anger", "happiness")), "mine")
    ModelRegistry().remove("net")
    picture, label = faces((1, 1), ("anger", "happiness"))[1]
    assert ModelRegistry().load("mine").predict([picture])[0].label == label


def test_what_the_parent_says_of_the_same_faces_stands_beside() -> None:
    networks.add("net")
    half = faces((5, 5), ("anger", "happiness"))
    assert teach("net", half, "mine").before == 1.0
    assert teach("net", faces((5, 5), OWN), "other").before is None


@pytest.mark.parametrize(
    ("counts", "labels", "message"),
    [
        ((), (), "There are no faces; show 20 of each class"),
        ((20,), ("tired",), "There is only one class, 'tired'"),
        ((20, 2), OWN, r"too few faces of 'hungry' \(2\); 3 are the least, 20 are good"),
    ],
)
def test_what_there_is_too_little_of_is_one_sentence(
    counts: tuple[int, ...], labels: tuple[str, ...], message: str
) -> None:
    networks.add("net")
    with pytest.raises(ModelError, match=message) as error:
        teach("net", faces(counts, labels), "mine")
    assert "\n" not in str(error.value)
    assert "mine" not in ModelRegistry().names()


def test_a_model_that_is_there_is_never_replaced() -> None:
    networks.add("net")
    with pytest.raises(ModelError, match="There is a model 'net' already"):
        teach("net", faces((5, 5), OWN), "net")
    with pytest.raises(ModelError, match="There is a model 'mimik-48' already"):
        teach("net", faces((5, 5), OWN), "mimik-48")
    with pytest.raises(ModelSpecError, match="name is 'a b'"):
        teach("net", faces((5, 5), OWN), "a b")
    assert ModelRegistry().spec("net").labels == networks.LABELS


def test_broken_off_it_leaves_nothing() -> None:
    networks.add("net")

    class GivenUpError(Exception):
        pass

    def give_up(done: int, total: int) -> None:
        if done == total - 1:
            raise GivenUpError

    with pytest.raises(GivenUpError):
        teach("net", faces((5, 5), OWN), "mine", progress=give_up)
    assert [p.name for p in paths.user_models_dir().iterdir()] == ["net"]


def test_a_taught_model_can_be_taught_and_its_file_moved(tmp_path: Path) -> None:
    networks.add("net")
    first = teach("net", faces((5, 5), OWN), "mine")
    second = teach("mine", faces((5, 5, 5), ("a", "b", "c")), "again")
    assert ModelSpec.read(second.folder).parent == "mine"
    assert first.folder.name == "mine"
