"""The right side: the disputed items of the image in the order they are gone through, and the one in focus."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from retina_studio.domain.labels import label
from retina_studio.domain.voting.outcome import Item
from retina_studio.gui.panels.parts import header, panel_layout, styled_label
from retina_studio.gui.sentences import tr_sentence
from retina_studio.gui.words import tr

from .case import Case
from .detail import DetailPanel
from .phrases import decision_words, line_of, row_title, title_of
from .rows import Row, RowState, RowView

_KINDS = ("", "grade", "label", "point", "lesion")


class ItemPanel(QWidget):
    """The list follows the case; what is on its way into the study is marked."""

    chosen = Signal(str)  # an item's key

    def __init__(self, *, editable: bool) -> None:
        super().__init__()
        self._case: Case | None = None
        self._is_pending: Callable[[str], bool] = lambda _: False
        self.count = styled_label("", "quiet")
        self.kind = QComboBox()
        words = (tr("All kinds"), tr("Grades"), tr("Anatomy"), tr("Points"), tr("Lesions"))
        for text, kind in zip(words, _KINDS, strict=True):
            self.kind.addItem(text, kind)
        self.kind.setAccessibleName(tr("Kind of item"))
        self.kind.setToolTip(tr("List only items of one kind"))
        self.kind.currentIndexChanged.connect(self._show)
        self.view = RowView(tr("Disputed items"), tr("What the graders of this image disagree on"))
        self.view.selectionModel().currentChanged.connect(self._on_current)
        self.detail = DetailPanel(editable=editable)
        upper = QWidget()
        column = panel_layout(upper)
        column.addLayout(header(tr("Disputed items"), self.count))
        row = QHBoxLayout()
        row.addWidget(self.kind, 1)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("items")
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(upper)
        split.addWidget(self.detail)
        split.setSizes([300, 480])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)
        self.setMinimumWidth(290)

    def show_case(self, case: Case | None, is_pending: Callable[[str], bool]) -> None:
        """Show an image's items; `is_pending` says of a key whether its decision is on its way."""
        self._case, self._is_pending = case, is_pending
        self._show()

    def refresh(self, case: Case) -> None:
        """Show what has become of the items."""
        self._case = case
        self._show()

    def choose(self, key: str) -> None:
        """Put an item in focus without asking for it."""
        self.view.selectionModel().blockSignals(True)
        if key and self.view.rows.place_of(key) < 0:
            self.kind.setCurrentIndex(0)
        self.view.choose(key)
        self.view.selectionModel().blockSignals(False)
        self.view.viewport().update()
        item = self._case.item(key) if self._case and key else None
        self.detail.show_item(self._case, item, saving=bool(key) and self._is_pending(key))

    @property
    def focus(self) -> str:
        """The key of the item in focus; "" for none."""
        return self.view.chosen

    def next_open(self, steps: int = 1) -> str:
        """The next item that nobody has decided, round and round; "" when there is none."""
        rows = self.view.rows.rows
        place = self.view.rows.place_of(self.focus)
        if place < 0:
            place = -1 if steps > 0 else 0
        order = [(place + steps * number) % len(rows) for number in range(1, len(rows) + 1)] if rows else []
        return next((rows[number].key for number in order if rows[number].state == "open"), "")

    def neighbour(self, steps: int) -> str:
        """The item so many rows on, decided or not; "" beyond the ends."""
        place = self.view.rows.place_of(self.focus) + steps
        rows = self.view.rows.rows
        return rows[place].key if 0 <= place < len(rows) else ""

    def _show(self) -> None:
        case, kind, kept = self._case, self.kind.currentData(), self.view.chosen
        items = case.items if case else ()
        rows = [self._row(case, item) for item in items if not kind or item.kind == kind] if case else []
        self.view.selectionModel().blockSignals(True)
        self.view.rows.show(rows)
        self.view.choose(kept)
        self.view.selectionModel().blockSignals(False)
        self.view.viewport().update()
        left = sum(item.decision is None for item in items)
        self.count.setText(tr("{open} of {count} open", open=left, count=len(items)) if items else "")

    def _row(self, case: Case, item: Item) -> Row:
        pending = self._is_pending(item.key)
        state: RowState = "saving" if pending else "done" if item.decision else "open"
        note = line_of(case, item)
        if item.decision is not None:
            note = tr("{what} · {said}", what=decision_words(case, item), said=note)
        colour = "" if item.kind == "grade" else label(item.code).colour
        tip = f"{title_of(item)}: {tr_sentence(item.reason)}"
        return Row(item.key, row_title(case, item), note, state, "", colour, tip)

    def _on_current(self, current: QModelIndex, _: QModelIndex) -> None:
        if current.isValid():
            row: Row = current.data(Qt.ItemDataRole.UserRole)
            self.chosen.emit(row.key)
