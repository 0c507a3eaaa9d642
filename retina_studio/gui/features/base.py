"""What a feature is: one thing the window can do, with its actions, panels and wiring in one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from retina_studio.gui.actions import ActionSpec, Handler

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow


@dataclass(frozen=True)
class Tab:
    """A panel of a feature: a tab among those below the worklist ("left"), or a part of the right side."""

    title: str
    widget: QWidget
    side: Literal["left", "right"] = "left"


class Feature(QObject):
    """A feature reaches the window's parts through `self.window`; the window knows features only by this class.

    In order: `__init__` makes widgets (no actions yet), the window builds all actions from `specs`, `wire` connects,
    and the window places `tabs`.
    """

    specs: ClassVar[tuple[ActionSpec, ...]] = ()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window

    def handlers(self) -> Mapping[str, Handler]:
        """What each action of `specs` calls: the method of its name, unless a feature says else."""
        return {spec.name: getattr(self, spec.name) for spec in self.specs}

    def wire(self) -> None:
        """Connect to the window's parts, once all of them and all actions are there."""

    def tabs(self) -> Sequence[Tab]:
        """The panels that the window shows for this feature."""
        return ()
