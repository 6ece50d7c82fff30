"""The child process of `child.call`: `python -P -m fer_core.untrusted._child FOLDER`."""

import importlib
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from fer_core.errors import FerError
from fer_core.untrusted.child import ANSWER, REQUEST

_PR_SET_PDEATHSIG = 1


def main(folder: Path) -> None:
    """Does what FOLDER/request.json says; the answer is FOLDER/answer.json."""
    request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
    _end_with(request["parent"])
    limit(request["seconds"], request["memory"])
    answer = json.dumps(_answer(request["function"], request["arguments"]))
    (folder / ANSWER).write_text(answer, encoding="utf-8")
    # Not by returning: a library that was given a bad file may hang or crash in taking down.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _answer(function: str, arguments: dict[str, Any]) -> dict[str, Any]:
    module, name = function.split(":")
    try:
        return {"value": getattr(importlib.import_module(module), name)(**arguments)}
    except FerError as error:
        return {"error": type(error).__name__, "says": str(error)}
    except Exception as error:
        text = " ".join(str(error).split())[:300]
        if isinstance(error, MemoryError) or "bad_alloc" in text:
            return {"error": "memory"}
        return {"error": "failed", "says": f"{type(error).__name__}: {text}"}


def _end_with(parent: int) -> None:
    threading.Thread(target=_wait_for_parent, daemon=True).start()
    if sys.platform.startswith("linux"):
        import ctypes

        # The thread above cannot run while a library holds on to the interpreter.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it was gone before
            os._exit(1)


def _wait_for_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


def limit(seconds: float, memory: int) -> None:
    """Limits this process where the system can do that: processor time, bytes of memory."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent watches the clock
        return
    wanted = [(resource.RLIMIT_CPU, max(1, round(seconds))), (resource.RLIMIT_CORE, 0)]
    if sys.platform.startswith("linux"):  # elsewhere it is refused, or does nothing
        wanted.append((resource.RLIMIT_AS, memory))
    for what, limit in wanted:
        hard = resource.getrlimit(what)[1]
        if hard == resource.RLIM_INFINITY or limit <= hard:
            resource.setrlimit(what, (limit, hard))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
