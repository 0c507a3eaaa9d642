"""A quiet strip above the image that offers one thing to do: Return or its button takes it, Esc leaves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent

from retina_studio.gui.panels.banner import Banner

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow

_ACCEPT = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


@dataclass(frozen=True)
class Offer:
    """What the strip says and what its answers do; `owner` is the feature that offers.

    `is_shown`: the canvas shows a preview of it, so that a click, an arrow or undo leaves the offer first.
    """

    owner: Feature
    text: str
    button: str
    tip: str
    accept: Callable[[], object]
    leave: Callable[[], object]
    is_shown: bool = False


class Offering(Feature):
    """One offer at a time, the newest; other features make them."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.strip = Banner(window.canvas)
        self._offer: Offer | None = None

    def wire(self) -> None:
        """Hear the canvas's keys before its tool does."""
        self.strip.asked.connect(self._accept)
        self.watch(self.window.canvas)
        self.window.image_opened.connect(self.leave)

    @property
    def is_offering(self) -> bool:
        """Whether the strip offers something."""
        return self._offer is not None

    @property
    def is_shown(self) -> bool:
        """Whether the canvas shows a preview of what is offered."""
        return self._offer is not None and self._offer.is_shown

    def make(self, offer: Offer) -> None:
        """Offer this, in the place of what was offered before; what another feature offered is left."""
        before, self._offer = self._offer, offer
        if before is not None and before.owner is not offer.owner:
            before.leave()
        self.strip.tell(offer.text, offer.button, offer.tip)

    def withdraw(self) -> None:
        """Nothing is offered any more."""
        self._offer = None
        self.strip.tell("")

    def leave(self) -> None:
        """Leave what is offered, if anything is."""
        offer = self._offer
        self.withdraw()
        if offer is not None:
            offer.leave()

    def _accept(self) -> None:
        offer = self._offer
        self.withdraw()
        self.window.canvas.setFocus()
        if offer is not None:
            offer.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the strip; what begins something else leaves an offer that is shown on the canvas."""
        offer = self._offer
        if offer is None or self.window.canvas.tool.busy:
            return super().eventFilter(watched, event)
        if isinstance(event, QKeyEvent):
            return self._takes(event, offer) or super().eventFilter(watched, event)
        if offer.is_shown and isinstance(event, QMouseEvent) and _begins(event):
            self.leave()
        return super().eventFilter(watched, event)

    def _takes(self, event: QKeyEvent, offer: Offer) -> bool:
        is_undo = offer.is_shown and event.matches(QKeySequence.StandardKey.Undo)
        if event.type() == QEvent.Type.ShortcutOverride and is_undo:
            event.accept()
            return True
        if event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() in _ACCEPT and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._accept()
            return True
        if event.key() == Qt.Key.Key_Escape or is_undo:
            self.leave()
            return True
        if offer.is_shown and event.key() in _ARROWS:
            self.leave()
        return False


def _begins(event: QMouseEvent) -> bool:
    pressed = event.type() in {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick}
    return pressed and event.button() == Qt.MouseButton.LeftButton
