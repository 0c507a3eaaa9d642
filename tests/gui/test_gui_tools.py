"""Every tool and gesture, with real mouse and key events on a real window."""

import math

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.domain.edits import ChangeShapes, SetAbsent, add_shapes
from retina_studio.domain.shapes import Ellipse, Point, Polygon, new_shape

Key = Qt.Key
NEAR = 1.0  # image pixels: the pointer lies on whole widget pixels


def _edits(hand):
    return hand.window.document.session.history()


def _put(hand, *shapes):
    assert hand.window.document.apply(add_shapes(*shapes))
    hand.window.actions["select"].trigger()


def _box(shape):
    return pytest.approx(shape.geometry.box, abs=NEAR)


# Ellipse


def test_an_ellipse_is_dragged_by_its_box(hand):
    hand.key(Key.Key_1)
    hand.drag((100, 80), (120, 100), (180, 140))
    (shape,) = hand.shapes
    assert shape.label == "MA"
    assert _box(shape) == (100, 80, 180, 140)
    assert [type(entry.edit) for entry in _edits(hand)] == [ChangeShapes]
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


def test_an_ellipse_may_reach_over_the_border_but_not_lie_outside(hand):
    hand.tool("ellipse", "OD")
    hand.drag((-20, 100), (60, 180))
    assert _box(hand.shapes[0]) == (-20, 100, 60, 180)
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
        for (x0, y0), (x1, y1) in zip(circle, circle[1:], strict=False)
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
    assert [type(e.edit) for e in _edits(hand)] == [SetAbsent, SetAbsent, ChangeShapes]


# Select


@pytest.fixture
def disc(hand):
    shape = new_shape("OD", Ellipse(200, 150, 60, 40, 0))
    _put(hand, shape)
    return shape


@pytest.fixture
def square(hand):
    shape = new_shape("PPA", Polygon(((100, 100), (160, 100), (160, 160), (100, 160))))
    _put(hand, shape)
    return shape


def test_click_selects_and_empty_ground_lets_go(hand, disc):
    hand.click((200, 150))
    assert hand.canvas.selection == {disc.id}
    hand.click((20, 20))
    assert hand.canvas.selection == frozenset()
    assert len(_edits(hand)) == 1


def test_shift_click_adds_and_takes_out(hand, disc):
    lesion = new_shape("MA", Ellipse(50, 50, 8, 8))
    _put(hand, lesion)
    hand.click((200, 150))
    hand.click((50, 50), hand.SHIFT)
    assert hand.canvas.selection == {disc.id, lesion.id}
    hand.click((200, 150), hand.SHIFT)
    assert hand.canvas.selection == {lesion.id}


def test_a_rubber_band_selects_what_it_holds(hand, disc):
    lesions = [new_shape("MA", Ellipse(40 + 30 * n, 40, 8, 8)) for n in range(3)]
    _put(hand, *lesions)
    hand.drag((20, 20), (60, 60), (85, 70))
    assert hand.canvas.selection == {lesions[0].id, lesions[1].id}
    hand.drag((88, 20), (115, 60), keys=hand.SHIFT)
    assert hand.canvas.selection == {shape.id for shape in lesions}


def test_ctrl_begins_a_band_on_a_shape(hand, disc):
    lesion = new_shape("MA", Ellipse(200, 150, 5, 5))
    _put(hand, lesion)
    hand.drag((180, 140), (220, 160), keys=hand.CTRL)
    assert hand.canvas.selection == {lesion.id}
    assert hand.window.document.grading.shapes[disc.id] == disc


def test_a_drag_moves_the_selection_in_one_edit(hand, disc):
    lesion = new_shape("MA", Ellipse(50, 50, 8, 8))
    _put(hand, lesion)
    hand.window.actions["select_all"].trigger()
    hand.drag((200, 150), (215, 160), (230, 170))
    shapes = hand.window.document.grading.shapes
    assert shapes[disc.id].geometry.centre == pytest.approx((230, 170), abs=NEAR)
    assert shapes[lesion.id].geometry.centre == pytest.approx((80, 70), abs=NEAR)
    assert len(_edits(hand)) == 3
    hand.window.actions["undo"].trigger()
    assert hand.window.document.grading.shapes[disc.id] == disc


def test_a_shape_is_not_moved_off_the_image(hand, disc):
    hand.drag((200, 150), (100, 100), (-200, -200))
    assert hand.shapes[0].geometry.centre == (0, 0)


def test_escape_gives_a_move_up(hand, disc):
    QTest.mousePress(
        hand.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, hand.at((200, 150))
    )
    QTest.mouseMove(hand.canvas, hand.at((230, 180)))
    assert hand.canvas.preview
    hand.key(Key.Key_Escape)
    assert hand.canvas.preview == {}
    QTest.mouseRelease(
        hand.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, hand.at((230, 180))
    )
    assert hand.shapes == [disc]


