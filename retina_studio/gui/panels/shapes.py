"""The shape list: each shape of the grading, where it lies, how large it is; rows select on the canvas."""

from collections.abc import Collection, Mapping

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QHeaderView, QTableView, QWidget

from retina_studio.domain.labels import catalogue
from retina_studio.domain.retina_map import RetinaMap, landmarks_of
from retina_studio.domain.shapes import Shape
from retina_studio.gui import icons
from retina_studio.gui.document import Document
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.words import tr

from .parts import panel_layout, styled_label
from .shape_rows import ordered
from .shape_table import EYE, FIRST, LOCK, NOWHERE, ShapeTable

_ROW_HEIGHT = 24
_WIDTHS = (22, 22, 62, 70, 44, 62, 36, 74)  # pixels, of all columns
_MOST_SHOWN = 2000  # selected shapes that the list marks; beyond it the canvas alone shows them
_AT_ONCE = 500  # rows that are put in order without a worker
_REORDER = 400  # ms after an edit, while the list is sorted
_LANDMARKS = frozenset({"OD", "fovea"})


class ShapePanel(QWidget):
    """A list that follows the grading and the selection."""

    selection_asked = Signal(object)  # frozenset of shape ids
    show_asked = Signal(object)  # frozenset of shape ids to bring into sight
    menu_asked = Signal(object, QPoint)  # frozenset of shape ids, where on the screen

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.table = ShapeTable(self)
        self._following = False
        self._is_stale = True  # nothing is worked out while nobody looks
        self._selected: frozenset[str] = frozenset()
        self._sorted_by: tuple[int, bool] | None = None  # column, descending; None: drawing order
        self._job: Job | None = None
        self._reorder = QTimer(self, interval=_REORDER, singleShot=True)
        self._reorder.timeout.connect(self._show_all)
        self.counts = styled_label("", "quiet")
        self.filter = QComboBox()
        self.filter.setAccessibleName(tr("Show the shapes of one label"))
        self.filter.setToolTip(tr("Show the shapes of one label"))
        self.filter.addItem(tr("All labels"), "")
        self.filter.currentIndexChanged.connect(self._on_filter)
        self.view = self._build_view()
        head = QHBoxLayout()
        head.addWidget(self.filter)
        head.addStretch()
        head.addWidget(self.counts)
        column = panel_layout(self)
        column.setContentsMargins(6, 10, 6, 6)  # a table wants the width
        column.addLayout(head)
        column.addWidget(self.view)
        document.opened.connect(self._on_opened)
        document.changed.connect(self._on_changed)
        self._show_counts()

    def show_selection(self, ids: frozenset[str]) -> None:
        """Mark these shapes, without asking for them again."""
        self._selected = ids
        if self._following or not self.isVisible():
            return
        self._following = True
        rows = self.table.rows_of(ids) if len(ids) <= _MOST_SHOWN else []
        chosen = QItemSelection()
        last = self.table.columnCount() - 1
        for row in rows:
            chosen.select(self.table.index(row, 0), self.table.index(row, last))
        self.view.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if rows:
            self.view.scrollTo(self.table.index(rows[0], FIRST))
        self._following = False

    def show_aside(self, hidden: Collection[str], locked: Collection[str]) -> None:
        """Show which shapes are hidden and locked."""
        self.table.set_aside(hidden, locked)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while the panel was hidden."""
        super().showEvent(event)
        if self._is_stale:
            self._show_all()
        else:
            self.show_selection(self._selected)

    # What the document tells

    def _on_opened(self) -> None:
        self._is_stale = True
        self._offer_labels()
        self._show_counts()
        if self.isVisible():
            self._show_all()

    def _on_changed(self, ids: frozenset[str]) -> None:
        self._show_counts()
        if not self.isVisible():
            self._is_stale = True
            return
        shapes = self._document.grading.shapes
        before = {self.table.shapes[key].label for key in ids if key in self.table.shapes}
        after = {shapes[key].label for key in ids if key in shapes}
        self._following = True
        self.table.update(ids, self._filtered(ids, shapes), shapes)
        self._following = False
        if (before | after) & _LANDMARKS:
            self.table.relocate(self._map())
        if self._sorted_by is not None:
            self._reorder.start()
        self.show_selection(self._selected)

    # Order and filter

    def _show_all(self) -> None:
        self._is_stale = False
        shapes, where = self._document.grading.shapes, self._map()
        ids = self._filtered(shapes, shapes)
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if self._sorted_by is None:
            self._take((ids, shapes, where))
        elif len(ids) <= _AT_ONCE:
            self._take((ordered(ids, shapes, where, *self._sorted_by), shapes, where))
        else:
            self._job = Job(_order_job, ids, shapes, where, *self._sorted_by)
            self._job.done.connect(self._on_ordered)
            self._job.start()

    def _on_ordered(self, made: tuple[list[str], Mapping[str, Shape], RetinaMap]) -> None:
        if self._job is None or self.sender() is not self._job:
            return
        self._job = None
        if made[1] is self._document.grading.shapes:
            self._take(made)
        else:
            self._reorder.start()

    def _take(self, made: tuple[list[str], Mapping[str, Shape], RetinaMap]) -> None:
        self._following = True
        self.table.show(*made)
        self._following = False
        self.show_selection(self._selected)

    def _filtered(self, ids: Collection[str], shapes: Mapping[str, Shape]) -> list[str]:
        wanted = self.filter.currentData()
        return [key for key in ids if key in shapes and (not wanted or shapes[key].label == wanted)]

    def _map(self) -> RetinaMap:
        session = self._document.session
        if session is None:
            return NOWHERE
        return RetinaMap(landmarks_of(session.grading, session.image.eye), session.image.spacing)

    def _on_filter(self) -> None:
        if self.isVisible():
            self._show_all()

    def _on_header(self, section: int) -> None:
        """Up, down, and back to the drawing order."""
        column, header = section - FIRST, self.view.horizontalHeader()
        if column < 0:
            return
        if self._sorted_by is None or self._sorted_by[0] != column:
            self._sorted_by = (column, False)
        else:
            self._sorted_by = (column, True) if not self._sorted_by[1] else None
        header.setSortIndicatorShown(self._sorted_by is not None)
        if self._sorted_by is not None:
            way = Qt.SortOrder.DescendingOrder if self._sorted_by[1] else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(section, way)
        self._show_all()

    def _offer_labels(self) -> None:
        """The labels of the image's modality; what was chosen stays while it is among them."""
        session, chosen = self._document.session, self.filter.currentData()
        self.filter.blockSignals(True)
        while self.filter.count() > 1:
            self.filter.removeItem(1)
        for code, entry in catalogue().items():
            if session is not None and entry.modality == session.image.modality:
                self.filter.addItem(icons.swatch(entry.colour), code, code)
        self.filter.setCurrentIndex(max(self.filter.findData(chosen), 0))
        self.filter.blockSignals(False)

    def _show_counts(self) -> None:
        count = len(self._document.grading.shapes)
        words = tr("Nothing drawn yet") if not count else tr("1 shape") if count == 1 else ""
        self.counts.setText(words or tr("{count} shapes", count=count))

    # What the person does

    def _on_selected(self) -> None:
        if self._following:
            return
        self._following = True
        self.selection_asked.emit(self._chosen())
        self._following = False

    def _chosen(self) -> frozenset[str]:
        chosen = self.view.selectionModel().selection()
        parts = (chosen.at(place) for place in range(chosen.count()))
        return frozenset(key for part in parts for key in self.table.ids[part.top() : part.bottom() + 1])

    def _on_activated(self, index: QModelIndex) -> None:
        if index.column() >= FIRST:
            self.show_asked.emit(frozenset((self.table.ids[index.row()],)))

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() in {EYE, LOCK}:
            self.table.toggled.emit(self.table.ids[index.row()], index.column())

    def _on_menu(self, spot: QPoint) -> None:
        self.menu_asked.emit(self._chosen(), self.view.viewport().mapToGlobal(spot))

    def _build_view(self) -> QTableView:
        view = QTableView()
        view.setModel(self.table)
        view.setObjectName("dense")
        view.setShowGrid(False)
        view.setIconSize(QSize(14, 14))
        view.setWordWrap(False)
        view.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        view.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        header = view.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(22)
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._on_header)
        for column, width in enumerate(_WIDTHS):
            view.setColumnWidth(column, width)
        for column in (EYE, LOCK):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        view.setAccessibleName(tr("Shapes"))
        view.setToolTip(tr("The shapes of this grading; double click shows one on the image"))
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._on_menu)
        view.selectionModel().selectionChanged.connect(self._on_selected)
        view.activated.connect(self._on_activated)
        view.clicked.connect(self._on_clicked)
        return view


def _order_job(
    state: JobState,
    ids: list[str],
    shapes: Mapping[str, Shape],
    where: RetinaMap,
    column: int,
    descending: bool,
) -> tuple[list[str], Mapping[str, Shape], RetinaMap]:
    state.check()
    return ordered(ids, shapes, where, column, descending), shapes, where
