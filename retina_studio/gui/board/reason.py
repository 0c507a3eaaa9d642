"""Why an item is decided as it is: typed, or one of those used before; it stays until it is changed."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from retina_studio.gui.settings import settings
from retina_studio.gui.words import marked, tr, tr_data

_LEAVING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
_KEPT = 8
_KEY = "board/reasons"
_USUAL = (marked("artefact"), marked("outside the guideline"), marked("vessel"), marked("duplicate"))


class ReasonBox(QComboBox):
    """Enter and Esc go back to the image; the reason itself needs no confirmation."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setAccessibleName(tr("Reason"))
        self.setToolTip(tr("Why you decide so; kept with every decision until you change it (W)"))
        self._recent = _kept_reasons()
        self._fill()
        self.setEditText("")

    @property
    def text(self) -> str:
        """The reason, without blanks around it."""
        return self.currentText().strip()

    def require(self, required: bool) -> None:
        """Say whether a decision needs a reason."""
        words = tr("Reason (needed)") if required else tr("Reason (optional)")
        self._line().setPlaceholderText(words)

    def remember(self) -> None:
        """Offer the reason first from now on."""
        reason = self.text
        if not reason or self._recent[:1] == [reason]:
            return
        self._recent = [reason, *(old for old in self._recent if old != reason)][:_KEPT]
        settings().setValue(_KEY, "\n".join(self._recent))
        self._fill()
        self.setEditText(reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Esc leave; the box itself has the focus, its line is only told of the keys."""
        if event.key() in _LEAVING:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _line(self) -> QLineEdit:
        line = self.lineEdit()
        assert line is not None  # noqa: S101  (an editable box has one)
        return line

    def _fill(self) -> None:
        usual = [tr_data(reason) for reason in _USUAL]
        self.clear()
        self.addItems([*self._recent, *(reason for reason in usual if reason not in self._recent)])
        self.setCurrentIndex(-1)


def _kept_reasons() -> Sequence[str]:
    return [reason for reason in str(settings().value(_KEY, "")).split("\n") if reason]
