"""What a training that is broken off leaves, and the command that goes on with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fer_core.training.opening import Data


@dataclass(frozen=True, slots=True)
class Command:
    """`train` as it was called.

    Attributes:
        out: the folder, where it was named.
    """

    recipe: Path
    data: Data
    out: str | Path | None = None
    faces: str = "as-is"
    start_from: str = ""
    quick: bool = False

    def to_go_on(self) -> str:
        """The same call with --resume: what it says must be the same, or it is another training."""
        places = self.data if isinstance(self.data, Mapping) else {"": self.data}
        words = [f'"{self.recipe}"']
        words += [f'--data "{name + "=" if name else ""}{place}"' for name, place in places.items()]
        if self.out is not None:
            words.append(f'--out "{self.out}"')
        words.append(f"--faces {self.faces}")
        if self.start_from:
            words.append(f'--start-from "{self.start_from}"')
        if self.quick:
            words.append("--quick")
        return f"python main.py train {' '.join(words)} --resume"


def what_is_kept(folder: Path, epochs: int, again: Command) -> str:
    """A sentence, and the command that goes on where something is kept.

    Args:
        epochs: whole ones, from the checkpoint.
    """
    if not epochs:
        return f"Stopped before the end of the first epoch; nothing of it is kept in {folder}."
    done = "1 epoch is" if epochs == 1 else f"{epochs} epochs are"
    return f"Stopped; {done} kept in {folder}. To go on:\n{again.to_go_on()}"
