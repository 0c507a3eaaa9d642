"""A field for a file or folder, with the buttons that choose it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from retina_studio.gui.words import tr


class PathField(QWidget):
    """The path can be typed, too; `changed` at every letter."""

    changed = Signal()

    def __init__(
        self, name: str, tip: str, choices: Sequence[tuple[str, Callable[[QWidget], str]]], start: str = ""
    ) -> None:
        """`choices` are the buttons: their words, and what asks for a path ("" when given up)."""
        super().__init__()
        self.text = QLineEdit(start)
        self.text.setAccessibleName(name)
        self.text.setToolTip(tip)
        self.text.textChanged.connect(self.changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text, 1)
        self._calls = [call for _, call in choices]
        self.buttons = [QPushButton(words) for words, _ in choices]
        for button in self.buttons:
            button.setAutoDefault(False)
            button.setAccessibleName(button.text())
            button.setToolTip(tip)
            button.clicked.connect(self._browse)
            row.addWidget(button)
        self.setFocusProxy(self.text)

    @property
    def path(self) -> Path | None:
        """What stands there; None while nothing does."""
        text = self.text.text().strip()
        return Path(text).expanduser() if text else None

    def _browse(self) -> None:
        chosen = self._calls[next(i for i, button in enumerate(self.buttons) if button is self.sender())](
            self
        )
        if chosen:
            self.text.setText(chosen)


def ask_folder(parent: QWidget) -> str:
    """Let the person choose a folder."""
    return QFileDialog.getExistingDirectory(parent, tr("Choose a folder"))


def ask_file(parent: QWidget) -> str:
    """Let the person choose a file that is there."""
    return QFileDialog.getOpenFileName(parent, tr("Choose a file"))[0]
