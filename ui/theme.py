"""How everything looks: colours, type and ttk styles, light and dark.

Two ttk themes of our own on top of clam, whose rounded shapes are drawn at start-up for the
screen's scale. Sizes in this package are px at 96 dpi; `Theme.px` scales them.
"""

import tkinter as tk
from dataclasses import dataclass
from tkinter import font as tkfont
from tkinter import ttk

from ui import pixels

_FAMILIES = (
    "Segoe UI Variable Text", "Segoe UI", "SF Pro Text", ".AppleSystemUIFont", "Inter", "Cantarell",
    "Ubuntu", "Noto Sans", "Open Sans", "DejaVu Sans",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme, `#rrggbb`."""

    surface: str
    well: str
    line: str
    text: str
    muted: str
    faint: str
    hover: str
    pressed: str
    accent: str
    accent_hover: str
    on_accent: str
    danger: str
    notice: str
    on_notice: str
    alarm: str
    on_alarm: str


PALETTES = {
    "light": Palette(
        surface="#ffffff", well="#f2f4f8", line="#dfe3ea", text="#1a1f2b", muted="#5d6678",
        faint="#a9b1c0", hover="#eef1f6", pressed="#e1e6ef", accent="#3a5bd9",
        accent_hover="#2d4bc0", on_accent="#ffffff", danger="#d12f3a", notice="#e8edff",
        on_notice="#22357f", alarm="#fdeaea", on_alarm="#8f1d25",
    ),
    "dark": Palette(
        surface="#171a21", well="#0e1015", line="#2c313c", text="#e9ecf3", muted="#9ba4b5",
        faint="#566070", hover="#232833", pressed="#2d3340", accent="#7f9cff",
        accent_hover="#9ab1ff", on_accent="#0d1330", danger="#ff6b70", notice="#1f2946",
        on_notice="#c9d5ff", alarm="#3b1d20", on_alarm="#ffc4c4",
    ),
}  # fmt: skip


class Theme:
    """Colours, fonts and icons of the running window; made once, switched with `use`."""

    def __init__(self, root: tk.Tk) -> None:
        self._root = root
        self._style = ttk.Style(root)
        self._images: dict[tuple, tk.PhotoImage] = {}
        self._kept: list[tk.PhotoImage] = []
        dpi = float(root.winfo_fpixels("1i"))
        self.scale = 1.0 if dpi < 110 else min(max(dpi / 96, 1.0), 3.0)
        self.name = "light"
        self.colors = PALETTES["light"]
        self._make_fonts()

    def px(self, value: float) -> int:
        """Pixels on this screen for pixels at 96 dpi."""
        return round(value * self.scale)

    def use(self, name: str) -> None:
        """Switches all widgets to light or dark."""
        self.name, self.colors = name, PALETTES[name]
        theme = f"mimik-{name}"
        if theme not in self._style.theme_names():
            self._style.theme_create(theme, parent="clam")
            self._style.theme_use(theme)
            self._make_styles()
        else:
            self._style.theme_use(theme)
        self._set_options()

    def icon(self, name: str, color: str, base_px: int = 20) -> tk.PhotoImage:
        """An icon in a colour, kept for the life of the window."""
        sizes = pixels.ICON_SIZES if base_px <= 20 else pixels.BIG_ICON_SIZES
        size = min(sizes, key=lambda s: abs(s - base_px * self.scale))
        key = ("icon", name, color, size)
        if key not in self._images:
            self._images[key] = self._image(pixels.icon(name, size, color))
        return self._images[key]

    def icon_states(self, name: str, color: str) -> tuple:
        """An icon for a ttk widget: the colour, and fainter where it is disabled."""
        return (self.icon(name, color), "disabled", self.icon(name, self.colors.faint))

    def shape(self, radius: float, fill: str, line: str = "", line_px: float = 1) -> tk.PhotoImage:
        """A small rounded square that ttk stretches between its corners."""
        key = ("shape", radius, fill, line, line_px)
        if key not in self._images:
            r = self.px(radius)
            side = 2 * r + 4
            data = pixels.rounded(side, side, r, fill, line, self.px(line_px))
            self._images[key] = self._image(data)
        return self._images[key]

    def disc(self, diameter: float, fill: str, line: str = "", line_px: float = 1) -> tk.PhotoImage:
        """A disc, for sliders, radio buttons and the colours in lists."""
        key = ("disc", diameter, fill, line, line_px)
        if key not in self._images:
            d = self.px(diameter)
            data = pixels.rounded(d, d, d / 2, fill, line, self.px(line_px))
            self._images[key] = self._image(data)
        return self._images[key]

    def menu(self, menu: tk.Menu) -> tk.Menu:
        """Gives a menu the colours of the theme."""
        c = self.colors
        menu.configure(
            background=c.surface, foreground=c.text, activebackground=c.hover,
            activeforeground=c.text, disabledforeground=c.muted, selectcolor=c.accent,
            borderwidth=2, relief="solid" if self.name == "dark" else "ridge",
            activeborderwidth=self.px(4), tearoff=False, font=self.font,
        )  # fmt: skip
        return menu

    def keep(self, *images: tk.PhotoImage) -> None:
        """Holds images that only ttk knows; Tk drops an image that Python forgets."""
        self._kept.extend(images)

    def _image(self, data: bytes) -> tk.PhotoImage:
        return tk.PhotoImage(master=self._root, data=data, format="png")

    def _make_fonts(self) -> None:
        have = set(tkfont.families(self._root))
        family = next((f for f in _FAMILIES if f in have), "TkDefaultFont")
        base = 13 if family != "DejaVu Sans" else 12  # DejaVu runs large

        def make(name: str, size: float, weight: str = "normal") -> tkfont.Font:
            return tkfont.Font(
                self._root, name=name, family=family, size=-self.px(size), weight=weight
            )

        self.font = make("MimikText", base)
        self.small = make("MimikSmall", base - 1)
        self.strong = make("MimikStrong", base, "bold")
        self.title = make("MimikTitle", base + 5, "bold")
        self.figure = make("MimikFigure", base + 9, "bold")
        for name in ("TkDefaultFont", "TkTextFont", "TkMenuFont", "TkHeadingFont", "TkIconFont"):
            tkfont.nametofont(name, self._root).configure(family=family, size=-self.px(base))

    def _set_options(self) -> None:
        c = self.colors
        self._root.configure(background=c.surface)
        for pattern, value in (
            ("*TCombobox*Listbox.background", c.surface),
            ("*TCombobox*Listbox.foreground", c.text),
            ("*TCombobox*Listbox.selectBackground", c.accent),
            ("*TCombobox*Listbox.selectForeground", c.on_accent),
            ("*TCombobox*Listbox.font", str(self.font)),
        ):
            self._root.option_add(pattern, value)

    def _make_styles(self) -> None:
        from ui.styles import make_styles

        make_styles(self, self._style)
