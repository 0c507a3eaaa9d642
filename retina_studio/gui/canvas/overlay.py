"""The cached overlay: committed shapes as one picture that panning only shifts.

A picture covers the widget and a margin around it. Few shapes are drawn at once; many in a worker, while the
old picture, shifted and scaled, stands in. An edit redraws only the area that it touched.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QImage, QPainter

from retina_studio.domain.shapes import Box
from retina_studio.gui.jobs import Job, JobState

from .raster import DENSE, Pen, Picture, Window, render
from .scene import EMPTY_SCENE, Scene, union
from .view import View

_MARGIN = 0.35  # of the widget's size, on each side
_AT_ONCE = 150  # shapes that may be drawn without a worker: within one frame, halos and all
_PATCHED = 1500  # the same where an edit touched the picture: better late for a frame than without the edit


class Overlay(QObject):
    """Keeps the picture of a scene and paints it."""

    ready = Signal()

    def __init__(
        self, parent: QObject | None = None, at_once: int = _AT_ONCE, *, dashed: bool = False
    ) -> None:
        """`at_once`: how many shapes may be drawn without a worker; fewer where several overlays share a frame."""
        super().__init__(parent)
        self._dashed = dashed
        self._at_once = at_once
        self._scene: Scene = EMPTY_SCENE
        self.fill = 0.0
        self.opacity: Mapping[str, float] = {}  # by label; 1 where it is not in it
        self.pen: Pen | None = None  # for all shapes; None: each as its label
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

    def set_fill(self, opacity: float) -> None:
        """Fill the shapes, 0..1; 0, the rule, leaves the image's colours as they are."""
        if opacity != self.fill:
            self.fill = opacity
            self._redraw(None)

    def set_opacity(self, opacity: Mapping[str, float]) -> None:
        """Fade whole labels, 0..1."""
        if opacity != self.opacity:
            self.opacity = dict(opacity)
            self._redraw(None)

    def set_pen(self, pen: Pen | None) -> None:
        """Draw all shapes with one pen, or each as its label (None)."""
        if pen != self.pen:
            self.pen = pen
            self._redraw(None)

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
        shrink, shrink_y = view.scale / window.scale, view.scale_y / window.scale_y
        if abs(shrink * dpr - 1) < 1e-9 and abs(shrink_y * dpr - 1) < 1e-9:
            self._image.setDevicePixelRatio(dpr)
            painter.drawImage(QPointF(round(x * dpr) / dpr, round(y * dpr) / dpr), self._image)
        else:
            painter.drawImage(QRectF(x, y, window.width * shrink, window.height * shrink_y), self._image)

    @property
    def is_current(self) -> bool:
        """Whether what was painted last is the scene itself, and no older picture that stands in for it."""
        return self._job is None and not self._stale

    def give_up(self) -> None:
        """Want nothing any more of what a worker draws."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

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
        if (window.aspect, window.dpr) != (view.aspect, dpr):
            return False
        left, top = view.to_image(0, 0)
        right, bottom = view.to_image(size.width(), size.height())
        width, height = window.width / window.scale, window.height / window.scale_y
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
        window = Window(view.scale * dpr, left, top, width, height, view.aspect, dpr)
        window = replace(window, dense=len(self._scene.touching(window.box)) > DENSE)
        parts = (
            self._scene,
            window,
            self._hidden_ids,
            self._hidden_labels,
            self.fill,
            self.opacity,
            self.pen,
            self._dashed,
        )
        self._stale = False
        if len(self._scene.touching(window.box)) <= self._at_once:
            self._take(window, render(*parts[:-1], dashed=self._dashed))
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
        boxes = list(touched) if touched is not None else []
        area = union(boxes)
        if touched is not None and area is None:
            return
        if area is None or self._pixels is None or self._job is not None:
            self._stale = True
            return
        # A point's box is empty, and its mark reaches far beyond it.
        has_point = any(left == right for left, _, right, _ in boxes)
        if not self._patch(self._pixels, area, self._window.reach if has_point else self._window.line_reach):
            self._stale = True

    def _patch(self, pixels: Picture, area: Box, reach: int) -> bool:
        """Redraw one area of the picture; False when it holds too many shapes to do so at once."""
        window = self._window
        left = max(int((area[0] - window.left) * window.scale) - reach, 0)
        top = max(int((area[1] - window.top) * window.scale_y) - reach, 0)
        right = min(int((area[2] - window.left) * window.scale) + reach + 1, window.width)
        bottom = min(int((area[3] - window.top) * window.scale_y) + reach + 1, window.height)
        if left >= right or top >= bottom:
            return True
        part = replace(
            window,
            left=window.left + left / window.scale,
            top=window.top + top / window.scale_y,
            width=right - left,
            height=bottom - top,
        )
        if len(self._scene.touching(part.box)) > _PATCHED:
            return False
        pixels[top:bottom, left:right] = render(
            self._scene,
            part,
            self._hidden_ids,
            self._hidden_labels,
            self.fill,
            self.opacity,
            self.pen,
            dashed=self._dashed,
        )
        return True


def _render_job(
    state: JobState,
    scene: Scene,
    window: Window,
    ids: Collection[str],
    labels: Collection[str],
    fill: float,
    opacity: Mapping[str, float],
    pen: Pen | None,
    dashed: bool,
) -> tuple[Window, Picture]:
    state.check()
    return window, render(scene, window, ids, labels, fill, opacity, pen, dashed=dashed)
