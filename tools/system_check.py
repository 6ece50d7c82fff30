"""Says which system packages are missing, before an install or a test run fails for want of them.

Run by the Makefile with the Python that makes .venv. With CI=true, as root and with apt-get, it
installs them; elsewhere it names the command and leaves the machine alone.
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys

MINIMUM = (3, 11)


def missing_packages(for_tests):
    """Debian package → why it is needed, for each that is missing."""
    missing = {}
    if importlib.util.find_spec("_tkinter") is None:
        missing["python3-tk"] = "the window needs Tkinter (tkinter cannot be imported)"
    if sys.platform.startswith("linux"):
        # Loaded for real in a child: find_library needs a compiler or ldconfig to answer.
        for package, library in (("libgl1", "libGL.so.1"), ("libglib2.0-0", "libglib-2.0.so.0")):
            code = f"import ctypes; ctypes.CDLL({library!r})"
            if subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL).returncode:
                missing[package] = f"OpenCV needs {library}"
        if for_tests and not os.environ.get("DISPLAY") and shutil.which("Xvfb") is None:
            missing["xvfb"] = "the window's tests need a display, or Xvfb to make one"
        if for_tests and not (shutil.which("chromium") or shutil.which("google-chrome")):
            missing["chromium"] = "the web page's tests need a browser"
    return missing


def install(packages):
    """Installs Debian packages; gives whether that worked."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *packages]):
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL).returncode:
            return False
    return True


def main():
    """Exits 0 when all is there, else 1 after one sentence a missing package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", action="store_true", help="check what the tests need too")
    arguments = parser.parse_args()
    if sys.version_info < MINIMUM:
        version = ".".join(str(part) for part in sys.version_info[:3])
        sys.exit(f"Mimik needs Python 3.11 or newer; {sys.executable} is {version}.")
    missing = missing_packages(arguments.tests)
    may_install = os.environ.get("CI") == "true" and shutil.which("apt-get") and is_root()
    if missing and may_install and install(sorted(missing)):
        missing = missing_packages(arguments.tests)
    for package, reason in missing.items():
        hint = f"On Debian or Ubuntu: sudo apt install {package}"
        print(f"Missing: {reason}. {hint}", file=sys.stderr)
    if missing:
        sys.exit(1)


def is_root():
    """Whether this process may install packages."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


if __name__ == "__main__":
    main()
