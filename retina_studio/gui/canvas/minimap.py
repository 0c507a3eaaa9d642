"""The minimap: the whole image in a corner, with a frame around what the canvas shows. Only while zoomed in."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from retina_studio.gui.words import tr

from .canvas import Canvas
from .view import View

_LONGEST = 168  # widget pixels of the map's longer side
_EDGE = 14
_SLACK = 1.02  # the image may be larger than the canvas by this much before the map is of use


class Minimap(QWidget):
    """A child of the canvas; a click or drag on it moves the view there."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._wanted = True
        self._map = QPixmap()
        self._drawn_for: object = None
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Minimap"))
        self.setToolTip(tr("Click or drag to move there"))
        canvas.installEventFilter(self)
        canvas.view_changed.connect(self.follow)
        canvas.image_shown.connect(self.follow)
        self.hide()

    def want(self, wanted: bool) -> None:
        """Whether it may be shown."""
        self._wanted = wanted
        self.follow()

    def follow(self) -> None:
        """Show where the canvas looks; hide when it shows everything."""
        canvas = self._canvas
        width, height = canvas.frame
        view = canvas.view
        inside = (
            width * view.scale <= canvas.width() * _SLACK
            and height * view.scale_y <= canvas.height() * _SLACK
        )
        if not self._wanted or canvas.picture is None or inside:
            self.hide()
            return
        scale = _LONGEST / max(width, height * view.aspect)
        self.resize(max(round(width * scale), 24), max(round(height * view.aspect * scale), 24))
        self.move(canvas.width() - self.width() - _EDGE, canvas.height() - self.height() - _EDGE)
        self.show()
        self.update()

    def shown_area(self) -> QRectF:
        """The frame around what the canvas shows, in the map's pixels."""
        left, top = self._canvas.view.to_image(0, 0)
        right, bottom = self._canvas.view.to_image(self._canvas.width(), self._canvas.height())
        fx, fy = self._factors()
        area = QRectF(QPointF(left * fx, top * fy), QPointF(right * fx, bottom * fy))
        return area.intersected(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The image, what is out of sight darker, the frame."""
        self._draw_map()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._map)
        area = self.shown_area()
        painter.setClipRegion(self.rect())
        for strip in _around(QRectF(self.rect()), area):
            painter.fillRect(strip, QColor(0, 0, 0, 95))
        painter.setPen(QPen(QColor(0, 0, 0, 160), 3))
        painter.drawRect(area)
        painter.setPen(QPen(QColor(255, 255, 255), 1.3))
        painter.drawRect(area)
        painter.setPen(QPen(QColor(255, 255, 255, 60), 1))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move there."""
        fx, fy = self._factors()
        self._canvas.move_to(event.position().x() / fx, event.position().y() / fy)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the canvas's corner."""
        if event.type() == QEvent.Type.Resize:
            self.follow()
        return super().eventFilter(watched, event)

    def _factors(self) -> tuple[float, float]:
        width, height = self._canvas.frame
        return (self.width() / width, self.height() / height)

    def _draw_map(self) -> None:
        ground, dpr = self._canvas.ground, self.devicePixelRatioF()
        shown = (ground.picture, ground.enhanced, ground.blend, ground.table is None, self.size(), dpr)
        if shown == self._drawn_for:
            return
        self._drawn_for = shown
        self._map = QPixmap(self.size() * dpr)
        self._map.setDevicePixelRatio(dpr)
        self._map.fill(Qt.GlobalColor.black)
        fx, fy = self._factors()
        painter = QPainter(self._map)
        if ground.picture is not None:
            (ground.enhanced or ground.picture).paint(painter, View(fx, 0, 0, fy / fx), self.size(), dpr)
        painter.end()


def _around(whole: QRectF, hole: QRectF) -> list[QRectF]:
    """The four strips of a rectangle that surround a hole in it."""
    return [
        QRectF(whole.left(), whole.top(), whole.width(), hole.top() - whole.top()),
        QRectF(whole.left(), hole.bottom(), whole.width(), whole.bottom() - hole.bottom()),
        QRectF(whole.left(), hole.top(), hole.left() - whole.left(), hole.height()),
        QRectF(hole.right(), hole.top(), whole.right() - hole.right(), hole.height()),
    ]
