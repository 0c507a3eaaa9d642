"""Small parts that the panels share."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui import icons

ROW = 26  # pixels, the height of a row in a table or list of a dialog
EDGE = 12  # pixels between a panel's border and its content


def panel_layout(panel: QWidget) -> QVBoxLayout:
    """The column of a panel, with the common margins."""
    panel.setObjectName("panel")
    column = QVBoxLayout(panel)
    column.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
    column.setSpacing(8)
    return column


def styled_label(text: str, style: str) -> QLabel:
    """A label in one of the style sheet's styles: heading, title, quiet, key, bad."""
    made = QLabel(text)
    made.setObjectName(style)
    return made


def header(title: str, note: QLabel | None = None) -> QLayout:
    """A panel's title, with a quiet note at its right."""
    row = QHBoxLayout()
    row.addWidget(styled_label(title, "heading"))
    row.addStretch()
    if note is not None:
        row.addWidget(note)
    return row


def rule() -> QFrame:
    """A thin line."""
    line = QFrame()
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line


def icon_button(
    icon: str, name: str, tip: str, *, checkable: bool = False, role: str = "muted"
) -> QToolButton:
    """A flat button with an icon; `name` is what a screen reader says."""
    button = QToolButton()
    icons.dress(button, icon, role)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setCheckable(checkable)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button


def deed_button(text: str, icon: str, tip: str) -> QPushButton:
    """A button with an icon beside its words, which does not answer to Enter elsewhere."""
    button = plain_button(text, tip)
    icons.dress(button, icon)
    return button


def plain_button(text: str, tip: str) -> QPushButton:
    """A button of words alone, which does not answer to Enter elsewhere."""
    button = QPushButton(text)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button


class ElidedLabel(QLabel):
    """A label that ends in an ellipsis where it has too little room; then its tooltip says all of it."""

    def __init__(self, text: str, style: str) -> None:
        super().__init__(text)
        self.setObjectName(style)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        fitting = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), self.alignment() | Qt.TextFlag.TextSingleLine, fitting)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Know whether the words fit."""
        super().resizeEvent(event)
        fits = self.fontMetrics().horizontalAdvance(self.text()) <= self.width()
        self.setToolTip("" if fits else self.text())


def inset(field: QAbstractSpinBox) -> None:
    """Keep the number off the border, as the style sheet does in every other field."""
    field.lineEdit().setTextMargins(6, 0, 0, 0)


def add_row(table: QTreeWidget, cells: Sequence[str]) -> QTreeWidgetItem:
    """A row of a plain table, as high as a finger wants it."""
    item = QTreeWidgetItem(list(cells))
    item.setSizeHint(0, QSize(0, ROW))
    table.addTopLevelItem(item)
    return item


def reveal(widget: QWidget) -> None:
    """Scroll whatever the widget stands in so that it is seen."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()


def restyle(widget: QWidget, style: str) -> None:
    """Give a widget another style of the style sheet."""
    if widget.objectName() != style:
        widget.setObjectName(style)
        widget.setStyle(widget.style())  # makes Qt look the style up again


class ElidedButton(QPushButton):
    """A button with an icon and words that end in an ellipsis where they have too little room."""

    _BESIDE = 34  # pixels that icon and padding take

    def __init__(self, icon: QIcon, words: str) -> None:
        super().__init__(icon, words)
        self._words = words
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what fits."""
        super().resizeEvent(event)
        room = event.size().width() - self._BESIDE
        self.setText(self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room))
