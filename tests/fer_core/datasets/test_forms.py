"""Data as people have them: numbered folders, words of several languages, a CSV beside a folder."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import trees

from fer_core.datasets import open_dataset
from fer_core.datasets.export import LIST, export
from fer_core.datasets.registry import find_dataset
from fer_core.errors import DatasetError, OutputError
from fer_core.expressions import LABEL_ORDERS

Write = Callable[[str], None]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    numbers: Iterator[int] = iter(range(10_000))

    def one(name: str) -> None:
        trees.write_picture(tmp_path / name, trees.picture(next(numbers)))

    return one


def many(write: Write, folder: str, count: int) -> None:
    for number in range(count):
        write(f"{folder}/{folder.replace('/', '_')}{number}.png")


def test_folders_may_be_numbered_misspelt_or_in_another_language(
    write: Write, tmp_path: Path
) -> None:
    words = ("0_angry", "Ekel", "peur", "happy_faces", "Sadness images", "suprise", "3-neutre")
    for word in words:
        many(write, word, 10)
    dataset = open_dataset("folder", tmp_path)
    assert set(dataset.labels) == set(LABEL_ORDERS["fer2013"])
    assert not dataset.check().problems


@pytest.mark.parametrize("order", ["fer2013", "alphabetical7"])
def test_numbered_folders_of_fer2013_are_told_apart_by_their_counts(
    order: str, write: Write, tmp_path: Path
) -> None:
    counts = {"sadness": 12, "surprise": 6, "neutral": 13}
    for number, label in enumerate(LABEL_ORDERS[order]):
        many(write, f"FER2013/train/{number}", counts.get(label, 8))
        many(write, f"FER2013/test/{number}", 2)
    dataset = open_dataset("fer2013", tmp_path / "FER2013")
    assert dataset.labels == LABEL_ORDERS["fer2013"]
    parts = [dataset.load(name) for name in ("train", "validation")]
    found = sum(np.bincount(part.targets, minlength=7) for part in parts)
    assert found.tolist() == [counts.get(label, 8) for label in dataset.labels]
    assert len(dataset.load("test")) == 14


def test_characters_with_numbered_folders(write: Write, tmp_path: Path) -> None:
    for character in ("aia", "bonnie", "ray"):
        for number in range(7):
            many(write, f"FERG_DB_256/data/{character}/{number}", 1)
    dataset = open_dataset("ferg", tmp_path)
    everything = dataset.load("all")
    fourth = next(i for i, one in enumerate(everything.ids) if "/4/" in one)
    assert dataset.labels[everything.targets[fourth]] == "neutral"
    assert everything.groups is not None
    assert set(everything.groups) == {"aia", "bonnie", "ray"}


@pytest.mark.parametrize("name", ["affectnet8", "affectnet7"])
def test_affectnet_in_numbered_folders(name: str, write: Write, tmp_path: Path) -> None:
    for number in range(8):
        many(write, f"train/{number}", 10)
        many(write, f"val/{number}", 2)
    dataset = open_dataset(name, tmp_path)
    test = dataset.load("test")
    assert np.bincount(test.targets).tolist() == [2] * len(dataset.labels)
    first = test.ids.index("val/3/val_30.png")
    assert dataset.labels[test.targets[first]] == "surprise"


@pytest.mark.parametrize(
    ("head", "delimiter"),
    [("filename,class", ","), ("user.id,image,emotion", ","), ("Path;Label;usage", ";")],
)
def test_a_csv_names_the_classes_of_one_folder(
    head: str, delimiter: str, write: Write, tmp_path: Path
) -> None:
    columns, lines = head.split(delimiter), [head]
    for number in range(30):
        name, word = f"images/{number}.png", ("Happy", "SADNESS", "boredom")[number % 3]
        write(name)
        values = {"user.id": "7", "usage": "train" if number < 24 else "test"}
        row = [values.get(c, name if c in ("filename", "image", "Path") else word) for c in columns]
        lines.append(delimiter.join(row))
    lines.append(delimiter.join("gone.png" if c != columns[-1] else "Happy" for c in columns))
    (tmp_path / "legend.csv").write_text("\n".join(lines), encoding="utf-8")
    dataset = open_dataset("folder", tmp_path)
    assert dataset.labels == ("happiness", "sadness", "boredom")
    assert len(dataset.load("all")) == 30
    if "usage" in head:
        assert len(dataset.load("test")) == 6
    problems = dataset.check().problems
    assert problems[1] == "'boredom' with 10 pictures is no expression; it is a class of its own."
    assert problems[0] == "1 pictures of legend.csv are missing."


WORDS = ("angry", "happy", "sad")


@pytest.mark.parametrize(
    ("lines", "encoding"),
    [
        (["image,emotion", *(f"{n},{WORDS[n % 3]}" for n in range(30))], "utf-8"),
        ([f"{n}.png,{WORDS[n % 3]}" for n in range(30)], "utf-8"),
        (["filename\tclass", *(f"{n}.png\t{WORDS[n % 3]}" for n in range(30))], "utf-16"),
        (["path;label", *(f"C:\\me\\{n}.png;{WORDS[n % 3]}" for n in range(30))], "utf-8-sig"),
    ],
    ids=["without endings", "without a header", "tabs in UTF-16", "places on another computer"],
)  # fmt: skip
def test_lists_as_programs_write_them(
    lines: list[str], encoding: str, write: Write, tmp_path: Path
) -> None:
    for number in range(34):
        write(f"images/{number}.png")
    (tmp_path / "list.csv").write_text("\r\n".join(lines), encoding=encoding, newline="")
    dataset = open_dataset("folder", tmp_path)
    assert dataset.labels == ("anger", "happiness", "sadness")
    everything = dataset.load("all")
    said = {
        Path(one).stem: dataset.labels[target]
        for one, target in zip(everything.ids, everything.targets, strict=True)
    }
    expected = ("anger", "happiness", "sadness")
    assert said == {str(number): expected[number % 3] for number in range(30)}
    assert dataset.check().problems == ("4 pictures that no CSV names are left out.",)


@pytest.mark.parametrize("place", ["train/labels.csv", "train.csv", "train_labels.tsv"])
def test_a_list_for_each_split_may_name_the_same_files(
    place: str, write: Write, tmp_path: Path
) -> None:
    for split, count in (("train", 20), ("test", 6)):
        for number in range(count):
            write(f"{split}/{number}.png")
        rows = [f"{number}.png,{WORDS[number % 2]}" for number in range(count)]
        (tmp_path / place.replace("train", split)).write_text("\n".join(["file,label", *rows]))
    dataset = open_dataset("folder", tmp_path)
    sizes = [len(dataset.load(split)) for split in ("train", "validation", "test")]
    assert sizes == [18, 2, 6]
    assert all(one.startswith("test/") for one in dataset.load("test").ids)
    assert not dataset.check().problems


def test_the_list_itself_may_be_named_where_several_lie_beside_each_other(
    write: Write, tmp_path: Path
) -> None:
    many(write, "faces", 12)
    for name, word in (("mine.csv", "happy"), ("yours.csv", "sad")):
        rows = [f"faces/faces{number}.png,{word}" for number in range(12)]
        (tmp_path / name).write_text("\n".join(["filename,class", *rows]))
    assert open_dataset("folder", tmp_path / "mine.csv").labels == ("happiness",)
    assert open_dataset("folder", tmp_path / "yours.csv").labels == ("sadness",)
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(DatasetError, match=r"empty\.csv"):
        open_dataset("folder", tmp_path / "empty.csv")


def test_microsofts_label_files_carry_the_votes(write: Write, tmp_path: Path) -> None:
    order = LABEL_ORDERS["ferplus"]
    for folder, count in (("FER2013Train", 16), ("FER2013Valid", 8), ("FER2013Test", 8)):
        rows = []
        for number in range(count):
            name = f"fer{number:07}.png"
            write(f"{folder}/{name}")
            votes = [0] * 10
            votes[number % 8], votes[(number + 1) % 8] = 7, 3
            rows.append([name, "(0, 0, 48, 48)", *votes])
        with (tmp_path / folder / "label.csv").open("w", newline="") as stream:
            csv.writer(stream).writerows(rows)
    dataset = open_dataset("ferplus", tmp_path)
    assert [len(dataset.load(split)) for split in dataset.splits()] == [16, 8, 8]
    assert dataset.load("train").targets[:8].tolist() == list(range(8))
    soft = open_dataset("ferplus-crossentropy", tmp_path).load("train")
    assert soft.probs is not None
    np.testing.assert_allclose(soft.probs[0, :2], [0.7, 0.3])
    assert len(open_dataset("ferplus5", tmp_path).load("train")) == 10
    assert dataset.load("test").labels == order
    (tmp_path / "FER2013Test/label.csv").write_text("fer0000000.png,1,2\n")
    with pytest.raises(DatasetError, match="line 1 is not FERPlus's"):
        open_dataset("ferplus", tmp_path)


def test_ferplus_as_folders_of_classes(write: Write, tmp_path: Path) -> None:
    for split in ("train", "validation", "test"):
        for word in ("angry", "contempt", "happy", "suprise"):
            many(write, f"{split}/{word}", 2)
    dataset = open_dataset("ferplus", tmp_path)
    assert dataset.labels == LABEL_ORDERS["ferplus"]
    assert len(dataset.load("train")) == 8
    five = open_dataset("ferplus5", tmp_path)
    assert (five.name, len(five.labels), len(five.load("train"))) == ("ferplus5", 5, 6)
    with pytest.raises(DatasetError, match="no votes, which ferplus-crossentropy is read from"):
        open_dataset("ferplus-crossentropy", tmp_path)


def test_an_exported_data_set_is_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "from"
    folder.mkdir()
    dataset = open_dataset("fer2013+ferplus", trees.ferplus(folder))
    out, calls = tmp_path / "to", []
    assert export(dataset, out, ("train", "test"), lambda *call: calls.append(call)) == 42
    assert calls[-1] == (42, 42)
    again = open_dataset("folder", out)
    for split in ("test",):
        before, after = dataset.load(split), again.load(split)
        names = {one.rsplit("/", 1)[-1]: i for i, one in enumerate(after.ids)}
        for index in range(len(before)):
            place = names[f"{index:06}.png"]
            np.testing.assert_array_equal(after.images[place], before.images[index])
            label = before.labels[before.targets[index]]
            assert after.labels[after.targets[place]] == label
    with (out / LIST).open(newline="", encoding="utf-8") as stream:
        row = next(csv.DictReader(stream))
    assert (row["class"], row["split"], row["id"]) == ("anger", "train", "row 0")
    assert float(row["anger"]) == 1.0
    assert len(open_dataset("folder", out / LIST).load("test")) == len(dataset.load("test"))
    with pytest.raises(OutputError, match="is not empty"):
        export(dataset, out)


def test_a_folder_of_several_data_sets_is_searched(tmp_path: Path) -> None:
    (tmp_path / "RAF-DB").mkdir()
    trees.rafdb_folders(tmp_path / "RAF-DB")
    trees.fer_plain(tmp_path)
    assert find_dataset("rafdb", tmp_path).name == "rafdb"
    assert find_dataset("fer2013", tmp_path).name == "fer2013"
    with pytest.raises(DatasetError, match="FERG"):
        find_dataset("ferg", tmp_path)
