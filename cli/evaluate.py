"""`evaluate`: how often a model is right, in the form in which the app runs it."""

import argparse
from pathlib import Path
from typing import Any

from cli.output import Progress, block, message, print_json
from cli.parsing import add_command, add_json

_EXAMPLES = """\
  python main.py evaluate mimik-48 --dataset fer2013 --data data/fer2013.csv
  python main.py evaluate my-model --dataset folder --data pictures/ --split all --out report/
"""


def add_to(commands: Any) -> None:
    """Adds the parser."""
    parser = add_command(commands, "evaluate", "measure how often a model is right", run, _EXAMPLES)
    parser.add_argument("model", metavar="MODEL", help="name or path")
    parser.add_argument(
        "--dataset", required=True, metavar="NAME", help="fer2013, rafdb, folder, …"
    )
    parser.add_argument("--data", required=True, metavar="PATH", help="where the data set lies")
    parser.add_argument(
        "--split",
        default="test",
        metavar="S",
        help="train, validation, test or, for pictures that it was not trained on, all "
        "(default: test)",
    )
    parser.add_argument(
        "--tta", action="store_true", help="also the other way: with or without the mirrored face"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="write the confusion matrix as a picture there"
    )
    parser.add_argument(
        "--write", action="store_true", help="put the figures into the model's folder"
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Evaluates and prints the figures."""
    from fer_core import load_classifier
    from fer_core.datasets.registry import open_dataset
    from fer_core.evaluation.runner import evaluate_dataset
    from fer_core.files import check_writable, writing

    dataset = open_dataset(options.dataset, options.data)
    classifier = load_classifier(options.model)
    folder = _folder(options.model) if options.write else None
    for target in (options.out, folder):
        if target is not None:
            check_writable(target)
    progress = Progress("evaluating")
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
    if options.json:
        print_json(report.to_dict())
    else:
        block(report.to_text())
    if options.out is not None:
        from fer_core.evaluation.plots import write_plots

        with writing(options.out):
            for path in write_plots(report, options.out):
                message(f"written: {path}")
    if folder is not None:
        from fer_core.evaluation.report import write_metrics_into
        from fer_core.models.card import write_card

        with writing(folder):
            message(f"written: {write_metrics_into(folder, report)}")
            message(f"written: {write_card(folder)}")
    return 0


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
