"""Names for new files: nobody else gets one that was chosen."""

import threading
from itertools import count
from pathlib import Path

import pytest

from fer_core.errors import OutputError
from fer_core.files import give_back, reserve, reserved
from tests.waiting import PATIENCE_S


def names(folder: Path, *endings: str) -> object:
    return ([folder / f"a{number}{ending}" for ending in endings] for number in count(1))


def test_many_at_once_get_names_of_their_own(tmp_path: Path) -> None:
    got: list[Path] = []
    begin = threading.Barrier(8)

    def choose() -> None:
        begin.wait(PATIENCE_S)
        for _ in range(20):
            got.extend(reserve(names(tmp_path, ".mp4")))

    threads = [threading.Thread(target=choose) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(got)) == 160
    assert set(got) == set(tmp_path.iterdir())


def test_a_group_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "a1.csv").write_text("older")
    assert [path.name for path in reserve(names(tmp_path, ".mp4", ".csv"))] == ["a2.mp4", "a2.csv"]
    assert not (tmp_path / "a1.mp4").exists()


def test_names_that_were_not_needed_are_given_back(tmp_path: Path) -> None:
    with reserved(names(tmp_path, ".mp4", ".csv")) as (_, table):
        table.write_text("rows")
    assert list(tmp_path.iterdir()) == [table]
    give_back([table])
    assert table.read_text() == "rows"


def test_where_no_file_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        reserve(names(tmp_path / "file", ".mp4"))
    with pytest.raises(OutputError, match="All names"):
        reserve([[tmp_path / "file"]])
