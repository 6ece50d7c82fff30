"""`models …`: which models there are, and what is known about each."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import adding, teaching
from cli.output import line, message, print_json, table
from cli.parsing import add_command, add_group, add_json

if TYPE_CHECKING:
    from fer_core.models.spec import InputSpec, ModelSpec


def add_to(commands: Any) -> None:
    """Adds the parsers."""
    models = add_group(commands, "models", "list, show and manage models", run_list)
    add_json(add_command(models, "list", "list the models", run_list))
    info = add_command(models, "info", "show what is known about a model", run_info)
    info.add_argument("name", metavar="NAME", help="as `models list` shows it")
    add_json(info)
    adding.add_to(models)
    check = add_command(models, "check", "check a model's files and run it once", run_check)
    check.add_argument("name", metavar="NAME", help="as `models list` shows it")
    export = add_command(
        models, "export", "write a model and what belongs to it as one .zip", run_export
    )
    export.add_argument("name", metavar="NAME", help="as `models list` shows it")
    export.add_argument(
        "--format", required=True, choices=("onnx", "openvino", "keras"), help="of the network"
    )
    export.add_argument("--out", required=True, type=Path, metavar="FILE.zip", help="where to")
    join = add_command(models, "join", "average several models as one of yours", run_join)
    join.add_argument(
        "names", nargs="+", metavar="NAME", help="two or more, as `models list` shows"
    )
    join.add_argument("--name", required=True, metavar="N", help="what to call the new model")
    teaching.add_to(models)
    remove = add_command(models, "remove", "delete a model that you added", run_remove)
    remove.add_argument("name", metavar="NAME", help="as `models list` shows it")
    add_command(models, "clean", "delete all conversions; they are made again", run_clean)


def run_list(options: argparse.Namespace) -> int:
    """Lists all models; those that cannot be used come with the reason."""
    from fer_core.models.registry import ModelRegistry

    registry = ModelRegistry()
    entries = [*registry.entries(), *registry.offered()]
    if options.json:
        print_json([_entry_dict(entry) for entry in entries])
    elif entries:
        table(
            (entry.name, entry.title, "comes with Mimik" if entry.bundled else "yours")
            for entry in entries
            if entry.problem is None
        )
        for entry in entries:
            if entry.command:
                message(entry.problem or "")
            elif entry.problem is not None:
                message(f"{entry.name} cannot be used: {entry.problem}")
    else:
        message("There is no model; add one with `python main.py models add FILE`.")
    return 0


def run_info(options: argparse.Namespace) -> int:
    """Shows one model's `model.json`."""
    from fer_core.models.registry import ModelRegistry

    spec = ModelRegistry().spec(options.name)
    if options.json:
        print_json(spec.to_dict())
        return 0
    line(f"{spec.name}: {spec.title}")
    table(_facts(spec), indent=2)
    for data, figures in spec.metrics.items():
        line(f"  measured on {data}")
        plain = {k: v for k, v in figures.items() if not isinstance(v, (list, dict))}
        table(((name, _figure(value)) for name, value in plain.items()), right=(1,), indent=4)
    return 0


def run_check(options: argparse.Namespace) -> int:
    """Checks one model; prints what was found in order."""
    from fer_core.models.library import check_model

    for sentence in check_model(options.name):
        line(sentence)
    return 0


def run_export(options: argparse.Namespace) -> int:
    """Writes a model with its card for someone else, who takes it with `models add FILE.zip`."""
    from fer_core.models.package import export_model

    message(f"written: {export_model(options.name, options.format, options.out)}")
    return 0


def run_join(options: argparse.Namespace) -> int:
    """Adds a model that averages others."""
    from fer_core.models.ensemble import join

    folder = join(options.names, options.name)
    message(f"Added {folder.name}; it averages {' and '.join(options.names)}.")
    return 0


def run_remove(options: argparse.Namespace) -> int:
    """Deletes one of the person's own models; bundled ones stay."""
    from fer_core.models.registry import ModelRegistry

    ModelRegistry().remove(options.name)
    message(f"Removed {options.name}.")
    return 0


def run_clean(options: argparse.Namespace) -> int:
    """Empties the cache of converted networks; models stay."""
    from fer_core.models.convert import empty_cache

    message(f"Freed {empty_cache() / 1e6:.1f} MB; conversions are made again when needed.")
    return 0


def _entry_dict(entry: Any) -> dict[str, Any]:
    return {
        "name": entry.name,
        "title": entry.title,
        "folder": str(entry.folder),
        "bundled": entry.bundled,
        "problem": entry.problem,
        "command": entry.command,
        "labels": list(entry.spec.labels) if entry.spec else None,
    }


def _facts(spec: "ModelSpec") -> list[tuple[str, str]]:
    guessed = "" if spec.labels_confirmed else "  (order is a guess: confirm it)"
    meant = ", ".join(f"{own} → {name}" for own, name in (spec.stands_for or {}).items())
    facts = [
        ("classes", ", ".join(spec.labels) + guessed),
        ("stand for", meant),
        ("input", _input_text(spec.input)),
        ("scaling", scaling_text(spec.input)),
        ("network", spec.architecture),
        ("taught from", spec.parent),
        ("file", f"{spec.file} ({spec.format})"),
        ("trained on", spec.trained_on),
        ("licence", spec.license),
        ("source", spec.source),
        ("created", spec.created),
    ]
    return [(name, text) for name, text in facts if text]


def scaling_text(inputs: "InputSpec") -> str:
    """How pixels are scaled: the usual name, and the numbers where it has none."""
    from fer_core.models.check import scaling_name

    name = scaling_name(inputs)
    if name:
        return name
    mean, std = (" ".join(f"{n:g}" for n in numbers) for numbers in (inputs.mean, inputs.std))
    return f"(pixel · {inputs.scale:g} − {mean}) / {std}"


def _input_text(spec: "InputSpec") -> str:
    text = f"{spec.width}×{spec.height} {spec.color}"
    if spec.equalize:
        text += ", histogram equalised"
    if spec.mirror_average:
        text += ", averaged with the mirrored face"
    return text


def _figure(value: Any) -> str:
    if isinstance(value, float) and 0 <= value <= 1:
        return f"{100 * value:.2f} %"
    return str(value)
