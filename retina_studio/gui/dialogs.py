"""The small windows: which study, which grader, and which keys there are."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from retina_studio.domain.labels import catalogue
from retina_studio.gui.actions import GESTURES, ActionSpec, native
from retina_studio.gui.panels.parts import rule, styled_label
from retina_studio.study.records import Grader


class StudyDialog(QDialog):
    """Choose the folder of a study: one opened before, or another."""

    def __init__(self, recent: Sequence[Path]) -> None:
        super().__init__()
        self.setWindowTitle("Open a study")
        self.setMinimumWidth(520)
        self.list = QListWidget()
        self.list.setAccessibleName("Studies opened before")
        self.list.setToolTip("Studies opened before")
        for folder in recent:
            _add_row(self.list, f"{folder.name}\n{folder.parent}", 46).setData(
                Qt.ItemDataRole.UserRole, folder
            )
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(self.accept)
        browse = QPushButton("Choose a folder …")
        browse.setToolTip("A folder made with `retina-studio init`")
        browse.clicked.connect(self._browse)
        self.folder: Path | None = None
        buttons = _buttons(self, "Open")
        buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(recent))
        column = _column(self, "Which study?", "A study is a folder with images and everybody's gradings.")
        column.addWidget(self.list)
        row = QHBoxLayout()
        row.addWidget(browse)
        row.addStretch()
        row.addWidget(buttons)
        column.addLayout(row)

    def accept(self) -> None:
        """Take the chosen row, unless a folder was chosen."""
        item = self.list.currentItem()
        if self.folder is None and item is not None:
            self.folder = item.data(Qt.ItemDataRole.UserRole)
        super().accept()

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Choose the folder of a study")
        if chosen:
            self.folder = Path(chosen)
            self.accept()


class GraderDialog(QDialog):
    """Ask who is grading; a study without graders asks for the first name."""

    def __init__(self, graders: Sequence[Grader], last: str = "") -> None:
        super().__init__()
        self.setWindowTitle("Who is grading?")
        self.setMinimumWidth(380)
        self.list = QListWidget()
        self.list.setAccessibleName("Graders")
        self.list.setToolTip("The graders of this study")
        for grader in graders:
            role = "" if grader.role == "grader" else f"   ({grader.role})"
            _add_row(self.list, grader.name + role, 32)
        names = [grader.name for grader in graders]
        self.list.setCurrentRow(names.index(last) if last in names else 0)
        self.list.itemActivated.connect(self.accept)
        self._names = names
        self.new_name = QLineEdit()
        self.new_name.setPlaceholderText("Your name")
        self.new_name.setAccessibleName("Your name")
        self.new_name.setToolTip("The name under which your gradings are kept")
        column = _column(self, "Who is grading?", "Your gradings are kept under your name.")
        column.addWidget(self.list if graders else self.new_name)
        column.addWidget(_buttons(self, "Start"))
        (self.list if graders else self.new_name).setFocus()

    @property
    def name(self) -> str:
        """The chosen name, or the new one."""
        return self._names[self.list.currentRow()] if self._names else self.new_name.text().strip()


class ShortcutSheet(QDialog):
    """Every key and gesture."""

    def __init__(self, specs: Sequence[ActionSpec], actions: Mapping[str, QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(1040, 800)
        body = QWidget()
        sheet = QHBoxLayout(body)
        sheet.setSpacing(36)
        shown = [(" / ".join(native(k) for k in spec.keys), actions[spec.name].text()) for spec in specs]
        labels = [(entry.key, f"{code}   {entry.title}") for code, entry in catalogue().items()]
        sheet.addLayout(_table("Actions", shown))
        right = QVBoxLayout()
        right.addLayout(_table("On the canvas", list(GESTURES)), 0)
        right.addSpacing(18)
        right.addLayout(_table("Labels", labels), 1)
        sheet.addLayout(right)
        area = QScrollArea()
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setObjectName("panel")
        column = QVBoxLayout(self)
        column.addWidget(area)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column.addWidget(close)


def _table(title: str, rows: Sequence[tuple[str, str]]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(8)
    column.addWidget(styled_label(title, "title"), 0)
    column.addWidget(rule(), 0)
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(7)
    grid.setColumnStretch(1, 1)
    for row, (keys, words) in enumerate(rows):
        grid.addWidget(styled_label(keys, "key"), row, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(styled_label(words, "plain"), row, 1)
    column.addLayout(grid)
    column.addStretch(1)
    return column


def _add_row(rows: QListWidget, text: str, height: int) -> QListWidgetItem:
    item = QListWidgetItem(text)
    item.setSizeHint(QSize(0, height))
    rows.addItem(item)
    return item


def _column(dialog: QDialog, title: str, note: str) -> QVBoxLayout:
    column = QVBoxLayout(dialog)
    column.setContentsMargins(20, 18, 20, 16)
    column.setSpacing(10)
    column.addWidget(styled_label(title, "title"))
    column.addWidget(styled_label(note, "quiet"))
    return column


def _buttons(dialog: QDialog, ok: str) -> QDialogButtonBox:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    box.button(QDialogButtonBox.StandardButton.Ok).setText(ok)
    box.button(QDialogButtonBox.StandardButton.Ok).setObjectName("main")
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box
