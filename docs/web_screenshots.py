"""Takes the screenshots of the web page: `make screenshots`. Needs Chromium.

The camera shows the public-domain portrait of Resources/Samples. A scene brings a tab into a state.
"""

import io
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "images"
sys.path.insert(0, str(ROOT))

from tests.web.conftest import jpeg, new_tab, scene, serving  # noqa: E402

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}


def live(page: Any) -> None:
    """The camera runs, with half a minute of it in the chart."""
    page.click("#start")
    page.wait_for_selector(".face .says:not(:empty)")
    page.wait_for_timeout(30_000)


def idle(page: Any) -> None:
    """Nothing was started yet."""


def photo(page: Any) -> None:
    """The portrait was uploaded."""
    page.click("nav [data-view=files]")
    page.click("#try")
    page.wait_for_selector("#result img")
    page.wait_for_timeout(1000)


def models(page: Any) -> None:
    """The cards, one of them turned."""
    page.click("nav [data-view=models]")
    page.click("[data-model=mimik] [aria-expanded]")
    page.wait_for_selector(".diagram svg")


SCENES: tuple[tuple[str, Callable[[Any], None], dict[str, Any], str], ...] = (
    ("web-live-light", live, DESKTOP, "light"),
    ("web-live-phone", live, PHONE, "dark"),
    ("web-start-phone", idle, PHONE, "light"),
    ("web-photo-dark", photo, DESKTOP, "dark"),
    ("web-models-light", models, DESKTOP, "light"),
    ("web-models-phone", models, PHONE, "dark"),
)


def main(wanted: list[str]) -> None:
    """Shoots the scenes whose names are given, or all."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.exit("The page's screenshots need a browser: install the package chromium.")
    from PIL import Image
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as work, sync_playwright() as started:
        film = Path(work) / "face.mjpeg"
        film.write_bytes(jpeg(scene()) * 20)  # still, so that a busy machine shows no lag
        options = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        browser = started.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", *options, f"--use-file-for-fake-video-capture={film}"],
        )
        with serving(Path(work) / "home") as address:
            for name, bring, size, scheme in SCENES:
                if wanted and name not in wanted:
                    continue
                with new_tab(browser, address, color_scheme=scheme, **size) as page:
                    bring(page)
                    shot = Image.open(io.BytesIO(page.screenshot()))
                shot.convert("RGB").save(OUT / f"{name}.webp", quality=88)
                print(name)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
