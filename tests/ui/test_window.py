"""The real window on a (virtual) display."""

import threading

import cv2
import numpy as np
import pytest
from fakes import until, write_model

from fer_core import paths
from fer_core.config import Settings, save_settings
from fer_core.models.spec import ModelSpec
from ui import base, dialogs
from ui.app import App
from ui.presenter.shown import Choice

pytestmark = pytest.mark.display


def text(app, name):
    return str(app.window.widget(name).cget("text"))


def test_every_layout_has_a_test():
    assert sorted(path.name for path in base.LAYOUTS.glob("*.ui")) == [
        "about.ui",
        "add_model.ui",
        "capture.ui",
        "download.ui",
        "edit_reading.ui",
        "help.ui",
        "main.ui",
        "settings.ui",
        "statistics.ui",
        "teach.ui",
    ]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_dialog_opens_and_closes(app, theme, language):
    app.presenter.apply_settings(Settings(theme=theme, language=language))
    app.window.open_help()
    app.window.open_about()
    app.window.open_statistics()
    app.window.open_download()
    app.window.open_settings(app.presenter.settings, (Choice("haar", "Haar"),), ())
    app.root.update()
    for name in ("settings", "help", "about", "statistics", "download"):
        dialog = app.window.dialog(name)
        assert dialog.window.winfo_viewable()
        dialog.window.focus_force()
        app.root.update()
        dialog.window.event_generate("<Escape>")
        app.root.update()
        assert not dialog.window.winfo_exists()


def test_a_callback_that_is_missing_raises_at_once(app):
    class Wrong(dialogs.HelpDialog):
        file = "download.ui"

    with pytest.raises(AttributeError, match="Wrong lacks on_start of download"):
        Wrong(app.window)


def test_the_download_dialog_shows_progress_error_and_end(app):
    app.window.open_download()
    dialog = app.window.dialog("download")
    app.window.show_download(0.5, "")
    app.window.show_download(None, "No network.")
    assert str(dialog.widget("problem").cget("text")) == "No network."
    app.window.show_download(None, "")
    assert not dialog.window.winfo_exists()


def test_the_picture_keeps_clear_of_the_rows_that_a_video_brings(app, tmp_path):
    film = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter_fourcc(*"MJPG"), 10, (480, 640))
    for _ in range(20):
        writer.write(np.full((640, 480, 3), 90, np.uint8))
    writer.release()
    window = app.window
    app.presenter.sources.open_paths([str(film)])
    until(app, lambda: app.presenter.panel.picture is not None)
    until(app, lambda: window.widget("transport").winfo_viewable())
    app.root.update()
    assert window.widget("picture").winfo_height() == window.widget("body").winfo_height()


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_tool_bar_fits_into_every_width_and_comes_back(app, language):
    app.presenter.apply_settings(Settings(language=language))
    window, root = app.window, app.root
    camera = Choice("cam", "Integrated camera of a laptop with a long name")
    window.show_cameras((camera,), "cam")
    root.minsize(1, 1)
    labels = []
    for width in (1180, 900, 640, 500, 1180):
        root.geometry(f"{width}x560")
        until(app, lambda width=width: root.winfo_width() == width)
        app.root.update()
        bar = window.widget("toolbar")
        assert bar.winfo_reqwidth() <= bar.winfo_width() == width
        labels.append(bool(window.widget("model_label").winfo_manager()))
    assert (labels[0], labels[3], labels[4]) == (True, False, True)


def test_an_unexpected_error_becomes_a_sentence(app, caplog):
    app.root.report_callback_exception(ValueError, ValueError("secret"), None)
    assert text(app, "message_text").startswith("Something in Mimik itself went wrong")
    caplog.clear()


def test_clipboard_with_a_picture_from_another_program(app, portrait):
    import tkinter as tk

    from ui.clipboard import clipboard

    data = cv2.imencode(".png", portrait)[1].tobytes()
    words = " ".join(f"0x{byte:02x}" for byte in data[:3000])
    other = tk.Toplevel(app.root)
    other.selection_handle(
        lambda offset, limit: words[int(offset) : int(offset) + int(limit)],
        selection="CLIPBOARD",
        type="image/png",
        format="image/png",
    )
    other.selection_own(selection="CLIPBOARD")
    assert clipboard(app.root) == data[:3000]
    other.destroy()


