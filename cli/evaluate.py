"""`evaluate`: how often models are right, in the form in which the app runs them."""

import argparse
from pathlib import Path
from typing import Any

from cli.output import Progress, block, message, print_json
from cli.parsing import add_command, add_data, add_faces, add_json

_EXAMPLES = """\
  python main.py evaluate mimik-48 --dataset fer2013 --data data/fer2013.csv
  python main.py evaluate my-model --dataset folder --data pictures/ --split all --out report/
  python main.py evaluate mimik-48 vgg-b --dataset fer2013 --dataset rafdb --data data/
"""
_TABLE = "models-and-data-sets.csv"


def add_to(commands: Any) -> None:
    """Adds the parser."""
    parser = add_command(commands, "evaluate", "measure how often models are right", run, _EXAMPLES)
    parser.add_argument("model", nargs="+", metavar="MODEL", help="name or path; several: a table")
    parser.add_argument(
        "--dataset",
        required=True,
        action="append",
        metavar="NAME",
        help="fer2013, rafdb, folder, …; several times: a table",
    )
    add_data(parser)
    parser.add_argument(
        "--split",
        default="test",
        metavar="S",
        help="train, validation, test or, for pictures that it was not trained on, all "
        "(default: test)",
    )
    add_faces(parser)
    parser.add_argument(
        "--tta", action="store_true", help="also the other way: with or without the mirrored face"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="write confusion matrices and tables there"
    )
    parser.add_argument(
        "--write", action="store_true", help="put the figures into the models' folders"
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Evaluates and prints the figures, or a table of several models and data sets."""
    from fer_core import load_classifier
    from fer_core.datasets.places import find_in, parse_data
    from fer_core.detection import usual_detector
    from fer_core.evaluation.cross import CrossTable
    from fer_core.files import check_writable, write_text, writing

    places = parse_data(options.data)
    datasets = [find_in(places, name) for name in dict.fromkeys(options.dataset)]
    models = list(dict.fromkeys(options.model))
    classifiers = [load_classifier(model) for model in models]
    folders = [_folder(model) if options.write else None for model in models]
    for target in (options.out, *folders):
        if target is not None:
            check_writable(target)
    detector = None if options.faces == "as-is" else usual_detector(message)
    reports = []
    for classifier, folder in zip(classifiers, folders, strict=True):
        for dataset in datasets:
            reports.append(_evaluated(classifier, dataset, detector, options))
            if folder is not None:
                _write_into(folder, reports[-1])
    table = CrossTable(reports)
    if options.json:
        print_json(reports[0].to_dict() if len(reports) == 1 else table.to_dict())
    else:
        block(reports[0].to_text() if len(reports) == 1 else table.to_text())
    if options.out is not None:
        with writing(options.out):
            for report in reports:
                _draw(report, options.out, apart=len(reports) > 1)
            if len(reports) > 1:
                write_text(options.out / _TABLE, table.to_csv())
                message(f"written: {options.out / _TABLE}")
    return 0


def _evaluated(classifier: Any, dataset: Any, detector: Any, options: argparse.Namespace) -> Any:
    from fer_core.datasets.faces import WithFaces
    from fer_core.evaluation.runner import evaluate_dataset
    from fer_core.pipeline import face_crop

    def crop(image: Any, face: Any) -> Any:
        return face_crop(image, face, classifier.spec)

    for problem in getattr(dataset, "problems", ()):
        message(problem)
    if detector is not None:
        dataset = WithFaces(dataset, options.faces, detector, crop)
    progress = Progress(f"{classifier.name} on {dataset.name}")
    try:
        report = evaluate_dataset(
            classifier,
            dataset,
            options.split,
            compare_mirror=options.tta,
            progress=progress.update,
        )
    finally:
        progress.close()
    if isinstance(dataset, WithFaces) and dataset.cuts:
        message(
            f"{dataset.name}: faces cut out as the app does; none was found in "
            f"{dataset.without_face:,} pictures, which were read as they are."
        )
    return report


def _write_into(folder: Path, report: Any) -> None:
    from fer_core.evaluation.report import write_metrics_into
    from fer_core.files import writing
    from fer_core.models.card import write_card

    with writing(folder):
        message(f"written: {write_metrics_into(folder, report)}")
        message(f"written: {write_card(folder)}")


def _draw(report: Any, out: Path, *, apart: bool) -> None:
    """Pictures of a report, in a folder of their own where there are several reports."""
    from fer_core.evaluation.plots import write_plots

    folder = out / f"{report.model} on {report.dataset}" if apart else out
    folder.mkdir(parents=True, exist_ok=True)
    for path in write_plots(report, folder):
        message(f"written: {path}")


def _folder(model: str) -> Path:
    """The model's folder, looked for as `load_classifier` does.

    Raises:
        ModelSpecError: it has none that stays.
    """
    from fer_core.errors import ModelSpecError
    from fer_core.models.registry import ModelRegistry
    from fer_core.models.spec import SPEC_NAME
    from fer_core.untrusted.gate import opened

    registry = ModelRegistry()
    if model in registry.names():
        return registry.folder(model)
    with opened(model) as found:
        folder = found.path.parent
    described = found.spec is not None and (folder / SPEC_NAME).is_file()
    if not described:  # a bare file, or one from a .zip, which is gone by now
        raise ModelSpecError(
            f"{model} has no {SPEC_NAME} for --write to put figures into; add it with `models add` "
            "first."
        )
    return folder
