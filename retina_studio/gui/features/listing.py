"""What the lists of labels and shapes ask for: select a label's shapes, fade them, show, hide and lock single ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from retina_studio.gui import icons
from retina_studio.gui.canvas.scene import union
from retina_studio.gui.panels.shape_table import EYE
from retina_studio.gui.words import tr

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow


class Listing(Feature):
    """Between the panels and the canvas."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._ids: frozenset[str] = frozenset()  # what the menu is about

    def wire(self) -> None:
        """Connect panels and canvas."""
        window = self.window
        window.label_panel.all_chosen.connect(self._select_label)
        window.label_panel.opacity_changed.connect(self._fade)
        window.shape_panel.show_asked.connect(self.bring_into_sight)
        window.shape_panel.menu_asked.connect(self._open_menu)
        window.shape_panel.table.toggled.connect(self._toggle)
        window.canvas.set_aside_changed.connect(self._show_aside)

    def bring_into_sight(self, ids: frozenset[str]) -> None:
        """Select shapes and zoom to them; what hides them is undone."""
        canvas, window = self.window.canvas, self.window
        shapes = [canvas.scene.shape(key) for key in ids if key in canvas.scene]
        box = union(shape.geometry.box for shape in shapes)
        if box is None or canvas.picture is None:
            return
        canvas.set_aside(hidden=canvas.hidden_ids - ids)
        canvas.drew_hidden.emit(frozenset(shape.label for shape in shapes))
        canvas.use_tool("select")
        canvas.select(ids)
        canvas.show_around(box)
        window.shape_panel.show_selection(canvas.selection)

    def _select_label(self, code: str) -> None:
        canvas = self.window.canvas
        canvas.use_tool("select")
        canvas.select([shape.id for shape in canvas.within_reach if shape.label == code])

    def _fade(self, opacity: Mapping[str, float]) -> None:
        self.window.canvas.overlay.set_opacity(opacity)
        self.window.canvas.update()

    def _toggle(self, shape_id: str, column: int) -> None:
        canvas = self.window.canvas
        if column == EYE:
            canvas.set_aside(hidden=canvas.hidden_ids ^ {shape_id})
        else:
            canvas.set_aside(locked=canvas.locked ^ {shape_id})

    def _show_aside(self) -> None:
        canvas = self.window.canvas
        self.window.shape_panel.show_aside(canvas.hidden_ids, canvas.locked)

    def _open_menu(self, ids: frozenset[str], spot: QPoint) -> None:
        """The shapes that were chosen in the list, and what can be done to them."""
        if not ids:
            return
        self._ids = ids
        menu = QMenu(self.window)
        canvas = self.window.canvas
        entries: Mapping[str, tuple[str, object]] = {
            tr("Show on the image"): ("magnifying-glass-plus", self._show_chosen),
            tr("Unlock") if ids <= canvas.locked else tr("Lock"): ("lock-simple", self._lock_chosen),
            tr("Show") if ids <= canvas.hidden_ids else tr("Hide"): ("eye", self._hide_chosen),
        }
        for words, (icon, call) in entries.items():
            menu.addAction(icons.icon(icon), words, call)
        menu.addSeparator()
        for name in ("relabel", "duplicate", "copy", "select_same", "delete"):
            menu.addAction(self.window.actions[name])
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(spot)

    def _show_chosen(self) -> None:
        self.bring_into_sight(self._ids)

    def _lock_chosen(self) -> None:
        canvas = self.window.canvas
        locks = not self._ids <= canvas.locked
        canvas.set_aside(locked=canvas.locked | self._ids if locks else canvas.locked - self._ids)

    def _hide_chosen(self) -> None:
        canvas = self.window.canvas
        hides = not self._ids <= canvas.hidden_ids
        canvas.set_aside(hidden=canvas.hidden_ids | self._ids if hides else canvas.hidden_ids - self._ids)
