import sys
import threading
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from streaming_fakes import wait_for

from fer_core.streaming import LatestSlot, RateMeter


def test_latest_slot_keeps_the_newest_and_counts_the_rest() -> None:
    slot: LatestSlot[int] = LatestSlot()
    assert slot.take(0.0) is None
    for value in range(5):
        slot.put(value)
    assert slot.take() == 4
    assert slot.take(0.0) is None
    assert slot.replaced == 4
    slot.close()
    slot.put(9)
    assert slot.take() is None


def test_latest_slot_between_threads() -> None:
    slot: LatestSlot[int] = LatestSlot()
    taken: list[int] = []

    def take() -> None:
        while (value := slot.take()) is not None:
            taken.append(value)

    taker = threading.Thread(target=take)
    taker.start()
    for value in range(1, 5001):
        slot.put(value)
    wait_for(lambda: taken and taken[-1] == 5000)
    slot.close()
    taker.join()
    assert taken == sorted(taken)
    assert len(taken) + slot.replaced == 5000


def test_rate_meter() -> None:
    meter = RateMeter()
    assert meter.rate(0) == 0
    for tick in range(60):
        meter.tick(tick / 30)
    assert meter.rate(2.0) == pytest.approx(30)
    assert meter.rate(12.0) == pytest.approx(0.1, rel=0.01)  # nothing comes any more
    meter.pause()
    assert meter.rate(12.0) == 0
