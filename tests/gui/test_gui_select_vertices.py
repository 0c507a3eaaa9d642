"""Several vertices at once, and turning and growing by keys, with real mouse and key events."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.geometry import area
from retina_studio.domain.shapes import Ellipse, Polygon, new_shape

Key = Qt.Key
NEAR = 1.0
CORNERS = ((100, 100), (130, 90), (160, 100), (160, 160), (130, 170), (100, 160))


@pytest.fixture
def outline(hand):
    shape = new_shape("PPA", Polygon(CORNERS))
    _put(hand, shape)
    return shape


@pytest.fixture
def disc(hand):
    shape = new_shape("OD", Ellipse(200, 150, 60, 40, 0))
    _put(hand, shape)
    return shape


def _put(hand, shape):
    assert hand.window.document.apply(add_shapes(shape))
    hand.window.actions["select"].trigger()
    hand.canvas.setFocus()
    hand.canvas.select([shape.id])


def _count(hand):
    return len(hand.window.document.session.history())


def _points(hand):
    return hand.shapes[0].geometry.points


def test_vertices_in_a_band_move_together(hand, outline):
    hand.drag((90, 80), (150, 105), (170, 110), keys=hand.CTRL)
    assert hand.canvas.selection == {outline.id}
    assert "3 vertices" in hand.window.status.currentMessage()
    hand.drag((130, 90), (140, 80), (150, 70))
    for moved, start in zip(_points(hand)[:3], CORNERS[:3], strict=True):
        assert moved == pytest.approx((start[0] + 20, start[1] - 20), abs=NEAR)
    assert _points(hand)[3:] == CORNERS[3:]
    assert _count(hand) == 2
    hand.drag((150, 70), (150, 60))  # still chosen
    assert _points(hand)[0] == pytest.approx((120, 70), abs=NEAR)
    hand.key(Key.Key_Z, hand.CTRL)
    hand.key(Key.Key_Z, hand.CTRL)
    assert hand.shapes == [outline]


def test_shift_click_chooses_vertices_and_delete_removes_them(hand, outline):
    hand.click((130, 90), hand.SHIFT)
    hand.click((130, 170), hand.SHIFT)
    hand.click((100, 100), hand.SHIFT)
    hand.click((100, 100), hand.SHIFT)
    hand.move((20, 20))
    hand.key(Key.Key_Delete)
    assert _points(hand) == tuple(corner for corner in CORNERS if corner[0] != 130)
    assert _count(hand) == 2


def test_chosen_vertices_are_nudged_and_escape_lets_them_go(hand, outline):
    hand.click((160, 100), hand.SHIFT)
    hand.click((160, 160), hand.SHIFT)
    hand.key(Key.Key_Right, hand.SHIFT)
    assert _points(hand)[2:4] == ((170, 100), (170, 160))
    hand.key(Key.Key_Escape)
    assert hand.canvas.selection == {outline.id}
    hand.key(Key.Key_Right)
    assert _points(hand)[0] == (101, 100)


def test_too_many_vertices_are_not_deleted(hand, outline):
    hand.drag((90, 80), (170, 165), keys=hand.CTRL)
    hand.key(Key.Key_Delete)
    assert hand.shapes == [outline]
    assert "three vertices" in hand.window.status.currentMessage()


def test_a_band_around_the_whole_outline_selects_the_shape(hand, outline):
    lesion = new_shape("MA", Ellipse(130, 130, 5, 5))
    assert hand.window.document.apply(add_shapes(lesion))
    hand.canvas.select([outline.id])
    hand.drag((80, 70), (200, 200), keys=hand.CTRL)
    assert hand.canvas.selection == {outline.id, lesion.id}


def test_vertices_chosen_are_painted(hand, outline):
    spot = hand.at((160, 100)) * hand.canvas.devicePixelRatioF()
    hand.move((20, 20))
    before = hand.canvas.grab().toImage().pixelColor(spot)
    hand.click((160, 100), hand.SHIFT)
    hand.move((20, 20))
    assert hand.canvas.grab().toImage().pixelColor(spot) != before


# Turning and growing


@pytest.mark.parametrize(
    ("key", "large", "angle"),
    [(Key.Key_Right, False, 1), (Key.Key_Left, False, 179), (Key.Key_Right, True, 15)],
)
def test_alt_and_arrows_turn(hand, disc, key, large, angle):
    hand.key(key, hand.ALT | hand.SHIFT if large else hand.ALT)
    assert hand.shapes[0].geometry == Ellipse(200, 150, 60, 40, angle)
    assert hand.window.document.undo_stack.undoText() == "Rotate OD"


def test_alt_and_arrows_grow_and_shrink(hand, disc):
    hand.key(Key.Key_Up, hand.ALT | hand.SHIFT)
    form = hand.shapes[0].geometry
    assert (form.a, form.b) == pytest.approx((70, 40 * 70 / 60))
    hand.key(Key.Key_Down, hand.ALT)
    assert hand.shapes[0].geometry.a == pytest.approx(69)
    assert hand.window.document.undo_stack.undoText() == "Resize OD"


def test_a_polygon_turns_and_grows_about_its_middle(hand, outline):
    hand.key(Key.Key_Right, hand.ALT | hand.SHIFT)
    turned = hand.shapes[0].geometry
    assert area(turned) == pytest.approx(area(outline.geometry))
    assert turned != outline.geometry
    hand.key(Key.Key_Up, hand.ALT | hand.SHIFT)
    assert area(hand.shapes[0].geometry) > 1.3 * area(turned)


def test_a_held_turn_is_one_edit(hand, disc):
    for repeat in range(6):
        _send_key(hand, QEvent.Type.KeyPress, repeat > 0)
    _send_key(hand, QEvent.Type.KeyRelease, False)
    assert hand.shapes[0].geometry.angle == 6
    assert _count(hand) == 2
    hand.key(Key.Key_Z, hand.CTRL)
    assert hand.shapes == [disc]


def _send_key(hand, kind, repeated):
    key = QKeyEvent(kind, Key.Key_Right, Qt.KeyboardModifier.AltModifier, "", repeated)
    QApplication.sendEvent(hand.canvas, key)
