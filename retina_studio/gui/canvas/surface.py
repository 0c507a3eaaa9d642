"""The surface below the canvas: one image, and the view that it is seen in."""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from PySide6.QtCore import QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QNativeGestureEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from retina_studio.domain.shapes import XY, Box

from .ground import Ground
from .picture import Part, Picture, Pixels
from .view import View, around, brought, centred, fitted, kept_in_sight


class Surface(QWidget):
    """Knows where an image pixel lies on the widget; fits, zooms and pans. What is drawn on it is the canvas's."""

    image_shown = Signal()
    view_changed = Signal(float)  # widget pixels per image pixel

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture: Picture | None = None
        self.ground = Ground()
        self.view = View()
        self._is_fitted = True

    @property
    def frame(self) -> tuple[int, int]:
        """The image's width and height in pixels; 1 by 1 while there is none."""
        return self.picture.frame if self.picture else (1, 1)

    def show_picture(self, picture: Picture | None) -> None:
        """Show an image, fitted; None clears the canvas."""
        self.picture = picture
        self.ground.show(picture)
        self.fit()
        if picture is not None:
            self.image_shown.emit()

    def fit(self) -> None:
        """Show the whole image."""
        self._set_view(fitted(self.frame, (self.width(), self.height()), aspect=self.view.aspect))
        self._is_fitted = True

    def show_around(self, box: Box) -> None:
        """Show a box of the image, with some of what surrounds it, as large as it goes."""
        self._set_view(around(box, (self.width(), self.height()), self.view.aspect))

    def bring_into_sight(self, box: Box) -> None:
        """Change the view no more than needed for a box of the image to be seen well."""
        view = brought(self.view, box, (self.width(), self.height()))
        if view != self.view:
            self._set_view(view)

    @property
    def is_fitted(self) -> bool:
        """Whether the whole image is shown, and will be when the widget changes its size."""
        return self._is_fitted

    def show_view(self, view: View) -> None:
        """See the image like this, as far as it stays in sight."""
        self._set_view(view)

    def move_to(self, x: float, y: float) -> None:
        """Bring an image position to the middle of the widget."""
        spot = self.to_widget(x, y)
        self._set_view(self.view.panned(self.width() / 2 - spot.x(), self.height() / 2 - spot.y()))

    def set_aspect(self, aspect: float) -> None:
        """Show pixels `aspect` times as high as wide; what is in the middle stays there."""
        was_fitted, (x, y) = self._is_fitted, self.to_image(QPointF(self.width() / 2, self.height() / 2))
        self.view = replace(self.view, aspect=aspect)
        if was_fitted:
            self.fit()
        else:
            self.move_to(x, y)

    def show_actual_size(self) -> None:
        """One image pixel to one screen pixel, about the middle of the widget."""
        if self._is_fitted:
            size, scale = (self.width(), self.height()), 1 / self.devicePixelRatioF()
            self._set_view(centred(self.frame, size, scale, self.view.aspect))
        else:
            self.zoom(1 / self.devicePixelRatioF() / self.view.scale)

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Scale by a factor about a widget position, or the middle of the widget."""
        spot = at if at is not None else QPointF(self.width() / 2, self.height() / 2)
        self._set_view(self.view.zoomed(factor, spot.x(), spot.y()))

    def pixels(self, part: Part | None = None) -> Pixels:
        """The image or a part of it as it is shown, view, blend and tone included: uint8 RGB (H, W, 3)."""
        return self.ground.pixels(part)

    def to_widget(self, x: float, y: float) -> QPointF:
        """The widget position of an image position."""
        return QPointF(*self.view.to_widget(x, y))

    def to_image(self, position: QPointF | QPoint) -> XY:
        """The image position under a widget position."""
        return self.view.to_image(position.x(), position.y())

    def bare_parts(self, region: QRegion) -> Iterable[QRect]:
        """Where a part of the widget shows no image; filling the whole would take as long as drawing the image."""
        if self.picture is not None:
            corner, opposite = self.to_widget(0, 0), self.to_widget(*self.frame)
            left, top = math.ceil(corner.x()), math.ceil(corner.y())
            right, bottom = math.floor(opposite.x()), math.floor(opposite.y())
            region -= QRegion(left, top, max(right - left, 0), max(bottom - top, 0))
        return cast("Iterable[QRect]", region)

    def _set_view(self, view: View) -> None:
        self.view = kept_in_sight(view, self.frame, (self.width(), self.height()))
        self._is_fitted = False
        self.view_changed.emit(self.view.scale)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay fitted, or keep the middle of the picture in the middle."""
        if self._is_fitted:
            self.fit()
        else:
            old, new = event.oldSize(), event.size()
            self._set_view(
                self.view.panned((new.width() - old.width()) // 2, (new.height() - old.height()) // 2)
            )

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return super().event(event)
        self.zoom(max(1 + event.value(), 0.1), event.position())
        return True
