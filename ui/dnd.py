"""Files dropped on the window; without the tkdnd library the window works all the same."""

import logging
import tkinter as tk
from collections.abc import Callable

_log = logging.getLogger(__name__)


def accept_files(
    root: tk.Tk, opened: Callable[[list[str]], None], over: Callable[[bool], None]
) -> bool:
    """Has dropped files handed to `opened`; False where the system has no drag and drop.

    Args:
        over: told when something that may be dropped comes over the window, and when it is gone.
    """
    try:
        from tkinterdnd2 import COPY, DND_FILES, TkinterDnD

        TkinterDnD._require(root)
        root.tk.call("tkdnd::drop_target", "register", root, DND_FILES)

        def entered() -> str:
            over(True)
            return str(COPY)

        def left() -> str:
            over(False)
            return str(COPY)

        def dropped(data: str) -> str:
            over(False)
            paths = list(root.tk.splitlist(data))
            if paths:
                root.after_idle(opened, paths)
            return str(COPY)

        # The package binds to widgets only, not to the window itself; %D is what was dropped.
        root.tk.call("bind", root, "<<Drop:DND_Files>>", f"{root.register(dropped)} %D")
        root.tk.call("bind", root, "<<DropEnter>>", root.register(entered))
        root.tk.call("bind", root, "<<DropLeave>>", root.register(left))
    except (ImportError, RuntimeError, tk.TclError) as error:
        _log.warning("no drag and drop: %s", error)
        return False
    return True
