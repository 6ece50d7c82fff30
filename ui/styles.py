"""The ttk styles of a theme: which shape and colour a widget has in which state."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.theme import Theme

RADIUS = 7


def make_styles(theme: Theme, style: ttk.Style) -> None:
    """Configures every style in the ttk theme that is in use."""
    c = theme.colors
    style.configure(
        ".",
        background=c.surface, foreground=c.text, font=theme.font, bordercolor=c.line,
        troughcolor=c.well, focuscolor=c.accent, insertcolor=c.text, fieldbackground=c.surface,
        selectbackground=c.accent, selectforeground=c.on_accent, lightcolor=c.surface,
        darkcolor=c.surface, insertwidth=theme.px(1.5),
    )  # fmt: skip
    style.map(".", foreground=[("disabled", c.faint)])
    _labels(theme, style)
    _buttons(theme, style)
    _choices(theme, style)
    _fields(theme, style)
    _lists(theme, style)
    _sliders(theme, style)
    _bars(theme, style)


def _element(
    theme: Theme,
    style: ttk.Style,
    name: str,
    states: list[tuple[str, tk.PhotoImage]],
    padding: tuple[int, ...] | int = 0,
    sticky: str = "nsew",
    border: int | None = None,
    width: int | None = None,
) -> None:
    """An image element; the first state is the normal one."""
    options: dict = {"sticky": sticky, "padding": padding}
    options["border"] = theme.px(RADIUS) if border is None else border
    if width is not None:
        options["width"] = width
    normal, *others = states
    specs = [(*state.split(), image) for state, image in others]
    style.element_create(name, "image", normal[1], *specs, **options)


def _labels(theme: Theme, style: ttk.Style) -> None:
    c = theme.colors
    style.configure("Well.TFrame", background=c.well)
    style.configure("Line.TFrame", background=c.line)
    style.configure("Muted.TLabel", foreground=c.muted)
    style.configure("Small.TLabel", foreground=c.muted, font=theme.small)
    style.configure("Strong.TLabel", font=theme.strong)
    style.configure("Title.TLabel", font=theme.title)
    style.configure("Figure.TLabel", font=theme.figure)
    style.configure("Danger.TLabel", foreground=c.danger)
    for name, font in (("Well", theme.font), ("WellTitle", theme.title)):
        style.configure(f"{name}.TLabel", background=c.well, font=font)
    style.configure("WellMuted.TLabel", background=c.well, foreground=c.muted)
    style.configure("Notice.TFrame", background=c.notice)
    style.configure("Notice.TLabel", background=c.notice, foreground=c.on_notice)
    style.configure("Alarm.TFrame", background=c.alarm)
    style.configure("Alarm.TLabel", background=c.alarm, foreground=c.on_alarm)
    style.configure("TSeparator", background=c.line)
    style.configure("Popover.TFrame", background=c.faint)


def _button_layout(style: ttk.Style, name: str, element: str) -> None:
    label = ("Button.label", {"sticky": ""})
    padding = ("Button.padding", {"sticky": "nswe", "children": [label]})
    style.layout(name, [(element, {"sticky": "nswe", "children": [padding]})])


def _buttons(theme: Theme, style: ttk.Style) -> None:
    c, shape = theme.colors, theme.shape
    kinds = {
        # name: fill, line, hover, pressed, text, background behind the corners
        "": (c.surface, c.line, c.hover, c.pressed, c.text, c.surface),
        "Accent.": (c.accent, c.accent, c.accent_hover, c.accent_hover, c.on_accent, c.surface),
        "WellAccent.": (c.accent, c.accent, c.accent_hover, c.accent_hover, c.on_accent, c.well),
        "Well.": (c.surface, c.line, c.hover, c.pressed, c.text, c.well),
        "Asked.": (c.notice, c.accent, c.hover, c.pressed, c.on_notice, c.surface),
        "Tool.": (c.surface, c.surface, c.hover, c.pressed, c.text, c.surface),
        "Notice.": (c.notice, c.on_notice, c.surface, c.surface, c.on_notice, c.notice),
        "Alarm.": (c.alarm, c.on_alarm, c.surface, c.surface, c.on_alarm, c.alarm),
        "NoticeClose.": (c.notice, c.notice, c.surface, c.surface, c.on_notice, c.notice),
        "AlarmClose.": (c.alarm, c.alarm, c.surface, c.surface, c.on_alarm, c.alarm),
    }
    for prefix, (fill, line, hover, pressed, text, behind) in kinds.items():
        element = f"Mimik{prefix}button"
        ring = c.text if "Accent" in prefix else c.accent
        states = [
            ("", shape(RADIUS, fill, line)),
            (
                "disabled",
                shape(RADIUS, c.well if fill == c.accent else fill, line=_or(line, c, fill)),
            ),
            ("pressed", shape(RADIUS, pressed, line if line != fill else pressed)),
            ("focus active", shape(RADIUS, hover, ring, 2)),
            ("focus", shape(RADIUS, fill, ring, 2)),
            ("active", shape(RADIUS, hover, line if line != fill else hover)),
        ]
        _element(theme, style, element, states)
        name = f"{prefix}TButton"
        _button_layout(style, name, element)
        tight = prefix.startswith(("Tool", "NoticeClose", "AlarmClose"))
        style.configure(
            name, padding=theme.px(6) if tight else (theme.px(14), theme.px(6)), foreground=text,
            background=behind, anchor="center", font=theme.font,
        )  # fmt: skip
        style.map(name, foreground=[("disabled", c.faint)])


def _or(line: str, colors, fill: str) -> str:
    return colors.line if line not in (fill,) or fill == colors.accent else line


def _choices(theme: Theme, style: ttk.Style) -> None:
    c, shape, px = theme.colors, theme.shape, theme.px
    _element(
        theme, style, "MimikMode.button",
        [
            ("", shape(RADIUS, c.surface)),
            ("selected focus", shape(RADIUS, c.notice, c.accent, 2)),
            ("selected", shape(RADIUS, c.notice)),
            ("focus", shape(RADIUS, c.surface, c.accent, 2)),
            ("pressed", shape(RADIUS, c.pressed)),
            ("active", shape(RADIUS, c.hover)),
        ],
    )  # fmt: skip
    _button_layout(style, "Mode.Toolbutton", "MimikMode.button")
    style.configure("Mode.Toolbutton", padding=(px(12), px(6)), font=theme.font, foreground=c.text)
    style.map("Mode.Toolbutton", foreground=[("disabled", c.faint), ("selected", c.on_notice)])

    _element(
        theme, style, "MimikMenu.button",
        [
            ("", shape(RADIUS, c.surface, c.line)),
            ("disabled", shape(RADIUS, c.surface, c.line)),
            ("pressed", shape(RADIUS, c.pressed, c.line)),
            ("focus", shape(RADIUS, c.surface, c.accent, 2)),
            ("active", shape(RADIUS, c.hover, c.line)),
        ],
    )  # fmt: skip
    _element(
        theme, style, "MimikMenu.arrow",
        [("", theme.icon("chevron", c.muted)), ("disabled", theme.icon("chevron", c.faint))],
        sticky="w", border=0, width=theme.icon("chevron", c.muted).width() + px(6),
    )  # fmt: skip
    inner = [
        ("MimikMenu.arrow", {"side": "right", "sticky": ""}),
        ("Menubutton.padding", {"expand": 1, "sticky": "we", "children": [
            ("Menubutton.label", {"side": "left", "sticky": ""}),
        ]}),
    ]  # fmt: skip
    style.layout("TMenubutton", [("MimikMenu.button", {"sticky": "nswe", "children": inner})])
    style.configure("TMenubutton", padding=(px(10), px(6), px(2), px(6)), font=theme.font)
    _button_layout(style, "Tool.TMenubutton", "MimikTool.button")
    style.configure("Tool.TMenubutton", padding=px(6))

    mark = theme.icon("check", c.on_accent)
    side = mark.width()
    box = {
        "": _check(theme, c.surface, c.faint, None),
        "selected focus": _check(theme, c.accent, c.text, "check"),
        "selected": _check(theme, c.accent, c.accent, "check"),
        "focus": _check(theme, c.surface, c.accent, None),
        "active": _check(theme, c.hover, c.muted, None),
    }
    _element(
        theme, style, "MimikCheck.indicator", list(box.items()),
        sticky="w", border=0, width=side + px(8),
    )  # fmt: skip
    label = ("Checkbutton.label", {"side": "left", "sticky": ""})
    style.layout("TCheckbutton", [
        ("Checkbutton.padding", {"sticky": "nswe", "children": [
            ("MimikCheck.indicator", {"side": "left", "sticky": ""}), label,
        ]}),
    ])  # fmt: skip
    style.configure("TCheckbutton", padding=(0, px(4)))
    style.map("TCheckbutton", background=[("active", c.surface)])


def _check(theme: Theme, fill: str, line: str, mark: str | None) -> tk.PhotoImage:
    """The little square of a check button, at the size of an icon."""
    from ui import pixels

    size = theme.icon("check", theme.colors.text).width()
    image = tk.PhotoImage(
        data=pixels.rounded(size, size, size * 0.22, fill, line, theme.px(1.4)), format="png"
    )
    if mark:
        tick = theme.icon(mark, theme.colors.on_accent)
        image.tk.call(image, "copy", tick)
    theme.keep(image)
    return image


def _fields(theme: Theme, style: ttk.Style) -> None:
    c, shape, px = theme.colors, theme.shape, theme.px
    field = [
        ("", shape(RADIUS, c.surface, c.line)),
        ("disabled", shape(RADIUS, c.well, c.line)),
        ("focus", shape(RADIUS, c.surface, c.accent, 2)),
        ("active", shape(RADIUS, c.surface, c.faint)),
    ]
    _element(theme, style, "MimikEntry.field", field)
    text = ("Entry.padding", {"sticky": "nswe", "children": [
        ("Entry.textarea", {"sticky": "nswe"})]})  # fmt: skip
    style.layout("TEntry", [("MimikEntry.field", {"sticky": "nswe", "children": [text]})])
    style.configure("TEntry", padding=(px(10), px(6)))
    _element(
        theme, style, "MimikCombo.arrow",
        [("", theme.icon("chevron", c.muted)), ("disabled", theme.icon("chevron", c.faint))],
        sticky="w", border=0, width=theme.icon("chevron", c.muted).width() + px(6),
    )  # fmt: skip
    text = ("Combobox.padding", {"expand": "1", "sticky": "nswe", "children": [
        ("Combobox.textarea", {"sticky": "nswe"})]})  # fmt: skip
    style.layout("TCombobox", [("MimikEntry.field", {"sticky": "nswe", "children": [
        ("MimikCombo.arrow", {"side": "right", "sticky": ""}), text]})])  # fmt: skip
    style.configure("TCombobox", padding=(px(10), px(6), px(2), px(6)))
    style.map(
        "TCombobox",
        selectbackground=[("readonly", c.surface)],
        selectforeground=[("readonly", c.text)],
        fieldbackground=[("readonly", c.surface)],
    )


def _lists(theme: Theme, style: ttk.Style) -> None:
    c, px = theme.colors, theme.px
    style.layout("Treeview", [("Treeview.treearea", {"sticky": "nswe"})])
    style.configure(
        "Treeview", background=c.surface, fieldbackground=c.surface, foreground=c.text,
        rowheight=px(30), borderwidth=0, font=theme.font, indent=0,
    )  # fmt: skip
    style.map(
        "Treeview",
        background=[("selected focus", c.accent), ("selected", c.notice)],
        foreground=[("selected focus", c.on_accent), ("selected", c.on_notice)],
    )
    # The list that has the keys shows it: its chosen line has the colour of the other controls.
    style.configure("Popover.Treeview", rowheight=px(30))
    style.layout("Popover.Treeview", [("Treeview.treearea", {"sticky": "nswe"})])
    style.configure("Item", padding=(px(8), 0, 0, 0))
    style.layout("Treeview.Item", [
        ("Treeitem.padding", {"sticky": "nswe", "children": [
            ("Treeitem.image", {"side": "left", "sticky": ""}),
            ("Treeitem.text", {"side": "left", "sticky": ""}),
        ]}),
    ])  # fmt: skip
    style.configure("Treeview.Heading", background=c.surface, foreground=c.muted, relief="flat",
                    font=theme.small, padding=(px(6), px(4)))  # fmt: skip
    style.map("Treeview.Heading", background=[("active", c.hover)])
    thumb = [
        ("", theme.shape(4, c.line)),
        ("pressed", theme.shape(4, c.muted)),
        ("active", theme.shape(4, c.faint)),
    ]
    for side in ("Vertical", "Horizontal"):
        _element(theme, style, f"Mimik.{side}.thumb", thumb, border=px(4))
        style.layout(f"{side}.TScrollbar", [
            (f"{side}.Scrollbar.trough", {"sticky": "nswe", "children": [
                (f"Mimik.{side}.thumb", {"expand": "1", "sticky": "nswe"})]})])  # fmt: skip
        style.configure(f"{side}.TScrollbar", troughcolor=c.surface, borderwidth=0,
                        troughrelief="flat", bordercolor=c.surface)  # fmt: skip


def _sliders(theme: Theme, style: ttk.Style) -> None:
    c, px = theme.colors, theme.px
    knob = [
        ("", theme.disc(16, c.accent)),
        ("disabled", theme.disc(16, c.faint)),
        ("focus", theme.disc(16, c.accent, c.text, 2)),
        ("active", theme.disc(16, c.accent_hover)),
    ]
    _element(theme, style, "MimikScale.slider", knob, sticky="", border=0)
    groove = tk.PhotoImage(data=_groove(theme, c.pressed), format="png")
    theme.keep(groove)
    _element(theme, style, "MimikScale.trough", [("", groove)], sticky="ew", border=px(3))
    style.layout("Horizontal.TScale", [
        ("MimikScale.trough", {"sticky": "ew"}),
        ("MimikScale.slider", {"side": "left", "sticky": ""}),
    ])  # fmt: skip


def _groove(theme: Theme, fill: str) -> bytes:
    from ui import pixels

    h = theme.px(6)
    return pixels.rounded(h * 2, h, h / 2, fill)


def _bars(theme: Theme, style: ttk.Style) -> None:
    c, px = theme.colors, theme.px
    groove = tk.PhotoImage(data=_groove(theme, c.pressed), format="png")
    filled = tk.PhotoImage(data=_groove(theme, c.accent), format="png")
    theme.keep(groove, filled)
    _element(theme, style, "MimikProgress.trough", [("", groove)], sticky="ew", border=px(3))
    _element(theme, style, "MimikProgress.bar", [("", filled)], sticky="ew", border=px(3))
    style.layout("Horizontal.TProgressbar", [
        ("MimikProgress.trough", {"sticky": "ew", "children": [
            ("MimikProgress.bar", {"side": "left", "sticky": "ew"})]})])  # fmt: skip
