from fer_core.evaluation.calibrate import (
    calibrate,
    class_bias,
    fit_bias,
    fit_temperature,
    write_temperature_into,
)
from fer_core.evaluation.report import EvaluationReport, Figures, write_metrics_into
from fer_core.evaluation.runner import evaluate, evaluate_dataset

__all__ = [
    "EvaluationReport",
    "Figures",
    "calibrate",
    "class_bias",
    "evaluate",
    "evaluate_dataset",
    "fit_bias",
    "fit_temperature",
    "write_metrics_into",
    "write_temperature_into",
]
