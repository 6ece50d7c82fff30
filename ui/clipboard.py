"""What is in the clipboard."""

import sys
import tkinter as tk
from pathlib import Path
from urllib.parse import unquote, urlparse

from ui import system_clipboard


def clipboard(root: tk.Tk) -> bytes | list[str]:
    """The picture in the clipboard as bytes of a file, or the paths in it; empty for neither."""
    if sys.platform in ("win32", "darwin"):
        return _native_clipboard() or _clipboard_paths(root)
    # Who asks their own window for it would wait for their own answer.
    own = root.selection_own_get(selection="CLIPBOARD") is not None
    found = b"" if own else system_clipboard.picture()
    if found:
        return found
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
        try:
            if line.startswith("file://"):
                path = unquote(urlparse(line).path)
                line = path[1:] if sys.platform == "win32" else path
            if line and Path(line).exists():
                found.append(line)
        except (OSError, ValueError):  # too long for a path, or no address, as file://[x is
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
