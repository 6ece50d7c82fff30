"""The measurement of the server: that it measures, not how fast this machine is."""

import pytest

from fer_core.benchmark.serving import Load, measure
from fer_core.errors import FerError


def test_every_row_has_its_figures():
    rows = {row.key: row for row in measure("mimik", "finder", Load(3, 0.2, 0.2, 2, 4))}
    assert list(rows) == ["serve_request", "serve_live_1", "serve_live_8", "serve_memory"]
    for row in rows.values():
        assert all(figure.value >= 0 for figure in row.figures if figure.name != "grown")
    memory = {figure.name: figure.value for figure in rows["serve_memory"].figures}
    if memory:  # only Linux tells it
        assert memory["after 4"] > 100


def test_a_server_that_does_not_start_is_said():
    with pytest.raises(FerError, match="did not start"):
        list(measure("there-is-no-such-model", "finder", Load(1, 0.1, 0.1, 1, 1)))
