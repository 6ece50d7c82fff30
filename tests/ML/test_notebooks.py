"""Every notebook runs from top to bottom in quick mode, on drawn faces."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import nbformat
import numpy as np
import pytest

import fer_core
from fer_core.datasets.toon import render
from fer_core.expressions import LABEL_ORDERS, canonical

ROOT = Path(fer_core.__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "ML").glob("*.ipynb"))
MISSING = [n for n in ("tensorflow", "nbclient", "ipykernel") if not importlib.util.find_spec(n)]
RUN = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], 4)
NotebookClient(notebook, timeout=None, kernel_name="python3").execute()
nbformat.write(notebook, sys.argv[1])
"""


@pytest.fixture(scope="module")
def drawn_fer2013(tmp_path_factory):
    """A folder with a fer2013.csv of drawn faces."""
    folder = tmp_path_factory.mktemp("data")
    render(folder / "toon", count=280, seed=1)
    lines = ["emotion,pixels,Usage"]
    for index, path in enumerate(sorted((folder / "toon").rglob("*.png"))):
        image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_GRAYSCALE)
        small = cv2.resize(image, (48, 48), interpolation=cv2.INTER_AREA)
        emotion = LABEL_ORDERS["fer2013"].index(canonical(path.parent.name.split("_")[1]))
        usage = ("Training", "Training", "Training", "PublicTest", "PrivateTest")[index % 5]
        lines.append(f"{emotion},{' '.join(map(str, small.ravel()))},{usage}")
    (folder / "fer2013.csv").write_text("\n".join(lines) + "\n")
    return folder


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_small_and_holds_no_machine_path_and_no_photo(path):
    text = path.read_text(encoding="utf-8")
    assert len(text) < 400_000
    for word in ("/home/", "/work/", "/tmp/", "C:\\\\Users"):
        assert word not in text
    cells = nbformat.read(path, 4).cells
    outputs = [o for cell in cells if cell.cell_type == "code" for o in cell.outputs]
    assert outputs, "committed without outputs"
    assert not [o for o in outputs if o.output_type == "error"]
    assert not [o for o in outputs if o.output_type == "stream" and o.name == "stderr"]
    source = "".join(cell.source for cell in cells)
    assert "on drawn faces" in source or "draws cartoon faces" in source, "says what it is made of"


#: What a notebook of a model shows, in its cells and in the outputs that it is committed with.
SHOWN = {
    "the layers": ("source(", "network.summary(", "Total params"),
    "the loss": ("loss.crossentropy", "def crossentropy"),
    "the loop": ("steps.Trainer._step", "fit._Run._epoch", "def _epoch", "GradientTape"),
    "class counts": ("class_counts(", "To always say"),
    "the learning rate": ("learning_rate(recipe.optimizer",),
    "the curves, with what needs no network": ("curves(", "baselines=baselines"),
    "the worst mistakes": ("worst_mistakes(",),
}


@pytest.mark.parametrize(
    "path", [path for path in NOTEBOOKS if path.stem != "face-finder"], ids=lambda p: p.stem
)
def test_a_notebook_shows_what_it_teaches(path):
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    texts = [cell.source for cell in cells]
    for cell in cells:
        for output in cell.outputs:
            texts += [output.get("text", ""), output.get("data", {}).get("text/plain", "")]
    whole = "\n".join(texts)
    for what, words in SHOWN.items():
        for word in words:
            assert word in whole, f"{what}: {word}"
    drawn = [c for c in cells if any("image/png" in o.get("data", {}) for o in c.outputs)]
    assert len(drawn) >= 7  # counts, pictures, changes, rate, curves, confusion, mistakes
    shipped = ROOT / "Resources" / "Models" / path.stem
    if shipped.is_dir():
        assert "beside=shipped" in whole


def test_no_two_notebooks_teach_the_same():
    """Each has cells of its own beside those that all need."""
    sources = {
        path.stem: {c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code"}
        for path in NOTEBOOKS
    }
    for name, cells in sources.items():
        others = set().union(*(found for other, found in sources.items() if other != name))
        assert len(cells - others) >= 3, name


def test_every_recipe_has_its_notebook():
    recipes = {path.stem for path in (ROOT / "ML" / "recipes").glob("*.toml")}
    parts_of_others = {"my-pictures", "mimik-48-base", "vgg-b-base", "mimik-teacher"}
    # The same network and loop as mimik-48's, which its notebook shows.
    parts_of_others |= {"mimik", "mimik-free"}
    assert recipes - parts_of_others <= {path.stem for path in NOTEBOOKS}


@pytest.mark.slow
@pytest.mark.train
@pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}: make train-env")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs_from_top_to_bottom(path, tmp_path, own_home, drawn_fer2013):
    work = tmp_path / "project" / "ML"
    shutil.copytree(ROOT / "ML", work, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    environment |= {
        "MIMIK_QUICK": "1",
        "MIMIK_DATA": str(drawn_fer2013),
        "MIMIK_TOON": str(drawn_fer2013 / "toon"),
        "PYTHONPATH": str(ROOT),
        "CUDA_VISIBLE_DEVICES": "",
        "CI": "true",
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN, path.name],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    if path.stem == "face-finder":  # a detector, not a model of the window
        assert (work.parent / "runs" / "finder-quick" / "detector.json").is_file()
        return
    installed = [p.name for p in (own_home / "models").iterdir()]
    name = "my-pictures" if path.stem == "my-own-pictures" else path.stem
    assert installed == [f"{name}-quick"]
