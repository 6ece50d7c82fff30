"""The measurement of whole films, on films of a few frames."""

from fer_core.benchmark import films
from fer_core.pipeline import FerPipeline
from tests.fer_core.analysis.test_flow import Classifier


class Nobody:
    name = "nobody"

    def detect(self, image: object) -> list:
        return []


def test_a_row_a_film_with_rate_cpu_time_and_targets() -> None:
    pipeline = FerPipeline(Classifier(), Nobody(), thorough=True, lanes=2)
    rows = list(films.measure(pipeline, 4))
    assert [row.key for row in rows] == ["film_640", "film_1280"]
    assert all("4 frames into csv, jsonl, parquet, png; 2 lanes" in row.note for row in rows)
    for row, target in zip(rows, (150.0, 60.0), strict=True):
        rate, cpu = row.figures[:2]
        assert (rate.target, rate.at_least, rate.unit) == (target, True, "fps")
        assert rate.value > 0
        assert cpu.value > 0
