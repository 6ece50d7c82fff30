"""Waiting for what will happen: as long as it takes, and no longer."""

import time
from collections.abc import Callable

#: Only what hangs takes so long, however busy the machine is. No test waits for it to pass.
PATIENCE_S = 600.0


def until(
    condition: Callable[[], object],
    what: str = "something",
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Waits until it holds, doing something `meanwhile`; a test that waits in vain fails."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        meanwhile()
        time.sleep(0.003)