@pytest.fixture
def two_models():
    """A real and a broken model in the person's folder."""
    folder = paths.user_models_dir()
    write_model(folder / "stand-in", seed=1)
    write_model(folder / "other", seed=2)
    (folder / "broken").mkdir()
    return folder


def test_a_whole_visit(two_models, portrait, tmp_path):
    """Opens a photo, chooses a face, swaps the model, plays a video, saves, and leaves."""
    import tkinter as tk

    photos = tmp_path / "Fotos mit Ü"
    photos.mkdir()
    photo, clip, shots = photos / "a.png", tmp_path / "clip.avi", tmp_path / "shots"
    photo.write_bytes(cv2.imencode(".png", portrait)[1].tobytes())
    write_clip(clip, portrait)
    save_settings(Settings(model="stand-in", snapshot_dir=str(shots)))
    app = App(tk.Tk(), [str(photo)])
    app.start()
    window = app.window
    until(app, lambda: text(app, "face_title") == "Face 1")
    assert window.widget("faces").get_children() == ("1",)

    app.presenter.choices.choose_model("broken")
    assert "model.json" in text(app, "message_text")
    app.presenter.choices.choose_model("other")
    until(app, lambda: text(app, "status_left").endswith("other on OpenVINO"))

    window.commands.on_snapshot()
    until(app, lambda: shots.exists() and len(list(shots.glob("*.png"))) == 2)
    window.commands.on_save_faces()
    until(app, lambda: len(list(shots.glob("*face1*.png"))) == 1)

    app.presenter.sources.open_paths([str(clip)])
    until(app, lambda: window.widget("transport").winfo_viewable())
    until(app, lambda: text(app, "face_title") == "Face 1")
    app.core.play(False)
    app.core.seek(0)  # however far it has come meanwhile, maybe to its end
    until(app, lambda: app.core.progress().position_s == 0)
    window.commands.on_record()
    app.presenter.choices.choose_detector("haar:haarcascade_frontalface_default.xml")
    window.commands.on_theme()
    until(app, lambda: app.core._stage._recorder is not None)
    app.core.play(True)
    until(app, lambda: text(app, "status_left").startswith("at the end"))
    window.commands.on_record()
    until(app, lambda: list(shots.glob("*.csv")) and list(shots.glob("*.mp4")))
    assert app.presenter.saving.shares()

    app.presenter.sources.open_paths([str(tmp_path / "missing.png")])
    until(app, lambda: "missing.png" in text(app, "card_text"))
    assert window.widget("card").winfo_viewable()
    app.quit()


def test_a_model_file_is_dropped_checked_and_added(two_models, portrait, tmp_path):
    import tkinter as tk

    write_model(tmp_path / "made", seed=3)
    (tmp_path / "made" / "model.json").unlink()
    (tmp_path / "made" / "model.onnx").rename(tmp_path / "mine fer2013.onnx")
    happy = tmp_path / "faces" / "happy"
    happy.mkdir(parents=True)
    (happy / "a.png").write_bytes(cv2.imencode(".png", portrait)[1].tobytes())
    save_settings(Settings(model="stand-in"))
    app = App(tk.Tk())
    app.start()
    app.presenter.sources.open_paths([str(tmp_path / "mine fer2013.onnx")])
    until(app, lambda: app.window.dialog("add_model") is not None)
    dialog = app.window.dialog("add_model")
    tree = dialog.widget("readings")
    until(app, lambda: len(tree.get_children()) >= 6)
    app.core.check_with_folder(str(tmp_path / "faces"))
    until(app, lambda: "2 face" in str(dialog.widget("status").cget("text")))
    edit_a_reading(app, dialog)
    take_a_face(app, dialog, tmp_path / "faces" / "happy" / "a.png")
    dialog.variable("name").set("../evil")
    dialog.on_add()
    assert "% sure and will be marked as a guess" in str(dialog.widget("problem").cget("text"))
    dialog.on_add()
    until(app, lambda: "name is" in str(dialog.widget("problem").cget("text")))
    dialog.variable("name").set("mine")
    dialog.on_add()
    until(app, lambda: text(app, "status_left").endswith("mine on OpenVINO"))
    assert (two_models / "mine" / "model.json").is_file()
    assert not dialog.window.winfo_exists()
    app.presenter.sources.open_paths([str(tmp_path / "nothing.keras")])
    until(app, lambda: "nothing.keras" in text(app, "message_text"))
    app.quit()


