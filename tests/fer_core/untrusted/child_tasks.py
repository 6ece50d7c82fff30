"""What tests have a child do, whatever else they give it."""

import os
import sys
import time
from typing import Any

from fer_core.errors import UnsafeModelError


def add(a: int, b: int) -> dict[str, int]:
    sys.stdout.write("a library's message\n")
    sys.stderr.write("another one\n")
    return {"sum": a + b}


def refuse() -> None:
    raise UnsafeModelError("x.onnx is bad.")


def stumble() -> None:
    raise KeyError("no\nsuch key")


def crash(**_: Any) -> None:
    os.kill(os.getpid(), 11)


def compute_for_ever(**_: Any) -> None:
    while True:
        pass


def sleep_for_ever(mark: str) -> None:
    with open(mark, "w") as stream:
        stream.write(str(os.getpid()))
    time.sleep(600)


def take(gigabytes: int = 4, **_: Any) -> int:
    return len(bytearray(gigabytes << 30))


def answer_too_much() -> Any:
    return "x" * (5 << 20)
