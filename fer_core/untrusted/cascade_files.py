"""What an OpenCV cascade may say; written anew, so that nothing else of the file reaches OpenCV.

OpenCV believes every number of a cascade: a feature outside its window reads other memory, a tree
whose nodes go round never ends. The form is that of `CascadeClassifierImpl::Data::read` and of the
evaluators in OpenCV's cascadedetect.cpp.
"""

import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

from fer_core.errors import DetectorError

MAX_BYTES = 32 << 20
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_MAX_WINDOW_PX, _MAX_STAGES, _MAX_NODES, _MAX_RECTS = 256, 1000, 100, 3
_MAX_CATEGORIES = 256


class _OddError(Exception):
    """Something about it is not as it must be."""


def rewrite(path: Path) -> str:
    """The same cascade in our own words.

    Raises:
        DetectorError: it is none, or one that would lead OpenCV astray.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise DetectorError(
            f"The cascade {path} cannot be opened ({reason}); choose another file."
        ) from error
    try:
        if len(data) > MAX_BYTES or b"<!doctype" in data.lower() or b"\0" in data:
            raise _OddError("no plain XML")
        storage = ElementTree.fromstring(data)
        if storage.tag != "opencv_storage" or not len(storage) or storage[0].tag != "cascade":
            raise _OddError("no cascade")
        return "\n".join(_cascade(storage[0])) + "\n"
    except (_OddError, ElementTree.ParseError, ValueError, RecursionError):
        raise DetectorError(
            f"{path} is not a cascade of OpenCV, or a damaged one; choose a cascade XML file."
        ) from None


def _cascade(cascade: ElementTree.Element) -> Iterator[str]:
    kind = _text(cascade, "featureType")
    width, height = (_whole(_one(cascade, key), 1, _MAX_WINDOW_PX) for key in ("width", "height"))
    features = _children(cascade, "features")
    read = {"HAAR": _haar, "LBP": _lbp}.get(kind)
    if _text(cascade, "stageType") != "BOOST" or read is None or not features:
        raise _OddError("another kind")
    categories = _whole(_one(_one(cascade, "featureParams"), "maxCatCount"), 0, _MAX_CATEGORIES)
    if (categories > 0) != (kind == "LBP"):
        raise _OddError("categories that its features do not have")
    stages = _children(cascade, "stages")
    if not 0 < len(stages) <= _MAX_STAGES:
        raise _OddError("no stages")
    weak = max(len(_children(stage, "weakClassifiers")) for stage in stages)
    yield '<?xml version="1.0"?>\n<opencv_storage>'
    yield '<cascade type_id="opencv-cascade-classifier">'
    yield f"<stageType>BOOST</stageType><featureType>{kind}</featureType>"
    yield f"<height>{height}</height><width>{width}</width>"
    yield f"<stageParams><maxWeakCount>{weak}</maxWeakCount></stageParams>"
    yield f"<featureParams><maxCatCount>{categories}</maxCatCount></featureParams>"
    yield f"<stageNum>{len(stages)}</stageNum><stages>"
    for stage in stages:
        yield from _stage(stage, len(features), categories)
    yield "</stages><features>"
    for feature in features:
        yield read(feature, width, height)
    yield "</features></cascade></opencv_storage>"


def _stage(stage: ElementTree.Element, features: int, categories: int) -> Iterator[str]:
    trees = _children(stage, "weakClassifiers")
    (threshold,) = _numbers(_one(stage, "stageThreshold"))
    if not trees:
        raise _OddError("a stage without classifiers")
    yield f"<_><maxWeakCount>{len(trees)}</maxWeakCount>"
    yield f"<stageThreshold>{threshold!r}</stageThreshold><weakClassifiers>"
    step = 3 + (math.ceil(categories / 32) if categories else 1)
    for tree in trees:
        nodes, leaves = _numbers(_one(tree, "internalNodes")), _numbers(_one(tree, "leafValues"))
        count = len(nodes) // step
        if len(nodes) != count * step or not 0 < count <= _MAX_NODES or len(leaves) != count + 1:
            raise _OddError("a tree without its nodes or leaves")
        words: list[float] = []
        for index in range(count):
            left, right, feature, *rest = nodes[index * step : (index + 1) * step]
            for child in (_int(left), _int(right)):
                # A node's children come after it, so that every way ends; others are leaves.
                if not (index < child < count or -count <= child <= 0):
                    raise _OddError("a node that leads nowhere")
            if not 0 <= _int(feature) < features:
                raise _OddError("a feature that is not there")
            words += [_int(left), _int(right), _int(feature)]
            words += [_int(part) for part in rest] if categories else rest
        yield f"<_><internalNodes>{' '.join(map(repr, words))}</internalNodes>"
        yield f"<leafValues>{' '.join(map(repr, leaves))}</leafValues></_>"
    yield "</weakClassifiers></_>"


def _haar(feature: ElementTree.Element, width: int, height: int) -> str:
    rects = _children(feature, "rects")
    marks = feature.findall("tilted")
    tilted = bool(marks) and bool(_whole(marks[0], 0, 1))
    if not 0 < len(rects) <= _MAX_RECTS:
        raise _OddError("a feature without its rectangles")
    words = []
    for rect in rects:
        *numbers, weight = _numbers(rect)
        x, y, w, h = (_int(number) for number in numbers)
        # A tilted one goes right and down by its width, left and down by its height.
        left, right = (x - h, x + w) if tilted else (x, x + w)
        bottom = y + w + h if tilted else y + h
        if min(w, h) <= 0 or left < 0 or y < 0 or right > width or bottom > height:
            raise _OddError("a rectangle outside the window")
        words.append(f"<_>{x} {y} {w} {h} {weight!r}</_>")
    return f"<_><rects>{''.join(words)}</rects><tilted>{int(tilted)}</tilted></_>"


def _lbp(feature: ElementTree.Element, width: int, height: int) -> str:
    x, y, w, h = (_int(number) for number in _numbers(_one(feature, "rect")))
    if min(x, y) < 0 or min(w, h) <= 0 or x + 3 * w > width or y + 3 * h > height:
        raise _OddError("a rectangle outside the window")
    return f"<_><rect>{x} {y} {w} {h}</rect></_>"


def _one(parent: ElementTree.Element, name: str) -> ElementTree.Element:
    found = parent.findall(name)
    if len(found) != 1:
        raise _OddError(f"no {name}, or several")
    return found[0]


def _children(parent: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return _one(parent, name).findall("_")


def _text(parent: ElementTree.Element, name: str) -> str:
    return (_one(parent, name).text or "").strip()


def _numbers(element: ElementTree.Element) -> list[float]:
    words = (element.text or "").split()
    if len(element) or not all(_NUMBER.fullmatch(word) for word in words):
        raise _OddError("no numbers")
    numbers = [float(word) for word in words]
    if not all(abs(number) < 1e30 for number in numbers):
        raise _OddError("a number without end")
    return numbers


def _int(number: float) -> int:
    if number != int(number) or abs(number) >= 1 << 31:
        raise _OddError("no whole number")
    return int(number)


def _whole(element: ElementTree.Element, low: int, high: int) -> int:
    (number,) = _numbers(element)
    if not low <= _int(number) <= high:
        raise _OddError("a number that cannot be")
    return int(number)
