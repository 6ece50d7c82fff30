"""The model card: what a model is, how good it is, and what it is not for.

After Mitchell et al. 2019, https://arxiv.org/abs/1810.03993.
"""

from fer_core.evaluation.report import EvaluationReport
from fer_core.models.spec import ModelSpec

_USE = """\
## Meant for

Showing live which expression a face carries: teaching, demonstrations, experiments with one's own
pictures. It reads a posed or spontaneous expression from one picture, not what a person feels.

## Not meant for

Decisions about people: hiring, grading, policing, health. Faces unlike those of the training
data (age, skin, glasses, masks, profile views, drawings) are read less reliably than the figures
say.
"""


def model_card(spec: ModelSpec, report: EvaluationReport) -> str:
    """Markdown with data, figures, confusion matrix, licence and intended use.

    Args:
        spec: the model's `model.json`, with its metrics.
        report: whose confusion matrix is shown.
    """
    pixels = spec.input
    parts = [
        f"# {spec.title}",
        "",
        f"- Network: {spec.architecture}",
        f"- Input: {pixels.width}×{pixels.height} {pixels.color}"
        + (", averaged with the mirrored face" if pixels.mirror_average else ""),
        f"- Expressions: {', '.join(spec.labels)}",
        f"- Trained on: {spec.trained_on}",
        f"- Licence: {spec.license or 'not stated'}",
        f"- Made by: {spec.source}, {spec.created}",
        "",
        "## Figures",
        "",
        "| data | pictures | accuracy | 95 % interval | macro-F1 | calibration error |",
        "| --- | --- | --- | --- | --- | --- |",
        *_figure_rows(spec),
        "",
        '"clean" leaves out the pictures that stand in the training data too.',
        "",
        f"## Confusion matrix, {report.dataset} {report.split}",
        "",
        *_confusion(report),
        "",
        "![confusion matrix](confusion.png)",
        "",
        _USE,
    ]
    return "\n".join(parts)


def _figure_rows(spec: ModelSpec) -> list[str]:
    rows = []
    for data, m in spec.metrics.items():
        if "accuracy_low" not in m:  # figures that someone else wrote
            continue
        share = [f"{100 * m[key]:.1f}" for key in ("accuracy", "accuracy_low", "accuracy_high")]
        rest = [f"{100 * m[key]:.1f} %" for key in ("macro_f1", "calibration_error")]
        interval = f"{share[1]} to {share[2]} %"
        rows.append(
            f"| {data} | {m['pictures']:,} | {share[0]} % | {interval} | {rest[0]} | {rest[1]} |"
        )
    return rows


def _confusion(report: EvaluationReport) -> list[str]:
    confusion = report.figures["all"].confusion
    rows = [
        "| true \\ predicted | " + " | ".join(report.labels) + " |",
        "| --- |" + " --- |" * len(report.labels),
    ]
    for label, counts in zip(report.labels, confusion.tolist(), strict=True):
        rows.append(f"| {label} | " + " | ".join(str(count) for count in counts) + " |")
    return rows
