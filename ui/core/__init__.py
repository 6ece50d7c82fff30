"""Everything slow behind the window: loading, analysing, drawing and saving, in threads."""

from ui.core.core import RealCore

__all__ = ["RealCore"]