def test_an_axis_handle_resizes(hand, disc):
    hand.click((200, 150))
    hand.drag((260, 150), (270, 150), (280, 150))
    assert _box(hand.shapes[0]) == (140, 110, 280, 190)
    hand.drag((280, 150), (290, 150), keys=hand.ALT)
    assert _box(hand.shapes[0]) == (130, 110, 290, 190)
    assert len(_edits(hand)) == 3


def test_the_rotate_handle_turns(hand, disc):
    hand.click((200, 150))
    grip_y = 110 - 26 / hand.canvas.view.scale
    hand.drag((200, grip_y), (240, grip_y), (280, 150))
    form = hand.shapes[0].geometry
    assert form.angle == pytest.approx(90, abs=1.5)
    assert (form.a, form.b) == (60, 40)
    assert "Rotate" in _edits(hand)[-1].edit.title


def test_a_vertex_is_moved(hand, square):
    hand.click((130, 130))
    hand.drag((160, 100), (170, 90), (180, 80))
    assert hand.shapes[0].geometry.points[1] == pytest.approx((180, 80), abs=NEAR)
    assert hand.shapes[0].geometry.points[0] == (100, 100)


@pytest.mark.parametrize("gesture", ["double click", "alt click"])
def test_a_vertex_is_inserted_into_an_edge(hand, square, gesture):
    hand.click((130, 130))
    hand.double_click((130, 100)) if gesture == "double click" else hand.click((130, 100), hand.ALT)
    points = hand.shapes[0].geometry.points
    assert len(points) == 5
    assert points[1] == pytest.approx((130, 100), abs=NEAR)
    assert len(_edits(hand)) == 2


@pytest.mark.parametrize("gesture", ["delete", "alt click"])
def test_a_vertex_is_deleted(hand, square, gesture):
    hand.click((130, 130))
    if gesture == "delete":
        hand.move((160, 160))
        hand.key(Key.Key_Delete)
    else:
        hand.click((160, 160), hand.ALT)
    assert hand.shapes[0].geometry.points == ((100, 100), (160, 100), (100, 160))


def test_the_last_three_vertices_stay(hand):
    triangle = new_shape("PPA", Polygon(((100, 100), (160, 100), (100, 160))))
    _put(hand, triangle)
    hand.click((115, 115))
    hand.click((160, 100), hand.ALT)
    assert hand.shapes == [triangle]
    assert "three vertices" in hand.window.status.currentMessage()


def test_delete_removes_the_selection_in_one_edit(hand, disc, square):
    hand.window.actions["select_all"].trigger()
    hand.move((20, 20))
    hand.key(Key.Key_Delete)
    assert hand.shapes == []
    assert len(_edits(hand)) == 3


def test_delete_without_a_selection_says_so(hand, disc):
    hand.key(Key.Key_Delete)
    assert hand.shapes == [disc]
    assert "Select" in hand.window.status.currentMessage()


def test_arrows_nudge_and_a_held_arrow_is_one_edit(hand, disc):
    hand.click((200, 150))
    hand.key(Key.Key_Right)
    assert hand.shapes[0].geometry.centre == (201, 150)
    hand.key(Key.Key_Up, hand.SHIFT)
    assert hand.shapes[0].geometry.centre == (201, 140)
    before = len(_edits(hand))
    for repeat in range(5):
        _send_key(hand, QEvent.Type.KeyPress, repeat > 0)
    _send_key(hand, QEvent.Type.KeyRelease, False)
    assert hand.shapes[0].geometry.centre == (206, 140)
    assert len(_edits(hand)) == before + 1


def _send_key(hand, kind, repeated):
    key = QKeyEvent(kind, Key.Key_Right, Qt.KeyboardModifier.NoModifier, "", repeated)
    QApplication.sendEvent(hand.canvas, key)


def test_a_point_is_moved(hand):
    fovea = new_shape("fovea", Point(90, 90))
    _put(hand, fovea)
    hand.drag((90, 90), (100, 95), (120, 110))
    assert hand.shapes[0].geometry.centre == pytest.approx((120, 110), abs=NEAR)


def test_hidden_shapes_are_out_of_reach(hand, disc):
    hand.press(hand.window.label_panel.visible_button("OD"))
    hand.click((200, 150))
    assert hand.canvas.selection == frozenset()
    hand.press(hand.window.label_panel.visible_button("OD"))
    hand.click((200, 150))
    assert hand.canvas.selection == {disc.id}
