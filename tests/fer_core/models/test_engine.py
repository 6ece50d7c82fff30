"""OpenVINO is imported by whichever thread comes first, and whole for all others."""

import subprocess
import sys

_FOUR_AT_ONCE = """
import threading
from fer_core.models.engine import import_openvino

begin, found = threading.Barrier(4), []

def load():
    begin.wait()
    found.append(import_openvino().Core)

threads = [threading.Thread(target=load) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(found))
"""


def test_threads_that_import_openvino_at_once_all_get_all_of_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FOUR_AT_ONCE], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("4", "")
