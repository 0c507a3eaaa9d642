"""One page of the dashboard: what to choose, a chart, and the same figures as a table."""

from collections.abc import Sequence
from typing import ClassVar, Protocol

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui.panels.parts import EDGE, styled_label
from retina_studio.gui.words import tr, tr_data
from retina_studio.study.agreement_values import StudyAgreement

from .looks import Cast
from .table import FigureTable, TableRow


class HasPoints(Protocol):
    """A chart."""

    picked: SignalInstance
    told: SignalInstance


class Page(QWidget):
    """A page is filled when it is first seen, and again when what it shows has changed.

    Signals: `picked` a grader ("" = nobody), `told` what is under the pointer.
    """

    title: ClassVar[str]  # marked
    note: ClassVar[str]  # marked: what the figures are
    empty: ClassVar[str]  # marked: said where there are none
    across: ClassVar[Qt.Orientation] = Qt.Orientation.Vertical  # how chart and table share the page
    shares: ClassVar[tuple[int, int]] = (420, 200)

    picked = Signal(str)
    told = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.agreement: StudyAgreement | None = None
        self.cast = Cast((), blind=False)
        self.is_stale = True
        self._rows: Sequence[TableRow] = ()
        self.table = FigureTable(tr_data(self.title))
        self.table.picked.connect(self.picked)
        self.controls = QHBoxLayout()
        self.controls.setSpacing(8)
        self.copy_button = QPushButton(tr("Copy table"))
        self.copy_button.setAccessibleName(tr("Copy table"))
        self.copy_button.setToolTip(tr("Put the whole table on the clipboard, for a spreadsheet"))
        self.copy_button.clicked.connect(self._copy)
        chart = self.make_chart()
        self.area = QScrollArea()
        self.area.setObjectName("panel")
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(chart)
        self.split = QSplitter(self.across)
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.area)
        self.split.addWidget(self.table)
        self.split.setSizes(list(self.shares))
        self.split.setStretchFactor(0, 1)
        self.nothing = QLabel(tr_data(self.empty))
        self.nothing.setObjectName("quiet")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        self.stage = QStackedWidget()
        self.stage.addWidget(self.split)
        self.stage.addWidget(self.nothing)
        self._lay_out()

    def _lay_out(self) -> None:
        self.words = styled_label(tr_data(self.note), "quiet")
        self.words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        column.setSpacing(8)
        self.controls.addStretch(1)
        self.controls.addWidget(self.copy_button)
        column.addLayout(self.controls)
        column.addWidget(self.words)
        column.addWidget(self.stage, 1)

    def make_chart(self) -> QWidget:
        """Make the chart, and the choices that it needs."""
        raise NotImplementedError

    def fill(self, agreement: StudyAgreement) -> bool:
        """Draw the chart and put the table; False where there is nothing to show."""
        raise NotImplementedError

    def choice(self, name: str, tip: str, options: Sequence[tuple[str, str]] = ()) -> QComboBox:
        """A choice of the page, with options (key, words)."""
        box = QComboBox()
        box.setAccessibleName(name)
        box.setToolTip(tip)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for key, words in options:
            box.addItem(words, key)
        box.currentIndexChanged.connect(self._on_choice)
        label = styled_label(name, "quiet")
        label.setBuddy(box)
        self.controls.addWidget(label)
        self.controls.addWidget(box)
        return box

    def listen(self, chart: HasPoints) -> None:
        """Pass on what a chart says."""
        chart.picked.connect(self.picked)
        chart.told.connect(self.told)

    def refresh(self, agreement: StudyAgreement, cast: Cast) -> None:
        """Show an agreement."""
        self.agreement, self.cast, self.is_stale = agreement, cast, False
        has_figures = self.fill(agreement)
        self.stage.setCurrentWidget(self.split if has_figures else self.nothing)
        self.words.setVisible(has_figures)
        self.copy_button.setVisible(has_figures)
        for box in self.findChildren(QComboBox):
            box.setEnabled(has_figures)
        self.table.pick(cast.picked)

    def pick(self, cast: Cast) -> None:
        """Draw another grader over the others; the table stays where it is."""
        if self.agreement is not None:
            self.cast = cast
            self.draw(self.agreement)
            self.table.pick(cast.picked)

    def draw(self, agreement: StudyAgreement) -> None:
        """Draw the chart alone."""
        raise NotImplementedError

    def minimumSizeHint(self) -> QSize:
        """Small enough for a laptop's screen; what has no room scrolls."""
        return QSize(480, 300)

    def _copy(self) -> None:
        self.table.copy_all()
        self.told.emit(tr("The table is on the clipboard."))

    def _on_choice(self) -> None:
        if self.agreement is not None:
            self.refresh(self.agreement, self.cast)


def put_options(box: QComboBox, options: Sequence[tuple[str, str]]) -> str:
    """Offer options (key, words), keep what was chosen where it is still there; returns the chosen key."""
    keys = [key for key, _ in options]
    if [box.itemData(number) for number in range(box.count())] != keys:
        chosen = box.currentData()
        box.blockSignals(True)
        box.clear()
        for key, words in options:
            box.addItem(words, key)
        box.setCurrentIndex(keys.index(chosen) if chosen in keys else 0)
        box.blockSignals(False)
    return str(box.currentData() or "")
