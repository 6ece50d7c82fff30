"""What the tests read out of the documents."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORTRAIT = Path("Resources") / "Samples" / "portrait.jpg"


def blocks(document: str, language: str = "") -> list[str]:
    """The code blocks of one language, in order."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """The arguments of every `python main.py …`, in blocks and in running text."""
    found = re.findall(r"python main\.py\b([^`#\n]*)", text)
    return [shlex.split(line) for line in found]
