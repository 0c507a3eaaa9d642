"""The table behind the proposal panel: a row an offer, worked out when it is shown; thousands are no matter."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtCore import QPersistentModelIndex as _PersistentIndex
from PySide6.QtWidgets import QHeaderView, QTableView

from retina_studio.domain.labels import label
from retina_studio.gui import icons
from retina_studio.gui.words import marked, tr, tr_data

from .offers import DECISION, DECISIONS, LABEL, MODEL, SCORE, Offer

_ROW_HEIGHT = 24
_WIDTHS = {LABEL: 64, SCORE: 52, DECISION: 76}  # pixels; the model has the rest
_TITLES = {
    LABEL: (marked("Label"), marked("What is proposed; a click sorts by it")),
    MODEL: (marked("Model"), marked("Which model proposes it")),
    SCORE: (marked("Score"), marked("How sure the model is, 0 to 1; a click sorts by it")),
    DECISION: (marked("Decision"), marked("What you made of it")),
}
_Index = QModelIndex | _PersistentIndex


class OfferTable(QAbstractTableModel):
    """Label, model, score and decision of each offer."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.offers: Sequence[Offer] = ()
        self._rows: dict[str, int] = {}

    def show(self, offers: Sequence[Offer]) -> None:
        """Show these offers in this order."""
        self.beginResetModel()
        self.offers = offers
        self._rows = {offer.shape.id: row for row, offer in enumerate(offers)}
        self.endResetModel()

    def row_of(self, shape_id: str) -> int | None:
        """The row of a proposed shape; None where it is not shown."""
        return self._rows.get(shape_id)

    def rowCount(self, parent: _Index | None = None) -> int:
        """One an offer."""
        return 0 if parent is not None and parent.isValid() else len(self.offers)

    def columnCount(self, parent: _Index | None = None) -> int:
        """Four."""
        return len(_TITLES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles and tips of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr_data(_TITLES[section][0])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return tr_data(_TITLES[section][1])
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One cell; Qt asks for those in sight."""
        offer, column = self.offers[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(offer, column)
        if role == Qt.ItemDataRole.DecorationRole and column == LABEL:
            return icons.swatch(label(offer.shape.label).colour)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(
                "{label}, weights {hash}",
                label=tr_data(label(offer.shape.label).title),
                hash=offer.stored.proposal.weights_hash[:12],
            )
        return None


class OfferView(QTableView):
    """Shows an `OfferTable`; a click on a heading sorts up, down, and not at all."""

    sorted_by = Signal(object)  # (column, descending), or None: the models' order

    def __init__(self, table: OfferTable) -> None:
        super().__init__()
        self._order: tuple[int, bool] | None = None
        self.setModel(table)
        self.setObjectName("dense")
        self.setShowGrid(False)
        self.setIconSize(QSize(14, 14))
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(30)
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSectionResizeMode(MODEL, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)
        header.sectionClicked.connect(self._on_header)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        self.setMinimumHeight(4 * _ROW_HEIGHT)
        self.setAccessibleName(tr("Proposals"))
        self.setToolTip(tr("What the models offer; choose one to see it on the image"))

    def _on_header(self, column: int) -> None:
        header = self.horizontalHeader()
        # The surest first: that is what a sorting by score is for.
        first = column == SCORE
        if self._order is None or self._order[0] != column:
            self._order = (column, first)
        else:
            self._order = (column, not first) if self._order[1] == first else None
        header.setSortIndicatorShown(self._order is not None)
        if self._order is not None:
            way = Qt.SortOrder.DescendingOrder if self._order[1] else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(column, way)
        self.sorted_by.emit(self._order)


def _words(offer: Offer, column: int) -> str:
    if column == LABEL:
        return offer.shape.label
    if column == MODEL:
        return offer.stored.proposal.model
    if column == SCORE:
        return "" if offer.score is None else f"{offer.score:.2f}"
    return tr_data(DECISIONS[offer.decision])
