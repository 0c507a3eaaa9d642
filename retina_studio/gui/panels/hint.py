"""One quiet place for the guideline's words, as tall as the longest of them, so that nothing moves."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from .parts import styled_label

_REST = 250  # ms that a sentence stays after the pointer has left: from button to button nothing flickers


class HintLine(QWidget):
    """A sentence about what the pointer or the focus is on; else what there is to say all the time.

    It has no layout, because a layout would be asked for the height instead of `heightForWidth`.
    """

    def __init__(self, resting: QLabel, sentences: Iterable[str]) -> None:
        """`sentences`: all that may be told; they settle the height."""
        super().__init__()
        self._sentences = tuple(sentences)
        self._resting = resting
        self.sentence = styled_label("", "hint")
        self._probe = styled_label("", "hint")  # never seen: only measured by
        self._heights: dict[int, int] = {}  # by width
        for label in (resting, self.sentence, self._probe):
            label.setParent(self)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self.sentence.hide()
        self._probe.hide()
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._leave = QTimer(self, interval=_REST, singleShot=True)
        self._leave.timeout.connect(self._show_resting)

    def tell(self, sentence: str) -> None:
        """Show a sentence."""
        self._leave.stop()
        self.sentence.setText(sentence)
        self.sentence.show()
        self._resting.hide()

    def rest(self) -> None:
        """Nothing is looked at any more."""
        self._leave.start()

    def hasHeightForWidth(self) -> bool:
        """A narrow hint is taller."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Room for the longest sentence."""
        if width not in self._heights:
            self._probe.ensurePolished()
            heights = []
            for told in self._sentences:
                self._probe.setText(told)
                heights.append(self._probe.heightForWidth(width))
            self._heights[width] = max(heights, default=0)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        """As tall as at its present width."""
        return QSize(80, self.heightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Both labels take all of it; another width wants another height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        for label in (self._resting, self.sentence):
            label.setGeometry(self.rect())

    def _show_resting(self) -> None:
        self.sentence.hide()
        self._resting.show()
