"""The check panel: what the live check found, one quiet row each, with the shapes and the remedy at hand."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from retina_studio.domain.findings import Finding
from retina_studio.gui import icons
from retina_studio.gui.sentences import tr_sentence
from retina_studio.gui.words import marked, tr, tr_data

from .parts import icon_button, panel_layout, styled_label

# severity -> icon, colour, what a screen reader says
_LOOKS = {
    "error": ("warning-circle", "bad", marked("Error")),
    "warning": ("warning", "warn", marked("Warning")),
    "note": ("info", "muted", marked("Note")),
}


class CheckPanel(QWidget):
    """A column of findings; it offers, and changes nothing by itself."""

    shown_asked = Signal(object)  # Finding: select its shapes, or go to its grade
    fix_asked = Signal(object)  # Finding

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[FindingRow] = []
        self.summary = styled_label("", "quiet")
        self.summary.setWordWrap(True)
        self._body = QWidget()
        self._place = QVBoxLayout(self._body)
        self._place.setContentsMargins(0, 0, 0, 0)
        self._place.setSpacing(4)
        self._place.addStretch()
        area = QScrollArea()
        area.setObjectName("panel")
        area.setWidget(self._body)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = panel_layout(self)
        column.addWidget(self.summary)
        column.addWidget(area)

    def show_findings(self, found: Sequence[Finding], *, editable: bool) -> None:
        """Show these, in their order; rows that stay keep their place and the focus."""
        kept = {(row.finding, row.editable): row for row in self.rows}
        rows = [
            kept.pop(key) if (key := (finding, editable)) in kept else self._row(*key) for finding in found
        ]
        for row in kept.values():
            row.deleteLater()
            row.hide()
        for place, row in enumerate(rows):
            if self._place.indexOf(row) != place:
                self._place.insertWidget(place, row)
        self.rows = rows
        self.summary.setText(_summary(found))

    def _row(self, finding: Finding, editable: bool) -> "FindingRow":
        row = FindingRow(finding, editable)
        row.pressed.connect(self.shown_asked)
        row.fix_pressed.connect(self.fix_asked)
        return row


class FindingRow(QFrame):
    """Severity, sentence, and a button for the remedy where there is one. Click or Enter shows what it is about."""

    pressed = Signal(object)
    fix_pressed = Signal(object)

    def __init__(self, finding: Finding, editable: bool) -> None:
        super().__init__()
        self.finding, self.editable = finding, editable
        icon, role, said = _LOOKS[finding.severity]
        words = tr_sentence(finding.text)
        self.setObjectName("finding")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{tr_data(said)}: {words}")
        self.setToolTip(tr("Click to see the shapes it is about") if finding.shape_ids else "")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        mark = icon_button(icon, tr_data(said), tr_data(said), role=role)
        mark.setObjectName("eye")
        mark.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        mark.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        text = QLabel(words)
        text.setWordWrap(True)
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(text, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 5, 6, 5)
        column.setSpacing(3)
        column.addLayout(line)
        self.fix_button: QPushButton | None = None
        if finding.fix is not None and editable:
            self.fix_button = self._fix_button(finding)
            column.addWidget(self.fix_button, 0, Qt.AlignmentFlag.AlignRight)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.pressed.emit(self.finding)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space as a click; arrows go from row to row."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.pressed.emit(self.finding)
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)

    def _fix_button(self, finding: Finding) -> QPushButton:
        words = tr_data(finding.fix_title)
        button = QPushButton(words)
        icons.dress(button, "wrench")
        button.setObjectName("grade")
        button.setAccessibleName(words)
        button.setToolTip(tr("{remedy}; it can be undone", remedy=words))
        button.clicked.connect(self._on_fix)
        return button

    def _on_fix(self) -> None:
        self.fix_pressed.emit(self.finding)


def _summary(found: Sequence[Finding]) -> str:
    if not found:
        return tr("Grades and shapes agree with each other.")
    count = len(found)
    return tr("One point to look at") if count == 1 else tr("{count} points to look at", count=count)
