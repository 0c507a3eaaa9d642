"""A real window on a real study of small synthetic images, and hands to work it with mouse and keys."""

import shutil
import sys

import numpy as np
import pytest
from board_study import disputed_study
from drawn_images import draw_images
from own_loops import ended_at_last
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from retina_studio.domain.proposal import Proposal, proposal_origin
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.study.importing import import_images
from retina_studio.study.study import Study

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NO_KEY, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def application(qapp):
    from retina_studio.gui.app import make_application

    return make_application()


@pytest.fixture
def own_loops(application, monkeypatch):
    """For tests of `app.run`."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    with ended_at_last(monkeypatch):
        yield


@pytest.fixture
def full_study(study, tmp_path):
    """Three fundus photographs, one B-scan, two graders."""
    import_images(study, [draw_images(tmp_path / "fundus", ["a_OS", "b_OD", "c"])])
    import_images(study, [draw_images(tmp_path / "oct", ["scan"], seed=5)], modality="oct")
    study.add_grader("Chen")
    study.add_grader("Silva")
    return study


@pytest.fixture
def proposed(full_study):
    """The first image has a proposal of two shapes with a CAM."""
    image = full_study.images()[0]
    origin = proposal_origin("disc", "ab" * 32)
    disc = new_shape("OD", Ellipse(200, 150, 40, 44, 0), origin)
    lesion = new_shape("MA", Ellipse(80, 80, 6, 6, 0), origin)
    cam = np.zeros((12, 16), np.float32)
    cam[5:8, 7:10] = 1.0
    scores = {disc.id: 0.97, lesion.id: 0.4}
    full_study.add_proposal(
        image, Proposal("disc", "ab" * 32, (disc, lesion), scores, cams={"OD": cam}, seconds=0.2)
    )
    return full_study


class Hand:
    """Mouse and keys on a window's canvas; positions are image pixels."""

    SHIFT, ALT, CTRL, MIDDLE = SHIFT, ALT, CTRL, MIDDLE

    def __init__(self, window, qtbot):
        self.window, self.canvas, self.qtbot = window, window.canvas, qtbot

    @property
    def shapes(self):
        return list(self.window.document.grading.shapes.values())

    def at(self, spot) -> QPoint:
        return self.canvas.to_widget(*spot).toPoint()

    def move(self, spot):
        QTest.mouseMove(self.canvas, self.at(spot))

    def click(self, spot, keys=NO_KEY):
        self.move(spot)
        QTest.mouseClick(self.canvas, LEFT, keys, self.at(spot))

    def double_click(self, spot):
        """As a window system sends it: press, release, double click, release."""
        self.click(spot)
        QTest.mouseDClick(self.canvas, LEFT, NO_KEY, self.at(spot))

    def drag(self, *path, keys=NO_KEY, button=LEFT):
        from PySide6.QtCore import QEvent, QPointF
        from PySide6.QtGui import QMouseEvent
        from PySide6.QtWidgets import QApplication

        QTest.mousePress(self.canvas, button, keys, self.at(path[0]))
        for spot in path[1:]:
            place = QPointF(self.at(spot))
            event = QMouseEvent(
                QEvent.Type.MouseMove,
                place,
                self.canvas.mapToGlobal(place),
                Qt.MouseButton.NoButton,
                button,
                keys,
            )
            QApplication.sendEvent(self.canvas, event)
        QTest.mouseRelease(self.canvas, button, keys, self.at(path[-1]))

    def key(self, key, modifiers=NO_KEY):
        QTest.keyClick(self.canvas, key, modifiers)

    def press(self, button):
        QTest.mouseClick(button, LEFT, NO_KEY, QPoint(min(12, button.width() // 2), button.height() // 2))

    def tool(self, name, label=None):
        if label:
            self.window.choose_label(label)
        self.window.actions[name].trigger()

    def open(self, name):
        if self.window.image is not None and self.window.image.name == name:
            return
        with self.qtbot.waitSignal(self.window.image_shown, timeout=5000):
            self.window.worklist.select(name)


@pytest.fixture
def open_board(application, qtbot):
    """Opens adjudication boards; each is closed at the end, before its study."""
    from retina_studio.gui.board.window import BoardWindow

    opened = []

    def make(study, name="Weber", only=None):
        board = BoardWindow(study, study.grader(name))
        opened.append(board)
        board.resize(1280, 800)
        with qtbot.waitExposed(board):
            board.show()
        with qtbot.waitSignal(board.image_shown, timeout=5000):
            board.start(only)
        board.activateWindow()
        qtbot.waitUntil(board.isActiveWindow)
        return board

    yield make
    for board in opened:
        board.close()
        board.deleteLater()
    qtbot.wait(1)


@pytest.fixture
def open_window(application, qtbot):
    """Opens windows; each is closed at the end, before its study."""
    from retina_studio.gui.main_window import MainWindow

    opened = []

    def make(study, grader="Chen"):
        window = MainWindow(study, study.grader(grader))
        opened.append(window)
        window.resize(1400, 900)
        with qtbot.waitExposed(window):
            window.show()
        with qtbot.waitSignal(window.image_shown, timeout=5000):
            window.start()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    yield make
    for window in opened:
        window.close()
        window.deleteLater()
    qtbot.wait(1)


@pytest.fixture(scope="module")
def disputed_folder(tmp_path_factory):
    """A study with one image to adjudicate; the tests of a file open copies of it."""
    folder = tmp_path_factory.mktemp("disputed")
    with Study.create(folder / "study") as made:
        disputed_study(made, folder / "in")
    return folder / "study"


@pytest.fixture
def disputed(disputed_folder, tmp_path):
    shutil.copytree(disputed_folder, tmp_path / "disputed")
    with Study.open(tmp_path / "disputed") as opened:
        yield opened


@pytest.fixture
def window(open_window, full_study):
    return open_window(full_study)


@pytest.fixture
def hand(window, qtbot):
    return Hand(window, qtbot)
