"""The status line and the row under the picture."""

from fer_core.names import plain
from fer_core.texts import Texts
from ui.presenter.choices import Choices
from ui.presenter.core import Picture, Progress
from ui.presenter.playlist import Playlist
from ui.presenter.shown import CAMERA, IMAGE, VIDEO, Transport

#: An arrow key on the seek bar moves by so much, in a short video by a share of it.
_STEP_S, _STEP_SHARE = 5.0, 0.1


def status_line(
    texts: Texts, mode: str, picture: Picture | None, progress: Progress | None, choices: Choices
) -> str:
    """Frames a second, time of one, dropped frames, model; as far as there is any."""
    parts = []
    if progress is not None and mode in (CAMERA, VIDEO):
        if progress.status != "running":
            parts.append(texts(f"status.{progress.status}"))
        if round(progress.fps) and progress.status == "running":
            parts.append(texts("status.fps", fps=round(progress.fps)))
        if progress.latency_ms and progress.status == "running" and choices.model:
            parts.append(texts("status.latency", ms=round(progress.latency_ms)))
        parts.append(texts("status.dropped", count=progress.dropped))
    elif mode == IMAGE and picture is not None:
        size = "{} × {} px".format(*picture.source_wh)
        if picture.read_wh is not None and picture.read_wh != picture.source_wh:
            size += texts("status.read_at", size="{} × {}".format(*picture.read_wh))
        parts.append(size)
        if picture.result is not None:
            ms = round(picture.result.timings_ms.get("total", 0))
            parts.append(texts("status.latency", ms=ms))
    if choices.model:
        parts.append(texts("status.engine", model=choices.model))
    else:
        parts.append(texts("status.loading" if choices.loading else "status.no_model"))
    return "  ·  ".join(parts)


def transport(
    texts: Texts, mode: str, pictures: Playlist | None, progress: Progress | None
) -> Transport | None:
    """The row for a video, or for a folder of more than one picture."""
    if mode == VIDEO and progress is not None:
        total = progress.duration_s
        # The last frame begins before the end; who has seen it has seen all.
        position = total if total and progress.status == "ended" else progress.position_s
        text = _clock(position) + (f" / {_clock(total)}" if total else "")
        share = min(position / total, 1.0) if total else 0.0
        step = min(_STEP_S / total, _STEP_SHARE) if total else 0.0
        return Transport(text, share, playing=progress.status == "running", step=step)
    if mode == IMAGE and pictures is not None and len(pictures.paths) > 1:
        number, count = pictures.index + 1, len(pictures.paths)
        text = texts("transport.position", number=number, count=count)
        text = f"{plain(pictures.current.name)}   {text}"
        return Transport(text, None, back=pictures.index > 0, forward=number < count)
    return None


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
