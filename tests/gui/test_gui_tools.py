"""Every drawing tool and gesture, with real mouse and key events on a real window."""

import math
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.domain.shapes import Polygon

Key = Qt.Key
NEAR = 1.0  # image pixels: the pointer lies on whole widget pixels


def _edits(hand):
    return hand.window.document.session.history()


def _titles(hand):
    stack = hand.window.document.undo_stack
    return [stack.text(place) for place in range(stack.count())]


def _box(shape):
    return pytest.approx(shape.geometry.box, abs=NEAR)


# Ellipse


def test_an_ellipse_is_dragged_by_its_box(hand):
    hand.key(Key.Key_1)
    hand.drag((100, 80), (120, 100), (180, 140))
    (shape,) = hand.shapes
    assert shape.label == "MA"
    assert _box(shape) == (100, 80, 180, 140)
    assert _titles(hand) == ["Add MA"]
    assert hand.canvas.selection == {shape.id}


def test_shift_draws_a_circle_and_alt_from_the_centre(hand):
    hand.tool("ellipse", "MA")
    hand.drag((100, 80), (180, 100), keys=hand.SHIFT)
    assert _box(hand.shapes[0]) == (100, 80, 180, 160)
    hand.drag((200, 150), (230, 170), keys=hand.ALT)
    assert _box(hand.shapes[1]) == (170, 130, 230, 170)


def test_a_click_draws_no_ellipse_and_says_how(hand):
    hand.tool("ellipse", "MA")
    hand.click((100, 100))
    assert hand.shapes == []
    assert "Drag" in hand.window.status.currentMessage()


def test_escape_gives_an_ellipse_up(hand):
    hand.tool("ellipse", "MA")
    QTest.mousePress(
        hand.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, hand.at((50, 50))
    )
    QTest.mouseMove(hand.canvas, hand.at((90, 90)))
    hand.key(Key.Key_Escape)
    QTest.mouseRelease(
        hand.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, hand.at((90, 90))
    )
    assert hand.shapes == []
    assert not hand.canvas.tool.busy


def test_an_ellipse_over_the_border_is_clipped_and_one_outside_refused(hand):
    hand.tool("ellipse", "OD")
    hand.drag((-20, 100), (60, 180))
    assert _box(hand.shapes[0]) == (0, 100, 60, 180)
    assert isinstance(hand.shapes[0].geometry, Polygon)
    assert "cut off" in hand.window.status.currentMessage()
    assert len(_edits(hand)) == 1
    hand.tool("ellipse", "MA")
    hand.drag((-30, 100), (-5, 130))
    assert len(hand.shapes) == 1
    assert "outside the image" in hand.window.status.currentMessage()


def test_quick_strokes_close_together_are_all_drawn(hand):
    """The window system calls the second press of two quick ones a double click."""
    hand.tool("ellipse", "MA")
    hand.drag((100, 100), (110, 110))
    press = hand.at((101, 101))
    release = hand.at((112, 115))
    QApplication.sendEvent(hand.canvas, _mouse(hand, QEvent.Type.MouseButtonDblClick, press))
    QApplication.sendEvent(hand.canvas, _mouse(hand, QEvent.Type.MouseButtonRelease, release))
    assert len(hand.shapes) == 2


def _mouse(hand, kind, place):
    spot, left = QPointF(place), Qt.MouseButton.LeftButton
    return QMouseEvent(kind, spot, hand.canvas.mapToGlobal(spot), left, left, Qt.KeyboardModifier.NoModifier)


# Polygon


CORNERS = [(100, 80), (180, 90), (170, 160), (110, 150)]


def _click_corners(hand, label="PPA"):
    hand.tool("polygon", label)
    for corner in CORNERS:
        hand.click(corner)


@pytest.mark.parametrize("close", ["enter", "first vertex", "double click"])
def test_a_polygon_is_clicked_and_closed(hand, close):
    hand.tool("polygon", "PPA")
    for corner in CORNERS[:-1]:
        hand.click(corner)
    if close == "double click":
        hand.double_click(CORNERS[-1])
    else:
        hand.click(CORNERS[-1])
        assert hand.shapes == []
        hand.click(CORNERS[0]) if close == "first vertex" else hand.key(Key.Key_Return)
    (shape,) = hand.shapes
    assert len(shape.geometry.points) == 4
    for drawn, meant in zip(shape.geometry.points, CORNERS, strict=True):
        assert drawn == pytest.approx(meant, abs=NEAR)
    assert len(_edits(hand)) == 1


