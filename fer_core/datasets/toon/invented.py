"""Characters of random traits: a network that has met many tells a face from what it does."""

import colorsys
from typing import Any

import numpy as np

from fer_core.datasets.toon.characters import NAMED, Character

_NUMBERS = (
    "temple", "cheek", "jaw", "chin", "length", "eye_x", "eye_y", "eye_w", "eye_h",
    "brow_thick", "brow_len", "nose_size", "mouth_w", "mouth_y", "ear_size",
)  # fmt: skip
_HAIR = tuple(sorted({who.hair for who in NAMED}))
_NOSES = ("button", "round", "long", "wide")
_EXTRAS = (
    "freckles", "blush", "glasses", "beard", "moustache", "lashes", "wrinkles", "mole", "earrings",
)  # fmt: skip
#: What only fabulous beings have.
_FABULOUS_NOSES = (*_NOSES, "snout", "dots")
_FABULOUS_EARS = ("human", "elf", "cat", "none")
_FABULOUS_EXTRAS = (*_EXTRAS, "horns", "whiskers", "muzzle")
_FABULOUS = 0.4
#: Lightest and darkest human skin: hue, saturation, value.
_LIGHT, _DARK = np.array((0.07, 0.20, 0.99)), np.array((0.05, 0.60, 0.36))


def invent(number: int) -> Character:
    """The character of a number: always the same one, with sizes between those of the named."""
    rng = np.random.default_rng((2016, number))
    sizes: dict[str, Any] = {}
    for name in _NUMBERS:
        known = [getattr(who, name) for who in NAMED]
        sizes[name] = float(rng.uniform(min(known), max(known)))
    sizes["jaw"] = min(sizes["jaw"], sizes["cheek"] + 0.08)
    sizes["chin"] = min(sizes["chin"], 0.7 * sizes["jaw"])
    fabulous = rng.random() < _FABULOUS
    extras = rng.permutation(_FABULOUS_EXTRAS if fabulous else _EXTRAS)[: rng.integers(0, 4)]
    return Character(
        f"invented{number:02d}",
        skin=_fabulous_skin(rng) if fabulous else _hex(*(_LIGHT + rng.random() * (_DARK - _LIGHT))),
        hair=str(rng.choice(_HAIR)),
        hair_color=_hex(rng.random(), rng.uniform(0.05, 0.8), rng.uniform(0.1, 0.95)),
        iris=_hex(rng.random(), rng.uniform(0.3, 0.8), rng.uniform(0.15, 0.8)),
        top=_hex(rng.random(), rng.uniform(0.1, 0.7), rng.uniform(0.2, 0.95)),
        nose=str(rng.choice(_FABULOUS_NOSES if fabulous else _NOSES)),
        ears=str(rng.choice(_FABULOUS_EARS)) if fabulous else "human",
        lips=_hex(rng.uniform(0.92, 1.02) % 1, 0.55, 0.7) if rng.random() < 0.5 else "",
        extras=tuple(sorted(str(extra) for extra in extras)),
        **sizes,
    )


def _fabulous_skin(rng: np.random.Generator) -> str:
    return _hex(rng.random(), rng.uniform(0.25, 0.65), rng.uniform(0.6, 0.9))


def _hex(hue: float, saturation: float, value: float) -> str:
    red, green, blue = (round(255 * v) for v in colorsys.hsv_to_rgb(hue, saturation, value))
    return f"#{red:02x}{green:02x}{blue:02x}"


#: Everybody: the named ones and two invented ones for each of them.
CHARACTERS = (*NAMED, *(invent(number) for number in range(1, 2 * len(NAMED) + 1)))
