"""The cached overlay: committed shapes as one picture that panning only shifts.

A picture covers the widget and a margin around it. Few shapes are drawn at once; many in a worker, while the
old picture, shifted and scaled, stands in. An edit redraws only the area that it touched.
"""

from collections.abc import Collection, Iterable

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QImage, QPainter

from retina_studio.domain.shapes import Box
from retina_studio.gui.jobs import Job, JobState

from .raster import REACH, Picture, Window, render
from .scene import EMPTY_SCENE, Scene, union
from .view import View

_MARGIN = 0.35  # of the widget's size, on each side
_AT_ONCE = 1500  # shapes that may be drawn without a worker: about 30 ms


class Overlay(QObject):
    """Keeps the picture of a scene and paints it."""

    ready = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene: Scene = EMPTY_SCENE
        self._hidden_ids: frozenset[str] = frozenset()
        self._hidden_labels: frozenset[str] = frozenset()
        self._pixels: Picture | None = None  # owns the memory that _image shows
        self._image = QImage()
        self._window = Window(1.0, 0.0, 0.0, 0, 0)
        self._stale = True
        self._job: Job | None = None

    def set_scene(self, scene: Scene, touched: Iterable[Box] | None = None) -> None:
        """Show another scene; `touched` are the boxes where it differs from the last (None: anywhere)."""
        self._scene = scene
        self._redraw(touched)

    def hide(self, ids: frozenset[str], labels: frozenset[str]) -> None:
        """Leave out some shapes (painted live elsewhere) and whole labels."""
        if labels != self._hidden_labels:
            self._hidden_ids, self._hidden_labels = ids, labels
            self._redraw(None)
        elif ids != self._hidden_ids:
            differing = (ids ^ self._hidden_ids) & self._scene.rows.keys()
            self._hidden_ids = ids
            self._redraw([self._scene.shape(key).geometry.box for key in differing])

    def paint(self, painter: QPainter, view: View, size: QSize, dpr: float) -> None:
        """Draw the overlay on a widget of this size; the painter works in widget coordinates."""
        if self._stale or not self._covers(view, size, dpr):
            self._renew(view, size, dpr)
        if self._image.isNull():
            return
        window = self._window
        x, y = view.to_widget(window.left, window.top)
        shrink = view.scale / window.scale
        if abs(shrink * dpr - 1) < 1e-9:
            self._image.setDevicePixelRatio(dpr)
            painter.drawImage(QPointF(round(x * dpr) / dpr, round(y * dpr) / dpr), self._image)
        else:
            painter.drawImage(QRectF(x, y, window.width * shrink, window.height * shrink), self._image)

    def settle(self) -> None:
        """Wait until no worker draws for this overlay any more."""
        if self._job is not None:
            self._job.cancel()
            self._job.wait()
            self._job = None

    def _covers(self, view: View, size: QSize, dpr: float) -> bool:
        window = self._window
        if abs(window.scale / (view.scale * dpr) - 1) > 1e-9:
            return False
        left, top = view.to_image(0, 0)
        right, bottom = view.to_image(size.width(), size.height())
        width, height = window.width / window.scale, window.height / window.scale
        slack = 0.5 / window.scale
        return (
            window.left <= left + slack
            and window.top <= top + slack
            and window.left + width >= right - slack
            and window.top + height >= bottom - slack
        )

    def _renew(self, view: View, size: QSize, dpr: float) -> None:
        if self._job is not None:
            return
        margin_x, margin_y = round(size.width() * _MARGIN), round(size.height() * _MARGIN)
        left, top = view.to_image(-margin_x, -margin_y)
        width, height = (
            round((size.width() + 2 * margin_x) * dpr),
            round((size.height() + 2 * margin_y) * dpr),
        )
        window = Window(view.scale * dpr, left, top, width, height)
        parts = (self._scene, window, self._hidden_ids, self._hidden_labels)
        self._stale = False
        if len(self._scene.touching(window.box)) <= _AT_ONCE:
            self._take(window, render(*parts))
            return
        self._job = Job(_render_job, *parts)
        self._job.done.connect(self._arrived)
        self._job.failed.connect(self._forget_job)
        self._job.start()

    def _arrived(self, drawn: tuple[Window, Picture]) -> None:
        self._job = None
        self._take(*drawn)
        self.ready.emit()

    def _forget_job(self) -> None:
        self._job = None

    def _take(self, window: Window, pixels: Picture) -> None:
        self._window, self._pixels = window, pixels
        self._image = QImage(
            pixels.data,
            window.width,
            window.height,
            4 * window.width,
            QImage.Format.Format_ARGB32_Premultiplied,
        )

    def _redraw(self, touched: Iterable[Box] | None) -> None:
        area = union(touched) if touched is not None else None
        if touched is not None and area is None:
            return
        if (
            area is None
            or self._pixels is None
            or self._job is not None
            or not self._patch(self._pixels, area)
        ):
            self._stale = True

    def _patch(self, pixels: Picture, area: Box) -> bool:
        """Redraw one area of the picture; False when it holds too many shapes to do so at once."""
        window = self._window
        left = max(int((area[0] - window.left) * window.scale) - REACH, 0)
        top = max(int((area[1] - window.top) * window.scale) - REACH, 0)
        right = min(int((area[2] - window.left) * window.scale) + REACH + 1, window.width)
        bottom = min(int((area[3] - window.top) * window.scale) + REACH + 1, window.height)
        if left >= right or top >= bottom:
            return True
        part = Window(
            window.scale,
            window.left + left / window.scale,
            window.top + top / window.scale,
            right - left,
            bottom - top,
        )
        if len(self._scene.touching(part.box)) > _AT_ONCE:
            return False
        pixels[top:bottom, left:right] = render(self._scene, part, self._hidden_ids, self._hidden_labels)
        return True


def _render_job(
    state: JobState, scene: Scene, window: Window, ids: Collection[str], labels: Collection[str]
) -> tuple[Window, Picture]:
    state.check()
    return window, render(scene, window, ids, labels)
