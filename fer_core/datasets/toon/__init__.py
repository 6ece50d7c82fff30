from fer_core.datasets.toon.invented import CHARACTERS
from fer_core.datasets.toon.rendering import picture, render

__all__ = ["CHARACTERS", "picture", "render"]
