"""All files of a batch's results, made from its sessions."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from fer_core.analysis import table_files
from fer_core.analysis.batch import Batch, Item, session_path
from fer_core.analysis.pictures import write_sheets, write_timeline
from fer_core.analysis.session import Session
from fer_core.analysis.summary import summary_of, write_summary
from fer_core.errors import SessionError

_TABLES = {
    "csv": table_files.write_csv,
    "jsonl": table_files.write_jsonl,
    "parquet": table_files.write_parquet,
}


def write_results(
    batch: Batch, items: Sequence[Item], on_file: Callable[[str], None] | None = None
) -> list[Path]:
    """Writes tables, pictures and the summary of all items that have frames.

    What was not analysed to its end is in there, too, as far as it goes; the summary says so.

    Args:
        batch: has run.
        items: those of it.
        on_file: called with the name of each file before it is made.

    Returns:
        The files of all items together, the summary last.

    Raises:
        OutputError: a file cannot be written.
    """
    folder, made = batch.folder, list[Path]()
    tell = on_file or (lambda name: None)
    with ExitStack() as stack:
        sessions: list[tuple[Item, Session]] = []
        for item in items:
            with suppress(SessionError):  # nothing of it could be read
                path = session_path(folder, item)
                sessions.append((item, stack.enter_context(Session.open(path))))
        for item, session in sessions:
            _draw(batch, item, session, tell)
        named = [(item.name, session) for item, session in sessions]
        for name, write in _TABLES.items():
            if name in batch.formats:
                made.append(folder / f"faces.{name}")
                tell(made[-1].name)
                write(made[-1], named)
        by_item = {id(item): session for item, session in sessions}
        summaries = [summary_of(item, by_item.get(id(item)), folder) for item in items]
        write_summary(
            folder / "summary.json", summaries, batch.conditions, [path.name for path in made]
        )
    return [*made, folder / "summary.json"]


def _draw(batch: Batch, item: Item, session: Session, tell: Callable[[str], None]) -> None:
    if item.is_photos:
        if "sheet" in batch.formats:
            tell("contact sheets")
            item.files += write_sheets(session, batch.folder, item.stem)
        return
    kinds = [kind for kind in ("png", "svg") if kind in batch.formats]
    if kinds:
        paths = [batch.folder / "timelines" / f"{item.stem}.{kind}" for kind in kinds]
        tell(f"timeline of {item.name}")
        write_timeline(session, paths)
        item.files += paths
