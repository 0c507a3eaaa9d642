"""What the window can do beyond opening, drawing and submitting: one file a feature, in the order of the menus."""

from .base import Feature
from .proposing import Proposing

FEATURES: tuple[type[Feature], ...] = (Proposing,)

__all__ = ["FEATURES", "Feature"]
