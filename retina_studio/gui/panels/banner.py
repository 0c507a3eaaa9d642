"""A quiet strip over the canvas that says one sentence, with a button where there is something to do."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

_TOP = 14


class Banner(QFrame):
    """Lies over the top of its parent; `asked` when its button is pressed."""

    asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._ground = parent
        self.text = QLabel()
        self.button = QPushButton()
        self.button.hide()  # until it has words
        self.button.clicked.connect(self.asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(14)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        parent.installEventFilter(self)
        self.hide()

    def tell(self, text: str, button: str = "", tip: str = "") -> None:
        """Show a sentence, with a button when it has words; no text hides the banner."""
        self.text.setText(text)
        self.button.setText(button)
        self.button.setAccessibleName(button)
        self.button.setToolTip(tip)
        self.button.setVisible(bool(button))
        self.setVisible(bool(text))
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the parent's top."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        """As wide as its words; where these have no room, on several lines."""
        room = self._ground.width() - 2 * _TOP
        self.text.setWordWrap(False)
        self.adjustSize()
        if self.width() > room:
            self.text.setWordWrap(True)
            self.resize(room, self.heightForWidth(room))
        self.move((self._ground.width() - self.width()) // 2, _TOP)