def test_backspace_takes_the_last_vertex_back(hand):
    _click_corners(hand)
    hand.click((300, 200))
    hand.key(Key.Key_Backspace)
    hand.key(Key.Key_Return)
    assert len(hand.shapes[0].geometry.points) == 4


def test_escape_gives_a_polygon_up(hand):
    _click_corners(hand)
    hand.key(Key.Key_Escape)
    hand.key(Key.Key_Return)
    assert hand.shapes == []


def test_two_vertices_are_no_polygon(hand):
    hand.tool("polygon", "PPA")
    hand.click((50, 50))
    hand.click((90, 90))
    hand.key(Key.Key_Return)
    assert hand.shapes == []
    assert "three vertices" in hand.window.status.currentMessage()
    hand.click((50, 90))
    hand.key(Key.Key_Return)
    assert len(hand.shapes) == 1


def test_a_drag_is_a_lasso_with_few_vertices(hand):
    hand.tool("polygon", "PPA")
    circle = [
        (200 + 60 * math.cos(t / 40 * math.tau), 150 + 60 * math.sin(t / 40 * math.tau)) for t in range(41)
    ]
    dense = [
        (x0 + (x1 - x0) * k / 4, y0 + (y1 - y0) * k / 4)
        for (x0, y0), (x1, y1) in pairwise(circle)
        for k in range(4)
    ]
    hand.drag(*dense)
    (shape,) = hand.shapes
    assert isinstance(shape.geometry, Polygon)
    assert 8 <= len(shape.geometry.points) <= 60
    assert _box(shape) == (140, 90, 260, 210)
    assert len(_edits(hand)) == 1


def test_an_outline_that_crosses_itself_keeps_its_largest_part_and_says_so(hand):
    hand.tool("polygon", "PPA")
    for corner in [(50, 50), (150, 150), (150, 50), (50, 200)]:
        hand.click(corner)
    hand.key(Key.Key_Return)
    assert len(hand.shapes) == 1
    assert "crossed itself" in hand.window.status.currentMessage()


def test_an_outline_without_area_is_refused(hand):
    hand.tool("polygon", "PPA")
    for corner in [(50, 50), (100, 50), (150, 50)]:
        hand.click(corner)
    hand.key(Key.Key_Return)
    assert hand.shapes == []
    assert "no area" in hand.window.status.currentMessage()


def test_vertices_stay_on_the_image(hand):
    hand.tool("polygon", "PPA")
    for corner in [(-30, 20), (60, 20), (60, 100), (-30, 100)]:
        hand.click(corner)
    hand.key(Key.Key_Return)
    assert _box(hand.shapes[0]) == (0, 20, 60, 100)


# Point and single labels


def test_a_second_fovea_moves_the_first(hand):
    hand.key(Key.Key_F)
    hand.click((100, 100))
    (first,) = hand.shapes
    hand.click((150, 120))
    (second,) = hand.shapes
    assert second.id == first.id
    assert (second.geometry.x, second.geometry.y) == pytest.approx((150, 120), abs=NEAR)
    assert len(_edits(hand)) == 2


def test_a_point_outside_the_image_is_refused(hand):
    hand.tool("point", "fovea")
    hand.click((-10, 20))
    assert hand.shapes == []


@pytest.mark.parametrize("label", ["OD", "OC"])
def test_a_second_shape_of_a_single_label_replaces_the_first_in_one_edit(hand, label):
    hand.tool("ellipse", label)
    hand.drag((100, 100), (160, 160))
    (first,) = hand.shapes
    hand.drag((200, 100), (260, 160))
    (second,) = hand.shapes
    assert _box(second) == (200, 100, 260, 160)
    assert len(_edits(hand)) == 2
    hand.window.actions["undo"].trigger()
    assert hand.shapes == [first]


def test_a_label_is_not_drawn_with_a_kind_it_cannot_have(hand):
    hand.window.choose_label("fovea")
    assert not hand.window.actions["ellipse"].isEnabled()
    hand.canvas.use_tool("ellipse")
    hand.drag((100, 100), (150, 150))
    assert hand.shapes == []
    assert "not as ellipse" in hand.window.status.currentMessage()


