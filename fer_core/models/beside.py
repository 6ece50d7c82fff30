"""What the files around a model say about it: scripts, notebooks, READMEs, folders of classes.

They are read as text and never run. A project mostly says the order of its labels somewhere, in
`labels = ['angry', …]`, in a table of its README, or by the folders that it was trained on.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fer_core.expressions import (
    EXPRESSIONS,
    LABEL_ORDERS,
    MAX_CLASSES,
    expression_of,
    understood,
)
from fer_core.untrusted.gate import CheckedModel

_CODE, _PROSE = (".py", ".ipynb", ".js", ".ts", ".java", ".kt"), (".md", ".rst", ".txt", ".html")
_MAX_FILES, _MAX_BYTES, _MAX_FOLDERS = 60, 1 << 20, 400
_MAX_PROSE = 200_000
#: Folders that a project keeps its models in; the project is the folder above.
_STORES = re.compile(
    r"(saved_?)?models?|weights|checkpoints?|outputs?|exports?|trained(_?models?)?|assets|data",
    re.I,
)
_PAIR = re.compile(
    r"""(?:(?P<key>\d{1,2})\s*:\s*)?(?P<quote>["'])(?P<word>[^"'\n\\]{1,60})(?P=quote)"""
    r"""(?:\s*:\s*(?P<value>\d{1,2})(?!\w))?"""
)
_BRACKETS = re.compile(
    r"(?P<before>[\w.\]\)'\"]{0,60})[ \t]{0,8}[:=(]?[ \t]{0,8}"
    r"(?P<list>[\[({][^\[\](){}]{5,3000}[\])}])"
)
_NAMED = re.compile(r"label|class|emotion|expression|categor|mood|target|names|dict|map", re.I)
#: A list is one of expressions where so many of its words are; else its name must say what it is.
_LEAST_KNOWN = 3
_NUMBERED = re.compile(
    r"(?<![\w.])(\d{1,2})(?:\s*(?:[:=.)|→-]|->|=>|is)+\s*|\s+)[*`'\"]*([^\W\d_]{2,20})", re.I
)
_WORDS = re.compile(r"[^\W\d_]+")
#: Names of the folders of RAF-DB, one a class.
_RAF_DB = ("1", "2", "3", "4", "5", "6", "7")
#: What training code says of how its pictures came, and were scaled.
ALPHABETICAL = re.compile(
    r"flow_from_directory|image_dataset_from_directory|ImageFolder\(|flow_from_dataframe"
)
OF_FER2013_CSV = re.compile(r"(fer2013|icml_face_data)[\w-]*\.csv|\[['\"]pixels['\"]\]|\.pixels\b")
SCALINGS = {
    "ImageNet": re.compile(r"Normalize\(\s*(mean\s*=\s*)?[\[(]\s*0?\.485"),
    "−1…1": re.compile(
        r"/\s*127\.5|Normalize\(\s*(mean\s*=\s*)?[\[(]\s*0?\.50?\s*[,)\]]|rescale\s*=\s*1\.?/127"
        r"|(mobilenet|xception|inception)\w*\.preprocess_input|-\s*0\.5\)?\s*\*\s*2"
    ),
    "0…1": re.compile(
        r"/=?\s*255|rescale\s*=\s*1\.?\s*/\s*255|ToTensor\(\)|Rescaling\(\s*1\.?/255"
    ),
}


@dataclass(frozen=True, slots=True)
class Said:
    """An order of labels that a file or folder names.

    Attributes:
        labels: in the order of the outputs.
        where: name of the file or folder.
        kind: code, prose with numbers, mention or folders.
        names_model: that file mentions the model's own file.
    """

    labels: tuple[str, ...]
    where: str
    kind: str
    names_model: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """All of it.

    Attributes:
        said: orders of labels.
        alphabetical, of_csv: how the pictures were read, where code says so.
        scalings: names of usual scalings that code applies.
    """

    said: tuple[Said, ...] = ()
    alphabetical: bool = False
    of_csv: bool = False
    scalings: tuple[str, ...] = ()


def look_around(model: CheckedModel, classes: int) -> Beside:
    """Reads what lies beside a model.

    Args:
        model: `origin` and `root` say where to look.
        classes: how many outputs it has; lists of other lengths are left out.
    """
    origin = model.origin or model.path
    place = origin.parent
    inside = model.root is not None and model.root != place and model.root in place.parents
    top = model.root if inside and model.root else _project(place)
    mentions = (
        {origin.name, origin.stem, model.path.name} if len(origin.stem) > 5 else {origin.name}
    )
    said: list[Said] = []
    texts = list(_texts(top, deep=inside or top != place))
    crowd = len(texts) > _MAX_FILES // 2
    alphabetical = of_csv = False
    scalings: list[str] = []
    for file, text in texts:
        named = any(word in text for word in mentions)
        if crowd and not named:  # a folder of downloads, whose files are of many things
            continue
        is_code = file.suffix.lower() in _CODE
        found = _of_code(text, classes) if is_code else _of_prose(text, classes)
        said += [Said(labels, file.name, "code" if is_code else "prose", named) for labels in found]
        if not is_code and not found:
            mentioned = _mentioned(text, classes)
            said += [Said(labels, file.name, "mention", named) for labels in mentioned]
        if is_code:
            alphabetical = alphabetical or bool(ALPHABETICAL.search(text))
            of_csv = of_csv or bool(OF_FER2013_CSV.search(text))
            scalings += [name for name, pattern in SCALINGS.items() if pattern.search(text)]
    said += _of_folders(top, classes)
    return Beside(tuple(said), alphabetical, of_csv, tuple(dict.fromkeys(scalings)))


def _project(place: Path) -> Path:
    if _STORES.fullmatch(place.name) and place.parent != place and place.parent != Path.home():
        return place.parent
    return place


def _texts(top: Path, *, deep: bool) -> Iterator[tuple[Path, str]]:
    patterns = ("*", "*/*", "*/*/*") if deep else ("*",)
    count = 0
    for pattern in patterns:
        try:
            files = sorted(top.glob(pattern))[:_MAX_FOLDERS]
        except OSError:
            return
        for file in files:
            if file.suffix.lower() not in (*_CODE, *_PROSE) or file.is_symlink():
                continue
            try:
                if not file.is_file() or file.stat().st_size > _MAX_BYTES:
                    continue
                text = file.read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            yield file, _of_notebook(text) if file.suffix.lower() == ".ipynb" else text
            count += 1
            if count >= _MAX_FILES:
                return


def _of_notebook(text: str) -> str:
    """The code of a notebook, without its outputs."""
    try:
        cells = json.loads(text)["cells"]
        sources: list[Any] = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        return "\n".join("".join(source) for source in sources)
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _of_code(text: str, classes: int) -> list[tuple[str, ...]]:
    """Lists and dictionaries of words."""
    found: list[tuple[str, ...]] = []
    for match in _BRACKETS.finditer(text):
        pairs = list(_PAIR.finditer(match["list"]))
        if len(pairs) != classes:
            continue
        words = [pair["word"] for pair in pairs]
        numbers = [pair["key"] or pair["value"] for pair in pairs]
        if all(number is not None for number in numbers):
            places = [int(number) for number in numbers if number is not None]
            if sorted(places) != list(range(min(places), min(places) + classes)):
                continue
            words = [word for _, word in sorted(zip(places, words, strict=True))]
        labels = _labels(words, named=bool(_NAMED.search(match["before"])))
        if labels and labels not in found:
            found.append(labels)
    return found


def _of_prose(text: str, classes: int) -> list[tuple[str, ...]]:
    """Classes with their numbers, as "0 = angry, 1 = disgust"."""
    found: list[tuple[str, ...]] = []
    numbered = [(int(m[1]), m[2]) for m in _NUMBERED.finditer(text[:_MAX_PROSE])]
    for start in range(len(numbered) - classes + 1):
        run = numbered[start : start + classes]
        first = run[0][0]
        if first in (0, 1) and [n for n, _ in run] == list(range(first, first + classes)):
            found.append(_labels([word for _, word in run], named=False))
    return [labels for labels in dict.fromkeys(found) if labels]


def _mentioned(text: str, classes: int) -> list[tuple[str, ...]]:
    """All expressions in one sentence; in which order one says them may mean nothing."""
    found: list[tuple[str, ...]] = []
    for line in re.split(r"[\n.;:]", text[:_MAX_PROSE]):
        parts = [part for part in re.split(r",|/|\||\band\b|&", line) if part.strip()]
        if not classes <= len(parts) < classes + 3:
            continue
        words = [_only_expression(part) for part in parts]
        for start in range(len(words) - classes + 1):
            run_of = words[start : start + classes]
            if all(run_of):
                found.append(_labels([str(word) for word in run_of], named=False))
    return [labels for labels in dict.fromkeys(found) if labels]


def _only_expression(part: str) -> str | None:
    words = _WORDS.findall(part)
    known = {expression_of(word) for word in words if len(word) > 2} - {None}
    return known.pop() if len(known) == 1 and len(words) <= 4 else None


def _labels(words: list[str], *, named: bool) -> tuple[str, ...]:
    """The classes that they mean; empty where it is a list of something else."""
    try:
        labels = understood(words)
    except ValueError:
        return ()
    known = sum(label in EXPRESSIONS for label in labels)
    return labels if known >= min(_LEAST_KNOWN, len(labels)) or (named and known) else ()


def _of_folders(top: Path, classes: int) -> list[Said]:
    """Folders a class, directly or in train: Keras and PyTorch number them by the alphabet."""
    if not 2 <= classes <= MAX_CLASSES:
        return []
    found = []
    for pattern in ("", "*", "*/*"):
        try:
            places = [top] if not pattern else sorted(p for p in top.glob(pattern) if p.is_dir())
            for place in places[:_MAX_FOLDERS]:
                names = sorted(
                    p.name for p in place.iterdir() if p.is_dir() and not p.name.startswith(".")
                )
                if classes == len(_RAF_DB) and set(_RAF_DB) <= set(names):
                    said = Said(LABEL_ORDERS["rafdb"], place.name, "folders", False)
                    found.append(said)
                    continue
                if len(names) != classes:  # others lie beside them
                    names = [name for name in names if expression_of(name)]
                labels = _labels(names, named=False) if len(names) == classes else ()
                if labels:
                    shown = place.name if place != top else "the folders"
                    found.append(Said(labels, shown, "folders", False))
        except OSError:
            continue
    return found[:1]
