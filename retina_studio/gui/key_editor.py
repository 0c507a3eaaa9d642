"""The dialog that lists every action with its keys, and lets the person change them."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui.actions import GESTURES, native
from retina_studio.gui.keys import Keyed, clashes
from retina_studio.gui.panels.parts import restyle, styled_label
from retina_studio.gui.words import tr, tr_data

_NAME = Qt.ItemDataRole.UserRole


class KeyEditor(QDialog):
    """A searchable table; a double click or Enter on a row records a key for it. Changes hold at once."""

    changed = Signal(str, object)  # an action's name, and its keys (None: the usual ones)

    def __init__(self, rows: Sequence[Keyed], keys: Mapping[str, Sequence[str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys"))
        self.resize(640, 720)
        self._rows = {row.name: row for row in rows}
        self.keys = {row.name: tuple(keys[row.name]) for row in rows}
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search actions and keys"))
        self.search.setAccessibleName(tr("Search"))
        self.search.setToolTip(tr("Show only actions whose name or key holds this text"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.table = _Table()
        self.table.itemActivated.connect(self._record)
        self.table.currentItemChanged.connect(self._on_current)
        self.recorder = _Recorder()
        self.recorder.recorded.connect(self._take)
        self.recorder.given_up.connect(self._stop)
        self.said = styled_label("", "quiet")
        self.said.setWordWrap(True)
        self.change = self._button(tr("Change"), tr("Press a new key for this action (Enter)"), self._record)
        self.remove = self._button(tr("Remove"), tr("Leave this action without a key (Delete)"), self._remove)
        self.reset = self._button(tr("Usual key"), tr("Give this action its usual key back"), self._reset)
        self.reset_all = self._button(
            tr("All usual"), tr("Give every action its usual keys back"), self._reset_all
        )
        self.table.delete_pressed.connect(self._remove)
        self._place()
        self._fill()
        self.search.setFocus()

    def row(self, name: str) -> QTreeWidgetItem:
        """The row of an action."""
        return self._items[name]

    def _place(self) -> None:
        buttons = QHBoxLayout()
        for widget in (self.change, self.remove, self.reset):
            buttons.addWidget(widget)
        buttons.addStretch()
        buttons.addWidget(self.reset_all)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        for button in close.buttons():
            button.setAutoDefault(False)  # type: ignore[attr-defined]  # Enter belongs to the table
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 14)
        column.setSpacing(10)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(self.recorder)
        column.addWidget(self.said)
        column.addLayout(buttons)

    def _button(self, text: str, tip: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(act)
        return button

    def _fill(self) -> None:
        self._items: dict[str, QTreeWidgetItem] = {}
        sections: dict[str, QTreeWidgetItem] = {}
        for row in self._rows.values():
            if row.section not in sections:
                sections[row.section] = self.table.add_section(row.section)
            item = self.table.add_row(sections[row.section], row.text)
            item.setData(0, _NAME, row.name)
            self._items[row.name] = item
            self._show(row.name)
        gestures = self.table.add_section(tr("On the canvas"))
        for gesture, what in GESTURES:
            item = self.table.add_row(gestures, tr_data(what), tr_data(gesture))
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsSelectable)
        self.table.expandAll()
        self._on_current()

    def _show(self, name: str) -> None:
        item, keys = self._items[name], self.keys[name]
        item.setText(1, "   ".join(native(key) for key in keys))
        font = item.font(1)
        font.setBold(keys != self._rows[name].usual)
        item.setFont(1, font)
        item.setToolTip(1, tr("Changed by you") if font.bold() else "")

    def _filter(self, text: str) -> None:
        self.table.show_only(text.strip())

    @property
    def _current(self) -> str:
        """The name of the chosen action; "" where none is."""
        item = self.table.currentItem()
        return str(item.data(0, _NAME) or "") if item is not None else ""

    def _on_current(self) -> None:
        for button in (self.change, self.remove, self.reset):
            button.setEnabled(bool(self._current))
        self._stop()

    # Recording a key

    def _record(self) -> None:
        if self._current:
            self._tell(
                tr("Press the key for “{action}”; Esc gives up.", action=self._rows[self._current].text)
            )
            self.recorder.start()

    def _stop(self) -> None:
        if self.recorder.isVisible():
            self.recorder.hide()
            self.table.setFocus()
        self._tell("")

    def _take(self, key: str) -> None:
        name = self._current
        others = clashes(self.keys, list(self._rows.values()), name, key)
        if others and key != self.recorder.confirmed:
            self.recorder.confirmed = key
            taken = ", ".join(f"“{other.text}”" for other in others)
            text = tr(
                "{key} belongs to {others}: press it again to take it from there.",
                key=native(key),
                others=taken,
            )
            self._tell(text, bad=True)
            return
        for other in others:
            rest = tuple(one for one in self.keys[other.name] if QKeySequence(one) != QKeySequence(key))
            self._set(other.name, rest)
        self._set(name, (key,))
        self._stop()

    def _remove(self) -> None:
        if self._current:
            self._set(self._current, ())

    def _reset(self) -> None:
        """The usual keys, but for those that another action has by now."""
        name = self._current
        rows = list(self._rows.values())
        usual = self._rows[name].usual
        free = tuple(key for key in usual if not clashes(self.keys, rows, name, key))
        self._set(name, free)
        if free != usual:
            taken = ", ".join(native(key) for key in usual if key not in free)
            self._tell(tr("{keys} belongs to another action now.", keys=taken), bad=True)

    def _reset_all(self) -> None:
        for name, row in self._rows.items():
            if self.keys[name] != row.usual:
                self._set(name, row.usual)
        self._tell(tr("Every action has its usual keys."))

    def _set(self, name: str, keys: tuple[str, ...]) -> None:
        self.keys[name] = keys
        self._show(name)
        self.changed.emit(name, None if keys == self._rows[name].usual else keys)

    def _tell(self, text: str, *, bad: bool = False) -> None:
        self.said.setText(text)
        restyle(self.said, "bad" if bad else "quiet")


class _Table(QTreeWidget):
    """Two columns: what is done, and by which key."""

    delete_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[QTreeWidgetItem, QTreeWidgetItem]] = []  # heading, row
        self.setHeaderLabels([tr("Action"), tr("Key")])
        self.setColumnWidth(0, 380)
        self.setRootIsDecorated(False)
        self.setIndentation(12)
        self.setAccessibleName(tr("Keys"))
        self.setToolTip(tr("Double click or Enter records a new key"))
        self.setExpandsOnDoubleClick(False)

    def add_section(self, title: str) -> QTreeWidgetItem:
        """A heading for rows."""
        item = QTreeWidgetItem(self, [title])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = item.font(0)
        font.setBold(True)
        item.setFont(0, font)
        item.setFirstColumnSpanned(True)
        return item

    def add_row(self, section: QTreeWidgetItem, text: str, keys: str = "") -> QTreeWidgetItem:
        """A row below a heading."""
        item = QTreeWidgetItem(section, [text, keys])
        self._rows.append((section, item))
        return item

    def show_only(self, text: str) -> None:
        """Hide the rows that do not hold a text, and headings without a row."""
        for _, item in self._rows:
            item.setHidden(text.casefold() not in f"{item.text(0)} {item.text(1)}".casefold())
        filled = {id(section) for section, item in self._rows if not item.isHidden()}
        for section, _ in self._rows:
            section.setHidden(id(section) not in filled)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes the key away."""
        if event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit()
        else:
            super().keyPressEvent(event)


class _Recorder(QKeySequenceEdit):
    """Takes the next key."""

    recorded = Signal(str)
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMaximumSequenceLength(1)
        self.setAccessibleName(tr("New key"))
        self.setToolTip(tr("Press the new key"))
        self.confirmed = ""  # a key that was pressed once although it belongs to another action
        self.keySequenceChanged.connect(self._on_key)
        self.hide()

    def start(self) -> None:
        """Wait for a key."""
        self.confirmed = ""
        self.clear()
        self.show()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc is nobody's key: it gives up."""
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)

    def _on_key(self, sequence: QKeySequence) -> None:
        key = sequence.toString(QKeySequence.SequenceFormat.PortableText)
        if key:
            self.clear()
            self.recorded.emit(key)