def test_drawing_a_label_answered_none_takes_that_answer_back(hand):
    hand.window.document.set_absent("MA", True)
    hand.tool("ellipse", "MA")
    hand.drag((100, 100), (150, 150))
    assert hand.window.document.grading.absent == frozenset()
    assert _titles(hand) == ["MA: none", "Add MA"]
    hand.key(Key.Key_Z, hand.CTRL)
    assert hand.shapes == []
    assert hand.window.document.grading.absent == {"MA"}


# What was just drawn, before the select tool is taken


def test_keys_work_on_what_was_just_drawn(hand):
    hand.tool("ellipse", "MA")
    hand.drag((100, 100), (120, 120))
    x = hand.shapes[0].geometry.x
    hand.key(Key.Key_Right, hand.SHIFT)
    assert hand.shapes[0].geometry.x == pytest.approx(x + 10)
    hand.key(Key.Key_Right, hand.ALT | hand.SHIFT)
    assert hand.shapes[0].geometry.angle == pytest.approx(15)
    hand.drag((200, 100), (220, 120))
    hand.key(Key.Key_Delete)
    assert len(hand.shapes) == 1
    assert hand.canvas.tool.name == "ellipse"
    assert _titles(hand) == ["Add MA", "Nudge MA", "Rotate MA", "Add MA", "Delete MA"]


def test_a_nudge_that_is_held_is_committed_by_the_next_stroke(hand):
    hand.tool("ellipse", "MA")
    hand.drag((100, 100), (120, 120))
    QTest.keyPress(hand.canvas, Key.Key_Right)
    hand.drag((200, 100), (220, 120))
    QTest.keyRelease(hand.canvas, Key.Key_Right)
    assert _titles(hand) == ["Add MA", "Nudge MA", "Add MA"]
    assert hand.canvas.preview == {}


def test_delete_takes_the_polygon_and_not_the_vertex_it_was_closed_on(hand):
    hand.tool("polygon", "PPA")
    for spot in ((100, 100), (160, 100), (160, 160)):
        hand.click(spot)
    hand.double_click((100, 160))
    assert len(hand.shapes) == 1
    hand.key(Key.Key_Delete)
    assert hand.shapes == []


def test_one_backspace_too_many_keeps_the_polygon_before(hand):
    hand.tool("polygon", "PPA")
    for spot in ((100, 100), (160, 100), (160, 160)):
        hand.click(spot)
    hand.key(Key.Key_Return)
    hand.click((200, 200))
    for _ in range(3):
        hand.key(Key.Key_Backspace)
    assert len(hand.shapes) == 1


def test_only_the_select_tool_shows_the_grips_that_it_takes(hand):
    hand.tool("ellipse", "MA")
    hand.drag((100, 100), (160, 140))
    grip = hand.at((160, 120))

    def white_at_grip():
        return hand.canvas.grab().toImage().pixelColor(grip.x(), grip.y()).lightness() > 240

    assert not white_at_grip()
    hand.tool("select")
    assert white_at_grip()


def test_the_menu_says_what_undo_takes_back(hand):
    undo, redo = hand.window.actions["undo"], hand.window.actions["redo"]
    hand.tool("ellipse", "MA")
    hand.drag((100, 100), (120, 120))
    assert (undo.text(), redo.text()) == ("Undo: Add MA", "Redo")
    hand.key(Key.Key_Z, hand.CTRL)
    assert (undo.text(), redo.text()) == ("Undo", "Redo: Add MA")
    hand.open("c")
    assert (undo.text(), redo.text()) == ("Undo", "Redo")


def test_chosen_vertices_are_let_go_with_the_select_tool(hand):
    hand.tool("polygon", "PPA")
    for spot in ((100, 100), (160, 100), (160, 160), (100, 160)):
        hand.click(spot)
    hand.key(Key.Key_Return)
    hand.tool("select")
    hand.drag((90, 90), (110, 110), keys=hand.CTRL)
    hand.tool("knife")
    hand.key(Key.Key_Delete)
    assert hand.shapes == []


def test_each_label_remembers_the_tool_taken_for_it(hand):
    hand.key(Qt.Key.Key_1)
    assert hand.canvas.tool.name == "ellipse"
    hand.key(Qt.Key.Key_G)
    hand.key(Qt.Key.Key_D)
    assert hand.canvas.tool.name == "ellipse"
    hand.key(Qt.Key.Key_1)
    assert hand.canvas.tool.name == "polygon"
