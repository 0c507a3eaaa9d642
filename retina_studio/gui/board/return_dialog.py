"""Ask whose grading goes back for correction, and what is to be corrected."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from retina_studio.gui.panels.parts import styled_label
from retina_studio.gui.words import tr


class ReturnDialog(QDialog):
    """Names stay hidden while the board is blinded: `readings` are (grader, what they are called)."""

    def __init__(self, readings: Sequence[tuple[str, str]], chosen: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Return to a grader"))
        self.setMinimumWidth(420)
        self.reading = QComboBox()
        for name, words in readings:
            self.reading.addItem(words, name)
        self.reading.setCurrentIndex(chosen)
        self.reading.setAccessibleName(tr("Reading to return"))
        self.reading.setToolTip(tr("Whose grading goes back"))
        self.comment = QPlainTextEdit()
        self.comment.setPlaceholderText(tr("What should be looked at again?"))
        self.comment.setAccessibleName(tr("Comment for the grader"))
        self.comment.setToolTip(tr("The grader reads this above the image"))
        self.comment.setTabChangesFocus(True)
        self.comment.setFixedHeight(96)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText(tr("Return"))
        self._ok.setObjectName("main")
        self._ok.setEnabled(False)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.comment.textChanged.connect(self._on_text)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(styled_label(tr("Return to a grader"), "title"))
        note = styled_label(
            tr("The grading is opened again as a new version. It does not vote until it is submitted again."),
            "quiet",
        )
        note.setWordWrap(True)
        column.addWidget(note)
        for part in (self.reading, self.comment, self.buttons):
            column.addWidget(part)
        self.comment.setFocus()

    @property
    def grader(self) -> str:
        """Whose grading goes back."""
        return str(self.reading.currentData())

    @property
    def text(self) -> str:
        """What is to be corrected."""
        return self.comment.toPlainText().strip()

    def _on_text(self) -> None:
        self._ok.setEnabled(bool(self.text))
