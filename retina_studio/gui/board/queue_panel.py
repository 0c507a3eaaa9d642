"""The left side: which images wait for an adjudicator, how much of each is open and why."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from retina_studio.domain.labels import catalogue
from retina_studio.gui.panels.parts import header, panel_layout, styled_label
from retina_studio.gui.sentences import tr_sentence
from retina_studio.gui.words import tr
from retina_studio.study.adjudication import QueueEntry
from retina_studio.study.records import ImageRecord

from .rows import Row, RowState, RowView

_TOLD = 12  # reasons in a tip
_TYPING = 150  # ms after the last key that the list is filtered


class QueuePanel(QWidget):
    """The queue as it was when the board was opened: what is settled meanwhile stays, ticked.

    What was settled before is there to be looked up, so that its decisions can be withdrawn.
    """

    chosen = Signal(object)  # ImageRecord

    def __init__(self) -> None:
        super().__init__()
        self._entries: dict[str, QueueEntry] = {}  # by the image's name
        self._queued: set[str] = set()  # those that waited then
        self._open: dict[str, int] = {}  # items still open
        self._states: dict[str, RowState] = {}
        self._notes: dict[str, str] = {}  # what is disputed, in a few words
        self._sought: dict[str, str] = {}
        self._typed = QTimer(self, interval=_TYPING, singleShot=True)
        self._typed.timeout.connect(self._show)
        self.count = styled_label("", "quiet")
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Filter by name or reason"))
        self.search.setAccessibleName(tr("Filter the images"))
        self.search.setToolTip(tr("Show only images whose name or reason holds these words"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._typed.start)
        self.which = QComboBox()
        choices = (
            (tr("To adjudicate"), "queued"),
            (tr("Open"), "open"),
            (tr("Settled"), "done"),
            (tr("Every image voted on"), ""),
        )
        for words, data in choices:
            self.which.addItem(words, data)
        self.which.setAccessibleName(tr("State"))
        self.which.setToolTip(tr("Which images are listed; a decision on a settled one can be withdrawn"))
        self.which.currentIndexChanged.connect(self._show)
        self.view = RowView(
            tr("Images to adjudicate"), tr("Images with something that the graders disagree on")
        )
        self.view.rows.tip_of = self._tip
        self.view.selectionModel().currentChanged.connect(self._on_current)
        column = panel_layout(self)
        column.addLayout(header(tr("To adjudicate"), self.count))
        column.addWidget(self.search)
        column.addWidget(self.which)
        column.addWidget(self.view, 1)
        self.setMinimumWidth(190)

    def show_entries(self, entries: Sequence[QueueEntry], notes: Mapping[str, str]) -> None:
        """Show the queue; `notes` say by image name what is disputed (`kinds_of`)."""
        self._notes, self._sought = dict(notes), {}
        self._entries = {entry.image.name: entry for entry in entries}
        self._open = {entry.image.name: entry.open_items for entry in entries}
        self._states = {name: "open" if entry.open_items else "done" for name, entry in self._entries.items()}
        self._queued = {name for name, count in self._open.items() if count}
        self._show()

    def add(self, image: ImageRecord, open_items: int, reasons: Sequence[str]) -> None:
        """Show an image that is not in the queue, or not any more."""
        if image.name not in self._entries:
            self._entries[image.name] = QueueEntry(image, open_items, tuple(reasons))
            self._notes[image.name] = kinds_of(reasons)
            self._open[image.name], self._states[image.name] = open_items, "open"
            self._queued.add(image.name)
            self._show()
        self.progress(image, open_items)

    def progress(self, image: ImageRecord, open_items: int) -> None:
        """Show how many items of an image are still open."""
        if image.name in self._entries:
            self._open[image.name] = open_items
            self._states[image.name] = "open" if open_items else "done"
            self._update(image.name)

    def send_away(self, image: ImageRecord) -> None:
        """Show that an image was returned to a grader."""
        if image.name in self._entries:
            self._states[image.name] = "away"
            self._update(image.name)

    def choose(self, image: ImageRecord) -> None:
        """Make an image the current one."""
        self.view.choose(image.name)

    @property
    def first_open(self) -> ImageRecord | None:
        """The first image with something open."""
        return next((self._entries[name].image for name in self._entries if self._open[name]), None)

    def neighbour(self, steps: int, *, only_open: bool = False) -> ImageRecord | None:
        """The image so many rows on; `only_open`: the nearest open one in that direction, from the start again."""
        rows = self.view.rows.rows
        place = self.view.rows.place_of(self.view.chosen)
        if not only_open:
            place += steps
            return self._entries[rows[place].key].image if 0 <= place < len(rows) else None
        for row in (*rows[place + 1 :], *rows[: max(place, 0)]):
            if row.state == "open":
                return self._entries[row.key].image
        return None

    @property
    def images(self) -> list[str]:
        """The names of the images in sight."""
        return [row.key for row in self.view.rows.rows]

    def _show(self) -> None:
        kept, wanted = self.view.chosen, self.search.text().strip().casefold()
        rows = [
            self._row(name)
            for name in self._listed()
            if name == kept or not wanted or wanted in self._words(name)
        ]
        self.view.selectionModel().blockSignals(True)
        self.view.rows.show(rows)
        self.view.choose(kept)
        self.view.selectionModel().blockSignals(False)
        self.view.viewport().update()
        self._tell_count()

    def _listed(self) -> list[str]:
        """The names that the box lets through, and the chosen one."""
        which, kept = self.which.currentData(), self.view.chosen
        if which == "queued":
            return [name for name in self._entries if name in self._queued or name == kept]
        return [name for name, state in self._states.items() if not which or state == which or name == kept]

    def _tell_count(self) -> None:
        open_images = sum(self._states[name] == "open" for name in self._queued)
        self.count.setText(tr("{open} of {count} open", open=open_images, count=len(self._queued)))

    def _update(self, name: str) -> None:
        """Show what has become of one image, wherever it stands: a row does not move under the hand."""
        place = self.view.rows.place_of(name)
        if place >= 0:
            self.view.rows.change(place, self._row(name))
        self._tell_count()

    def _row(self, name: str) -> Row:
        left = self._open[name]
        return Row(name, name, self._notes.get(name, ""), self._states[name], str(left) if left else "")

    def _tip(self, row: Row) -> str:
        reasons = [tr_sentence(reason) for reason in self._entries[row.key].reasons[:_TOLD]]
        return "\n".join([tr("{name}: {count} open", name=row.key, count=self._open[row.key]), *reasons])

    def _words(self, name: str) -> str:
        """What the filter looks through; made once, since many reasons take long to translate."""
        if name not in self._sought:
            reasons = [tr_sentence(reason) for reason in self._entries[name].reasons]
            words = [name, self._notes.get(name, ""), *reasons]
            self._sought[name] = " ".join(words).casefold()
        return self._sought[name]

    def _on_current(self, current: QModelIndex, _: QModelIndex) -> None:
        if current.isValid():
            row: Row = current.data(Qt.ItemDataRole.UserRole)
            self.chosen.emit(self._entries[row.key].image)


def kinds_of(reasons: Sequence[str]) -> str:
    """How many items there are of each label, and how many grades: the reasons begin with the title of either."""
    codes = {entry.title: entry.code for entry in catalogue().values()}
    counts = Counter(codes.get(re.split(r" at \d|: ", reason)[0], "") for reason in reasons)
    grades = counts.pop("", 0)
    parts = [tr("1 grade") if grades == 1 else tr("{count} grades", count=grades)] if grades else []
    return ", ".join([*parts, *(f"{count} {code}" if count > 1 else code for code, count in counts.items())])
