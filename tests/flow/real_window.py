"""A program for test_real_window.py: opens the window on a real display, draws, and takes a picture of the screen."""

import sys
from pathlib import Path

from PySide6.QtTest import QTest

from retina_studio.domain.shapes import Ellipse, Polygon, new_shape
from retina_studio.gui.app import make_application
from retina_studio.gui.demo.hands import Hands
from retina_studio.gui.main_window import MainWindow
from retina_studio.study.study import Study


def main(folder: str, picture: str) -> None:
    application = make_application()
    with Study.open(Path(folder)) as study:
        window = MainWindow(study, study.graders()[0])
        window.resize(1280, 800)
        window.show()
        assert QTest.qWaitForWindowExposed(window)
        window.activateWindow()
        hands = Hands(window, Path(picture).parent)
        hands.open_image(study.images()[0].name)
        hands.draw(new_shape("OD", Ellipse(150, 200, 40, 45)))
        hands.draw(new_shape("HaEx", Polygon(((300, 100), (400, 110), (380, 200), (310, 190)))))
        hands.click(window.grading_panel.button("gradability", "good"))
        hands.settle(300)
        application.primaryScreen().grabWindow(0).save(picture)
        hands.submit()
        print(
            application.platformName(), window.document.state, len(window.document.grading.shapes), flush=True
        )
        window.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
