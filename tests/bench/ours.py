# ruff: noqa: E402  (the clock starts before the first import)
"""Drives our own window through the work that the peers' drivers do, and prints one JSON line.

    python -m tests.bench.ours N FOLDER        N polygons, or "folder"

One process a call, so that the resident memory and the start are this work's alone. Seconds end in _s, the
rest are milliseconds (_ms) and MB.
"""

import time

_STARTED = time.perf_counter()  # as the peers' drivers do: before the program's first import

import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.gui.app import make_application
from retina_studio.gui.main_window import MainWindow
from retina_studio.study.study import Study

_PATIENCE = 120.0  # seconds
_NO_BUTTON, _MIDDLE = Qt.MouseButton.NoButton, Qt.MouseButton.MiddleButton


class Desk:
    """One window on one study, and what can be timed in it."""

    def __init__(self, study):
        self.study = study
        self.window = MainWindow(study, study.graders()[0])
        self.window.resize(1600, 1000)
        self.window.show()
        QApplication.processEvents()
        self.canvas = self.window.canvas

    def open(self, name, shapes=0):
        """Choose an image, and wait until it and all its shapes are painted."""
        self.window.worklist.select(name)
        self.wait_painted(shapes)

    def wait_painted(self, shapes=0):
        canvas = self.canvas
        self.wait(lambda: canvas.picture is not None and len(canvas.scene) == shapes)
        canvas.repaint()
        while not canvas.overlay.is_current:
            self.wait(lambda: canvas.overlay.is_current)
            canvas.repaint()  # which may have found the overlay of another view
        QApplication.processEvents()

    def wait(self, is_done):
        """Sleep in the event loop as the program does; asking it again and again would slow the workers down."""
        if is_done():
            return
        end = time.perf_counter() + _PATIENCE
        loop, look = QEventLoop(), QTimer(interval=1, timerType=Qt.TimerType.PreciseTimer)
        look.timeout.connect(lambda: loop.quit() if is_done() or time.perf_counter() > end else None)
        look.start()
        loop.exec()
        look.stop()
        if not is_done():
            raise TimeoutError("The window did not get there.")

    def repaint(self):
        self.canvas.repaint()
        QApplication.processEvents()

    def move(self, x, y, button=_NO_BUTTON):
        """The pointer moves on the canvas, with a button held or not."""
        self._mouse(QEvent.Type.MouseMove, x, y, _NO_BUTTON, button)

    def press(self, x, y, button):
        self._mouse(QEvent.Type.MouseButtonPress, x, y, button, button)

    def release(self, x, y, button):
        self._mouse(QEvent.Type.MouseButtonRelease, x, y, button, _NO_BUTTON)

    def _mouse(self, kind, x, y, button, held):
        spot = QPointF(x, y)
        keys = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(
            self.canvas, QMouseEvent(kind, spot, self.canvas.mapToGlobal(spot), button, held, keys)
        )

    def zoom_to(self, scale):
        self.canvas.zoom(scale / self.canvas.view.scale)
        self.repaint()


def measure_shapes(desk, count):
    """Open n polygons, look at them, and edit."""
    out = {}
    with Heart() as heart:
        out["load_s"] = seconds(lambda: desk.open("img", count))
    out["stall_ms"] = heart.longest * 1000
    out["paint_fit_ms"] = median_ms(desk.repaint)
    coarse = []

    def zoom():
        coarse.append(1000 * seconds(lambda: desk.zoom_to(2.0)))
        desk.wait_painted(count)

    sharp = []
    for _ in range(5):
        sharp.append(1000 * seconds(zoom))
        desk.canvas.fit()
        desk.wait_painted(count)
    out["zoom_step_ms"], out["zoom_coarse_ms"] = statistics.median(sharp), statistics.median(coarse)
    desk.zoom_to(2.0)
    desk.wait_painted(count)
    out["paint_200pct_ms"] = median_ms(desk.repaint)
    frames = pan_frames(desk)
    desk.wait_painted(count)
    out["pan_ms"], out["pan_p95_ms"] = statistics.median(frames), sorted(frames)[int(len(frames) * 0.95)]
    desk.canvas.fit()
    desk.wait_painted(count)
    places = iter([(400 + 13 * step, 300 + 7 * step) for step in range(11)])
    out["hover_ms"] = median_ms(lambda: desk.move(*next(places)), 10)
    out["edit_ms"] = median_ms(lambda: draw(desk))
    out["undo_ms"] = median_ms(lambda: undo(desk))
    return out


def pan_frames(desk, frames=120):
    """Milliseconds of each frame of a drag with the middle button."""
    desk.press(700, 500, _MIDDLE)
    times = []
    for step in range(frames):
        x = 700 - 8 * step if step < frames / 2 else 700 - 8 * (frames - step)
        start = time.perf_counter()
        desk.move(x, 500, _MIDDLE)
        desk.repaint()
        times.append(1000 * (time.perf_counter() - start))
    desk.release(700, 500, _MIDDLE)
    return times


def draw(desk):
    """One more ellipse: committed, and on the screen."""
    shape = new_shape("MA", Ellipse(1500, 1000, 9, 7, 30))
    if not desk.window.document.put(add_shapes(shape)):
        raise RuntimeError("The edit was refused.")
    QApplication.processEvents()


def undo(desk):
    desk.window.actions["undo"].trigger()
    QApplication.processEvents()


def measure_folder(desk):
    """The first image of many, the next one, and one that nothing could foresee."""
    out = {"open_folder_s": time.perf_counter() - _OPENED}
    following = []
    for _ in range(20):
        desk.wait(lambda: desk.window.gallery.is_idle)
        following.append(1000 * seconds(lambda: go_next(desk)))
    out["next_ms"] = statistics.median(following)
    names = [f"im{number:05d}" for number in range(1000, 4000, 300)]
    out["jump_ms"] = statistics.median([1000 * seconds(lambda name=name: desk.open(name)) for name in names])
    return out


def go_next(desk):
    shown = desk.window.image
    desk.window.actions["next"].trigger()
    desk.wait(lambda: desk.window.image is not shown)
    desk.wait_painted()


class Heart:
    """Beats in the event loop; `longest` is the longest time (s) that the loop did not come round."""

    def __enter__(self):
        self.longest, self._last = 0.0, time.perf_counter()
        self._timer = QTimer(interval=2, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        return self

    def __exit__(self, *_):
        self._beat()
        self._timer.stop()

    def _beat(self):
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now


def seconds(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def median_ms(action, runs=15):
    return statistics.median([1000 * seconds(action) for _ in range(runs)])


def resident_mb():
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def main():
    global _OPENED  # noqa: PLW0603
    what, workload = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as scratch:
        copied = seconds(lambda: shutil.copytree(_home(workload, what), Path(scratch) / "study"))
        make_application()
        _OPENED = time.perf_counter()
        study = Study.open(Path(scratch) / "study")
        desk = Desk(study)
        out = {"app": "retina studio", "n": what, "startup_s": time.perf_counter() - _STARTED - copied}
        out["rss0_MB"] = resident_mb()
        if what == "folder":
            desk.open("im00000")
            out |= measure_folder(desk)
        else:
            out |= measure_shapes(desk, int(what))
        out["rss_MB"] = resident_mb()
        desk.window.close()
        study.close()
    print(json.dumps(out))


def _home(workload, what):
    return workload / "studies" / (what if what == "folder" else f"n{what}")


if __name__ == "__main__":
    main()
