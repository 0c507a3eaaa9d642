"""The live guideline check: as shapes and grades change, a quiet panel says where they disagree. It flags only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QToolButton

from retina_studio.domain.findings import Finding, ImageFrame, findings
from retina_studio.domain.grading import Grading
from retina_studio.gui import icons
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.panels.findings import CheckPanel
from retina_studio.gui.panels.tabs import SideTabs
from retina_studio.gui.words import tr

from .base import Feature, Tab
from .listing import Listing

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow

_PAUSE = 250  # ms after the last edit
_AT_ONCE = 300  # shapes that are checked without a worker: about 2 ms
_LABELS = {"disc-missing": "OD", "fovea-missing": "fovea"}  # rule -> label to draw
# first word of a rule -> the scale it questions
_SCALES = {
    "dr": "dr",
    "glaucoma": "glaucoma",
    "oct": "oct",
    "quality": "gradability",
    "ungradable": "gradability",
}


class Checking(Feature):
    """Looks again a moment after an edit; many shapes are looked at in a worker, on the value they had."""

    specs = (
        ActionSpec(
            "check",
            "View",
            "Guideline check",
            "shield-check",
            ("I",),
            "Show where grades and shapes disagree with the guideline or with anatomy",
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.panel = CheckPanel()
        self.found: Sequence[Finding] = ()
        self._job: Job | None = None
        self._pause = QTimer(self, interval=_PAUSE, singleShot=True)
        self._pause.timeout.connect(self._look)
        self.mark = QToolButton()
        self.mark.setObjectName("eye")
        self.mark.setToolTip(tr("Points of the guideline check (I)"))
        self.mark.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.mark.hide()

    def wire(self) -> None:
        """Follow the grading."""
        window, document = self.window, self.window.document
        document.opened.connect(self._start_afresh)
        document.changed.connect(self._look_soon)
        document.graded.connect(self._look_soon)
        document.state_changed.connect(self._look_soon)
        self.panel.shown_asked.connect(self._show_finding)
        self.panel.fix_asked.connect(self._fix)
        self.mark.clicked.connect(self.check)
        window.status.insertPermanentWidget(0, self.mark)

    def tabs(self) -> Sequence[Tab]:
        """A tab at the left, whose badge counts."""
        return (Tab(tr("Check"), self.panel, icon="shield-check"),)

    def check(self) -> None:
        """Bring the panel forward."""
        tabs = self._tabs()
        if tabs is not None:
            tabs.setCurrentWidget(self.panel)
            if self.panel.rows:
                self.panel.rows[0].setFocus()

    def _start_afresh(self) -> None:
        self._show(())
        self._look_soon()

    def _look_soon(self) -> None:
        self._pause.start()

    def _look(self) -> None:
        image, grading = self.window.image, self.window.document.grading
        if image is None or self.window.document.session is None:
            return
        if self._job is not None:  # look again when it is done
            self._pause.start()
            return
        frame = ImageFrame(image.modality, image.eye, image.width, image.height)
        if len(grading.shapes) <= _AT_ONCE:
            self._show(findings(grading, frame))
            return
        self._job = Job(_look_job, grading, frame)
        self._job.done.connect(self._on_looked)
        for ended in (self._job.failed, self._job.cancelled):
            ended.connect(self._forget_job)
        self._job.start()

    def _on_looked(self, looked: tuple[Grading, list[Finding]]) -> None:
        self._job = None
        grading, found = looked
        if grading is self.window.document.grading:
            self._show(found)
        else:
            self._look_soon()

    def _forget_job(self) -> None:
        self._job = None

    def _show(self, found: Sequence[Finding]) -> None:
        self.found = found
        self.panel.show_findings(found, editable=self.window.document.editable)
        serious = [finding for finding in found if finding.severity != "note"]
        tabs = self._tabs()
        if tabs is not None:
            tabs.show_badge(self.panel, len(found))
        self.mark.setVisible(bool(serious))
        self.mark.setText(str(len(serious)))
        self.mark.setAccessibleName(tr("{count} points of the guideline check", count=len(serious)))
        grave = any(finding.severity == "error" for finding in found)
        icons.dress(self.mark, "shield-warning", "bad" if grave else "warn")

    def _show_finding(self, finding: Finding) -> None:
        """Its shapes; or the label that is to be drawn; or the grade that it questions."""
        window, first = self.window, finding.rule.partition("-")[0].rstrip("0123456789")
        if finding.shape_ids:
            window.feature(Listing).bring_into_sight(finding.shape_ids)
        elif finding.rule in _LABELS:
            window.choose_label(_LABELS[finding.rule])
        elif first in _SCALES:
            window.grading_panel.row(_SCALES[first]).take_focus()

    def _fix(self, finding: Finding) -> None:
        if finding.fix is not None:
            self.window.canvas.put(finding.fix)

    def _tabs(self) -> SideTabs | None:
        found: SideTabs | None = self.window.findChild(SideTabs)
        return found


def _look_job(state: JobState, grading: Grading, frame: ImageFrame) -> tuple[Grading, list[Finding]]:
    state.check()
    return grading, findings(grading, frame)
