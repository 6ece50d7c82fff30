"""File dialogs, and what is in the clipboard."""

import sys
import tkinter as tk
from datetime import datetime
from pathlib import Path
from tkinter import filedialog
from urllib.parse import unquote, urlparse

from ui.presenter.playlist import MODELS, PICTURES, VIDEOS
from ui.texts import Texts


def ask_pictures(root: tk.Tk, texts: Texts) -> list[str]:
    """Asks for photos, one or several."""
    kinds = [(texts("files.pictures"), _patterns(PICTURES)), (texts("files.all"), "*")]
    chosen = filedialog.askopenfilenames(
        parent=root, title=texts("files.open_pictures"), filetypes=kinds
    )
    return list(chosen or ())


def ask_video(root: tk.Tk, texts: Texts) -> str:
    """Asks for a video."""
    kinds = [(texts("files.videos"), _patterns(VIDEOS)), (texts("files.all"), "*")]
    title = texts("files.open_video")
    return filedialog.askopenfilename(parent=root, title=title, filetypes=kinds) or ""


def ask_cascade(root: tk.Tk, texts: Texts) -> str:
    """Asks for a cascade XML file."""
    kinds = [(texts("files.cascades"), "*.xml")]
    title = texts("files.open_cascade")
    return filedialog.askopenfilename(parent=root, title=title, filetypes=kinds) or ""


def ask_model(root: tk.Tk, texts: Texts) -> str:
    """Asks for a model file."""
    kinds = [(texts("files.models"), _patterns(MODELS | {".xml"})), (texts("files.all"), "*")]
    title = texts("files.open_model")
    return filedialog.askopenfilename(parent=root, title=title, filetypes=kinds) or ""


def ask_labelled_folder(root: tk.Tk, texts: Texts) -> str:
    """Asks for a folder that holds a folder for each expression."""
    return filedialog.askdirectory(parent=root, title=texts("files.labelled_folder")) or ""


def ask_folder(root: tk.Tk, texts: Texts, start: str) -> str:
    """Asks where snapshots go; begins at the nearest folder that exists."""
    place = Path(start)
    while not place.is_dir() and place != place.parent:
        place = place.parent
    title = texts("files.snapshot_folder")
    return filedialog.askdirectory(parent=root, title=title, initialdir=str(place)) or ""


def ask_statistics_file(root: tk.Tk, texts: Texts, suffix: str) -> str:
    """Asks where to save the statistics."""
    name = f"mimik-statistics-{datetime.now():%Y%m%d-%H%M%S}{suffix}"
    return (
        filedialog.asksaveasfilename(
            parent=root, title=texts("files.save_statistics"), defaultextension=suffix,
            initialfile=name, filetypes=[(suffix[1:].upper(), f"*{suffix}")],
        )
        or ""
    )  # fmt: skip


def clipboard(root: tk.Tk) -> bytes | list[str]:
    """The picture in the clipboard as bytes of a file, or the paths in it; empty for neither."""
    if sys.platform in ("win32", "darwin"):
        return _native_clipboard() or _clipboard_paths(root)
    for kind in ("image/png", "image/jpeg", "image/bmp"):
        try:
            data = root.clipboard_get(type=kind)
        except tk.TclError:
            continue
        found = _from_hex(data)
        if found:
            return found
    return _clipboard_paths(root)


def paths_in(text: str) -> list[str]:
    """Paths of existing files in a text: one a line, plain, quoted, or as file:// addresses."""
    found = []
    for line in text.splitlines():
        line = line.strip().strip('"').strip("'")
        if line.startswith("file://"):
            path = unquote(urlparse(line).path)
            line = path[1:] if sys.platform == "win32" else path
        try:
            if line and Path(line).exists():
                found.append(line)
        except OSError:  # a text too long for a path
            continue
    return found


def _clipboard_paths(root: tk.Tk) -> list[str]:
    for kind in ("text/uri-list", "UTF8_STRING", "STRING"):
        try:
            text = root.clipboard_get(type=kind)
        except tk.TclError:
            continue
        if kind == "text/uri-list" and text.startswith("0x"):
            text = _from_hex(text).decode("utf-8", "replace")
        found = paths_in(text)
        if found:
            return found
    return []


def _native_clipboard() -> bytes | list[str]:
    """Windows and macOS: Pillow asks the system."""
    import io

    from PIL import ImageGrab

    try:
        content = ImageGrab.grabclipboard()
    except (OSError, NotImplementedError):
        return b""
    if isinstance(content, list):
        return [name for name in content if Path(name).exists()]
    if content is None:
        return b""
    stream = io.BytesIO()
    content.save(stream, "PNG")
    return stream.getvalue()


def _from_hex(text: str) -> bytes:
    """Tk gives what is not text as numbers, "0x89 0x50 …", one a byte."""
    try:
        return bytes(int(word, 16) & 0xFF for word in text.split())
    except ValueError:
        return b""


def _patterns(suffixes: frozenset[str]) -> list[str]:
    found = sorted(suffixes)
    return [f"*{s}" for s in found] + [f"*{s.upper()}" for s in found]
