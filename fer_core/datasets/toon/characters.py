"""Who is drawn: proportions, colours and what else makes a character."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Character:
    """One stylised person.

    Lengths are shares of the head's half width (1 = from the nose to the ear).

    Attributes:
        skin, hair_color, iris, top: colours "#rrggbb"; `top` is what is worn.
        hair: a style of `hair.STYLES`.
        temple, cheek, jaw, chin: half widths of the face from top to bottom.
        length: distance from the eyes' height to the chin.
        eye_x, eye_y, eye_w, eye_h: centre and half sizes of the right eye; y grows downward.
        brow_thick, brow_len, brow_color: the brows; colour empty means that of the hair.
        nose: button, round, long, wide, snout or dots; `nose_size` scales it.
        mouth_w, mouth_y, lips: half width, height, and colour of the lips or empty for none.
        ears: human, elf, cat or none; `ear_size` scales them.
        extras: of freckles, blush, glasses, beard, moustache, lashes, wrinkles, horns, whiskers,
            muzzle, mole, earrings.
    """

    name: str
    skin: str
    hair: str
    hair_color: str
    iris: str
    top: str
    temple: float = 0.88
    cheek: float = 1.0
    jaw: float = 0.8
    chin: float = 0.4
    length: float = 1.05
    eye_x: float = 0.40
    eye_y: float = 0.05
    eye_w: float = 0.22
    eye_h: float = 0.24
    brow_thick: float = 0.09
    brow_len: float = 0.27
    brow_color: str = ""
    nose: str = "button"
    nose_size: float = 1.0
    mouth_w: float = 0.34
    mouth_y: float = 0.66
    lips: str = ""
    ears: str = "human"
    ear_size: float = 1.0
    extras: tuple[str, ...] = ()


ADA = Character(
    "ada", "#8d5a3b", "curls", "#2b1a18", "#4a2c17", "#f2b134",
    cheek=1.0, jaw=0.84, chin=0.42, length=0.98, eye_w=0.23, eye_h=0.27,
    nose="wide", nose_size=0.85, mouth_w=0.36, lips="#8e3b46", extras=("lashes", "earrings"),
)  # fmt: skip
BRUNO = Character(
    "bruno", "#e8b48f", "short", "#5b3a21", "#5a7d4c", "#7a3e2b",
    temple=0.86, cheek=0.94, jaw=0.92, chin=0.58, length=1.15, eye_x=0.36, eye_w=0.18,
    eye_h=0.17, brow_thick=0.15, brow_len=0.29, nose="long", nose_size=1.15, mouth_w=0.36,
    mouth_y=0.66, extras=("beard",),
)  # fmt: skip
COCO = Character(
    "coco", "#fbdcc4", "bob", "#c8472b", "#3f9b6c", "#3b7a78",
    temple=0.94, cheek=0.98, jaw=0.7, chin=0.24, length=1.08, eye_w=0.24, eye_h=0.28,
    brow_thick=0.06, nose="button", nose_size=0.8, mouth_w=0.29, lips="#d9606a",
    extras=("freckles", "lashes", "blush"),
)  # fmt: skip
DEX = Character(
    "dex", "#8fce6b", "tuft", "#35603a", "#6b2fa0", "#4a4e8c",
    temple=1.06, cheek=1.0, jaw=0.62, chin=0.3, length=1.02, eye_x=0.44, eye_y=0.02, eye_w=0.29,
    eye_h=0.33, brow_thick=0.08, nose="dots", mouth_w=0.36, ears="elf", ear_size=1.15,
)  # fmt: skip
EDNA = Character(
    "edna", "#f0c9b0", "bun", "#b9bcc6", "#557799", "#8a4f7d",
    cheek=1.0, jaw=0.86, chin=0.45, length=1.03, eye_x=0.41, eye_w=0.2, eye_h=0.2,
    brow_thick=0.07, nose="round", mouth_w=0.31, lips="#b8525f",
    extras=("glasses", "wrinkles", "blush", "earrings"),
)  # fmt: skip
FINN = Character(
    "finn", "#f7cfa0", "spiky", "#f0c544", "#2f86c9", "#d8483e",
    temple=0.92, cheek=1.06, jaw=0.94, chin=0.46, length=0.9, eye_x=0.42, eye_y=0.06, eye_w=0.23,
    eye_h=0.26, brow_thick=0.07, brow_color="#b98a22", nose="button", nose_size=0.9,
    mouth_w=0.4, mouth_y=0.56, ear_size=1.35, extras=("freckles",),
)  # fmt: skip
GRIM = Character(
    "grim", "#a79bd8", "bald", "#4a3f78", "#d9822b", "#3f3a52",
    temple=0.8, cheek=0.98, jaw=1.06, chin=0.7, length=1.1, eye_x=0.37, eye_w=0.19, eye_h=0.18,
    brow_thick=0.14, brow_color="#40356e", nose="wide", nose_size=1.25, mouth_w=0.44,
    mouth_y=0.66, ears="elf", ear_size=0.85, extras=("horns",),
)  # fmt: skip
HANA = Character(
    "hana", "#f5d3b3", "long", "#1f2233", "#3a2a20", "#e07a8b",
    temple=0.9, cheek=0.95, jaw=0.72, chin=0.3, length=1.06, eye_w=0.25, eye_h=0.19,
    brow_thick=0.055, nose="button", nose_size=0.75, mouth_w=0.27, lips="#c8505c",
    extras=("lashes", "blush"),
)  # fmt: skip
IVO = Character(
    "ivo", "#744a32", "flat", "#17131a", "#2d1b10", "#e8e2d0",
    temple=0.82, cheek=0.86, jaw=0.76, chin=0.44, length=1.25, eye_x=0.36, eye_w=0.19, eye_h=0.2,
    brow_thick=0.11, nose="long", nose_size=1.2, mouth_w=0.33, mouth_y=0.76,
    lips="#a5624f", extras=("moustache",),
)  # fmt: skip
JUNO = Character(
    "juno", "#d79b72", "sweep", "#7b3fb5", "#2a9d9d", "#222831",
    temple=0.88, cheek=0.93, jaw=0.8, chin=0.34, length=1.12, eye_w=0.22, eye_h=0.21,
    brow_thick=0.1, brow_color="#46226b", nose="long", nose_size=0.85, mouth_w=0.33, lips="#9c3f5f",
    extras=("mole", "lashes"),
)  # fmt: skip
KIP = Character(
    "kip", "#f0a04b", "fur", "#c96f22", "#5fae3c", "#4b8fb3",
    temple=0.98, cheek=1.12, jaw=0.9, chin=0.4, length=0.92, eye_x=0.43, eye_w=0.24, eye_h=0.27,
    brow_thick=0.08, brow_color="#7a3d10", nose="snout", mouth_w=0.34, mouth_y=0.62,
    ears="cat", extras=("whiskers", "muzzle"),
)  # fmt: skip
LULU = Character(
    "lulu", "#c98f65", "scarf", "#2a8c86", "#5b3a1d", "#1f6a78",
    temple=0.86, cheek=0.92, jaw=0.8, chin=0.4, length=1.0, eye_x=0.37, eye_w=0.22, eye_h=0.22,
    brow_thick=0.085, brow_color="#33211a", nose="round", nose_size=0.85, mouth_w=0.31,
    lips="#a8494f", ears="none", extras=("lashes",),
)  # fmt: skip

#: The named ones, in alphabetical order.
NAMED = (ADA, BRUNO, COCO, DEX, EDNA, FINN, GRIM, HANA, IVO, JUNO, KIP, LULU)
