"""Giving images to graders: how many each image needs, by when, and what each grader would get."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QDate, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QHBoxLayout,
    QSpinBox,
    QTreeWidget,
    QWidget,
)

from retina_studio.gui.words import tr
from retina_studio.study.assigning import AssignReport
from retina_studio.study.records import Grader

from .job_dialog import JobDialog
from .parts import add_row, inset, restyle, styled_label

_PAUSE = 250  # ms after the last change before the preview is asked for
_MOST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Plan:
    """What the form says."""

    per_image: int
    seed: int
    due: str | None  # ISO date
    graders: tuple[Grader, ...]


class AssignDialog(JobDialog):
    """The graders with what they would get now; `changed` asks for that preview."""

    changed = Signal()

    def __init__(self, graders: Sequence[Grader], seed: int, parent: QWidget) -> None:
        note = tr("What was given before stays. From then on graders see only the images given to them.")
        super().__init__(tr("Assign images"), note, tr("Assign"), parent)
        self._graders = graders
        self.per_image = spin(1, 15, 3, tr("Graders per image"), tr("How many graders each image is to have"))
        self.seed = spin(0, _MOST_SEED, seed, tr("Seed"), tr("The same seed shuffles in the same way"))
        self.has_due = QCheckBox(tr("wanted by"))
        self.has_due.setToolTip(tr("Give the new images a due date"))
        self.due = QDateEdit(QDate.currentDate().addDays(28))
        self.due.setCalendarPopup(True)
        self.due.setDisplayFormat("yyyy-MM-dd")
        self.due.setAccessibleName(tr("Due date"))
        self.due.setToolTip(tr("Due date"))
        self.due.setEnabled(False)
        self.has_due.toggled.connect(self.due.setEnabled)
        self.table = QTreeWidget()
        self.table.setHeaderLabels([tr("Grader"), tr("New images")])
        self.table.setRootIsDecorated(False)
        self.table.setAccessibleName(tr("Graders"))
        self.table.setToolTip(tr("Only the ticked graders are given images"))
        self.table.setMinimumHeight(170)
        for grader in graders:
            add_row(self.table, [grader.name, ""]).setCheckState(0, Qt.CheckState.Checked)
        self.table.setColumnWidth(0, 300)
        self.outlook = styled_label("", "quiet")
        self.outlook.setWordWrap(True)
        self._pause = QTimer(self, interval=_PAUSE, singleShot=True)
        self._pause.timeout.connect(self.changed)
        self._place()
        self.table.itemChanged.connect(self._on_change)
        for box in (self.per_image, self.seed):
            box.valueChanged.connect(self._on_change)
        self._on_change()

    @property
    def plan(self) -> Plan:
        """What the form says."""
        due = self.due.date().toString("yyyy-MM-dd") if self.has_due.isChecked() else None
        return Plan(self.per_image.value(), self.seed.value(), due, tuple(self._ticked()))

    @property
    def can_start(self) -> bool:
        """Somebody is ticked."""
        return bool(self._ticked())

    def show_preview(self, report: AssignReport) -> None:
        """Show what each grader would get."""
        self.table.blockSignals(True)
        for row, grader in enumerate(self._graders):
            item = self.table.topLevelItem(row)
            if item is not None:
                item.setText(1, str(report.by_grader.get(grader.name, 0)))
        self.table.blockSignals(False)
        restyle(self.outlook, "quiet")
        self.outlook.setText(outlook_words(report))

    def refuse_preview(self, sentence: str) -> None:
        """Say why nothing could be given."""
        restyle(self.outlook, "bad")
        self.outlook.setText(sentence)

    def _ticked(self) -> list[Grader]:
        items = [self.table.topLevelItem(row) for row in range(self.table.topLevelItemCount())]
        pairs = zip(self._graders, items, strict=True)
        return [grader for grader, item in pairs if item and item.checkState(0) == Qt.CheckState.Checked]

    def _on_change(self, *_: Any) -> None:
        self.refresh_start()
        if self.can_start:
            self._pause.start()
        else:
            self.refuse_preview(tr("Tick the graders who are to be given images."))

    def _place(self) -> None:
        due = QHBoxLayout()
        due.addWidget(self.has_due)
        due.addWidget(self.due)
        due.addStretch()
        self.fields.addRow(tr("Graders per image"), self.per_image)
        self.fields.addRow(tr("Seed"), self.seed)
        self.fields.addRow(due)
        self.fields.addRow(self.table)
        self.fields.addRow(self.outlook)


class RepeatsDialog(JobDialog):
    """Giving graders some of their images again, without telling them."""

    def __init__(self, seed: int, parent: QWidget) -> None:
        note = tr(
            "Some images that a grader has submitted come again, unmarked and empty. How far the two gradings agree "
            "is in the agreement report; only the first one votes."
        )
        super().__init__(tr("Hidden repeats"), note, tr("Give repeats"), parent)
        self.days = spin(1, 3650, 28, tr("Days since"), tr("How long ago the first grading was submitted"))
        self.share = spin(1, 100, 10, tr("Share"), tr("Of each grader's images, in per cent"))
        self.share.setSuffix(" %")
        self.seed = spin(0, _MOST_SEED, seed, tr("Seed"), tr("The same seed chooses the same images"))
        self.fields.addRow(tr("Submitted at least so many days ago"), self.days)
        self.fields.addRow(tr("Share of each grader's images"), self.share)
        self.fields.addRow(tr("Seed"), self.seed)


def outlook_words(report: AssignReport) -> str:
    """What giving them would come to."""
    words = tr(
        "{given} to be given; then {complete} images have all their graders.",
        given=report.given,
        complete=report.complete,
    )
    return f"{words} {shortage_words(report)}".strip()


def shortage_words(report: AssignReport) -> str:
    """How many images lack graders; nothing where none does."""
    if not report.short:
        return ""
    return tr("{count} images still lack graders: there are too few.", count=len(report.short))


def spin(least: int, most: int, value: int, name: str, tip: str) -> QSpinBox:
    """A field for a whole number."""
    box = QSpinBox()
    box.setRange(least, most)
    box.setValue(value)
    inset(box)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box
