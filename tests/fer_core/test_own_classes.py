"""Classes that are no expressions: 2 to 50, any words, wherever a model's answer goes."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from fer_core.expressions import (
    COLORS_RGB,
    EXPRESSIONS,
    UNSURE,
    UNSURE_RGB,
    canonical,
    color_rgb,
    display_name,
    in_order,
    own_class,
    understood,
)
from fer_core.overlay import annotate
from fer_core.statistics import StreamStatistics
from fer_core.types import Face, FaceResult, Frame, FrameResult, Prediction, Quality
from fer_core.video.sinks import CsvSink, JsonLinesSink
from tests.fer_core.models.builders import make_spec

MOODS = ("tired", "anger", "hungry", "score")


def face(*probs: float, labels: tuple[str, ...] = MOODS) -> FaceResult:
    box = np.array([20, 20, 80, 80], np.float32)
    prediction = Prediction(np.array(probs, np.float32), labels)
    return FaceResult(Face(box, 1.0, track_id=1), prediction, Quality(60.0, 120.0))


def result(*faces: FaceResult, index: int = 0) -> FrameResult:
    return FrameResult(index, index / 10, (100, 100), faces, "moods", {})


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("suprise", "surprise"), ("Natural", "neutral"), ("Smiling", "happiness"),
        ("0_angry", "anger"), ("Ärger", "anger"), ("Ekel", "disgust"), ("Angst", "fear"),
        ("Freude", "happiness"), ("Trauer", "sadness"), ("Überraschung", "surprise"),
        ("Verachtung", "contempt"), ("Mutlu", "happiness"), ("Kızgın", "anger"),
        ("üzgün", "sadness"), ("Şaşkın", "surprise"), ("İğrenme", "disgust"), ("korku", "fear"),
        ("nötr", "neutral"), ("colère", "anger"), ("dégoût", "disgust"), ("peur", "fear"),
        ("joie", "happiness"), ("tristesse", "sadness"), ("mépris", "contempt"),
        ("enojado", "anger"), ("asco", "disgust"), ("miedo", "fear"), ("alegría", "happiness"),
        ("tristeza", "sadness"), ("sorpresa", "surprise"), ("rabbia", "anger"),
        ("felicità", "happiness"), ("paura", "fear"), ("raiva", "anger"), ("nojo", "disgust"),
        ("medo", "fear"), ("surpresa", "surprise"), ("desprezo", "contempt"),
        ("blij", "happiness"), ("verdrietig", "sadness"), ("disguist", "disgust"),
        ("I_am_happy", "happiness"), ("class 3 - fear", "fear"), ("ANGRY FACES", "anger"),
    ],
)  # fmt: skip
def test_words_of_many_languages_mean_the_eight_expressions(word: str, means: str) -> None:
    assert canonical(word) == means


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_windows_own_words_are_understood(language: str) -> None:
    for name in EXPRESSIONS:
        assert canonical(display_name(name, language)) == name


@pytest.mark.parametrize(
    ("words", "classes"),
    [
        (("0_angry", "1_tired"), ("anger", "tired")),
        (("Class 1", "Class 2"), ("Class 1", "Class 2")),
        (("smile", "no smile"), ("happiness", "no smile")),
        (("happy", "joyful", "sad"), ("happy", "joyful", "sadness")),
        (("3) ', sleepy'".replace(", ", ""), "awake"), ("sleepy", "awake")),
        (("müde", "hungrig", "wach"), ("müde", "hungrig", "wach")),
    ],
)
def test_unknown_words_are_classes_of_their_own(
    words: tuple[str, ...], classes: tuple[str, ...]
) -> None:
    assert understood(words) == classes


@pytest.mark.parametrize("words", [("tired", "Tired"), ("", "a"), ("x" * 41, "b"), ("unsure", "a")])
def test_what_is_no_name_or_stands_there_twice_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"no name for a class|stands there twice"):
        understood(words)


def test_a_name_cannot_steer_a_terminal() -> None:
    assert own_class("ti\x1b[31mred") == "ti\\x1b[31mred"


def test_each_class_has_a_colour_of_its_own_that_stays() -> None:
    names = [f"class {n}" for n in range(20)]
    colors = [color_rgb(name) for name in names]
    assert len(set(colors)) == 20
    assert colors == [color_rgb(name.upper()) for name in names]
    assert not set(colors) & {*COLORS_RGB.values(), UNSURE_RGB}
    assert all(0 <= channel <= 255 for color in colors for channel in color)
    assert {name: color_rgb(name) for name in EXPRESSIONS} == COLORS_RGB
    assert color_rgb(UNSURE) == UNSURE_RGB


def test_expressions_come_first_and_others_as_they_stand() -> None:
    names = ("zebra", "sadness", "apple", "anger", "zebra")
    assert in_order(names) == ("anger", "sadness", "zebra", "apple")


def test_a_model_may_have_fifty_classes() -> None:
    labels = tuple(f"class {n}" for n in range(50))
    assert make_spec(labels=labels).labels == labels
    assert make_spec(labels=("grinning", "flat")).expressions == ("grinning", "flat")
    spec = make_spec(labels=("grin", "flat"), stands_for={"grin": "happiness"})
    assert spec.expressions == ("happiness", "flat")
    assert make_spec(labels=("smiling", "laughing")).expressions == ("happiness", "happiness")


def test_the_picture_has_the_name_and_the_colour() -> None:
    frame = np.zeros((100, 100, 3), np.uint8)
    drawn = annotate(frame, result(face(0.9, 0.05, 0.03, 0.02)))
    assert (drawn == color_rgb("tired")[::-1]).all(axis=2).sum() > 100


def test_statistics_count_own_classes_behind_the_expressions() -> None:
    statistics = StreamStatistics()
    for index, probs in enumerate([(0.9, 0.1, 0, 0), (0.9, 0.1, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)]):
        statistics.add(result(face(*probs), index=index), lasts_s=1.0)
    assert statistics.shares() == {"anger": 0.25, "hungry": 0.25, "tired": 0.5}
    assert list(statistics.shares()) == ["anger", "hungry", "tired"]


def test_the_table_has_a_column_for_each(tmp_path: Path) -> None:
    frame = Frame(np.zeros((100, 100, 3), np.uint8), 0, 0.0)
    with CsvSink(tmp_path / "a.csv") as sink:
        sink.write(frame, result())
        sink.write(frame, result(face(0.7, 0.1, 0.15, 0.05)))
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["status"] for row in rows] == ["no face", "held"]
    place = list(rows[0]).index("contempt") + 1
    assert list(rows[0])[place : place + 3] == ["tired", "hungry", "class score"]
    assert (rows[1]["label"], rows[1]["tired"], rows[1]["anger"]) == ("tired", "0.7", "0.1")
    assert (rows[1]["score"], rows[1]["class score"], rows[1]["fear"]) == ("1.0", "0.05", "")


def test_json_lines_have_them(tmp_path: Path) -> None:
    frame = Frame(np.zeros((100, 100, 3), np.uint8), 0, 0.0)
    with JsonLinesSink(tmp_path / "a.jsonl") as sink:
        sink.write(frame, result(face(0.7, 0.1, 0.15, 0.05)))
    (line,) = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["faces"][0]["probs"] == {
        "tired": 0.7, "anger": 0.1, "hungry": 0.15, "score": 0.05,
    }  # fmt: skip
