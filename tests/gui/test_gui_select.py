"""The select tool: every gesture, with real mouse and key events on a real window."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.domain.edits import add_shapes
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
    assert hand.shapes[0].geometry.box == (0, 0, 120, 80)


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
    assert hand.window.document.undo_stack.undoText() == "Rotate OD"


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


def test_a_selected_shape_leaves_the_colour_inside_it_alone(hand, disc):
    hand.canvas.select([disc.id])
    middle = hand.at((220, 165))
    selected = hand.canvas.grab().toImage().pixelColor(middle)
    hand.window.actions["delete"].trigger()
    assert hand.shapes == []
    assert hand.canvas.grab().toImage().pixelColor(middle) == selected
