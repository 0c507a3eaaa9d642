"""Who is who in the charts: a button for each of a few graders, a list of many."""

from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from retina_studio.gui.panels.parts import styled_label
from retina_studio.gui.words import tr

from .looks import Cast, Look

_MARK = 14  # pixels
_WIDEST = 130  # pixels of a name


class Legend(QWidget):
    """Picks a grader; once more, nobody."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[QToolButton] = []
        self.box = QComboBox()
        self.box.setAccessibleName(tr("Grader"))
        self.box.setToolTip(tr("Show one grader over the others, in every chart"))
        self.box.setMinimumWidth(200)
        self.box.activated.connect(self._on_box)
        self._title: QLabel = styled_label(tr("Grader"), "quiet")
        self._title.setBuddy(self.box)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(2)
        self._line.addWidget(self._title)
        self._line.addWidget(self.box)
        self._cast = Cast((), blind=False)

    def show_cast(self, cast: Cast) -> None:
        """Offer these graders."""
        is_other = cast.graders != self._cast.graders or cast.blind != self._cast.blind
        self._cast = cast
        if is_other:
            self._offer(cast)
        for name, button in zip(cast.graders, self.buttons, strict=False):
            button.setChecked(name == cast.picked)
            button.setIcon(_mark(Cast(cast.graders, cast.blind).look(name)))
        self.box.setCurrentIndex(cast.graders.index(cast.picked) + 1 if cast.picked else 0)

    def _offer(self, cast: Cast) -> None:
        for old in self.buttons:
            old.deleteLater()
        self.buttons = []
        for name in cast.graders if cast.few else ():
            button = QToolButton()
            elided = self.fontMetrics().elidedText(cast.called(name), Qt.TextElideMode.ElideRight, _WIDEST)
            button.setText(elided)
            button.setAccessibleName(cast.called(name))
            button.setToolTip(tr("Show {grader} over the others, in every chart", grader=cast.called(name)))
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(QSize(_MARK, _MARK))
            button.clicked.connect(self._on_button)
            self._line.addWidget(button)
            self.buttons.append(button)
        self.box.clear()
        self.box.addItem(tr("All graders"), "")
        for name in cast.graders:
            self.box.addItem(cast.called(name), name)
        for part in (self._title, self.box):
            part.setVisible(not cast.few)

    def _on_button(self) -> None:
        name = self._cast.graders[next(n for n, b in enumerate(self.buttons) if b is self.sender())]
        self.picked.emit("" if name == self._cast.picked else name)

    def _on_box(self) -> None:
        self.picked.emit(self.box.currentData())


def _mark(look: Look) -> QIcon:
    pixmap = QPixmap(QSize(2 * _MARK, 2 * _MARK))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour)
    painter.translate(QPointF(_MARK, _MARK))
    painter.scale(1.5 * _MARK, 1.5 * _MARK)
    painter.drawPath(Symbols[look.symbol])
    painter.end()
    return QIcon(pixmap)
