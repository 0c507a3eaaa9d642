"""What a snapshot of the study would hold: images by label, grade and grader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTabWidget, QTreeWidget, QVBoxLayout, QWidget

from retina_studio.domain.labels import catalogue, scales
from retina_studio.gui import icons
from retina_studio.gui.panels.parts import add_row, styled_label
from retina_studio.gui.words import tr, tr_data

from .phrases import NOTHING

if TYPE_CHECKING:
    from retina_studio.retraining.plan import Holds

_NARROWEST = 430  # pixels
SPLITS = ("train", "val", "test")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class HoldingsPanel(QWidget):
    """A sentence of totals, and three tables."""

    def __init__(self) -> None:
        super().__init__()
        self.totals = styled_label("", "quiet")
        self.totals.setWordWrap(True)
        self.totals.setAccessibleName(tr("What the snapshot would hold"))
        splits = split_titles()
        self.labels = plain_table(tr("Labels"), (tr("Label"), *splits, tr("Drawn on")))
        self.grades = plain_table(tr("Grades"), (tr("Grade"), tr("Images")))
        self.graders = plain_table(tr("Graders"), (tr("Grader"), tr("Gradings that voted")))
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(tr("What the snapshot would hold"))
        for table in (self.labels, self.grades, self.graders):
            self.tabs.addTab(table, table.accessibleName())
        self.setMinimumWidth(_NARROWEST)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(styled_label(tr("What the snapshot would hold"), "heading"))
        column.addWidget(self.totals)
        column.addWidget(self.tabs, 1)

    def show_holds(self, holds: Holds) -> None:
        """Show these counts."""
        self.totals.setText(totals_words(holds))
        _fill(self.labels, _label_rows(holds), swatches=list(holds.labels))
        _fill(self.grades, _grade_rows(holds.grades))
        by_count = sorted(holds.graders.items(), key=lambda pair: (-pair[1], pair[0]))
        _fill(self.graders, [(name, str(count)) for name, count in by_count])


def split_titles() -> tuple[str, str, str]:
    """What people call the three splits, in the order of SPLITS."""
    return tr("Training"), tr("Validation"), tr("Test")


def totals_words(holds: Holds) -> str:
    """The whole of it in two sentences."""
    agreement = NOTHING if holds.agreement is None else f"{holds.agreement:.2f}"
    splits = " · ".join(
        f"{title} {holds.splits.get(split, 0)}" for split, title in zip(SPLITS, split_titles(), strict=True)
    )
    return tr(
        "{settled} images settled ({splits}) of {patients} patients; {unsettled} not yet. "
        "Agreement of the graders (Dice): {agreement}.",
        settled=holds.settled,
        splits=splits,
        patients=sum(holds.patients.values()),
        unsettled=holds.unsettled,
        agreement=agreement,
    )


def plain_table(name: str, heads: Sequence[str]) -> QTreeWidget:
    """A table of words and, to the right, counts."""
    table = QTreeWidget()
    table.setHeaderLabels(list(heads))
    table.setRootIsDecorated(False)
    table.setAccessibleName(name)
    table.setUniformRowHeights(True)
    head = table.header()
    head.setStretchLastSection(False)
    head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    head.setMinimumSectionSize(44)
    for place in range(1, len(heads)):
        table.headerItem().setTextAlignment(place, _RIGHT)
    return table


def align_counts(item: object, columns: Iterable[int]) -> None:
    """Put the numbers of a row under each other."""
    for place in columns:
        item.setTextAlignment(place, _RIGHT)  # type: ignore[attr-defined]


def _fill(table: QTreeWidget, rows: Iterable[Sequence[str]], swatches: Sequence[str] = ()) -> None:
    table.clear()
    for number, cells in enumerate(rows):
        item = add_row(table, cells)
        align_counts(item, range(1, len(cells)))
        if swatches:
            item.setIcon(0, icons.swatch(catalogue()[swatches[number]].colour))


def _label_rows(holds: Holds) -> list[tuple[str, ...]]:
    return [
        (
            f"{code}  {tr_data(catalogue()[code].title)}",
            *(str(by_split.get(split, 0)) for split in SPLITS),
            str(holds.drawn.get(code, 0)),
        )
        for code, by_split in holds.labels.items()
    ]


def _grade_rows(grades: Mapping[str, Mapping[str, int]]) -> list[tuple[str, str]]:
    return [
        (f"{tr_data(scales()[scale].title)}: {value}", str(count))
        for scale, values in grades.items()
        for value, count in values.items()
    ]
