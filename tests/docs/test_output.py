"""docs/output.md and what is written say the same."""

import re

from fer_core import tables
from fer_core.analysis.batch import FORMATS
from tests.docs.documents import ROOT

TEXT = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")


def test_every_column_is_described_once_and_in_its_order():
    lines = [line for line in TEXT.split("## Columns")[1].splitlines() if line.startswith("| `")]
    described = [name for line in lines for name in re.findall(r"`(\w+)`", line.split("|")[1])]
    assert described == list(tables.columns())


def test_every_status_and_format_is_described():
    assert all(f"`{status}`" in TEXT for status in tables.STATUSES)
    assert all(f"`{name}`" in TEXT for name in FORMATS)
