"""The log, to be read, filtered and copied for whoever helps."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from retina_studio import logs
from retina_studio.gui.crashing import show_folder
from retina_studio.gui.panels.parts import add_row, plain_button, styled_label
from retina_studio.gui.words import marked, tr, tr_data

_SIZE = QSize(900, 560)
_LEVELS = {
    "INFO": marked("Everything"),
    "WARNING": marked("Warnings and errors"),
    "ERROR": marked("Errors"),
}
_WORDS = {
    "DEBUG": marked("note"),
    "INFO": marked("note"),
    "WARNING": marked("warning"),
    "ERROR": marked("error"),
    "CRITICAL": marked("error"),
}
_WIDTHS = (160, 80)  # of when and level


class LogDialog(QDialog):
    """The newest entry comes first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Log"))
        self.resize(_SIZE)
        self.level = QComboBox()
        self.level.setAccessibleName(tr("Which entries"))
        self.level.setToolTip(tr("Which entries"))
        for level, words in _LEVELS.items():
            self.level.addItem(tr_data(words), level)
        self.level.currentIndexChanged.connect(self.refresh)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Filter by a word"))
        self.filter.setAccessibleName(tr("Filter by a word"))
        self.filter.setToolTip(tr("Show only entries that hold this text"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._show)
        self.table = _table()
        self.table.currentItemChanged.connect(self._on_entry)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("The whole entry"))
        self.text.setToolTip(tr("The whole entry"))
        self.copy_button = plain_button(tr("Copy"), tr("Copy the entries shown"))
        self.copy_button.clicked.connect(self._copy)
        self.folder_button = plain_button(
            tr("Open the folder"), tr("The log and the crash reports are there")
        )
        self.folder_button.clicked.connect(self._open_folder)
        self.refresh_button = plain_button(tr("Refresh"), tr("Read the log again"))
        self.refresh_button.clicked.connect(self.refresh)
        self.close_button = plain_button(tr("Close"), tr("Close the log"))
        self.close_button.clicked.connect(self.reject)
        self._entries: list[logs.Entry] = []
        self._lay_out()
        self.refresh()
        self.table.setFocus()

    @property
    def shown(self) -> list[logs.Entry]:
        """The entries that are shown, the newest first."""
        wanted = self.filter.text().casefold()
        return [e for e in self._entries if wanted in f"{e.source} {e.text}".casefold()]

    def refresh(self) -> None:
        """Read the log again."""
        self._entries = logs.newest(self.level.currentData())[::-1]
        self._show()

    def _show(self) -> None:
        self.table.clear()
        self.text.clear()
        for entry in self.shown:
            item = add_row(
                self.table, [entry.when, tr_data(_WORDS[entry.level]), entry.text.partition("\n")[0]]
            )
            item.setData(0, Qt.ItemDataRole.UserRole, entry)
        first = self.table.topLevelItem(0)
        if first is not None:
            self.table.setCurrentItem(first)
        self.copy_button.setEnabled(first is not None)

    def _on_entry(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            entry: logs.Entry = item.data(0, Qt.ItemDataRole.UserRole)
            self.text.setPlainText(f"{entry.source}\n{entry.text}")

    def _copy(self) -> None:
        lines = (f"{e.when} {e.level} {e.source}: {e.text}" for e in reversed(self.shown))
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _open_folder(self) -> None:
        show_folder(logs.log_file())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(styled_label(tr("Log"), "title"))
        note = tr("It stays on this computer, and holds no name of an image, a grader or a folder.")
        column.addWidget(styled_label(note, "quiet"))
        head = QHBoxLayout()
        head.addWidget(self.level)
        head.addWidget(self.filter, 1)
        column.addLayout(head)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.text)
        split.setSizes([320, 130])
        column.addWidget(split, 1)
        foot = QHBoxLayout()
        for button in (self.folder_button, self.copy_button, self.refresh_button):
            foot.addWidget(button)
        foot.addStretch()
        foot.addWidget(self.close_button)
        column.addLayout(foot)


def _table() -> QTreeWidget:
    table = QTreeWidget()
    table.setHeaderLabels([tr("When"), tr("What"), tr("Words")])
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setAccessibleName(tr("Entries"))
    table.setToolTip(tr("Entries, the newest first"))
    for column, width in enumerate(_WIDTHS):
        table.setColumnWidth(column, width)
    table.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
    return table
