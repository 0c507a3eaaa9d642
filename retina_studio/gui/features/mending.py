"""Anatomy while drawing: when an edit makes cup, disc or atrophy disagree, offer the edit that would settle it."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from retina_studio.domain.findings import Finding, ImageFrame, findings
from retina_studio.gui.words import tr, tr_data

from .base import Feature
from .offering import Offer, Offering

_LABELS = frozenset({"OD", "OC", "PPA"})


class Mending(Feature):
    """Offers, never changes; nothing is offered for an edit of other labels, nor for undo and redo."""

    def wire(self) -> None:
        """Look after every edit of the disc, the cup and the atrophy."""
        self._offers = self.window.feature(Offering)
        self._touched: frozenset[str] = frozenset()
        self._offered: Finding | None = None
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._look)
        self.window.document.changed.connect(self._look_soon)

    def _look_soon(self, ids: frozenset[str]) -> None:
        self._touched = frozenset() if self.window.document.is_replaying else ids
        self._soon.start()
        if self._offered is not None:
            self._leave()
            self._offers.withdraw()

    def _look(self) -> None:
        window, image = self.window, self.window.image
        shapes = window.document.grading.shapes
        touched = {key for key in self._touched if key in shapes and shapes[key].label in _LABELS}
        if image is None or not touched or not window.document.editable or window.canvas.tool.busy:
            return
        frame = ImageFrame(image.modality, image.eye, *window.canvas.frame)
        found = [f for f in findings(window.document.grading, frame) if f.fix and f.shape_ids & touched]
        if found:
            self._make(found[0])

    def _make(self, finding: Finding) -> None:
        self._offered = finding
        button = tr("{what}  (Enter)", what=tr_data(finding.fix_title))
        tip = tr("One edit, which Ctrl+Z takes back; Esc leaves the shapes as they are")
        self._offers.make(Offer(self, tr_data(finding.text), button, tip, self._mend, self._leave))

    def _mend(self) -> None:
        offered, self._offered = self._offered, None
        if offered is not None and offered.fix is not None:
            self.window.canvas.put(offered.fix)

    def _leave(self) -> None:
        self._offered = None
