"""Refining by clicks on the canvas: a proposal under review and a shape of one's own, kept or left."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.geometry import iou, rasterise
from retina_studio.domain.proposal import Proposal, proposal_origin
from retina_studio.domain.shapes import Ellipse, Polygon, new_shape
from retina_studio.gui.canvas.picture import picture_of
from retina_studio.gui.features.refining import Refining
from retina_studio.gui.features.reviewing import Reviewing

Key = Qt.Key
LESION = (200, 150, 30)
COARSE = Ellipse(214, 150, 40, 30)
INSIDE, OUTSIDE = (176, 150), (242, 150)
SOON = 60_000


@pytest.fixture
def truth(hand):
    """A photograph with one dark round lesion; returns its mask."""
    rng = np.random.default_rng(3)
    pixels = np.full((300, 400, 3), (180, 90, 50), np.int16)
    x, y, radius = LESION
    cv2.circle(pixels, (x, y), radius, (110, 30, 20), -1)
    noisy = cv2.GaussianBlur(
        (pixels + rng.normal(0, 3, pixels.shape)).clip(0, 255).astype(np.uint8), (0, 0), 1
    )
    hand.canvas.show_picture(picture_of(noisy))
    return rasterise(Ellipse(x, y, radius, radius), 300, 400)


@pytest.fixture
def shape(hand, truth):
    made = new_shape("iHE", COARSE)
    assert hand.window.document.apply(add_shapes(made))
    hand.window.actions["select"].trigger()
    hand.canvas.setFocus()
    hand.canvas.select([made.id])
    return made


@pytest.fixture
def offered(hand, truth, full_study):
    made = new_shape("iHE", COARSE, proposal_origin("lesion", "ef" * 32))
    full_study.add_proposal(full_study.images()[0], Proposal("lesion", "ef" * 32, (made,), {made.id: 0.8}))
    hand.window.document.proposals_changed.emit()
    hand.canvas.setFocus()
    hand.key(Key.Key_Tab)
    assert hand.window.feature(Reviewing).offer.shape == made
    return made


def _wait(hand, before=None):
    feature = hand.window.feature(Refining)
    hand.qtbot.waitUntil(lambda: feature.outline not in {None, before}, timeout=SOON)
    return feature.outline


def _deny(hand, spot):
    QTest.mouseClick(hand.canvas, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, hand.at(spot))


def test_two_clicks_refine_a_shape_and_enter_keeps_it(hand, shape, truth):
    hand.key(Key.Key_F, hand.SHIFT)
    hand.click(INSIDE)
    first = _wait(hand)
    _deny(hand, OUTSIDE)
    outline = _wait(hand, first)
    assert hand.canvas.preview[shape.id] == outline
    assert hand.shapes == [shape]
    hand.key(Key.Key_Return)
    (kept,) = hand.shapes
    assert (kept.id, kept.geometry) == (shape.id, outline)
    assert iou(rasterise(outline, 300, 400), truth) > iou(rasterise(COARSE, 300, 400), truth) + 0.1
    assert hand.window.document.undo_stack.undoText() == "Refine iHE"
    hand.key(Key.Key_Z, hand.CTRL)
    assert hand.shapes == [shape]


def test_a_proposal_under_review_is_accepted_as_it_was_refined(hand, offered):
    hand.key(Key.Key_F)
    hand.click(OUTSIDE, hand.ALT)
    outline = _wait(hand)
    assert isinstance(outline, Polygon)
    assert hand.shapes == []
    hand.key(Key.Key_Return)
    (kept,) = hand.shapes
    assert (kept.id, kept.origin, kept.geometry) == (offered.id, offered.origin, outline)
    (stored,) = hand.window.document.proposals()
    assert stored.decisions == {offered.id: "edited"}


def test_esc_leaves_everything_as_it_is_and_the_review_goes_on(hand, offered):
    hand.key(Key.Key_F)
    hand.click(INSIDE)
    _wait(hand)
    hand.key(Key.Key_Escape)
    assert hand.window.feature(Refining).outline is None
    assert hand.shapes == []
    assert hand.window.feature(Reviewing).offer.shape == offered
    hand.click((20, 20))  # a click is a click again
    hand.key(Key.Key_A)
    assert hand.shapes == [offered]


def test_the_last_point_is_taken_back(hand, shape):
    hand.key(Key.Key_F, hand.SHIFT)
    hand.click(INSIDE)
    _wait(hand)
    hand.key(Key.Key_Backspace)
    assert hand.window.feature(Refining).outline is None
    hand.key(Key.Key_Return)
    assert hand.shapes == [shape]
    assert len(hand.window.document.session.history()) == 1


def test_without_a_shape_it_says_what_to_do(hand, truth):
    hand.canvas.setFocus()
    hand.key(Key.Key_F, hand.SHIFT)
    assert "Select one ellipse or polygon" in hand.window.status.currentMessage()
