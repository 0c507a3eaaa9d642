"""Many shapes at once: same label, relabel, duplicate, lock, hide, convert, unite, subtract, copy and paste."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.geometry import area
from retina_studio.domain.shapes import Ellipse, Point, Polygon, new_shape

Key = Qt.Key
NEAR = 1.0
LESIONS = tuple(new_shape("MA", Ellipse(40 + 30 * n, 40, 8, 8)) for n in range(3))
EXUDATE = new_shape("HaEx", Ellipse(200, 200, 12, 12))


def _put(hand, *shapes, selected=()):
    assert hand.window.document.apply(add_shapes(*shapes))
    hand.window.actions["select"].trigger()
    hand.canvas.setFocus()
    hand.canvas.select([shape.id for shape in selected])


def _last_title(hand):
    stack = hand.window.document.undo_stack
    return stack.text(stack.index() - 1)


def _said(hand):
    return hand.window.status.currentMessage()


def _undo(hand):
    hand.key(Key.Key_Z, hand.CTRL)


def test_all_shapes_of_the_selected_label(hand):
    _put(hand, *LESIONS, EXUDATE, selected=LESIONS[:1])
    hand.key(Key.Key_A, hand.CTRL | hand.SHIFT)
    assert hand.canvas.selection == {shape.id for shape in LESIONS}
    hand.canvas.select(())
    hand.window.choose_label("HaEx")
    hand.key(Key.Key_A, hand.CTRL | hand.SHIFT)
    assert hand.canvas.selection == {EXUDATE.id}


def test_relabelling_is_one_edit(hand):
    _put(hand, *LESIONS, EXUDATE)
    hand.window.choose_label("HaEx")
    hand.canvas.select([shape.id for shape in LESIONS])
    hand.key(Key.Key_L, hand.CTRL)
    assert [shape.label for shape in hand.shapes] == ["HaEx"] * 4
    assert _last_title(hand) == "Relabel 3 shapes to HaEx"
    _undo(hand)
    assert [shape.label for shape in hand.shapes] == ["MA"] * 3 + ["HaEx"]


def test_relabelling_to_what_cannot_be_says_why(hand):
    _put(hand, *LESIONS)
    hand.window.choose_label("OD")
    hand.canvas.select([shape.id for shape in LESIONS])
    hand.key(Key.Key_L, hand.CTRL)
    assert hand.shapes == list(LESIONS)
    assert "only one OD" in _said(hand)


def test_duplicates_lie_beside_and_are_selected(hand):
    _put(hand, *LESIONS, selected=LESIONS)
    hand.key(Key.Key_D, hand.CTRL)
    assert len(hand.shapes) == 6
    copies = [shape for shape in hand.shapes if shape not in LESIONS]
    assert hand.canvas.selection == {shape.id for shape in copies}
    assert copies[0].geometry.x > LESIONS[0].geometry.x
    assert _last_title(hand) == "Duplicate 3 shapes"
    _undo(hand)
    assert hand.shapes == list(LESIONS)


def test_a_locked_shape_is_neither_hit_nor_edited(hand):
    _put(hand, *LESIONS, EXUDATE, selected=[EXUDATE])
    hand.key(Key.Key_K, hand.CTRL)
    hand.click((200, 200))
    assert hand.canvas.selection == frozenset()
    hand.key(Key.Key_A, hand.CTRL)
    assert hand.canvas.selection == {shape.id for shape in LESIONS}
    hand.canvas.select([EXUDATE.id])  # by the list
    hand.key(Key.Key_Delete)
    hand.key(Key.Key_Right)
    assert EXUDATE in hand.shapes
    assert "locked" in _said(hand)
    hand.key(Key.Key_K, hand.CTRL)
    hand.canvas.select(())
    hand.click((200, 200))
    assert hand.canvas.selection == {EXUDATE.id}


def test_everything_is_unlocked_with_nothing_selected(hand):
    _put(hand, *LESIONS, selected=LESIONS)
    hand.key(Key.Key_K, hand.CTRL)
    assert hand.canvas.locked == {shape.id for shape in LESIONS}
    hand.open("b_OD")
    hand.key(Key.Key_K, hand.CTRL)
    assert "No shape is locked" in _said(hand)
    hand.open("a_OS")
    hand.key(Key.Key_K, hand.CTRL)
    assert hand.canvas.locked == frozenset()


def test_hidden_shapes_are_not_painted_hit_or_banded_until_they_are_shown(hand):
    _put(hand, EXUDATE)
    spot = hand.at((200, 188)) * hand.canvas.devicePixelRatioF()
    drawn = hand.canvas.grab().toImage().pixelColor(spot)
    hand.canvas.select([EXUDATE.id])
    hand.key(Key.Key_H, hand.CTRL)
    assert hand.canvas.grab().toImage().pixelColor(spot) != drawn
    hand.click((200, 200))
    hand.drag((150, 150), (250, 250))
    assert hand.canvas.selection == frozenset()
    hand.key(Key.Key_H, hand.CTRL | hand.SHIFT)
    assert hand.canvas.grab().toImage().pixelColor(spot) == drawn
    hand.click((200, 200))
    assert hand.canvas.selection == {EXUDATE.id}


# Combining


def test_an_ellipse_becomes_a_polygon_and_back(hand):
    _put(hand, EXUDATE, selected=[EXUDATE])
    hand.key(Key.Key_E, hand.CTRL)
    assert isinstance(hand.shapes[0].geometry, Polygon)
    assert area(hand.shapes[0].geometry) == pytest.approx(area(EXUDATE.geometry), rel=0.001)
    hand.key(Key.Key_E, hand.CTRL)
    assert isinstance(hand.shapes[0].geometry, Ellipse)
    _undo(hand)
    _undo(hand)
    assert hand.shapes == [EXUDATE]


def test_uniting_is_one_edit(hand):
    near = new_shape("HaEx", Ellipse(215, 200, 12, 12))
    _put(hand, EXUDATE, near, selected=[EXUDATE, near])
    hand.key(Key.Key_U, hand.CTRL)
    (united,) = hand.shapes
    assert united.geometry.box == pytest.approx((188, 188, 227, 212), abs=NEAR)
    assert hand.canvas.selection == {united.id}
    _undo(hand)
    assert hand.shapes == [EXUDATE, near]


def test_subtracting_leaves_the_smaller_shape_and_says_so(hand):
    atrophy, disc = new_shape("PPA", Ellipse(200, 150, 60, 60)), new_shape("OD", Ellipse(200, 150, 30, 30))
    _put(hand, disc, atrophy, selected=[disc, atrophy])
    hand.key(Key.Key_U, hand.CTRL | hand.SHIFT)
    assert disc in hand.shapes
    assert len(hand.shapes[1].geometry.holes) == 1
    assert "PPA" in _said(hand)
    assert _last_title(hand) == "Subtract OD from PPA"


def test_what_cannot_be_combined_says_why(hand):
    _put(hand, EXUDATE, LESIONS[0], selected=[EXUDATE, LESIONS[0]])
    hand.key(Key.Key_U, hand.CTRL)
    assert "one label" in _said(hand)
    hand.key(Key.Key_U, hand.CTRL | hand.SHIFT)
    assert "do not overlap" in _said(hand)
    assert hand.shapes == [EXUDATE, LESIONS[0]]


@pytest.mark.parametrize("key", [Key.Key_E, Key.Key_U, Key.Key_D, Key.Key_L, Key.Key_H, Key.Key_C])
def test_without_a_selection_the_person_is_told(hand, key):
    hand.key(key, hand.CTRL)
    assert "Select" in _said(hand)


def test_a_submitted_grading_is_not_edited(hand):
    _put(hand, *LESIONS, selected=LESIONS)
    hand.press(hand.window.grading_panel.button("gradability", "good"))
    hand.window.actions["submit"].trigger()
    hand.canvas.setFocus()
    hand.canvas.select([shape.id for shape in LESIONS])
    for key in (Key.Key_D, Key.Key_E, Key.Key_U, Key.Key_L):
        hand.key(key, hand.CTRL)
        assert "submitted" in _said(hand)
    assert hand.shapes == list(LESIONS)


def test_nothing_is_combined_in_the_middle_of_an_outline(hand):
    _put(hand, *LESIONS)
    hand.tool("polygon", "PPA")
    hand.click((100, 100))
    hand.key(Key.Key_V, hand.CTRL)
    assert "Finish the outline" in _said(hand)
    assert hand.canvas.tool.busy


# Copy and paste


def test_shapes_are_pasted_on_another_image(hand):
    _put(hand, *LESIONS, selected=LESIONS)
    hand.key(Key.Key_C, hand.CTRL)
    hand.open("b_OD")
    hand.key(Key.Key_V, hand.CTRL)
    assert [shape.geometry for shape in hand.shapes] == [shape.geometry for shape in LESIONS]
    assert {shape.id for shape in hand.shapes}.isdisjoint(shape.id for shape in LESIONS)
    assert "other eye" in _said(hand)
    assert len(hand.window.document.session.history()) == 1
    _undo(hand)
    assert hand.shapes == []


def test_shapes_are_pasted_mirrored_on_the_other_eye(hand):
    fovea, disc = new_shape("fovea", Point(250, 140)), new_shape("OD", Ellipse(100, 150, 30, 25, 20))
    _put(hand, fovea, disc, selected=[fovea, disc])
    hand.key(Key.Key_C, hand.CTRL)
    hand.open("b_OD")
    hand.key(Key.Key_V, hand.CTRL | hand.SHIFT)
    pasted = {shape.label: shape.geometry for shape in hand.shapes}
    assert pasted["fovea"] == Point(150, 140)
    assert (pasted["OD"].x, pasted["OD"].y) == (300, 150)
    assert _last_title(hand) == "Paste mirrored 2 shapes"


def test_lesions_of_a_photograph_do_not_go_on_a_b_scan(hand):
    _put(hand, *LESIONS, selected=LESIONS)
    hand.key(Key.Key_C, hand.CTRL)
    hand.open("scan")
    hand.key(Key.Key_V, hand.CTRL)
    assert hand.shapes == []
    assert "other modality" in _said(hand)


def test_something_else_on_the_clipboard_is_refused(hand):
    QGuiApplication.clipboard().setText("not a shape")
    hand.key(Key.Key_V, hand.CTRL)
    assert "holds no shapes" in _said(hand)
