"""Expressions as action units of the Facial Action Coding System (Ekman & Friesen 1978)."""

from collections.abc import Mapping

import numpy as np

from fer_core.expressions import ANGER, DISGUST, FEAR, HAPPINESS, NEUTRAL, SADNESS, SURPRISE

Units = Mapping[int, float]

#: For each expression the ways to show it: action unit → strength at full intensity.
#: 1 inner brow raiser, 2 outer brow raiser, 4 brow lowerer, 5 upper lid raiser, 6 cheek raiser,
#: 7 lid tightener, 9 nose wrinkler, 10 upper lip raiser, 12 lip corner puller, 15 lip corner
#: depressor, 17 chin raiser, 19 tongue show, 20 lip stretcher, 22 lip funneler, 23 lip tightener,
#: 24 lip pressor, 25 lips part, 26 jaw drop, 43 eyes close.
PROTOTYPES: dict[str, tuple[dict[int, float], ...]] = {
    ANGER: (
        {4: 1, 5: 0.5, 7: 0.7, 23: 1},
        {4: 1, 5: 0.6, 7: 0.6, 23: 0.6, 24: 1, 17: 0.5},
        {4: 1, 5: 0.5, 7: 0.7, 10: 0.5, 22: 1, 25: 1},
    ),
    DISGUST: (
        {9: 1, 15: 0.6, 17: 0.8},
        {9: 1, 10: 1, 17: 0.6, 7: 0.4},
        {9: 1, 10: 0.8, 15: 0.5, 19: 1, 25: 0.8, 26: 0.2},
    ),
    FEAR: (
        {1: 1, 2: 0.5, 4: 0.8, 5: 1, 20: 1, 25: 0.4, 26: 0.35},
        {1: 1, 2: 0.6, 4: 0.7, 5: 1, 7: 0.2, 20: 1, 25: 0.6, 26: 0.1},
    ),
    HAPPINESS: (
        {6: 0.8, 12: 1},
        {6: 0.9, 12: 1, 25: 0.8, 26: 0.25},
        {6: 1, 12: 1, 25: 1, 26: 0.6},
    ),
    SADNESS: (
        {1: 1, 4: 0.8, 15: 1},
        {1: 1, 4: 0.7, 15: 0.9, 17: 0.8},
        {1: 1, 4: 0.8, 15: 1, 43: 0.35},
    ),
    SURPRISE: (
        {1: 1, 2: 1, 5: 0.9, 26: 0.9, 25: 0.5},
        {1: 1, 2: 1, 5: 1, 26: 0.6, 25: 0.4},
    ),
    NEUTRAL: ({},),
}
#: How far even a resting face strays from the mean face.
_STRAY = 0.06
_STRAYING = (1, 2, 4, 5, 7, 12, 15, 43)


def sample_units(expression: str, rng: np.random.Generator) -> dict[int, float]:
    """One way of showing the expression, at half to full intensity."""
    ways = PROTOTYPES[expression]
    way = ways[int(rng.integers(len(ways)))]
    intensity = rng.uniform(0.5, 1.0)
    units = {u: intensity * s * rng.uniform(0.85, 1.1) for u, s in way.items()}
    for unit in _STRAYING:
        units[unit] = units.get(unit, 0.0) + abs(rng.normal(0, _STRAY))
    return {unit: float(min(strength, 1.1)) for unit, strength in units.items()}
