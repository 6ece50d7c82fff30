"""Foreign text: file names, titles in a model.json, words of a command line.

Whoever made a file chose its name. `plain` is what every place uses that prints or shows such text,
`csv_line` what every table is written with.
"""

import json
import logging
import re
import unicodedata
from collections.abc import Iterable

#: Joiners without which emoji and Persian words fall apart; they show nothing of their own.
_JOINERS = "\u200c\u200d"
#: What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection"), and the wide
#: forms that some of them take for the same signs.
_FORMULA = "=+-@\t\r\n＝＋－＠"
#: Signs that make a cell be quoted; ; and tab separate cells in other countries' spreadsheets.
_SPECIAL = re.compile('[",;\t\r\n]')


def plain(text: object) -> str:
    r"""A text on one line that cannot steer a terminal, break a label or turn the order of letters.

    Control characters, line breaks, marks for the direction of writing and what else is invisible
    (Unicode's Cc, Cf, Cs, Zl, Zp) come as escapes, such as `\x1b`, `\n` and `\u202e`.
    """
    text = str(text)
    if text.isprintable():
        return text
    return "".join(_visible(sign) for sign in text)


def plain_lines(text: str) -> str:
    """The same for a text of ours in several lines: its line breaks stay."""
    return "\n".join(plain(line) for line in text.split("\n"))


def plain_json(text: str) -> str:
    """JSON that means the same, with the same signs escaped; line breaks between values stay."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join("\n" if sign == "\n" else _json_escape(sign) for sign in text)


def natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """What to sort names by as a file manager does: 2.jpg before 10.jpg."""
    parts = re.split(r"(\d+)", name.casefold())
    key = [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts if p]
    return key, name


def csv_line(cells: Iterable[object]) -> str:
    """One line of a CSV table, with its line break.

    Numbers stay numbers. Text is made `plain`; where it begins as a formula does, it gets a
    quotation mark in front, and where it holds a separator, double quotes around it (OWASP).
    """
    return ",".join(_cell(cell) for cell in cells) + "\n"


class PlainFormatter(logging.Formatter):
    """Log lines without control characters: a log is read in a terminal, too."""

    def format(self, record: logging.LogRecord) -> str:
        """One line a record; a traceback keeps its lines."""
        message, arguments = record.msg, record.args
        try:
            record.msg, record.args = plain(record.getMessage()), None
            return plain_lines(super().format(record))
        finally:
            record.msg, record.args = message, arguments


def _visible(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind not in ("Cc", "Cf", "Cs", "Zl", "Zp") or sign in _JOINERS:
        return sign
    return sign.encode("unicode_escape", "surrogatepass").decode("ascii")


def _json_escape(sign: str) -> str:
    if _visible(sign) == sign:
        return sign
    return json.dumps(sign)[1:-1] if sign != "\x7f" else "\\u007f"


def _cell(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, (int, float)):
        return str(cell)
    raw = str(cell)
    text = plain(raw)
    formula = raw[:1] != "" and raw[0] in _FORMULA
    if formula:
        text = "'" + text
    if formula or _SPECIAL.search(text):
        text = '"' + text.replace('"', '""') + '"'
    return text
