"""A scripted grader's hands: real mouse and key events on the real window."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import label
from retina_studio.domain.shapes import XY, Ellipse, Point, Polygon, Shape
from retina_studio.gui.demo.subjects import clicks, is_upright
from retina_studio.gui.main_window import MainWindow

_LEFT = Qt.MouseButton.LeftButton
_DOT_PIXELS = 12  # on the screen: what a person draws as a box, whatever its tilt
_BOX_PIXELS = 10  # on the screen: what a person can drag a box around
_OUTLINE_PIXELS = 120  # on the screen: what a person can outline vertex by vertex
_MOST_NOTCHES = 24
_NO_KEYS = Qt.KeyboardModifier.NoModifier


class Hands:
    """Drives one window. Every method returns when the window has taken the events."""

    def __init__(self, window: MainWindow, pictures: Path) -> None:
        self.window = window
        self.pictures = pictures
        self.taken: list[tuple[str, str]] = []  # (file name, caption)

    def picture(self, name: str, caption: str) -> None:
        """Save a numbered picture of the window."""
        self.settle()
        file = f"{len(self.taken) + 1:02d}-{name}.png"
        self.window.grab().save(str(self.pictures / file))
        self.taken.append((file, caption))

    def settle(self, milliseconds: int = 60) -> None:
        """Let the window do what it has in hand."""
        QTest.qWait(milliseconds)

    def open_image(self, name: str) -> None:
        """Choose an image in the worklist and wait until it is on the canvas.

        Raises:
            TimeoutError: it did not come.
        """
        if self.window.document.session and self.window.document.session.image.name == name:
            return
        wait_for(self.window.canvas.image_shown.connect, lambda: self.window.worklist.select(name), name)
        QApplication.processEvents()

    def press(self, key: str) -> None:
        """Press a key on the canvas."""
        QTest.keyClick(self.window.canvas, Qt.Key[f"Key_{key}"])

    def click(self, button: QAbstractButton | QWidget) -> None:
        """Click a control where a person would see it."""
        QTest.mouseClick(button, _LEFT, _NO_KEYS, QPoint(min(12, button.width() // 2), button.height() // 2))

    def draw(self, shape: Shape) -> None:
        """Draw a shape: drag an ellipse's box, click a polygon's vertices, click a point."""
        self.press(label(shape.label).key)
        geometry = shape.geometry
        if isinstance(geometry, Point):
            self.window.actions["point"].trigger()
            self._click_at((geometry.x, geometry.y))
        elif isinstance(geometry, Ellipse) and (is_upright(geometry) or self._is_dot(geometry)):
            self._drag_box(geometry)
        else:
            self._draw_outline(geometry)

    def _drag_box(self, geometry: Ellipse) -> None:
        self.window.actions["ellipse"].trigger()
        zoomed = self._zoom_in_on(geometry, _BOX_PIXELS)
        left, top, right, bottom = geometry.box
        self.drag([(left, top), geometry.centre, (right, bottom)])
        if zoomed:
            self.press("Home")

    def _is_dot(self, geometry: Ellipse) -> bool:
        return self.window.canvas.view.scale * max(geometry.a, geometry.b) < _DOT_PIXELS

    def _draw_outline(self, geometry: Ellipse | Polygon) -> None:
        self.window.actions["polygon"].trigger()
        zoomed = self._zoom_in_on(geometry, _OUTLINE_PIXELS)
        for vertex in clicks(geometry):
            self._click_at(vertex)
        self.press("Return")
        if zoomed:
            self.press("Home")

    def _zoom_in_on(self, geometry: Ellipse | Polygon, pixels: float) -> bool:
        """Turn the wheel over a shape until it is so large on the screen; returns whether that was needed."""
        canvas = self.window.canvas
        left, top, right, bottom = geometry.box
        zoomed = False
        for _ in range(_MOST_NOTCHES):
            if canvas.view.scale * min(right - left, bottom - top) >= pixels:
                break
            spot = canvas.to_widget(*geometry.centre)
            where = QPointF(canvas.mapToGlobal(spot))
            turn = (QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, _NO_KEYS, Qt.ScrollPhase.NoScrollPhase)
            QApplication.sendEvent(canvas, QWheelEvent(spot, where, *turn, False))
            zoomed = True
        return zoomed

    def drag(self, path: Sequence[XY]) -> None:
        """Press at the first image position, move along the path, release at the last."""
        canvas = self.window.canvas
        spots = [canvas.to_widget(x, y).toPoint() for x, y in path]
        QTest.mousePress(canvas, _LEFT, _NO_KEYS, spots[0])
        for spot in spots[1:]:
            QTest.mouseMove(canvas, spot)
        QTest.mouseRelease(canvas, _LEFT, _NO_KEYS, spots[-1])

    def _click_at(self, spot: XY) -> None:
        canvas = self.window.canvas
        place = canvas.to_widget(*spot).toPoint()
        QTest.mouseMove(canvas, place)
        QTest.mouseClick(canvas, _LEFT, _NO_KEYS, place)

    def grade(self, grading: Grading) -> None:
        """Draw everything in a grading and press its grades."""
        for shape in grading.shapes.values():
            self.draw(shape)
        for scale, value in grading.grades.items():
            self.click(self.window.grading_panel.button(scale, value))

    def submit(self) -> None:
        """Press Submit."""
        self.click(self.window.submit_button)


def wait_for(
    connect: Callable[..., object], start: Callable[[], object], what: str, seconds: float = 30
) -> None:
    """Start something and run the event loop until its signal came.

    Raises:
        TimeoutError: naming what did not come.
    """
    loop = QEventLoop()
    came = []

    def arrive(*_: object) -> None:
        came.append(True)
        loop.quit()

    connect(arrive)
    start()
    if not came:
        QTimer.singleShot(int(seconds * 1000), loop.quit)
        loop.exec()
    if not came:
        raise TimeoutError(f"{what} did not come within {seconds:.0f} seconds.")
