"""The worklist: the images a grader is to grade, in the grader's own order, and how far each of them is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListView, QMenu, QToolButton, QWidget

from retina_studio.domain.errors import RetinaError
from retina_studio.gui import icons
from retina_studio.gui.words import marked, tr, tr_data
from retina_studio.study.records import ImageRecord, State, WorklistEntry

from .parts import header, icon_button, panel_layout, styled_label
from .worklist_rows import (
    ENTRY,
    STATES,
    ThumbnailOf,
    Wanted,
    WorklistDelegate,
    WorklistFilter,
    WorklistModel,
    kinds_of,
    urgency,
)

_TAB = "\t"  # in a menu what follows it stands at the right

# what is filtered by -> (value, words); the first lets everything through
_CHOICES = {
    "state": (
        ("", marked("All states")),
        ("to do", marked("To do")),
        ("returned", marked("Returned")),
        ("due", marked("Due soon or overdue")),
        ("submitted", marked("Submitted")),
    ),
    "modality": (
        ("", marked("All kinds")),
        ("fundus", marked("Fundus photographs")),
        ("oct", marked("OCT B-scans")),
    ),
    "eye": (("", marked("Both eyes")), ("OD", marked("Right eyes")), ("OS", marked("Left eyes"))),
}


# order -> words
ORDERS = {"assigned": marked("Assigned order"), "informative": marked("Most informative first")}


class WorklistPanel(QWidget):
    """A list that can be filtered and put into another order; choosing an image emits `chosen`."""

    chosen = Signal(object)  # WorklistEntry
    thumbnails_wanted = Signal(bool)
    order_wanted = Signal(str)  # a key of ORDERS

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = WorklistModel(self)
        self._proxy = WorklistFilter(self._model)
        self.counts = styled_label("", "quiet")
        self.filter_field = QLineEdit()
        self.filter_field.setPlaceholderText(tr("Filter by name, eye or state"))
        self.filter_field.setClearButtonEnabled(True)
        self.filter_field.setAccessibleName(tr("Filter the worklist"))
        self.filter_field.setToolTip(tr("Show only images whose name, eye or state holds this text"))
        self.filter_field.textChanged.connect(self._proxy.setFilterFixedString)
        self.filter_button = self._filter_button()
        self.order_button = self._order_button()
        self.thumbnail_button = icon_button(
            "image", tr("Small pictures"), tr("Show a small picture of each image"), checkable=True
        )
        self.thumbnail_button.setObjectName("eye")
        self.thumbnail_button.toggled.connect(self.thumbnails_wanted)
        self.view = QListView()
        self.view.setModel(self._proxy)
        self._delegate = WorklistDelegate(self.view)
        self.view.setItemDelegate(self._delegate)
        self.view.setUniformItemSizes(True)
        self.view.setAccessibleName(tr("Worklist"))
        self.view.setToolTip(tr("The images of this study"))
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        column = panel_layout(self)
        column.addLayout(header(tr("Worklist"), self.counts))
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.filter_field)
        row.addWidget(self.filter_button)
        row.addWidget(self.order_button)
        row.addWidget(self.thumbnail_button)
        column.addLayout(row)
        column.addWidget(self.view)

    def show_entries(self, entries: Sequence[WorklistEntry]) -> None:
        """Show this worklist; nothing in it is chosen yet."""
        self._model.show_entries(entries)
        self._show_counts()

    def add_entries(self, entries: Sequence[WorklistEntry]) -> None:
        """Add images that have just come, at the end."""
        self._model.add_entries(entries)
        self._show_counts()

    def update_entries(self, entries: Sequence[WorklistEntry]) -> None:
        """Show what has become of the images; rows do not move under the person's hand."""
        self._model.update_entries(entries)
        self._show_counts()

    def rearrange(self, order: str, entries: Sequence[WorklistEntry]) -> None:
        """Show the images in one of `ORDERS`, as these entries have it; the image being graded stays the chosen one."""
        self._model.rearrange(entries)
        self._show_counts()
        self.show_order(order)
        self._delegate.gives_reasons = any(entry.informative for entry in self._model.entries)
        self._delegate.sizeHintChanged.emit(self._proxy.index(0, 0))
        self.view.scheduleDelayedItemsLayout()
        self.view.scrollTo(self.view.currentIndex())

    @property
    def names(self) -> list[str]:
        """The names of all images, shown or not."""
        return [entry.image.name for entry in self._model.entries]

    @property
    def gives_reasons(self) -> bool:
        """Whether the rows stand in an order that gives its reasons."""
        return self._delegate.gives_reasons

    def show_order(self, order: str) -> None:
        """Say which order this is."""
        for action in self.order_button.menu().actions():
            action.setChecked(action.data() == order)
        icons.dress(self.order_button, "sort-ascending", "muted" if order == "assigned" else "accent")

    def show_thumbnails(self, thumbnail_of: ThumbnailOf | None) -> None:
        """Draw these small pictures; None draws none. A picture that is not there yet is asked for by drawing it."""
        self._delegate.thumbnail_of = thumbnail_of
        self.thumbnail_button.setChecked(thumbnail_of is not None)
        self._delegate.sizeHintChanged.emit(self._proxy.index(0, 0))
        self.view.scheduleDelayedItemsLayout()

    def select(self, image_name: str) -> None:
        """Choose an image by name.

        Raises:
            RetinaError: it is not in the worklist.
        """
        row = next((i for i, e in enumerate(self._model.entries) if e.image.name == image_name), None)
        if row is None:
            raise RetinaError(f"There is no image {image_name!r} in the worklist.")
        source = self._model.index(row)
        if not self._proxy.mapFromSource(source).isValid():
            self.filter_field.clear()
            self._want(Wanted())
        self._go_to(self._proxy.mapFromSource(source))

    def select_first_undone(self) -> None:
        """Choose the first image not submitted, or the first one."""
        entries = self._model.entries
        waiting = [entry for entry in entries if entry.state != "submitted"] or entries[:1]
        if waiting:
            self.select(waiting[0].image.name)

    def go_undone(self) -> bool:
        """Choose the next image not submitted, of those shown, after the last one again from the top.

        False where none is left.
        """
        count = self._proxy.rowCount()
        current = self.view.currentIndex().row()  # -1 while none is chosen
        for step in range(1, count + 1):
            index = self._proxy.index((current + step) % count, 0)
            if index.data(ENTRY).state != "submitted":
                self._go_to(index)
                return True
        return False

    def count(self, kind: str = "") -> int:
        """How many images there are: all, "to do", "returned", "due" or "submitted"."""
        entries = self._model.entries
        return sum(kind in kinds_of(entry) for entry in entries) if kind else len(entries)

    def go(self, steps: int) -> None:
        """Choose the image some rows below (above when negative) among those shown; stay at the ends."""
        count = self._proxy.rowCount()
        row = self.view.currentIndex().row() if self.view.currentIndex().isValid() else -1
        if count:
            self._go_to(self._proxy.index(min(max(row + steps, 0), count - 1), 0))

    def neighbour(self, steps: int) -> ImageRecord | None:
        """The image some rows below the current one among those shown."""
        index = self._proxy.index(self.view.currentIndex().row() + steps, 0)
        return index.data(ENTRY).image if index.isValid() else None

    def set_state(self, image: ImageRecord, state: State) -> None:
        """Show an image's new state."""
        self._model.set_state(image, state)
        self._show_counts()

    def _go_to(self, index: QModelIndex) -> None:
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid():
            entry: WorklistEntry = index.data(ENTRY)
            self._proxy.kept = entry.image.id
            self.chosen.emit(entry)

    def _show_counts(self) -> None:
        """How many there are of each, in the header and in the menu of the filter."""
        entries = self._model.entries
        found = Counter(kind for entry in entries for kind in kinds_of(entry))
        text = tr("{done} of {all} submitted", done=found["submitted"], all=len(entries))
        returned = tr(" · {count} returned", count=found["returned"]) if found["returned"] else ""
        self.counts.setText(text + returned)
        states = Counter(entry.state for entry in entries)
        lines = [f"{tr_data(words)}: {states[state]}" for state, (_, _, words) in STATES.items()]
        late = sum(urgency(entry) == "overdue" for entry in entries)
        self.counts.setToolTip("\n".join([*lines, *([tr("overdue: {count}", count=late)] if late else [])]))
        for action in self.filter_button.menu().actions():
            aspect, value = action.data() or ("", "")
            if aspect == "state":
                number = found[value] if value else len(entries)
                action.setText(f"{action.text().partition(_TAB)[0]}{_TAB}{number}")

    def _filter_button(self) -> QToolButton:
        button = icon_button("funnel-simple", tr("Filter"), tr("Show only some states, kinds or eyes"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for aspect, choices in _CHOICES.items():
            group = QActionGroup(menu)
            for value, words in choices:
                action = menu.addAction(tr_data(words))
                action.setCheckable(True)
                action.setChecked(not value)
                action.setData((aspect, value))
                group.addAction(action)
            menu.addSeparator()
        menu.triggered.connect(self._on_choice)
        button.setMenu(menu)
        return button

    def _order_button(self) -> QToolButton:
        button = icon_button("sort-ascending", tr("Order"), tr("Choose which images come first"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        group = QActionGroup(menu)
        for order, words in ORDERS.items():
            action = menu.addAction(tr_data(words))
            action.setCheckable(True)
            action.setChecked(order == "assigned")
            action.setData(order)
            group.addAction(action)
        menu.triggered.connect(lambda action: self.order_wanted.emit(action.data()))
        button.setMenu(menu)
        return button

    def _on_choice(self, action: QAction) -> None:
        aspect, value = action.data()
        self._want(replace(self._proxy.wanted, **{aspect: value}))

    def _want(self, wanted: Wanted) -> None:
        self._proxy.want(wanted)
        for action in self.filter_button.menu().actions():
            if action.data():
                aspect, value = action.data()
                action.setChecked(getattr(wanted, aspect) == value)
        icons.dress(self.filter_button, "funnel-simple", "muted" if wanted == Wanted() else "accent")
