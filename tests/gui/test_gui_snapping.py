"""Snap to the lesion, and the offers of anatomy above the image, with real mouse and key events."""

import math

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.geometry import area
from retina_studio.domain.shapes import Ellipse, Polygon, new_shape
from retina_studio.gui.canvas.picture import picture_of
from retina_studio.gui.features.offering import Offering

Key = Qt.Key
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
LESION = (200, 150, 30)
COARSE = Ellipse(202, 148, 42, 40)


@pytest.fixture
def blot(hand):
    """A photograph with one dark round lesion; returns the lesion's area."""
    rng = np.random.default_rng(3)
    pixels = np.full((300, 400, 3), (180, 90, 50), np.int16)
    x, y, radius = LESION
    cv2.circle(pixels, (x, y), radius, (110, 30, 20), -1)
    noisy = cv2.GaussianBlur(
        (pixels + rng.normal(0, 3, pixels.shape)).clip(0, 255).astype(np.uint8), (0, 0), 1
    )
    hand.canvas.show_picture(picture_of(noisy))
    return math.pi * radius * radius


@pytest.fixture
def coarse(hand, blot):
    shape = new_shape("iHE", COARSE)
    assert hand.window.document.apply(add_shapes(shape))
    hand.window.actions["select"].trigger()
    hand.canvas.setFocus()
    hand.canvas.select([shape.id])
    return shape


def _strip(hand):
    return hand.window.feature(Offering).strip


def _snap(hand):
    hand.key(Key.Key_S)
    hand.qtbot.waitUntil(lambda: bool(hand.canvas.preview), timeout=5000)


def _edits(hand):
    return len(hand.window.document.session.history())


def test_the_snapped_outline_is_shown_and_kept_with_enter(hand, coarse, blot):
    _snap(hand)
    assert "Snapped outline shown" in hand.window.status.currentMessage()
    assert _strip(hand).isVisible()
    assert hand.shapes == [coarse]
    hand.key(Key.Key_Return)
    (snapped,) = hand.shapes
    assert snapped.id == coarse.id
    assert area(snapped.geometry) == pytest.approx(blot, rel=0.12)
    assert not _strip(hand).isVisible()
    assert hand.window.document.undo_stack.undoText() == "Snap iHE"
    hand.key(Key.Key_Z, hand.CTRL)
    assert hand.shapes == [coarse]


def test_s_toggles_between_drawn_and_snapped(hand, coarse):
    _snap(hand)
    snapped = hand.canvas.preview[coarse.id]
    hand.key(Key.Key_S)
    assert hand.canvas.preview[coarse.id] == COARSE
    assert "Drawn outline shown" in _strip(hand).text.text()
    hand.key(Key.Key_S)
    assert hand.canvas.preview[coarse.id] == snapped
    assert isinstance(snapped, Polygon)
    assert _edits(hand) == 1


@pytest.mark.parametrize("way", ["escape", "undo", "click", "arrow", "tool", "enter on the drawn one"])
def test_what_is_not_kept_changes_nothing(hand, coarse, way):
    _snap(hand)
    if way == "escape":
        hand.key(Key.Key_Escape)
    elif way == "undo":
        hand.key(Key.Key_Z, hand.CTRL)
    elif way == "click":
        hand.click((20, 20))
    elif way == "arrow":
        hand.key(Key.Key_Right)
        assert hand.shapes[0].geometry.x == COARSE.x + 1
        hand.key(Key.Key_Left)
    elif way == "tool":
        hand.key(Key.Key_E)
    else:
        hand.key(Key.Key_S)
        hand.key(Key.Key_Return)
    assert hand.shapes == [coarse]
    assert hand.canvas.preview == {}
    assert not _strip(hand).isVisible()


def test_the_drawn_outline_can_be_had_back_after_it_was_snapped(hand, coarse):
    _snap(hand)
    hand.press(_strip(hand).button)
    assert isinstance(hand.shapes[0].geometry, Polygon)
    hand.key(Key.Key_S)
    hand.key(Key.Key_Return)
    assert hand.shapes == [coarse]
    assert hand.window.document.undo_stack.undoText() == "Unsnap iHE"
    hand.key(Key.Key_Z, hand.CTRL)
    assert isinstance(hand.shapes[0].geometry, Polygon)


def test_s_while_drawing_snaps_what_is_drawn(hand, blot):
    hand.tool("ellipse", "iHE")
    QTest.mousePress(hand.canvas, LEFT, NO_KEY, hand.at((160, 108)))
    hand.key(Key.Key_S)
    assert "when it is finished" in hand.window.status.currentMessage()
    hand.drag((160, 108), (200, 150), (244, 188))
    hand.qtbot.waitUntil(lambda: bool(hand.canvas.preview), timeout=5000)
    hand.key(Key.Key_Return)
    assert area(hand.shapes[0].geometry) == pytest.approx(blot, rel=0.12)
    assert _edits(hand) == 2


