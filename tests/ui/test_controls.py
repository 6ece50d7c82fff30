"""Keys, sliders and dialogs of the real window on a (virtual) display."""

from types import SimpleNamespace

import pytest
from fakes import until

from ui.app import App
from ui.keys import KEYS, bindings
from ui.presenter.shown import Transport

pytestmark = pytest.mark.display


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
