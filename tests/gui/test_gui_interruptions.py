"""What comes in between: a filter, undo, another label, another image, submission, while work is under way."""

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.shapes import Ellipse, Polygon, new_shape

Key = Qt.Key
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
DISC = new_shape("OD", Ellipse(200, 150, 60, 40, 0))
SQUARE = new_shape("PPA", Polygon(((100, 100), (160, 100), (160, 160), (100, 160))))
CORNERS = ((100, 100), (160, 100), (160, 160))


def _draw_corners(hand, label="PPA"):
    hand.tool("polygon", label)
    for corner in CORNERS:
        hand.click(corner)
    assert hand.canvas.tool.busy


def _select(hand, shape):
    assert hand.window.document.apply(add_shapes(shape))
    hand.window.actions["select"].trigger()
    hand.canvas.setFocus()
    hand.canvas.select([shape.id])


def _press(hand, spot):
    QTest.mousePress(hand.canvas, LEFT, NO_KEY, hand.at(spot))


def _release(hand, spot):
    QTest.mouseRelease(hand.canvas, LEFT, NO_KEY, hand.at(spot))


def _drag_on(hand, spot):
    place = QPointF(hand.at(spot))
    above = hand.canvas.mapToGlobal(place)
    event = QMouseEvent(QEvent.Type.MouseMove, place, above, Qt.MouseButton.NoButton, LEFT, NO_KEY)
    QApplication.sendEvent(hand.canvas, event)


# The worklist's filter


def _rows(panel):
    model = panel.view.model()
    return [model.index(row, 0).data().split(",")[0] for row in range(model.rowCount())]


def test_the_image_stays_when_the_first_edit_takes_its_state_out_of_the_filter(hand):
    panel = hand.window.worklist
    QTest.keyClicks(panel.filter_field, "open")
    hand.tool("ellipse", "OD")
    hand.drag((100, 100), (160, 160))
    hand.qtbot.wait(50)
    assert hand.window.image.name == "a_OS"
    assert len(hand.shapes) == 1
    assert _rows(panel) == ["a_OS", "b_OD", "c", "scan"]
    assert panel.view.currentIndex().row() == 0


def test_a_filter_that_leaves_the_image_out_keeps_it_and_the_polygon_under_way(hand):
    _draw_corners(hand)
    panel = hand.window.worklist
    QTest.keyClicks(panel.filter_field, "b_")
    assert hand.window.image.name == "a_OS"
    assert hand.canvas.tool.busy
    assert _rows(panel) == ["a_OS", "b_OD"]
    panel.filter_field.clear()
    hand.key(Key.Key_Return)
    assert len(hand.shapes) == 1
    hand.key(Key.Key_N)
    assert hand.window.image.name == "b_OD"


# Undo while a comment is typed, a shape is dragged, a polygon is drawn


def test_undo_takes_back_the_comment_that_is_still_being_typed(hand):
    hand.window.document.apply(add_shapes(DISC))
    comment = hand.window.grading_panel.comment
    comment.setFocus()
    QTest.keyClicks(comment, "tilted disc")
    hand.window.actions["undo"].trigger()
    assert hand.shapes == [DISC]
    assert comment.toPlainText() == ""
    hand.window.actions["redo"].trigger()
    assert hand.window.document.grading.comment == "tilted disc"
    assert comment.toPlainText() == "tilted disc"


@pytest.mark.parametrize("by", ["key", "action"])
def test_undo_during_a_drag_gives_the_drag_up_and_nothing_else(hand, by):
    _select(hand, DISC)
    _press(hand, (260, 150))
    _drag_on(hand, (280, 150))
    assert hand.canvas.preview
    hand.key(Key.Key_Z, hand.CTRL) if by == "key" else hand.window.actions["undo"].trigger()
    assert not hand.canvas.preview
    _drag_on(hand, (290, 150))
    _release(hand, (290, 150))
    assert hand.shapes == [DISC]
    hand.key(Key.Key_Z, hand.CTRL)
    assert hand.shapes == []


@pytest.mark.parametrize("spot", [(260, 150), (200, 150)], ids=["handle", "body"])
def test_a_shape_that_goes_while_it_is_dragged_is_let_go(hand, spot):
    _select(hand, DISC)
    _press(hand, spot)
    _drag_on(hand, (spot[0] + 20, spot[1]))
    hand.window.document.undo_stack.undo()
    _drag_on(hand, (spot[0] + 30, spot[1]))
    _release(hand, (spot[0] + 30, spot[1]))
    assert hand.shapes == []
    assert not hand.canvas.tool.busy
    hand.window.document.undo_stack.redo()
    assert hand.shapes == [DISC]


def test_undo_during_a_nudge_takes_the_nudge_back(hand):
    _select(hand, DISC)
    QTest.keyPress(hand.canvas, Key.Key_Right)
    hand.window.actions["undo"].trigger()
    QTest.keyRelease(hand.canvas, Key.Key_Right)
    assert hand.shapes == [DISC]
    hand.window.actions["redo"].trigger()
    assert hand.shapes[0].geometry.centre == (201, 150)


def test_deleting_while_a_vertex_is_dragged_deletes_it_once(hand):
    _select(hand, SQUARE)
    _press(hand, (100, 160))
    _drag_on(hand, (90, 170))
    hand.key(Key.Key_Delete)
    _drag_on(hand, (80, 170))
    _release(hand, (80, 170))
    assert hand.shapes == []
    assert len(hand.window.document.session.history()) == 2


