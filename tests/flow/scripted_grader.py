"""A program for test_kill_window.py: draws in the real window until it is killed.

After each gesture it prints, as JSON, what the saved-state indicator shows and which shapes the window holds.
"""

import json
import os
import random
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.gui.app import make_application
from retina_studio.gui.demo.hands import wait_for
from retina_studio.gui.main_window import MainWindow
from retina_studio.study.study import Study


def main(folder: str, seed: str) -> None:
    chance = random.Random(seed)
    application = make_application()
    study = Study.open(Path(folder))
    window = MainWindow(study, study.graders()[0])
    window.resize(1200, 800)
    window.show()
    canvas = window.canvas
    wait_for(canvas.image_shown.connect, lambda: window.worklist.select(study.images()[0].name), "the image")
    tell(window)
    while True:
        draw(canvas, chance) if chance.random() < 0.8 else take_back(canvas, chance)
        application.processEvents()
        tell(window)


def draw(canvas, chance):
    QTest.keyClick(canvas, Qt.Key.Key_1)
    x, y = chance.uniform(40, 500), chance.uniform(40, 340)
    start, end = canvas.to_widget(x, y).toPoint(), canvas.to_widget(x + 30, y + 20).toPoint()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)


def take_back(canvas, chance):
    keys = (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(canvas, *keys) if chance.random() < 0.5 else QTest.keyClick(canvas, Qt.Key.Key_Delete)


def tell(window):
    shown = window.document.saved_text if window.document.is_saved else ""
    print(json.dumps({"shown": shown, "shapes": sorted(window.document.grading.shapes)}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
    QApplication.quit()
