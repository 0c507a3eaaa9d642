"""One grading open in two windows: the later edit is refused, and its window shows what the other one did."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape

DISC = new_shape("OD", Ellipse(200, 150, 60, 40, 0))
SPOT = new_shape("MA", Ellipse(40, 40, 6, 6))
TOLD = "changed in another window"


@pytest.fixture
def other(window, open_window, full_study, qtbot):
    """A second window of the same grader; the hand works in the first one."""
    window.document.apply(add_shapes(DISC))
    second = open_window(full_study)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return second


def _texts(window):
    stack = window.document.undo_stack
    return [stack.text(place) for place in range(stack.count())][: stack.index()]


def _agree(hand, other):
    hand.qtbot.waitUntil(lambda: _texts(hand.window) == _texts(other))
    assert hand.window.document.grading == other.document.grading
    assert hand.canvas.scene.counts() == other.canvas.scene.counts()
    assert hand.window.shape_panel.counts.text() == other.shape_panel.counts.text()


def test_an_edit_is_refused_and_the_others_work_is_shown(hand, other):
    other.document.apply(add_shapes(SPOT))
    other.document.set_grade("dr", 2)
    hand.tool("ellipse", "HaEx")
    hand.drag((250, 200), (280, 230))
    assert TOLD in hand.window.status.currentMessage()
    assert TOLD in hand.window.banner.text.text()
    assert hand.window.banner.isVisible()
    _agree(hand, other)
    assert hand.window.label_panel.count("MA").text() == "1"
    assert hand.window.grading_panel.button("dr", 2).isChecked()
    hand.drag((250, 200), (280, 230))
    assert {shape.label for shape in hand.shapes} == {"OD", "MA", "HaEx"}
    assert not hand.window.banner.isVisible()


def test_an_undo_is_refused_and_the_others_work_is_shown(hand, other):
    other.document.apply(add_shapes(SPOT))
    hand.window.actions["undo"].trigger()
    assert TOLD in hand.window.status.currentMessage()
    _agree(hand, other)
    hand.window.actions["undo"].trigger()
    assert hand.shapes == [DISC]


def test_a_dragged_shape_that_was_deleted_elsewhere_goes(hand, other):
    hand.window.actions["select"].trigger()
    hand.click((200, 150))
    other.actions["select_all"].trigger()
    other.actions["delete"].trigger()
    hand.drag((200, 150), (220, 150), (240, 150))
    assert TOLD in hand.window.status.currentMessage()
    assert hand.canvas.selection == frozenset()
    _agree(hand, other)


def test_a_grading_submitted_elsewhere_becomes_read_only(hand, other):
    other.document.set_grade("gradability", "good")
    other.submit()
    hand.window.grading_panel.comment.setFocus()
    QTest.keyClicks(hand.window.grading_panel.comment, "late")
    hand.window.actions["label:MA"].trigger()  # takes the focus: the comment would be saved
    assert TOLD in hand.window.status.currentMessage()
    assert hand.window.document.state == "submitted"
    assert not hand.window.submit_button.isEnabled()
    assert "submitted" in hand.window.worklist.view.currentIndex().data()
    hand.open("b_OD")
    hand.open("a_OS")
    assert hand.window.grading_panel.comment.toPlainText() == ""
    hand.window.actions["reopen"].trigger()
    assert hand.window.document.state == "in progress"


def test_submitting_is_refused_until_the_others_work_was_seen(hand, other):
    hand.window.document.set_grade("gradability", "good")
    other.document.set_grade("dr", 4)  # refused: it has not seen the first window's grade
    assert TOLD in other.status.currentMessage()
    other.document.set_grade("dr", 4)
    hand.key(Qt.Key.Key_Return, hand.CTRL)
    assert hand.window.document.state == "in progress"
    assert TOLD in hand.window.status.currentMessage()
    assert hand.window.grading_panel.button("dr", 4).isChecked()
    hand.key(Qt.Key.Key_Return, hand.CTRL)
    assert hand.window.document.state == "submitted"
