import csv
import io
import json
import logging

import pytest

from fer_core.names import PlainFormatter, csv_line, plain, plain_json, plain_lines

#: What a foreign name may hold to steer a terminal, break a line or turn the order of letters.
NASTY = {
    "\x1b[31mred\x1b[0m": r"\x1b[31mred\x1b[0m",
    "a\nb\r\nc\td": r"a\nb\r\nc\td",
    "\x9b2J": r"\x9b2J",
    "bell\a\0\x7f": r"bell\x07\x00\x7f",
    "photo\u202egnp.exe": r"photo\u202egnp.exe",
    "a\u2028b\u2029c": r"a\u2028b\u2029c",
    "\u2066x\u2069\u200e\u200f\u061c": r"\u2066x\u2069\u200e\u200f\u061c",
    "in\u200bvis\ufeffible": r"in\u200bvis\ufeffible",
    "caf\udce9.jpg": r"caf\udce9.jpg",
    "tag\U000e0041": r"tag\U000e0041",
}
HARMLESS = ["Ünï cödé – 1.jpg", "日本語.png", "👨\u200d👩\u200d👧.jpg", "a\u00a0b", "=1", ""]


@pytest.mark.parametrize(("raw", "shown"), NASTY.items())
def test_what_steers_a_terminal_is_escaped(raw, shown):
    assert plain(raw) == shown
    assert plain_lines(f"{raw}\nours").split("\n")[-1] == "ours"


@pytest.mark.parametrize("name", HARMLESS)
def test_what_people_write_stays(name):
    assert plain(name) == name


@pytest.mark.parametrize("raw", [*NASTY, *HARMLESS])
def test_json_means_the_same_and_shows_nothing_raw(raw):
    text = json.dumps({"source": raw, "n": [1, 2]}, ensure_ascii=False, indent=2)
    safe = plain_json(text)
    assert json.loads(safe) == {"source": raw, "n": [1, 2]}
    assert all(plain(line) == line for line in safe.split("\n"))


@pytest.mark.parametrize("sign", list("=+-@\t\r\n＝＋－＠"))
def test_a_cell_that_begins_as_a_formula_is_text(sign):
    line = csv_line((f'{sign}HYPERLINK("http://x";"y"),1', 1))
    cell, number = next(csv.reader(io.StringIO(line)))
    assert cell[0] == "'"
    assert number == "1"
    assert line.startswith('"')
    assert line.count("\n") == 1


def test_numbers_stay_numbers_and_nothing_is_nothing():
    assert csv_line((-0.5, -3, 0.25, None, "-", "")) == '-0.5,-3,0.25,,"\'-",\n'


@pytest.mark.parametrize("raw", ["a,b", 'say "x"', "a;=1+1", "x\ty", "plain", "Straße", "'quoted'"])
def test_other_cells_come_back_as_they_were(raw):
    for delimiter in ",;":  # of another country's spreadsheet, too: no cell begins inside a name
        fields = next(csv.reader(io.StringIO(csv_line((raw,))), delimiter=delimiter))
        assert fields == [plain(raw)]


def test_the_log_has_no_control_characters():
    said = (ValueError, ValueError("bad \x1b[2J name"), None)
    text = "%s is odd\nCRITICAL forged"
    record = logging.LogRecord("x", logging.WARNING, "f.py", 1, text, ("a\x1bb",), said)
    line, *rest = PlainFormatter("%(levelname)s %(message)s").format(record).split("\n")
    assert line == r"WARNING a\x1bb is odd\nCRITICAL forged"
    assert rest == [r"ValueError: bad \x1b[2J name"]
    assert record.getMessage() == "a\x1bb is odd\nCRITICAL forged", "other handlers see it raw"
