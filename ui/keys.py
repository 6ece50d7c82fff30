"""Every key of the main window, in one table that the help shows too."""

import sys
from dataclasses import dataclass

#: A bare letter is not meant while one of these is held.
_CHORDS = ("Control", "Alt", "Command" if sys.platform == "darwin" else "Mod4")


_NAMES = {
    "de": {"Ctrl": "Strg", "Shift": "Umschalt", "Space": "Leertaste", "Home": "Pos1", "End": "Ende"}
}


@dataclass(frozen=True, slots=True)
class Key:
    """A shortcut.

    Attributes:
        sequences: Tk's names for it.
        command: method of the main window.
        shown: how the help writes it.
        text: key of what it does.
        plain: a bare key that buttons and lists need for themselves while they have the focus.
    """

    sequences: tuple[str, ...]
    command: str
    shown: str
    text: str
    plain: bool = False

    def said(self, language: str) -> str:
        """How the help writes it in a language, with the names on its keyboards."""
        found = self.shown
        for english, name in _NAMES.get(language, {}).items():
            found = found.replace(english, name)
        return found


_ZOOM_IN = ("<plus>", "<Control-plus>", "<Control-equal>", "<KP_Add>")
_ZOOM_OUT = ("<minus>", "<Control-minus>", "<KP_Subtract>")

KEYS = (
    Key(("<Alt-c>",), "on_camera", "Alt+C", "key.camera"),
    Key(("<Alt-i>", "<Control-o>"), "on_image", "Alt+I, Ctrl+O", "key.image"),
    Key(("<Control-Shift-O>",), "on_folder", "Ctrl+Shift+O", "key.folder"),
    Key(("<Alt-v>",), "on_video", "Alt+V", "key.video"),
    Key(("<Control-v>",), "on_paste", "Ctrl+V", "key.paste"),
    Key(("<Control-c>",), "on_copy", "Ctrl+C", "key.copy"),
    Key(("<F5>",), "on_again", "F5", "key.again"),
    Key(("<Left>",), "on_previous", "←", "key.previous", plain=True),
    Key(("<Right>",), "on_following", "→", "key.following", plain=True),
    Key(("<Home>",), "on_first", "Home", "key.home", plain=True),
    Key(("<End>",), "on_last", "End", "key.end", plain=True),
    Key(("<space>",), "on_play", "Space", "key.play", plain=True),
    Key(("<period>",), "on_next_event", ".", "key.next_event"),
    Key(("<comma>",), "on_last_event", ",", "key.last_event"),
    Key(("<b>",), "on_mark", "B", "key.mark"),
    Key(("<F2>",), "on_name", "F2", "key.name"),
    Key(("<n>",), "on_next_face", "N", "key.next_face"),
    Key(("<p>",), "on_previous_face", "P", "key.previous_face"),
    Key(("<c>",), "on_snapshot", "C", "key.snapshot"),
    Key(("<f>",), "on_save_faces", "F", "key.faces"),
    Key(("<r>",), "on_record", "R", "key.record"),
    Key(("<a>",), "on_accuracy", "A", "key.accuracy"),
    Key(("<m>",), "on_pick_model", "M", "key.model"),
    Key(("<d>",), "on_pick_detector", "D", "key.detector"),
    Key(("<s>",), "on_statistics", "S", "key.statistics"),
    Key(("<t>",), "on_theme", "T", "key.theme"),
    Key(_ZOOM_IN, "on_zoom_in", "+", "key.zoom_in"),
    Key(_ZOOM_OUT, "on_zoom_out", "−", "key.zoom_out"),
    Key(("<0>", "<Control-0>", "<KP_0>"), "on_fit", "0", "key.fit"),
    Key(("<F11>",), "on_full_screen", "F11", "key.full_screen"),
    Key(("<Control-comma>",), "on_settings", "Ctrl+,", "key.settings"),
    Key(("<F10>",), "on_menu", "F10", "key.menu"),
    Key(("<F1>",), "on_help", "F1", "key.help"),
    Key(("<Escape>",), "on_message_close", "Esc", "key.close"),
    Key(("<Control-q>",), "on_quit", "Ctrl+Q", "key.quit"),
)


def bindings() -> dict[str, Key | None]:
    """Each sequence to bind, with its key, or with None for one that shall do nothing.

    To Tk a letter with Caps Lock is another letter, and `<c>` is Ctrl+C, too, where that has no
    binding of its own.
    """
    found: dict[str, Key | None] = {}
    for key in KEYS:
        for sequence in key.sequences:
            *chord, name = sequence.strip("<>").split("-")
            letter = len(name) == 1
            for case in (name, name.swapcase()) if letter else (name,):
                found[f"<{'-'.join([*chord, case])}>"] = key
                if letter and not chord:
                    for modifier in _CHORDS:
                        found.setdefault(f"<{modifier}-{case}>", None)
    return found
