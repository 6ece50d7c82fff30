"""The real window on a (virtual) display."""

import threading
import time
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from fakes import write_model

from fer_core import paths
from fer_core.config import Settings, save_settings
from ui import base, dialogs
from ui.app import App
from ui.keys import KEYS, bindings
from ui.presenter.shown import Choice, Transport

pytestmark = pytest.mark.display


@pytest.fixture
def app():
    import tkinter as tk

    made = App(tk.Tk())
    made.start()
    yield made
    made.quit()


def until(app, condition, limit_s=60.0):
    """Runs the window until something is so."""
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        app.root.update()
        time.sleep(0.005)


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


def test_settings_are_saved_from_the_dialog(app):
    app.presenter.open_settings()
    dialog = app.window.dialog("settings")
    dialog.widget("unsure").set(0.6)
    dialog.variable("mirror").set(False)
    dialog.on_save()
    assert app.presenter.settings.unsure_below == 0.6
    assert not app.presenter.settings.mirror


def test_the_settings_dialog_takes_back_nothing_that_changed_meanwhile(app):
    app.presenter.open_settings()
    dialog = app.window.dialog("settings")
    app.presenter._shell.set(model="other", show_accuracy=True)
    dialog.variable("mirror").set(False)
    dialog.on_save()
    changed = app.presenter.settings
    assert (changed.model, changed.show_accuracy, changed.mirror) == ("other", True, False)


def test_sliders_move_by_small_steps_and_to_where_they_are_clicked(app):
    app.presenter.open_settings()
    dialog = app.window.dialog("settings")
    app.root.update()
    for name, top, step in (("unsure", 1, 0.05), ("smoothing", 2, 0.1)):
        scale = dialog.widget(name)
        scale.set(0.5)
        scale.focus_force()
        until(app, lambda scale=scale: app.root.focus_get() is scale)
        places = []
        for key in ("Right", "Up", "Left", "Down"):
            scale.event_generate(f"<{key}>")
            app.root.update()
            places.append(float(scale.get()) - 0.5)
        assert places == pytest.approx([step, 2 * step, step, 0])
        x, y = int(0.8 * scale.winfo_width()), scale.winfo_height() // 2
        scale.event_generate("<Button-1>", x=x, y=y)
        scale.event_generate("<ButtonRelease-1>", x=x, y=y)
        assert float(scale.get()) == pytest.approx(0.8 * top, abs=0.05 * top)


def test_the_timeline_moves_by_seconds_and_to_where_it_is_clicked_and_dragged(app):
    seek, sought = app.window.widget("seek"), []
    app.presenter.sources.seek = sought.append
    app.window.stop()  # else the presenter hides the row again
    app.window.show_transport(Transport("0:30 / 1:40", 0.3, playing=True, step=0.05))
    app.root.update()
    seek.focus_force()
    until(app, lambda: app.root.focus_get() is seek)
    seek.event_generate("<Right>")
    seek.event_generate("<Left>")
    assert sought == pytest.approx([0.35, 0.3])
    y, (jump, drag) = seek.winfo_height() // 2, (int(seek.winfo_width() * at) for at in (0.7, 0.4))
    seek.event_generate("<Button-1>", x=jump, y=y)
    # The video goes on, which must not take the knob out of the hand.
    app.window.show_transport(Transport("0:31 / 1:40", 0.31, playing=True))
    assert sought[2:] == [float(seek.get())] == pytest.approx([0.7], abs=0.05)
    seek.event_generate("<B1-Motion>", x=drag, y=y)
    seek.event_generate("<ButtonRelease-1>", x=drag, y=y)
    assert sought[3:] == pytest.approx([0.4], abs=0.05)
    app.window.show_transport(Transport("0:41 / 1:40", 0.41, playing=True))
    assert float(seek.get()) == pytest.approx(0.41)


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


def test_keys_work_and_leave_buttons_their_own(app):
    window = app.window
    window.root.focus_force()
    until(app, lambda: window.root.focus_get() is not None)
    window.root.event_generate("<F1>")
    until(app, lambda: window.dialog("help") is not None)
    play = SimpleNamespace(widget=window.widget("settings_button"))
    key = next(key for key in KEYS if key.command == "on_play")
    assert window.pressed(play, key) is None


def test_letters_work_with_caps_lock_and_not_with_ctrl_or_alt(app):
    done = []
    window = app.window
    for name in ("on_snapshot", "on_record", "on_image", "on_folder", "on_camera", "on_paste"):
        setattr(window.commands, name, lambda name=name: done.append(name))
    window.root.focus_force()
    until(app, lambda: window.root.focus_get() is not None)
    for nothing in ("Control-c", "Control-C", "Control-r", "Alt-r", "Mod4-r", "Control-Alt-c"):
        window.root.event_generate(f"<{nothing}>")
    assert done == []
    expected = {
        "c": "on_snapshot", "C": "on_snapshot", "r": "on_record", "R": "on_record",
        "Alt-c": "on_camera", "Alt-C": "on_camera", "Control-v": "on_paste",
        "Control-V": "on_paste", "Control-o": "on_image",
        "Control-Shift-O": "on_folder", "Control-Shift-o": "on_folder",
    }  # fmt: skip
    for sequence in expected:
        window.root.event_generate(f"<{sequence}>")
    assert done == list(expected.values())
    # Made by hand, this one would bring Shift along.
    assert getattr(bindings()["<Control-O>"], "command", "") == "on_image"


def test_a_file_dialog_of_tk_may_have_the_focus_when_a_face_is_found(app):
    root = app.root
    root.tk.eval("toplevel .made_by_tk; focus -force .made_by_tk")
    until(app, lambda: str(root.tk.call("focus")) == ".made_by_tk")
    app.window.commands.on_face_chosen(SimpleNamespace(widget=app.window.widget("faces")))
    root.tk.eval("destroy .made_by_tk")


def test_the_window_may_be_closed_while_a_file_dialog_is_open():
    import tkinter as tk

    app = App(tk.Tk())
    app.start()
    root = app.root
    root.after(10, app.window.commands.on_image)
    # The dialog that Tk draws waits within the command, for a variable that will never be set.
    root.after(800, app.quit)
    root.mainloop()


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
    assert window.widget("faces").get_children() == ("0",)

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
    window.commands.on_record()
    app.presenter.choices.choose_detector("haar:haarcascade_frontalface_default.xml")
    window.commands.on_theme()
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
    dialog.on_add()
    until(app, lambda: text(app, "status_left") == "unzipped on OpenVINO")
    assert (two_models / "unzipped" / "model.onnx").is_file()
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
