"""The rows of the worklist: the model, what the filters let through, and how a row is drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from retina_studio.gui import icons, theme
from retina_studio.gui.sentences import tr_sentence
from retina_studio.gui.words import marked, tr, tr_data
from retina_studio.study.records import ImageRecord, State, WorklistEntry

ENTRY = Qt.ItemDataRole.UserRole
THUMBNAIL = 48  # pixels, square
_ROW_HEIGHT = 44
_REASON_HEIGHT = 15  # more, where each row says why it stands where it does
_ICON = 20
STATES: dict[State, tuple[str, str, str]] = {  # state -> icon, colour, words
    "open": ("circle", "muted", marked("open")),
    "in progress": ("circle-half", "warn", marked("in progress")),
    "submitted": ("check-circle", "good", marked("submitted")),
    "returned": ("arrow-circle-left", "bad", marked("returned")),
}
_EYES = {"OD": marked("right eye"), "OS": marked("left eye")}
_Index = QModelIndex | QPersistentModelIndex
ThumbnailOf = Callable[[ImageRecord], QPixmap | None]
_REASONS = {  # of study/worklist.py, those that the row does not show anyway
    "certification": marked("Given to certify you: the answer is known"),
    "top-up": marked("Given in the place of a grader who left"),
}
Urgency = Literal["", "soon", "overdue"]
_SOON = timedelta(days=3)


def urgency(entry: WorklistEntry, today: date | None = None) -> Urgency:
    """Whether an image that is not submitted is wanted within three days, or was wanted before today."""
    if not entry.due or entry.state == "submitted":
        return ""
    today = today or date.today()
    due = date.fromisoformat(entry.due)
    if due < today:
        return "overdue"
    return "soon" if due - today <= _SOON else ""


def _due_words(entry: WorklistEntry) -> str:
    if urgency(entry) == "overdue":
        return tr("overdue {date}", date=entry.due)
    words = {"due today": tr("due today"), "due tomorrow": tr("due tomorrow")}
    return words.get(entry.reason) or tr("due {date}", date=entry.due)


def second_line(entry: WorklistEntry) -> str:
    """What there is to know of an image besides its name."""
    parts = [tr_data(STATES[entry.state][2])]
    if entry.due and entry.state != "submitted":
        parts.append(_due_words(entry))
    return " · ".join([*parts, *_place_words(entry.image)])


def _short_line(entry: WorklistEntry) -> str:
    """As `second_line`, where there is little room: beside a date the icon says the state."""
    if entry.due and entry.state != "submitted":
        return " · ".join([_due_words(entry), *_place_words(entry.image)])
    return second_line(entry)


def _place_words(image: ImageRecord) -> list[str]:
    parts = []
    if image.bscans:
        parts.append(tr("B-scan {number}/{count}", number=image.bscan, count=image.bscans))
    if image.eye in _EYES:
        parts.append(tr_data(_EYES[image.eye]))
    return parts


@dataclass(frozen=True)
class Wanted:
    """What the menu of the filter lets through; "" lets everything through."""

    state: str = ""  # "submitted", "to do" for every other, "returned", "due" (soon or overdue)
    modality: str = ""
    eye: str = ""

    def takes(self, entry: WorklistEntry) -> bool:
        """Whether an entry is let through."""
        return (
            self.state in {"", *kinds_of(entry)}
            and self.modality in {"", entry.image.modality}
            and self.eye in {"", entry.image.eye}
        )


def kinds_of(entry: WorklistEntry) -> set[str]:
    """Which of the states that the filter offers an entry is in."""
    kinds = {"submitted" if entry.state == "submitted" else "to do"}
    if entry.state == "returned":
        kinds.add("returned")
    if urgency(entry):
        kinds.add("due")
    return kinds


class WorklistModel(QAbstractListModel):
    """The entries, in the grader's own order."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[WorklistEntry] = []

    def show_entries(self, entries: Sequence[WorklistEntry]) -> None:
        """Show these and no others."""
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def add_entries(self, entries: Sequence[WorklistEntry]) -> None:
        """Add entries at the end: rows that are there do not move."""
        if entries:
            self.beginInsertRows(QModelIndex(), len(self.entries), len(self.entries) + len(entries) - 1)
            self.entries += entries
            self.endInsertRows()

    def update_entries(self, entries: Sequence[WorklistEntry]) -> None:
        """Show what these say by now: rows that are there stay where they are, new ones come at the end."""
        known = {entry.image.id: row for row, entry in enumerate(self.entries)}
        for entry in entries:
            row = known.get(entry.image.id)
            if row is None:
                continue
            why = self.entries[row].informative
            new = replace(entry, informative=why) if why else entry
            if self.entries[row] != new:
                self.entries[row] = new
                self.dataChanged.emit(self.index(row), self.index(row))
        self._drop({entry.image.id for entry in entries})
        self.add_entries([entry for entry in entries if entry.image.id not in known])

    def rearrange(self, entries: Sequence[WorklistEntry]) -> None:
        """Put the rows into the order of these entries, with what those say of it; which row is chosen stays.

        How far an image is may be newer here: it stays as it is. Rows that are not among the entries come last.
        """
        now = {entry.image.id: entry for entry in self.entries}
        wanted = [_as_now(entry, now.pop(entry.image.id)) for entry in entries if entry.image.id in now]
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        images = [self.entries[index.row()].image.id for index in before]
        self.entries = [*wanted, *now.values()]
        rows = {entry.image.id: row for row, entry in enumerate(self.entries)}
        self.changePersistentIndexList(before, [self.index(rows[image]) for image in images])
        self.layoutChanged.emit()

    def _drop(self, kept: set[int]) -> None:
        for row in reversed(range(len(self.entries))):
            if self.entries[row].image.id not in kept:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self.entries[row]
                self.endRemoveRows()

    def set_state(self, image: ImageRecord, state: State) -> None:
        """Show an image's new state."""
        for row, entry in enumerate(self.entries):
            if entry.image.id == image.id and entry.state != state:
                note = "" if state == "submitted" else entry.note
                self.entries[row] = replace(entry, state=state, note=note)
                self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: _Index | None = None) -> int:
        """One an image."""
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for the filter and a screen reader, a tip, or the entry itself."""
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            said = [entry.image.name, second_line(entry), reason_words(entry)]
            return ", ".join(part for part in said if part)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(entry)
        return entry if role == ENTRY else None


class WorklistFilter(QSortFilterProxyModel):
    """Rows that hold a text and that the menu lets through. The image being graded stays, whatever becomes of it.

    Its row leaves no sooner than the filter changes again: rows must not move under a click.
    """

    def __init__(self, entries: WorklistModel) -> None:
        super().__init__(entries)
        self.kept: int | None = None  # an image's id
        self.wanted = Wanted()
        self._entries = entries
        self.setSourceModel(entries)
        self.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)

    def want(self, wanted: Wanted) -> None:
        """Let only these through."""
        self.wanted = wanted
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: _Index) -> bool:
        """Whether a row is shown."""
        entry = self._entries.entries[row]
        if entry.image.id == self.kept:
            return True
        return self.wanted.takes(entry) and super().filterAcceptsRow(row, parent)


class WorklistDelegate(QStyledItemDelegate):
    """Two lines and the state's icon, with a small picture where it is wanted and there; a third line for a reason."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.thumbnail_of: ThumbnailOf | None = None
        self.gives_reasons = False

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """All rows are equally high."""
        height = THUMBNAIL + 8 if self.thumbnail_of else _ROW_HEIGHT
        return QSize(120, height + _REASON_HEIGHT if self.gives_reasons else height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw a row."""
        entry: WorklistEntry = index.data(ENTRY)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        area: QRect = option.rect.adjusted(0, 1, 0, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.colour("chosen" if chosen else "raised")))
            painter.drawRoundedRect(area, 6, 6)
        left = area.left() + 8
        if self.thumbnail_of is not None:
            _draw_thumbnail(painter, area, self.thumbnail_of(entry.image))
            left = area.left() + THUMBNAIL + 12
        icon, role, _ = STATES[entry.state]
        icons.icon(icon, role).paint(painter, left, area.center().y() - _ICON // 2, _ICON, _ICON)
        text = area.adjusted(left - area.left() + _ICON + 9, 5, -8, -5)
        late = "bad" if urgency(entry) == "overdue" else "muted"
        lines = [(entry.image.name, "text"), (_short_line(entry), late)]
        if self.gives_reasons:
            lines.append((reason_words(entry), "muted"))
        height = text.height() // len(lines)
        for place, (words, role) in enumerate(lines):
            line = QRect(text.left(), text.top() + place * height, text.width(), height)
            _line(painter, line, words, role, bold=chosen and place == 0)
        painter.restore()


def reason_words(entry: WorklistEntry) -> str:
    """Why an image stands where it does in the order of the most informative; "" in the assigned order."""
    return "; ".join(tr_sentence(part) for part in entry.informative.split("; "))


def _as_now(entry: WorklistEntry, now: WorklistEntry) -> WorklistEntry:
    if (entry.state, entry.note) == (now.state, now.note):
        return entry
    return replace(entry, state=now.state, note=now.note)


def _tip(entry: WorklistEntry) -> str:
    image = entry.image
    size = tr("{width} × {height} pixels", width=image.width, height=image.height)
    patient = tr("patient {patient}", patient=image.patient or tr("unknown"))
    taken = [tr("taken {date}", date=image.acquired)] if image.acquired else []
    lines = [image.name, second_line(entry), ", ".join([size, patient, *taken])]
    if entry.note:
        lines.append(tr("Returned by the adjudicator: {comment}", comment=entry.note))
    if entry.reason in _REASONS:
        lines.append(tr_data(_REASONS[entry.reason]))
    if entry.informative:
        lines.append(tr("Why here: {reason}", reason=reason_words(entry)))
    return "\n".join(lines)


def _draw_thumbnail(painter: QPainter, area: QRect, picture: QPixmap | None) -> None:
    """In the middle of its square; a plain plate while it is on its way."""
    plate = QRect(area.left() + 3, area.center().y() - THUMBNAIL // 2 + 1, THUMBNAIL, THUMBNAIL)
    outline = QPainterPath()
    outline.addRoundedRect(plate, 5, 5)
    painter.fillPath(outline, QColor(theme.colour("canvas")))
    if picture is not None:
        painter.save()
        painter.setClipPath(outline)
        size = picture.deviceIndependentSize().toSize()
        spot = plate.center() - QRect(0, 0, size.width(), size.height()).center()
        painter.drawPixmap(spot, picture)
        painter.restore()


def _line(painter: QPainter, area: QRect, text: str, role: str, *, bold: bool) -> None:
    font = painter.font()
    font.setBold(bold)
    painter.setFont(font)
    painter.setPen(QColor(theme.colour(role)))
    elide = Qt.TextElideMode.ElideMiddle if role == "text" else Qt.TextElideMode.ElideRight
    fitting = painter.fontMetrics().elidedText(text, elide, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, fitting)
