import json
from types import SimpleNamespace

import cv2
import numpy as np

import fer_core
from cli import main


def make_tree(folder):
    """Six pictures of two expressions each, for training and for testing."""
    rng = np.random.default_rng(0)
    for split in ("train", "test"):
        for label in ("happy", "sad"):
            (folder / split / label).mkdir(parents=True)
            for number in range(6):
                image = rng.integers(0, 255, (48, 48), np.uint8)
                data = cv2.imencode(".png", image)[1].tobytes()
                (folder / split / label / f"{number}.png").write_bytes(data)
    return folder


def test_datasets_check(tmp_path, capsys):
    assert main(["datasets", "check", "folder", str(make_tree(tmp_path / "pics"))]) == 0
    out = capsys.readouterr().out
    assert "happiness" in out
    assert "No problems found." in out


def test_datasets_check_as_json_and_with_a_problem(tmp_path, capsys):
    tree = make_tree(tmp_path / "pics")
    (tree / "train" / "sad" / "broken.png").write_bytes(b"no picture")
    assert main(["datasets", "check", "folder", str(tree), "--json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert "broken.png" in report["problems"][0]


def test_an_unknown_data_set_is_one_sentence(tmp_path, capsys):
    assert main(["datasets", "check", "nope", str(tmp_path)]) == 2
    assert "'nope'" in capsys.readouterr().err


def test_datasets_render(tmp_path, capsys):
    assert (
        main(["datasets", "render", "toon", "--out", str(tmp_path / "toon"), "--count", "1"]) == 0
    )
    written = len(list((tmp_path / "toon").rglob("*.png")))
    assert f"{written} pictures are in" in capsys.readouterr().err


def test_evaluate_prints_figures(tmp_path, monkeypatch, capsys):
    import fer_core.evaluation.runner as runner

    class Report:
        def to_dict(self):
            return {"schema": 1}

        def to_text(self):
            return "accuracy 50 %"

    asked = {}

    def evaluate_dataset(classifier, dataset, split, **options):
        asked.update(classifier=classifier, split=split, **options)
        return Report()

    monkeypatch.setattr(runner, "evaluate_dataset", evaluate_dataset)
    monkeypatch.setitem(vars(fer_core), "load_classifier", lambda name: SimpleNamespace(name=name))
    argv = ["evaluate", "mine", "--dataset", "folder", "--data", str(make_tree(tmp_path / "p"))]
    assert main(argv) == 0
    assert capsys.readouterr().out == "accuracy 50 %\n"
    assert main([*argv, "--json", "--tta", "--split", "train"]) == 0
    assert json.loads(capsys.readouterr().out) == {"schema": 1}
    assert (asked["classifier"].name, asked["split"]) == ("mine", "train")
    assert asked["compare_mirror"] is True
