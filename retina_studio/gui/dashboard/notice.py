"""A strip above the charts that says one sentence, with a button where there is something to do."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton


class Notice(QFrame):
    """Takes room only while it says something; `asked` when its button is pressed."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.button = QPushButton()
        self.button.hide()  # until it has words
        self.button.clicked.connect(self.asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 6)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        self.hide()

    def tell(self, text: str, button: str = "", tip: str = "") -> None:
        """Show a sentence, with a button when it has words; no text hides the strip."""
        self.text.setText(text)
        self.button.setText(button)
        self.button.setAccessibleName(button)
        self.button.setToolTip(tip)
        self.button.setVisible(bool(button))
        self.setVisible(bool(text))
