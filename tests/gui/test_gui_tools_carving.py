"""Brush, eraser, knife, wand, holes and the two-stroke ellipse, with real mouse and key events."""

import math

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.geometry import area
from retina_studio.domain.shapes import Ellipse, Polygon, new_shape

Key = Qt.Key
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
NEAR = 1.0  # image pixels: the pointer lies on whole widget pixels


def _edits(hand):
    return hand.window.document.session.history()


def _titles(hand):
    stack = hand.window.document.undo_stack
    return [stack.text(place) for place in range(stack.count())]


def _put(hand, *shapes, selected=True):
    assert hand.window.document.apply(add_shapes(*shapes))
    hand.canvas.setFocus()
    if selected:
        hand.canvas.select([shape.id for shape in shapes])


def _square(label="PPA", left=100, top=100, side=80):
    right, bottom = left + side, top + side
    return new_shape(label, Polygon(((left, top), (right, top), (right, bottom), (left, bottom))))


def _undo(hand):
    hand.key(Key.Key_Z, hand.CTRL)


def _said(hand):
    return hand.window.status.currentMessage()


def _wheel(hand, spot, notches, keys):
    place = QPointF(hand.at(spot))
    event = QWheelEvent(
        place,
        hand.canvas.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(hand.canvas, event)


# The ellipse in two strokes


def test_ctrl_draws_the_long_axis_and_a_click_sets_the_width(hand):
    hand.tool("ellipse", "MA")
    hand.drag((100, 100), (140, 130), (180, 160), keys=hand.CTRL)
    assert hand.shapes == []
    assert "width" in _said(hand)
    hand.move((152, 114))  # 20 px off the axis, which runs 3-4-5
    hand.click((152, 114))
    form = hand.shapes[0].geometry
    assert (form.x, form.y) == pytest.approx((140, 130), abs=NEAR)
    assert form.a == pytest.approx(50, abs=NEAR)
    assert form.b == pytest.approx(20, abs=2 * NEAR)
    assert form.angle == pytest.approx(math.degrees(math.atan2(3, 4)), abs=2)
    assert len(_edits(hand)) == 1
    _undo(hand)
    assert hand.shapes == []


@pytest.mark.parametrize("answer", ["escape", "enter", "undo"])
def test_the_width_may_be_given_up_or_taken_as_it_is(hand, answer):
    hand.tool("ellipse", "MA")
    hand.drag((100, 100), (180, 100), keys=hand.CTRL)
    if answer == "undo":
        _undo(hand)
    else:
        hand.key(Key.Key_Escape if answer == "escape" else Key.Key_Return)
    assert not hand.canvas.tool.busy
    assert [shape.geometry.b for shape in hand.shapes] == (
        [pytest.approx(20, abs=NEAR)] if answer == "enter" else []
    )


def test_shift_makes_the_width_a_circle_and_alt_the_axis_from_the_centre(hand):
    hand.tool("ellipse", "MA")
    hand.drag((200, 150), (240, 150), keys=hand.CTRL | hand.ALT)
    hand.click((205, 160), hand.SHIFT)
    form = hand.shapes[0].geometry
    assert (form.x, form.y, form.a, form.b) == pytest.approx((200, 150, 40, 40), abs=NEAR)


# Brush


def test_the_brush_begins_a_shape_and_adds_to_it(hand):
    hand.tool("brush", "PPA")
    hand.drag((100, 100), (130, 100), (160, 100))
    (first,) = hand.shapes
    radius = hand.canvas.tool.radius
    assert first.geometry.box == pytest.approx(
        (100 - radius, 100 - radius, 160 + radius, 100 + radius), abs=NEAR
    )
    hand.drag((160, 100), (160, 130), (160, 160))
    (second,) = hand.shapes
    assert second.id == first.id
    assert second.geometry.box[3] == pytest.approx(160 + radius, abs=NEAR)
    assert _titles(hand) == ["Add PPA", "Brush PPA"]
    _undo(hand)
    assert hand.shapes == [first]


def test_the_brush_makes_a_polygon_of_an_ellipse(hand):
    _put(hand, new_shape("OD", Ellipse(200, 150, 40, 40)))
    hand.window.actions["brush"].trigger()
    hand.drag((235, 150), (260, 150))
    (shape,) = hand.shapes
    assert isinstance(shape.geometry, Polygon)
    assert shape.geometry.box[0] == pytest.approx(160, abs=NEAR)
    assert area(shape.geometry) > math.pi * 40 * 40 + 100


def test_a_stroke_apart_from_the_selection_is_a_new_shape(hand):
    hand.tool("brush", "MA")
    hand.drag((60, 60), (64, 60))
    hand.drag((200, 200), (204, 200))
    assert [shape.label for shape in hand.shapes] == ["MA", "MA"]
    assert hand.canvas.selection == {hand.shapes[1].id}


def test_another_label_keeps_the_brush(hand):
    hand.key(Key.Key_B)
    hand.key(Key.Key_3)
    assert (hand.canvas.tool.name, hand.canvas.label) == ("brush", "HaEx")
    hand.drag((60, 60), (64, 60))
    assert [shape.label for shape in hand.shapes] == ["HaEx"]


def test_a_disc_drawn_already_is_not_painted_over(hand):
    disc = new_shape("OD", Ellipse(200, 150, 40, 40))
    _put(hand, disc, selected=False)
    hand.tool("brush", "OD")
    hand.drag((60, 60), (64, 60))
    assert hand.shapes == [disc]
    assert "select it" in _said(hand)


def test_a_stroke_over_the_edge_is_clipped(hand):
    hand.tool("brush", "MA")
    hand.drag((2, 50), (2, 80))
    assert hand.shapes[0].geometry.box[0] == 0
    assert "cut off" in _said(hand)


@pytest.mark.parametrize("by", ["keys", "ctrl wheel", "shift wheel"])
def test_the_size_of_the_brush(hand, by):
    hand.tool("brush", "MA")
    before, zoom = hand.canvas.options.brush_radius, hand.canvas.view
    if by == "keys":
        hand.key(Key.Key_BracketRight)
    else:
        _wheel(hand, (100, 100), 1, hand.CTRL if by == "ctrl wheel" else hand.SHIFT)
    assert hand.canvas.options.brush_radius == pytest.approx(1.2 * before)
    assert hand.canvas.view == zoom
    assert "pixels across" in _said(hand)
    hand.key(Key.Key_BracketLeft)
    assert hand.canvas.options.brush_radius == pytest.approx(before)
    _wheel(hand, (100, 100), 1, NO_KEY)
    assert hand.canvas.view != zoom


def test_a_ring_shows_the_size_where_the_pointer_is(hand):
    hand.tool("brush", "MA")
    hand.move((100, 100))
    ring = hand.canvas.grab().toImage()
    edge = hand.at((100, 100)) + QPoint(round(hand.canvas.options.brush_radius), 0)
    QApplication.sendEvent(hand.canvas, QEvent(QEvent.Type.Leave))
    bare = hand.canvas.grab().toImage()
    ratio = hand.canvas.devicePixelRatioF()
    assert ring.pixelColor(edge * ratio) != bare.pixelColor(edge * ratio)


def test_escape_gives_a_stroke_up(hand):
    hand.tool("brush", "MA")
    QTest.mousePress(hand.canvas, LEFT, NO_KEY, hand.at((100, 100)))
    hand.key(Key.Key_Escape)
    QTest.mouseRelease(hand.canvas, LEFT, NO_KEY, hand.at((100, 100)))
    assert hand.shapes == []


# Eraser


def test_the_eraser_carves_the_selection_in_one_edit(hand):
    square = _square()
    _put(hand, square)
    hand.key(Key.Key_U)
    hand.drag((100, 100), (100, 180))
    (carved,) = hand.shapes
    assert carved.id == square.id
    assert area(carved.geometry) < 80 * 80
    assert len(_edits(hand)) == 2
    _undo(hand)
    assert hand.shapes == [square]


def test_the_eraser_splits_and_removes(hand):
    square = _square()
    _put(hand, square)
    hand.key(Key.Key_U)
    hand.drag((140, 80), (140, 140), (140, 200))
    assert len(hand.shapes) == 2
    assert {shape.label for shape in hand.shapes} == {"PPA"}
    assert square.id in {shape.id for shape in hand.shapes}
    _undo(hand)
    hand.canvas.options.brush_radius = 200.0
    hand.canvas.select([square.id])
    hand.drag((140, 130), (140, 150))
    assert hand.shapes == []
    assert len(_edits(hand)) == 2


def test_without_a_selection_the_current_label_is_erased(hand):
    lesion, other = new_shape("MA", Ellipse(60, 60, 4, 4)), new_shape("HaEx", Ellipse(62, 60, 4, 4))
    _put(hand, lesion, other, selected=False)
    hand.window.choose_label("MA")
    hand.key(Key.Key_U)
    hand.canvas.options.brush_radius = 60.0
    hand.drag((60, 60), (62, 60))
    assert hand.shapes == [other]
    hand.drag((300, 250), (302, 250))
    assert "Nothing to erase" in _said(hand)


# Knife


def test_the_knife_splits_the_selected_shape(hand):
    square = _square()
    _put(hand, square)
    hand.key(Key.Key_K)
    hand.drag((90, 140), (140, 140), (200, 140))
    assert sorted(round(area(shape.geometry)) for shape in hand.shapes) == [
        pytest.approx(3200, abs=90),
        pytest.approx(3200, abs=90),
    ]
    assert len(_edits(hand)) == 2
    _undo(hand)
    assert hand.shapes == [square]


def test_without_a_selection_the_smallest_shape_that_is_divided_is_cut(hand):
    outer, inner = _square(), new_shape("MA", Ellipse(140, 140, 10, 10))
    _put(hand, outer, inner, selected=False)
    hand.key(Key.Key_K)
    hand.drag((90, 140), (200, 140))
    assert [shape.label for shape in hand.shapes].count("MA") == 2
    assert outer in hand.shapes


def test_a_cut_that_divides_nothing_says_so(hand):
    disc = new_shape("OD", Ellipse(200, 150, 40, 40))
    _put(hand, disc)
    hand.key(Key.Key_K)
    hand.drag((200, 90), (200, 220))
    assert "only one OD" in _said(hand)
    hand.canvas.select(())
    hand.drag((20, 20), (40, 40))
    assert "right across" in _said(hand)
    assert hand.shapes == [disc]


# Wand


@pytest.fixture
def blot(hand):
    """The picture shows one dark disc of radius 30 about (200, 150)."""
    import cv2
    import numpy as np

    from retina_studio.gui.canvas.picture import picture_of

    pixels = np.full((300, 400, 3), (180, 90, 50), np.uint8)
    cv2.circle(pixels, (200, 150), 30, (90, 20, 15), -1, cv2.LINE_AA)
    cv2.circle(pixels, (200, 150), 12, (75, 20, 15), -1, cv2.LINE_AA)
    hand.canvas.show_picture(picture_of(pixels))
    hand.canvas.options.tolerance = 15.0
    return math.pi * 30 * 30


def test_the_wand_takes_the_area_of_like_colour(hand, blot):
    hand.key(Key.Key_4)
    hand.key(Key.Key_W)
    hand.click((215, 150))
    (shape,) = hand.shapes
    assert shape.label == "CWS"
    assert area(shape.geometry) == pytest.approx(blot, rel=0.06)
    assert len(_edits(hand)) == 1
    _undo(hand)
    assert hand.shapes == []


def test_dragging_sets_the_tolerance_with_a_preview(hand, blot):
    hand.window.choose_label("CWS")
    hand.key(Key.Key_W)
    for _ in range(12):
        hand.key(Key.Key_BracketLeft)
    start = hand.canvas.options.tolerance
    assert start == pytest.approx(15 / 1.2**12)
    QTest.mousePress(hand.canvas, LEFT, NO_KEY, hand.at((200, 150)))
    shown = hand.canvas.grab().toImage()
    hand.drag((200, 150), (320, 150))
    assert hand.canvas.options.tolerance > start
    assert hand.canvas.grab().toImage() != shown
    assert area(hand.shapes[0].geometry) == pytest.approx(blot, rel=0.06)


def test_the_wand_adds_to_the_selected_shape_and_takes_away(hand, blot):
    square = _square("PPA", 200, 150, 60)
    _put(hand, square)
    hand.key(Key.Key_W)
    hand.click((185, 150), hand.SHIFT)
    (larger,) = hand.shapes
    assert larger.id == square.id
    assert area(larger.geometry) > 3600 + 0.7 * blot
    hand.click((185, 150), hand.ALT)
    assert area(hand.shapes[0].geometry) < 3600
    assert _titles(hand)[1:] == ["Brush PPA", "Erase PPA"]


def test_the_wand_is_told_off_the_image(hand, blot):
    hand.window.choose_label("CWS")
    hand.key(Key.Key_W)
    hand.click((-10, 150))
    assert hand.shapes == []
    assert "inside the image" in _said(hand)


# Holes


def _hole(hand, keys):
    for corner in [(120, 120), (150, 120), (150, 150)]:
        hand.click(corner, keys)
    hand.key(Key.Key_Return)


def test_alt_draws_a_hole_in_the_shape_around(hand):
    square = _square()
    _put(hand, square, selected=False)
    hand.tool("polygon", "PPA")
    _hole(hand, hand.ALT)
    (shape,) = hand.shapes
    assert shape.id == square.id
    assert len(shape.geometry.holes) == 1
    assert area(shape.geometry) == pytest.approx(6400 - 450, abs=60)
    _undo(hand)
    assert hand.shapes == [square]


def test_a_hole_by_the_menu_and_filled_again(hand):
    square = _square()
    _put(hand, square)
    hand.window.actions["cut_hole"].trigger()
    _hole(hand, NO_KEY)
    assert len(hand.shapes[0].geometry.holes) == 1
    hand.window.actions["fill_holes"].trigger()
    assert hand.shapes[0].geometry.holes == ()
    assert area(hand.shapes[0].geometry) == pytest.approx(6400)
    assert len(_edits(hand)) == 3


def test_a_hole_outside_is_refused(hand):
    square = _square("PPA", 250, 200, 50)
    _put(hand, square, selected=False)
    hand.tool("polygon", "PPA")
    _hole(hand, hand.ALT)
    assert hand.shapes == [square]
    assert "inside a shape" in _said(hand)
    hand.window.actions["fill_holes"].trigger()
    assert "has a hole" in _said(hand)


# Leaving the image


def test_an_outline_under_way_is_closed_when_the_image_is_left(hand):
    hand.tool("polygon", "PPA")
    for corner in [(100, 80), (180, 90), (170, 160)]:
        hand.click(corner)
    hand.key(Key.Key_N)
    assert hand.window.image.name == "b_OD"
    assert "closed and kept" in _said(hand)
    hand.open("a_OS")
    (shape,) = hand.shapes
    assert len(shape.geometry.points) == 3


def test_two_vertices_cannot_be_kept_and_the_person_is_told(hand):
    hand.tool("polygon", "PPA")
    hand.click((100, 80))
    hand.click((180, 90))
    hand.key(Key.Key_N)
    assert "not kept" in _said(hand)
    hand.open("a_OS")
    assert hand.shapes == []


def test_an_outline_without_area_holds_the_image_until_it_is_mended(hand):
    hand.tool("polygon", "PPA")
    for corner in [(50, 50), (100, 50), (150, 50)]:
        hand.click(corner)
    hand.key(Key.Key_N)
    assert hand.window.image.name == "a_OS"
    assert "no area" in _said(hand)
    hand.click((150, 120))
    hand.key(Key.Key_N)
    assert hand.window.image.name == "b_OD"


def test_closing_the_window_keeps_the_outline_under_way(hand, full_study, open_window):
    hand.tool("polygon", "PPA")
    for corner in [(100, 80), (180, 90), (170, 160)]:
        hand.click(corner)
    assert hand.window.close()
    (shape,) = open_window(full_study).document.grading.shapes.values()
    assert shape.label == "PPA"


def test_the_eraser_stays_on_the_next_image_of_the_other_modality(hand):
    hand.key(Key.Key_U)
    hand.open("scan")
    assert hand.canvas.tool.name == "eraser"
    assert hand.window.actions["eraser"].isChecked()
