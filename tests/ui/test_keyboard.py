"""The real window without a mouse, and tips that do not stay."""

import pytest
from fakes import MODELS, until

from fer_core.texts import Texts
from ui.keys import KEYS, Key
from ui.presenter.listing import model_choice
from ui.presenter.shown import Choice, FaceRow, Message
from ui.tips import Tip

pytestmark = pytest.mark.display

ROWS = tuple(FaceRow(n, f"Face {n}", "happiness", "90 %", "#56b4e9") for n in (1, 2, 3))


def focus(app, widget):
    widget.focus_force()
    until(app, lambda: str(app.root.tk.call("focus")) == str(widget))


def recorded(app, *names):
    """Has commands of the window remembered instead of done."""
    done = []
    for name in names:
        setattr(app.window.commands, name, lambda name=name: done.append(name))
    return done


@pytest.fixture
def still(app):
    """The window, polled by nobody."""
    app.window.stop()
    app.root.update()
    return app


def test_arrow_keys_work_after_the_cross_of_a_message(still):
    done = recorded(still, "on_previous", "on_following")
    still.window.show_message(Message("Something went wrong.", alarm=True))
    still.root.update()
    focus(still, still.window.widget("message_close"))
    still.window.show_message(None)
    still.root.update()
    still.root.event_generate("<Left>")
    assert done == ["on_previous"]
    assert str(still.root.tk.call("focus")) == "."


@pytest.mark.parametrize("name", ["play_button", "snapshot_button"])
def test_keys_work_after_a_button_was_hidden_or_disabled(still, name):
    window = still.window
    window.show_transport(None)
    window._grid("transport", True)
    window.show_tools(True, True, False)
    still.root.update()
    focus(still, window.widget(name))
    window.show_transport(None)
    window.show_tools(False, False, False)
    assert str(still.root.tk.call("focus")) == "."


def test_arrow_keys_pass_through_buttons_and_space_presses_them(still):
    done = recorded(still, "on_previous", "on_play")
    focus(still, still.window.widget("settings_button"))
    still.window.commands.on_settings = lambda: done.append("settings")
    still.window.widget("settings_button").event_generate("<Left>")
    still.window.widget("settings_button").event_generate("<space>")
    assert "on_previous" in done
    assert "on_play" not in done


def test_the_list_of_faces_is_reached_and_gone_through_by_keys(still):
    window, chosen = still.window, []
    window._presenter.panel.choose = chosen.append
    window.show_faces(ROWS, 1)
    still.root.update()
    tree = window.widget("faces")
    assert str(tree.cget("takefocus")) not in ("0", "")
    reached, widget = [], still.root
    for _ in range(60):
        widget = widget.tk_focusNext()
        reached.append(str(widget))
    assert str(tree) in reached
    focus(still, tree)
    tree.event_generate("<Down>")
    until(still, lambda: chosen == [2])
    tree.event_generate("<Down>")
    until(still, lambda: chosen == [2, 3])


def models(app, *more):
    choices = [model_choice(Texts("en"), info) for info in MODELS]
    app.window.show_models((*choices, *more), MODELS[0].name, False)
    chosen, removed = [], []
    app.presenter.choices.choose_model = chosen.append
    app.presenter.choices.remove_model = removed.append
    app.window.drop_down("model_picker")
    tree = app.window._models.list.tree
    app.root.update()
    focus(app, tree)
    return tree, chosen, removed


def test_a_picker_is_used_with_keys_alone(still):
    tree, chosen, _ = models(still)
    tree.event_generate("<Down>")
    tree.event_generate("<Return>")
    assert chosen == ["other"]
    assert still.window._models.list is None
    assert str(still.root.tk.call("focus")) == "."
    tree, chosen, _ = models(still)
    tree.event_generate("<Key>", keysym="s")  # Soon · to come
    tree.event_generate("<Return>")
    assert chosen == ["soon"]


def test_escape_closes_a_picker_and_nothing_else(still):
    closed = recorded(still, "on_message_close")
    tree, chosen, _ = models(still)
    tree.event_generate("<Escape>")
    assert still.window._models.list is None
    assert (closed, chosen) == ([], [])


def test_delete_takes_away_only_what_is_the_persons_own(still):
    tree, _, removed = models(still, Choice("mine", "My own", own=True))
    tree.event_generate("<Delete>")
    assert removed == []
    tree.event_generate("<End>")
    tree.selection_set(tree.get_children()[-1])
    tree.event_generate("<Delete>")
    assert removed == ["mine"]


def test_a_click_beside_a_picker_closes_it(still):
    models(still)
    still.window.widget("panel").event_generate("<Button-1>", x=5, y=5)
    until(still, lambda: still.window._models.list is None)


def test_a_tip_goes_when_the_pointer_is_elsewhere_or_something_grabs_it(still, monkeypatch):
    button = still.window.widget("settings_button")
    tip = Tip(button, lambda: "Settings", still.window.theme)
    rests = [True]
    monkeypatch.setattr(Tip, "_is_meant", lambda self: rests[0])
    tip._wait(None)
    until(still, lambda: tip.is_shown)
    rests[0] = False  # no event tells of it: a menu has taken the pointer
    until(still, lambda: not tip.is_shown)
    tip._wait(None)
    until(still, lambda: tip._later == "")
    assert not tip.is_shown, "one that is no longer meant does not appear"


def test_a_tip_is_not_meant_while_something_else_has_the_pointer(still):
    import tkinter as tk

    button = still.window.widget("settings_button")
    tip = Tip(button, lambda: "Settings", still.window.theme)
    x = button.winfo_rootx() + button.winfo_width() // 2
    y = button.winfo_rooty() + button.winfo_height() // 2
    still.root.event_generate(
        "<Motion>", warp=True, x=x - still.root.winfo_rootx(), y=y - still.root.winfo_rooty()
    )
    until(still, tip._is_meant)
    other = tk.Toplevel(still.root)
    until(still, other.winfo_viewable)
    other.grab_set()
    assert not tip._is_meant()
    other.destroy()


@pytest.mark.parametrize(
    ("shown", "german"),
    [("Ctrl+Shift+O", "Strg+Umschalt+O"), ("Space", "Leertaste"), ("Home", "Pos1"), ("C", "C")],
)
def test_keys_are_called_as_on_the_keyboard(shown, german):
    key = Key((), "", shown, "")
    assert (key.said("en"), key.said("de")) == (shown, german)


def test_help_names_every_key_once():
    shown = [key.shown for key in KEYS]
    assert len(set(shown)) == len(shown)


def test_full_screen_shows_the_picture_and_escape_leaves_it(still):
    window = still.window
    window._presenter.close_message = lambda: None
    window.commands.on_full_screen()
    still.root.update()
    assert not window.widget("toolbar").winfo_viewable()
    window.has_message = True
    window.commands.on_message_close()
    assert window.is_full_screen, "the message goes first"
    window.has_message = False
    window.commands.on_message_close()
    still.root.update()
    assert window.widget("toolbar").winfo_viewable()
    assert not window.is_full_screen
