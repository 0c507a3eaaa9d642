"""A study with something to adjudicate, and hands to work the board with mouse and keys."""

from drawn_images import draw_images
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.domain.edits import SetGrade, add_shapes
from retina_studio.domain.shapes import Ellipse, Point, new_shape
from retina_studio.study.consensus import run_vote
from retina_studio.study.importing import import_images

LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
NAMES = ("Chen", "Okafor", "Silva")
GRADES = {"Chen": 1, "Okafor": 2, "Silva": 3}
MA = {"Chen": Ellipse(100, 80, 6, 5), "Silva": None, "Okafor": None}
CWS = {"Chen": None, "Okafor": Ellipse(300, 200, 20, 14), "Silva": None}
FOVEA = {"Chen": Point(60, 60), "Okafor": Point(200, 250), "Silva": Point(330, 40)}


def disputed_study(study, folder, names=("first",)):
    """On each image the graders disagree on the DR grade, one microaneurysm, one cotton-wool spot and the fovea."""
    import_images(study, [draw_images(folder, names)])
    for name in NAMES:
        study.add_grader(name)
    study.add_grader("Weber", "adjudicator")
    for image in study.images():
        for name in NAMES:
            submit(study, image, name, GRADES[name])
    run_vote(study, workers=1)
    return study


def submit(study, image, name, grade, more=()):
    """Submit one grader's reading of an image."""
    session = study.session(image, study.grader(name))
    if session.state == "submitted":
        session.reopen()
    else:
        session.apply(add_shapes(new_shape("OD", Ellipse(200, 150, 40, 44))))
        session.apply(add_shapes(new_shape("HaEx", Ellipse(250, 100, 12, 8))))
        for label, drawn in (("MA", MA), ("CWS", CWS), ("fovea", FOVEA)):
            if drawn[name] is not None:
                session.apply(add_shapes(new_shape(label, drawn[name])))
        session.apply(SetGrade("gradability", None, "good"))
    session.apply(SetGrade("dr", session.grading.grades.get("dr"), grade))
    for shape in more:
        session.apply(add_shapes(shape))
    session.submit(complete=False)


class BoardHand:
    """Keys go where the keyboard is; positions are image pixels."""

    def __init__(self, board, qtbot):
        self.board, self.qtbot = board, qtbot

    def key(self, key, modifiers=NO_KEY):
        QTest.keyClick(QApplication.focusWidget() or self.board, key, modifiers)

    def type(self, text):
        QTest.keyClicks(QApplication.focusWidget(), text)

    def click(self, widget, at=None):
        QTest.mouseClick(
            widget, LEFT, NO_KEY, at or QPoint(min(12, widget.width() // 2), widget.height() // 2)
        )

    def drag(self, canvas, start, end):
        first, last = canvas.to_widget(*start).toPoint(), canvas.to_widget(*end).toPoint()
        QTest.mousePress(canvas, LEFT, NO_KEY, first)
        QTest.mouseMove(canvas, (first + last) / 2)
        QTest.mouseMove(canvas, last)
        QTest.mouseRelease(canvas, LEFT, NO_KEY, last)

    def saved(self):
        """Wait until every decision has come back from the study."""
        self.qtbot.waitUntil(lambda: not self.board.judging.decider.busy, timeout=5000)

    def focus(self, code):
        """Put the item of a scale or label in focus."""
        item = next(item for item in self.board.case.items if item.code == code)
        self.board.focus_item(item.key)
        return item

    def item(self, code):
        return next(item for item in self.board.case.items if item.code == code)

    def letter_of(self, name):
        return next(reading.letter for reading in self.board.case.readings if reading.name == name)

    def number_of(self, name):
        """The key that keeps a grader's reading."""
        place = [reading.name for reading in self.board.case.readings].index(name)
        return (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)[place]