def test_an_outline_that_is_given_up_is_not_snapped(hand, blot):
    hand.tool("ellipse", "iHE")
    QTest.mousePress(hand.canvas, LEFT, NO_KEY, hand.at((160, 108)))
    hand.key(Key.Key_S)
    hand.key(Key.Key_Escape)
    QTest.mouseRelease(hand.canvas, LEFT, NO_KEY, hand.at((160, 108)))
    hand.drag((160, 108), (244, 188))
    hand.qtbot.wait(300)
    assert hand.canvas.preview == {}
    assert len(hand.shapes) == 1


def test_where_nothing_stands_out_the_person_is_told(hand, blot):
    plain = new_shape("iHE", Ellipse(60, 60, 20, 20))
    hand.canvas.show_picture(picture_of(np.full((300, 400, 3), 120, np.uint8)))
    assert hand.window.document.apply(add_shapes(plain))
    hand.canvas.select([plain.id])
    hand.canvas.setFocus()
    hand.key(Key.Key_S)
    hand.qtbot.waitUntil(lambda: "Nothing stands out" in hand.window.status.currentMessage(), timeout=5000)
    assert hand.canvas.preview == {}


def test_a_selection_is_needed(hand):
    hand.key(Key.Key_S)
    assert "Select one" in hand.window.status.currentMessage()


# Anatomy


DISC = new_shape("OD", Ellipse(200, 150, 50, 50))


def _draw_cup(hand):
    assert hand.window.document.apply(add_shapes(DISC))
    hand.tool("ellipse", "OC")
    hand.drag((180, 130), (270, 170))
    hand.qtbot.waitUntil(_strip(hand).isVisible)


def _cup(hand):
    return next(shape for shape in hand.shapes if shape.label == "OC")


@pytest.mark.parametrize("by", ["enter", "button"])
def test_a_cup_beyond_the_disc_may_be_clipped_to_it(hand, by):
    _draw_cup(hand)
    drawn = _cup(hand)
    assert "Clip" in _strip(hand).button.text()
    hand.key(Key.Key_Return) if by == "enter" else hand.press(_strip(hand).button)
    assert _cup(hand).geometry.box[2] <= 250.5
    assert _edits(hand) == 3
    assert not _strip(hand).isVisible()
    hand.key(Key.Key_Z, hand.CTRL)
    assert _cup(hand) == drawn


def test_an_offer_is_left_with_escape_or_by_the_next_image(hand):
    _draw_cup(hand)
    hand.key(Key.Key_Escape)
    assert not _strip(hand).isVisible()
    assert _edits(hand) == 2
    hand.key(Key.Key_Return)
    assert _edits(hand) == 2
    hand.drag((180, 130), (280, 170))
    hand.qtbot.waitUntil(_strip(hand).isVisible)
    hand.open("b_OD")
    assert not _strip(hand).isVisible()


def test_undo_and_redo_offer_nothing(hand):
    _draw_cup(hand)
    hand.key(Key.Key_Return)
    for modifiers in (hand.CTRL, hand.CTRL, hand.CTRL | hand.SHIFT):
        hand.key(Key.Key_Z, modifiers)
        hand.qtbot.wait(20)
        assert not _strip(hand).isVisible()
    assert _cup(hand).geometry.box[2] > 260  # the cup reaches beyond the disc again
    hand.canvas.select([_cup(hand).id])
    hand.key(Key.Key_Right)  # an edit of it
    hand.qtbot.waitUntil(_strip(hand).isVisible)


def test_an_edit_that_settles_it_takes_the_offer_away(hand):
    _draw_cup(hand)
    hand.drag((180, 130), (220, 170))
    hand.qtbot.wait(50)
    assert not _strip(hand).isVisible()


def test_atrophy_over_the_disc_may_lose_it(hand):
    assert hand.window.document.apply(add_shapes(DISC))
    hand.tool("ellipse", "PPA")
    hand.drag((130, 80), (270, 220))
    hand.qtbot.waitUntil(_strip(hand).isVisible)
    hand.key(Key.Key_Return)
    atrophy = next(shape for shape in hand.shapes if shape.label == "PPA")
    assert area(atrophy.geometry) == pytest.approx(math.pi * (70 * 70 - 50 * 50), rel=0.02)


def test_a_long_offer_has_room_in_a_small_window(hand):
    hand.window.resize(1000, 700)
    assert hand.window.document.apply(add_shapes(DISC))
    hand.tool("ellipse", "PPA")
    hand.drag((130, 80), (270, 220))
    strip = _strip(hand)
    hand.qtbot.waitUntil(strip.isVisible)
    assert strip.geometry().left() >= 0
    assert strip.geometry().right() < hand.canvas.width()
    assert strip.text.height() >= strip.text.heightForWidth(strip.text.width())
    assert strip.button.width() >= strip.button.sizeHint().width()
    hand.window.resize(1600, 900)
    hand.qtbot.waitUntil(lambda: strip.height() < 60)