def test_a_zip_with_a_bare_model_is_checked_as_the_file_is(two_models, tmp_path):
    import shutil
    import tkinter as tk

    write_model(tmp_path / "made", seed=3)
    (tmp_path / "made" / "model.json").unlink()
    shutil.make_archive(str(tmp_path / "download"), "zip", tmp_path / "made")
    save_settings(Settings(model="stand-in"))
    app = App(tk.Tk())
    app.start()
    app.presenter.sources.open_paths([str(tmp_path / "download.zip")])
    until(app, lambda: app.window.dialog("add_model") is not None)
    dialog = app.window.dialog("add_model")
    until(app, lambda: len(dialog.widget("readings").get_children()) >= 6)
    dialog.variable("name").set("unzipped")
    until(app, lambda: dialog._checked is not None)
    dialog.on_add()
    said = str(dialog.widget("problem").cget("text"))
    assert "% sure and will be marked as a guess" in said
    assert not (two_models / "unzipped").exists()
    dialog.on_add()
    until(app, lambda: text(app, "status_left") == "unzipped on OpenVINO")
    assert (two_models / "unzipped" / "model.onnx").is_file()
    assert not ModelSpec.read(two_models / "unzipped").labels_confirmed
    app.quit()


def edit_a_reading(app, dialog):
    """Makes it impossible, then possible again; the list shows it first."""
    status, problem, add = (dialog.widget(name) for name in ("status", "problem", "add"))
    dialog.on_edit()
    page = dialog._edit
    page.widget("scaling").current(len(page._scalings) - 1)
    page.variable("std").set("0")
    page.on_choice()
    assert "must be greater than 0" in str(problem.cget("text"))
    assert add.instate(["disabled"])
    page.variable("std").set("0.25")
    page.on_typed(None)
    until(app, lambda: "Agrees with" in str(page.widget("agreement").cget("text")))
    assert add.instate(["!disabled"])
    dialog.on_back()
    assert "2 face" in str(status.cget("text"))
    first = dialog.widget("readings").item("0", "text")
    assert first.startswith("Your own: ")
    assert "own scaling" in first


def take_a_face(app, dialog, photo):
    """From the picture in the window; there is none before one is opened."""
    dialog.on_capture()
    page = dialog._capture
    assert page.widget("start").instate(["disabled"])
    app.presenter.sources.open_paths([str(photo)])
    until(app, lambda: app.presenter.panel.result is not None and app.presenter.panel.result.faces)
    app.root.update()
    page.on_start()
    until(app, lambda: "Taken" in str(page.widget("status").cget("text")))
    dialog.on_back()
    until(app, lambda: "3 face" in str(dialog.widget("status").cget("text")))


def test_a_camera_that_is_unplugged_comes_back(two_models, portrait, tmp_path, monkeypatch):
    """A file stands in for the camera; it is lost once and then found again."""
    import tkinter as tk

    from fer_core import streaming, video
    from fer_core.errors import SourceLostError
    from fer_core.video import cameras

    clip = tmp_path / "clip.avi"
    write_clip(clip, portrait)
    opened = []
    plugged = threading.Event()
    plugged.set()

    def open_camera(what, **options):
        assert what == "Webcam"
        if not plugged.is_set():
            raise SourceLostError("Webcam is gone.")
        opened.append(real(str(clip), realtime=True, loop=True))
        return opened[-1]

    real = video.open_source
    monkeypatch.setattr(video, "open_source", open_camera)
    monkeypatch.setattr(streaming, "BACKOFF_S", (0.05,))
    monkeypatch.setattr(cameras, "probe_cameras", lambda: [cameras.CameraInfo(0, "Webcam")])
    save_settings(Settings(model="stand-in"))
    app = App(tk.Tk(), camera="")
    app.start()
    until(app, lambda: text(app, "camera_picker") == "Webcam")
    until(app, lambda: text(app, "face_title") == "Face 1")
    plugged.clear()
    monkeypatch.setattr(opened[0], "_read", lambda: open_camera("Webcam"))
    until(app, lambda: text(app, "status_left").startswith("reconnecting…"))
    assert "reconnecting" in text(app, "message_text")
    plugged.set()
    until(app, lambda: "fps" in text(app, "status_left"))
    assert not app.window.widget("message_bar").winfo_viewable()
    app.quit()


def write_clip(path, image):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (512, 512))
    for index in range(50):
        writer.write(np.roll(image, index, axis=1))
    writer.release()
