"""Looking at the readings: how they stand, what is laid over them, and where in the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from .phrases import place_of
from .readings import Mode

if TYPE_CHECKING:
    from .window import BoardWindow

_ZOOM_STEP = 1.25


class Viewing(QObject):
    """What each action of the menu "Look" does."""

    def __init__(self, board: BoardWindow) -> None:
        super().__init__(board)
        self.board = board

    def wire(self) -> None:
        """Connect to the board's parts, once all of them are there."""
        parts = self.board.parts
        parts.items.detail.previewed.connect(parts.readings.preview)
        parts.heat_opacity.valueChanged.connect(self._set_opacity)
        parts.looks.failed.connect(self.board.tell)
        self.board.actions["side"].setChecked(True)
        self.board.actions["consensus"].setChecked(True)

    def side(self) -> None:
        """Readings side by side."""
        self._show("side")

    def one(self) -> None:
        """One reading at a time; again: side by side."""
        self._show("side" if self.board.parts.readings.mode == "one" else "one")

    def blend(self) -> None:
        """All readings in one view; again: side by side."""
        self._show("side" if self.board.parts.readings.mode == "blend" else "blend")

    def _show(self, mode: Mode) -> None:
        readings = self.board.parts.readings
        readings.show_mode(mode)
        self.board.actions[mode].setChecked(True)
        readings.take_focus()
        self._return_later()

    def consensus(self) -> None:
        """Show or hide what is settled so far."""
        self.board.parts.readings.show_consensus(self.board.actions["consensus"].isChecked())
        self._return_later()

    def _return_later(self) -> None:
        """Show the item again once the views have their new sizes."""
        QTimer.singleShot(0, self, self.go_to_item)

    def heat(self) -> None:
        """Show or hide where the readings disagree."""
        shown = self.board.actions["heat"].isChecked()
        self.board.parts.heat_opacity.setEnabled(shown)
        self.board.parts.looks.show_heat(shown)

    def _set_opacity(self, percent: int) -> None:
        self.board.parts.looks.set_opacity(percent / 100)

    def enhance(self) -> None:
        """See the image enhanced, or as it is."""
        self.board.parts.looks.show_enhanced(self.board.actions["enhance"].isChecked())

    def hide_shapes(self) -> None:
        """See the bare image."""
        self.board.parts.readings.show_shapes(not self.board.actions["hide_shapes"].isChecked())

    def names(self) -> None:
        """Show the graders' names, or letters."""
        shown = self.board.actions["names"].isChecked()
        self.board.record_names()
        self.board.parts.readings.show_names(shown)
        self.board.parts.items.detail.show_names(shown)

    def go_to_item(self) -> None:
        """Bring the item in focus into view."""
        item, picture = self.board.item, self.board.picture
        if item is not None and picture is not None:
            self.board.parts.readings.go_to(place_of(item, picture.frame))

    def fit(self) -> None:
        """Show the whole image."""
        self.board.parts.readings.go_to(None)

    def zoom_in(self) -> None:
        """Show the image larger."""
        self._zoom(_ZOOM_STEP)

    def zoom_out(self) -> None:
        """Show the image smaller."""
        self._zoom(1 / _ZOOM_STEP)

    def _zoom(self, factor: float) -> None:
        if self.board.is_drawing:
            self.board.parts.redraw.canvas.zoom(factor)
        else:
            self.board.parts.readings.zoom(factor)
