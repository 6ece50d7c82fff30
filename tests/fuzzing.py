"""Fuzz tests: bounded and the same every time in the suite, for an hour in `make fuzz`.

A fuzz test is a test of hypothesis with the marker `fuzz`:

    @pytest.mark.fuzz
    @given(st.binary(max_size=4000))
    def test_any_bytes_are_one_sentence(data: bytes) -> None: ...

`MIMIK_FUZZ_SECONDS` turns on the long form: the seconds are shared out among the fuzz tests that
were chosen, and each is repeated with other inputs until its share is over. What was found to fail
is kept in `.hypothesis` and tried first the next time.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

SECONDS = float(os.environ.get("MIMIK_FUZZ_SECONDS", "0"))
#: Inputs a test in the suite, and in one round of the long form.
_SUITE, _ROUND = 40, 200

# Files take time, and how much is no fault of the test.
_PATIENT = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)
settings.register_profile(
    "suite",
    derandomize=True,
    max_examples=_SUITE,
    deadline=None,
    suppress_health_check=_PATIENT,
)
settings.register_profile(
    "long",
    max_examples=_ROUND,
    deadline=None,
    database=DirectoryBasedExampleDatabase(Path(".hypothesis")),
    print_blob=True,
    suppress_health_check=_PATIENT,
)
settings.load_profile("long" if SECONDS else "suite")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """Repeats a fuzz test until its share of the time is over."""
    begun = time.monotonic()
    result = yield
    if SECONDS and pyfuncitem.get_closest_marker("fuzz"):
        tests = [item for item in pyfuncitem.session.items if item.get_closest_marker("fuzz")]
        names = pyfuncitem._fixtureinfo.argnames
        arguments = {name: pyfuncitem.funcargs[name] for name in names}
        while time.monotonic() < begun + SECONDS / len(tests):
            pyfuncitem.obj(**arguments)
    return result
