"""The images of a comparison: those that changed most first, better, worse, or of one label."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from retina_studio.gui.board.rows import Row, RowView
from retina_studio.gui.panels.parts import header, panel_layout, styled_label
from retina_studio.gui.words import tr

from .phrases import signed
from .work import Seen


class CasePanel(QWidget):
    """A list with an order, a filter, and the label or grading scale that both go by."""

    chosen = Signal(object)  # Seen

    def __init__(self, seen: Sequence[Seen]) -> None:
        super().__init__()
        self._seen = {entry.case.name: entry for entry in seen}
        self._told = ""  # the image that was chosen last
        self.count = styled_label("", "quiet")
        self.order = _box(
            tr("Order"),
            tr("Which images come first"),
            (
                (tr("Worse first"), "worse"),
                (tr("Better first"), "better"),
                (tr("Most different first"), "different"),
                (tr("By name"), "name"),
            ),
        )
        self.verdict = _box(
            tr("Filter"),
            tr("Which images are listed"),
            (
                (tr("All images"), ""),
                (tr("Only better"), "better"),
                (tr("Only worse"), "worse"),
                (tr("Only unchanged"), "same"),
            ),
        )
        names = sorted({score.name for entry in seen for score in entry.case.scores})
        self.label = _box(
            tr("Label or grade"),
            tr("What better and worse mean: by one label or grade, or by all of them"),
            ((tr("All labels and grades"), ""), *((name, name) for name in names)),
        )
        for box in (self.order, self.verdict, self.label):
            box.currentIndexChanged.connect(self.refresh)
        self.view = RowView(tr("Images"), tr("The images that were compared"))
        self.view.selectionModel().currentChanged.connect(self._on_current)
        column = panel_layout(self)
        column.addLayout(header(tr("Images"), self.count))
        for box in (self.order, self.verdict, self.label):
            column.addWidget(box)
        column.addWidget(self.view, 1)
        self.setMinimumWidth(220)
        self.refresh()

    @property
    def shown(self) -> list[str]:
        """The names of the images that are listed, in order."""
        return [row.key for row in self.view.rows.rows]

    def choose_first(self) -> None:
        """Go to the first image of the list."""
        if self.shown:
            self.view.choose(self.shown[0])

    def show_only(self, label: str) -> None:
        """Order and filter by one label or scale."""
        place = self.label.findData(label)
        if place >= 0:
            self.label.setCurrentIndex(place)

    def refresh(self) -> None:
        """List the images as the boxes say; the chosen one stays chosen while it is listed."""
        chosen, label, wanted = self.view.chosen, self.label.currentData(), self.verdict.currentData()
        listed = [
            entry for entry in self._seen.values()
            if (not label or entry.case.change_of(label) is not None)
            and wanted in ("", entry.case.verdict(label))
        ]  # fmt: skip
        listed.sort(key=_key(self.order.currentData(), label))
        self.view.rows.show([_row(entry, label) for entry in listed])
        self.count.setText(str(len(listed)))
        if chosen:
            self.view.choose(chosen)

    def _on_current(self, index: QModelIndex) -> None:
        """Tell of another image; the same one at another place of the list is none."""
        name = self.view.rows.rows[index.row()].key if index.isValid() else ""
        if name and name != self._told:
            self._told = name
            self.chosen.emit(self._seen[name])


def _key(order: str, label: str) -> Callable[[Seen], tuple[float, str]]:
    def key(entry: Seen) -> tuple[float, str]:
        change = entry.case.change_of(label) or 0.0
        first = {"worse": change, "better": -change, "different": entry.case.same, "name": 0.0}[order]
        return first, entry.case.name

    return key


def _row(entry: Seen, label: str) -> Row:
    case = entry.case
    note = "   ".join(f"{s.name} {signed(s.change)}" for s in case.scores if s.change is not None)
    return Row(case.name, case.name, note, case.verdict(label), signed(case.change_of(label)), tip=note)


def _box(name: str, tip: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
    box = QComboBox()
    for words, data in choices:
        box.addItem(words, data)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box
