"""Takes the screenshots of the documentation: `make screenshots`.

Shows only the public-domain portrait of Resources/Samples and drawn content. Without a display it
starts Xvfb. A scene is a function that brings the window into a state; each is shot in its themes.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "images"
PORTRAIT = ROOT / "Resources" / "Samples" / "portrait.jpg"
sys.path.insert(0, str(ROOT))


class Studio:
    """One running window that is brought from scene to scene."""

    def __init__(self, work: Path) -> None:
        import tkinter as tk

        from ui.app import App

        self.work = work
        self.app = App(tk.Tk(className="Mimik"))
        self.app.start()
        self.wait_for(lambda: "OpenVINO" in self.text("status_left"), 120)

    def run(self, seconds: float) -> None:
        """Lets the window live for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.root.update()
            time.sleep(0.005)

    def wait_for(self, condition: Callable[[], bool], limit_s: float = 30) -> None:
        """Lets the window live until something is so."""
        end = time.monotonic() + limit_s
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("a scene did not come about")
            self.run(0.02)

    def text(self, name: str) -> str:
        """What a widget of the main window reads."""
        return str(self.app.window.widget(name).cget("text"))

    def style(self, theme: str, language: str = "en") -> None:
        """Switches theme and language."""
        settings = self.app.presenter.settings.with_(theme=theme, language=language)
        self.app.presenter.apply_settings(settings)
        self.run(0.3)

    def shoot(self, name: str, window: object = None) -> None:
        """Saves the main window, with the dialogs over it, or one dialog alone."""
        from PIL import ImageGrab

        self.run(0.6)
        shot = window or self.app.root
        x, y = shot.winfo_rootx(), shot.winfo_rooty()
        box = (x, y, x + shot.winfo_width(), y + shot.winfo_height())
        picture = ImageGrab.grab(box, xdisplay=os.environ["DISPLAY"])
        picture.save(OUT / f"{name}.webp", quality=90, method=6)
        print(f"docs/images/{name}.webp")


def empty(studio: Studio) -> None:
    """The window as it opens."""


def face(studio: Studio) -> None:
    """A photo with a face."""
    studio.app.presenter.sources.open_paths([str(PORTRAIT)])
    studio.wait_for(lambda: studio.text("face_title").endswith("1"))
    studio.app.presenter.sources.open_paths([str(PORTRAIT)])  # its time without the very first look
    studio.run(2)


def no_face(studio: Studio) -> None:
    """A picture without one."""
    import cv2
    import numpy as np

    image = np.full((600, 800, 3), (235, 206, 160), np.uint8)
    cv2.circle(image, (640, 130), 60, (120, 220, 255), -1, cv2.LINE_AA)
    for x, color in ((150, (120, 160, 90)), (420, (110, 150, 80)), (700, (100, 140, 70))):
        cv2.ellipse(image, (x, 640), (330, 260), 0, 180, 360, color, -1, cv2.LINE_AA)
    studio.app.presenter.sources.open_paths([_saved(studio.work / "hills.png", image)])
    studio.run(1.5)


def broken(studio: Studio) -> None:
    """A file that is not a picture."""
    path = studio.work / "holiday.jpg"
    path.write_bytes(b"not a picture")
    studio.app.presenter.sources.open_paths([str(path)])
    studio.run(0.5)


def video(studio: Studio) -> None:
    """A video with two faces, analysed to its end, with its timeline."""
    presenter = studio.app.presenter
    presenter.sources.open_paths([str(_clip(studio.work / "two people.mp4"))])
    studio.wait_for(lambda: (now := studio.app.core.progress()) and now.status == "ended", 60)

    def is_analysed() -> bool:
        shown = presenter.panel.film.shown()
        return shown is not None and shown.data.complete

    studio.wait_for(is_analysed, 400)
    presenter.sources.seek(0.6)
    studio.run(2)


def _clip(path: Path) -> Path:
    """The portrait twice, mirrored, moving a little, in changing light."""
    import cv2
    import numpy as np

    if path.exists():
        return path
    portrait = cv2.imdecode(np.fromfile(PORTRAIT, np.uint8), cv2.IMREAD_COLOR)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 25, (960, 480))
    for index in range(25 * 8):
        t = index / 25
        frames = []
        for phase, image in ((0.0, portrait), (2.0, portrait[:, ::-1])):
            zoom = 1.15 + 0.1 * np.sin(0.7 * t + phase)
            turn = cv2.getRotationMatrix2D((225, 120), 4 * np.sin(0.9 * t + phase), zoom)
            turn[:, 2] += (15 * np.sin(t + phase), 25)
            moved = cv2.warpAffine(image, turn, (480, 480), borderMode=cv2.BORDER_REPLICATE)
            frames.append(cv2.convertScaleAbs(moved, alpha=0.85 + 0.15 * np.cos(t / 2 + phase)))
        writer.write(np.hstack(frames))
    writer.release()
    return path


def _saved(path: Path, image: object) -> str:
    import cv2

    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
    return str(path)


SCENES = (empty, face, no_face, broken, video)


def main() -> None:
    """Takes all screenshots, or those of the scenes named on the command line."""
    wanted = sys.argv[1:]
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        os.environ.setdefault("MIMIK_HOME", str(Path(work) / "home"))
        studio = Studio(Path(work))
        for scene in SCENES:
            if wanted and scene.__name__ not in wanted:
                continue
            scene(studio)
            for theme in ("light", "dark"):
                studio.style(theme)
                studio.shoot(f"{scene.__name__.replace('_', '-')}-{theme}")
            if scene is face:
                studio.style("light", "de")
                studio.shoot("face-german")
            if scene is video:
                dialogs(studio)
        studio.app.quit()


def dialogs(studio: Studio) -> None:
    """The dialogs, over the video."""
    studio.style("light")
    window = studio.app.window
    for name, opened in (
        ("settings", studio.app.presenter.open_settings),
        ("statistics", studio.app.presenter.saving.open_statistics),
        ("help", window.open_help),
        ("about", window.open_about),
        ("download", window.open_download),
    ):
        opened()
        studio.shoot(name, window.dialog(name).window)
        window.dialog(name).close()


def with_display(run: Callable[[], None]) -> None:
    """Runs with the display there is, or with one made for it."""
    if os.environ.get("DISPLAY") or not sys.platform.startswith("linux"):
        run()
        return
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        os.environ["DISPLAY"] = ":" + server.stdout.readline().strip()
        try:
            run()
        finally:
            server.terminate()


if __name__ == "__main__":
    with_display(main)