def test_undo_takes_back_the_last_vertex(hand):
    _draw_corners(hand)
    assert not hand.window.actions["undo"].isEnabled()
    hand.click((100, 160))
    hand.key(Key.Key_Z, hand.CTRL)
    hand.key(Key.Key_Return)
    assert len(hand.shapes[0].geometry.points) == len(CORNERS)
    assert hand.shapes[0].geometry.box == pytest.approx((100, 100, 160, 160), abs=1)
    hand.key(Key.Key_Z, hand.CTRL)
    assert hand.shapes == []


def test_undo_of_every_vertex_leaves_the_edits_alone(hand):
    hand.window.document.apply(add_shapes(DISC))
    _draw_corners(hand)
    for _ in CORNERS:
        hand.key(Key.Key_Z, hand.CTRL)
    assert not hand.canvas.tool.busy
    assert hand.shapes == [DISC]
    hand.key(Key.Key_Z, hand.CTRL)
    assert hand.shapes == []


# A held arrow key


@pytest.mark.parametrize("way", ["next image", "submit", "other label", "click"])
def test_a_held_arrow_is_not_lost(hand, way):
    _select(hand, DISC)
    hand.press(hand.window.grading_panel.button("gradability", "good"))
    hand.canvas.setFocus()
    for _ in range(5):
        QTest.keyPress(hand.canvas, Key.Key_Right)
    if way == "next image":
        hand.open("b_OD")
    elif way == "submit":
        hand.window.actions["submit"].trigger()
        assert hand.window.document.state == "submitted"
    elif way == "other label":
        hand.window.actions["label:MA"].trigger()
    else:
        hand.click((20, 20))
    QTest.keyRelease(hand.canvas, Key.Key_Right)
    hand.open("a_OS")
    assert hand.shapes[0].geometry.centre == (205, 150)


# Another label, another tool, submission, in the middle of an outline


def test_an_outline_becomes_one_of_the_new_label_where_that_may_have_one(hand):
    _draw_corners(hand)
    hand.key(Key.Key_1)
    assert hand.canvas.label == "MA"
    hand.key(Key.Key_Return)
    assert [(shape.label, type(shape.geometry)) for shape in hand.shapes] == [("MA", Polygon)]


@pytest.mark.parametrize("by", ["key", "button", "tool", "submit", "redo"])
def test_an_outline_must_be_finished_first(hand, by):
    hand.press(hand.window.grading_panel.button("gradability", "good"))
    hand.window.document.apply(add_shapes(DISC))
    hand.window.document.undo_stack.undo()
    _draw_corners(hand)
    if by == "key":
        hand.key(Key.Key_F)
    elif by == "button":
        hand.press(hand.window.label_panel.button("fovea"))
    elif by == "tool":
        hand.key(Key.Key_E)
    elif by == "submit":
        hand.press(hand.window.submit_button)
    else:
        hand.key(Key.Key_Y, hand.CTRL)
    assert hand.window.status.currentMessage() == "Finish the outline first (Enter), or press Esc."
    assert hand.window.document.state == "in progress"
    assert hand.window.label_panel.button("PPA").isChecked()
    assert hand.window.actions["polygon"].isChecked()
    hand.key(Key.Key_Return)
    assert [shape.label for shape in hand.shapes] == ["PPA"]


# An empty study


def test_nothing_breaks_in_an_empty_study(application, qtbot, study):
    from retina_studio.gui.main_window import MainWindow

    window = MainWindow(study, study.add_grader("Chen"))
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.start()
    assert not any(action.isEnabled() for name, action in window.actions.items() if name.startswith("label:"))
    for key in "1DFEGTHMPNYX":
        QTest.keyClick(window.canvas, key)
    QTest.mouseClick(window.canvas, LEFT)
    window.submit_button.click()
    assert window.image is None


# What is hidden


def _shown(hand):
    return {code: hand.window.label_panel.visible_button(code).isChecked() for code in ("OD", "MA")}


def test_a_hidden_label_stays_hidden_over_an_image_of_the_other_modality(hand):
    hand.press(hand.window.label_panel.visible_button("OD"))
    hand.open("scan")
    hand.open("a_OS")
    assert _shown(hand) == {"OD": False, "MA": True}
    assert hand.canvas.hidden_labels == {"OD"}
    hand.press(hand.window.label_panel.visible_button("OD"))
    assert hand.canvas.hidden_labels == frozenset()


def test_hide_shapes_holds_for_the_other_modality_too(hand):
    hand.key(Key.Key_H)
    hand.open("scan")
    assert hand.window.actions["hide_shapes"].isChecked()
    assert {"drusen", "OD"} <= hand.canvas.hidden_labels
    hand.key(Key.Key_H)
    assert hand.canvas.hidden_labels == frozenset()


@pytest.mark.parametrize("hidden_by", ["eye", "hide shapes"])
def test_what_is_drawn_is_seen_although_its_label_was_hidden(hand, hidden_by):
    hand.press(hand.window.label_panel.visible_button("MA"))
    if hidden_by == "eye":
        hand.press(hand.window.label_panel.visible_button("OD"))
    else:
        hand.key(Key.Key_H)
    hand.tool("ellipse", "OD")
    bare = hand.canvas.grab().toImage()
    hand.drag((100, 100), (160, 160))
    hand.canvas.select(())
    assert hand.canvas.grab().toImage() != bare
    assert _shown(hand) == {"OD": True, "MA": False}
    assert hand.canvas.hidden_labels == {"MA"}
    assert not hand.window.actions["hide_shapes"].isChecked()


# A small window


def test_half_of_a_small_window_is_canvas(hand):
    wide = hand.window.worklist.width()
    hand.window.resize(1000, 650)
    hand.qtbot.waitUntil(lambda: hand.window.worklist.width() < wide)
    assert hand.canvas.width() >= 500
    hand.window.resize(1400, 900)
    hand.qtbot.waitUntil(lambda: hand.window.worklist.width() == wide)
    assert hand.canvas.width() >= 700
