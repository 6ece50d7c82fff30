"""The lines of the pickers: what a person reads about a model or a detector."""

import re
from pathlib import Path

from fer_core.models.listing import data_set, is_non_commercial
from fer_core.names import plain
from fer_core.texts import Texts
from ui.presenter.models import ModelInfo
from ui.presenter.shown import Choice


def model_choice(texts: Texts, info: ModelInfo) -> Choice:
    """A model: its title, what it was trained on and how often it is right."""
    title = _title(info)
    if info.command:
        return Choice(info.name, title, texts("model.not_trained"), usable=False)
    if info.problem:
        tip = texts.sentence(info.problem)
        return Choice(info.name, title, texts("model.broken"), False, tip, own=info.own)
    data = _data_set(texts, info.trained_on)
    share = texts.percent(info.accuracy) if info.accuracy is not None else ""
    terms = texts("model.non_commercial") if is_non_commercial(info.licence) else ""
    # Of several data sets the one that the figure is of; all of them would not fit.
    several = " + " in info.trained_on and info.measured_on
    short = _data_set(texts, info.measured_on.split()[0]) if several else data
    tip = _tip(texts, info, data, share)
    return Choice(info.name, title, short, True, tip, share, terms, own=info.own)


def caption(texts: Texts, info: ModelInfo) -> str:
    """The line for the corner of the picture: how often the model is right; empty if unknown."""
    if info.accuracy is None:
        return ""
    share, measured = texts.percent(info.accuracy), _measured(texts, info.measured_on)
    return f"{plain(info.name)}: " + texts("model.caption", share=share, measured=measured)


def own_detector_choice(path: str) -> Choice:
    """A detector file of the person's own: its name, and the folder that it lies in."""
    place = Path(path)
    return Choice(path, plain(place.name), plain(place.parent.name), tip=plain(path), own=True)


def detector_choice(texts: Texts, found: Choice) -> Choice:
    """A detector under its name in the person's language."""
    file = found.key.removeprefix("haar:haarcascade_").removesuffix(".xml")
    title = texts.get(f"detector.{file}", found.title)
    note = texts.get(f"detector.{file}.note", found.note) if found.note else ""
    return Choice(found.key, plain(title), plain(note), found.usable)


def _title(info: ModelInfo) -> str:
    """The title, with the name behind it unless the title has all its words."""
    name, words = (set(re.findall(r"\w+", t.lower())) for t in (info.name, info.title))
    return plain(info.title if name <= words else f"{info.title} ({info.name})")


def _tip(texts: Texts, info: ModelInfo, data: str, share: str) -> str:
    lines = [plain(info.title)]
    if data:
        lines.append(texts("model.trained_on", data=data))
    if share:
        measured = _measured(texts, info.measured_on)
        lines.append(texts("model.accuracy", share=share, measured=measured))
    if info.licence:
        lines.append(texts("model.licence", licence=plain(info.licence)))
    return "\n".join(lines)


def _data_set(texts: Texts, name: str) -> str:
    return data_set(name, lambda one, known: texts.get(f"data.{one}", known))


def _measured(texts: Texts, name: str) -> str:
    """From "fer2013 test clean" to "FER2013, test pictures without copies"."""
    data, _, split = name.partition(" ")
    shown = _data_set(texts, data)
    return f"{shown}, {texts.get(f'split.{split}', plain(split))}" if split else shown
