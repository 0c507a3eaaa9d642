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
    """A panel of a feature, and where it stands.

    A tab below the worklist ("left"), a part of the right side, beside the canvas, or a bar below the canvas. The
    last two show and hide themselves.
    """

    title: str
    widget: QWidget
    side: Literal["left", "right", "beside", "below"] = "left"
    icon: str = "square"  # of a tab at the left


class Feature(QObject):
    """A feature reaches the window's parts through `self.window`; the window knows features only by this class.

    In order: `__init__` makes widgets (no actions yet), the window builds all actions from `specs`, `wire` connects,
    and the window places `tabs`.
    """

    specs: ClassVar[tuple[ActionSpec, ...]] = ()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self._watched: list[QObject] = []

    def handlers(self) -> Mapping[str, Handler]:
        """What each action of `specs` calls: the method of its name, unless a feature says else."""
        return {spec.name: getattr(self, spec.name) for spec in self.specs}

    def wire(self) -> None:
        """Connect to the window's parts, once all of them and all actions are there."""

    def watch(self, target: QObject) -> None:
        """See a part's events in `eventFilter`, until the window closes: what is being taken down sends some too."""
        target.installEventFilter(self)
        self._watched.append(target)

    def rest(self) -> None:
        """See no more events; the window is closing."""
        for target in self._watched:
            target.removeEventFilter(self)
        self._watched.clear()

    def tabs(self) -> Sequence[Tab]:
        """The panels that the window shows for this feature."""
        return ()
