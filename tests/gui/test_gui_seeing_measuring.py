"""Grids, ruler, scale bar and live numbers: shown where they belong, in the units that are known."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.retina_map import Landmarks, RetinaMap
from retina_studio.domain.shapes import Ellipse, Point, new_shape
from retina_studio.gui.canvas.lengths import bar_lengths, measured
from retina_studio.gui.features.measuring import Measuring

Key = Qt.Key
DISC = Landmarks((100, 150), 50.0, (225, 150), "OS")


@pytest.fixture
def measuring(window):
    return window.feature(Measuring)


def _draw_eye(hand):
    shapes = (
        new_shape("OD", Ellipse(100, 150, 25, 25)),
        new_shape("OC", Ellipse(100, 150, 12, 10)),
        new_shape("fovea", Point(225, 150)),
        new_shape("MA", Ellipse(250, 120, 4, 4)),
    )
    hand.window.document.apply(add_shapes(*shapes))
    return {shape.label: shape.id for shape in shapes}


def _changed(hand, spot, toggle):
    before = hand.canvas.grab().toImage().pixelColor(hand.at(spot))
    toggle()
    return hand.canvas.grab().toImage().pixelColor(hand.at(spot)) != before


def test_the_readout_follows_the_cup_while_it_is_dragged(hand, measuring):
    ids = _draw_eye(hand)
    assert "vCDR 0.40" in measuring.numbers()
    hand.canvas.select([ids["OC"]])
    QTest.mousePress(hand.canvas, Qt.MouseButton.LeftButton, pos=hand.at((100, 160)))
    QTest.mouseMove(hand.canvas, hand.at((100, 165)))
    hand.canvas.show_preview({ids["OC"]: Ellipse(100, 150, 12, 20)})
    assert "vCDR 0.80" in measuring.numbers()
    hand.canvas.tool.cancel()
    assert "vCDR 0.40" in measuring.numbers()


def test_the_area_of_a_tiny_lesion_is_told_without_a_power_of_ten(hand, measuring):
    _draw_eye(hand)
    tiny = new_shape("MA", Ellipse(250, 120, 0.7, 0.7))
    hand.window.document.apply(add_shapes(tiny))
    hand.canvas.select([tiny.id])
    assert "MA  < 0.001 DA · 2 px²" in measuring.numbers()


def test_a_selected_lesion_tells_where_it_lies(hand, measuring):
    ids = _draw_eye(hand)
    hand.canvas.select([ids["MA"]])
    line = " ".join(measuring.numbers())
    assert "MA  0.0256 DA" in line
    assert "superotemporal" in line
    assert "0.8 DD to the fovea" in line


def test_the_etdrs_grid_has_its_circles_where_the_millimetres_are(hand, measuring):
    hand.key(Key.Key_O)
    assert "fovea" in hand.window.status.currentMessage()
    _draw_eye(hand)
    outer = measuring.retina_map().etdrs_radii()[2]
    assert outer == pytest.approx(3 / 1.8 * 50)
    on_circle = (225, 150 + outer)
    assert _changed(hand, on_circle, lambda: hand.key(Key.Key_O))
    assert _changed(hand, on_circle, lambda: hand.key(Key.Key_O))
    assert not _changed(hand, (225 + 0.5 * outer, 150 + 1.2 * outer), lambda: hand.key(Key.Key_O))


def test_quadrants_run_through_the_fovea(hand):
    _draw_eye(hand)
    assert _changed(hand, (225, 60), lambda: hand.key(Key.Key_O, hand.SHIFT))


def test_the_ruler_measures_stays_and_goes_with_escape(hand):
    hand.key(Key.Key_Q)
    hand.drag((50, 50), (150, 50))
    start, end = hand.canvas.ruler
    assert (*start, *end) == pytest.approx((50, 50, 150, 50), abs=1)
    hand.tool("select")
    assert hand.canvas.ruler is not None
    hand.key(Key.Key_Escape)
    assert hand.canvas.ruler is None
    hand.key(Key.Key_Q)
    hand.drag((50, 50), (150, 60), keys=hand.SHIFT)
    assert hand.canvas.ruler[1][1] == hand.canvas.ruler[0][1]
    hand.click((200, 200))
    assert hand.canvas.ruler is None
    hand.drag((50, 50), (150, 50))
    hand.open("b_OD")
    assert hand.canvas.ruler is None
    assert hand.shapes == []


@pytest.mark.parametrize(
    ("retina", "words"),
    [
        (RetinaMap(Landmarks(None, None, None, "")), "100 px"),
        (RetinaMap(DISC), "100 px  ·  2.00 DD  ·  ≈ 3.60 mm"),
        (RetinaMap(Landmarks(None, None, None, ""), (0.008, 0.004)), "100 px  ·  800 µm"),
    ],
)
def test_a_length_is_told_in_every_unit_that_is_known(retina, words):
    assert measured((10, 20), (110, 20), retina) == words


def test_a_length_down_a_scan_uses_the_spacing_down():
    assert measured((0, 0), (0, 100), RetinaMap(Landmarks(None, None, None, ""), (0.01, 0.004))).endswith(
        "400 µm"
    )


def test_the_scale_bar_is_a_round_length_of_a_fair_size(hand, measuring):
    assert bar_lengths(hand.canvas, measuring.retina_map()) is None
    for scale in (0.07, 0.5, 1.7, 9.0, 60.0):
        hand.canvas.zoom(scale / hand.canvas.view.scale)
        (words, length), upright = bar_lengths(hand.canvas, RetinaMap(DISC))
        assert upright is None
        assert length == pytest.approx(float(words.removesuffix(" DD")) * 50 * scale)
        assert 60 <= length <= 170


def test_a_scan_is_shown_true_to_scale_where_its_spacing_is_known(hand, measuring):
    hand.open("scan")
    window, canvas = hand.window, hand.canvas
    action = window.actions["true_proportions"]
    assert not action.isEnabled()
    window.image = replace(window.image, spacing=(0.012, 0.004))
    window.image_opened.emit()
    (_, across), (_, down) = bar_lengths(canvas, measuring.retina_map())
    assert across != down
    action.trigger()
    assert canvas.view.aspect == pytest.approx(1 / 3)
    assert bar_lengths(canvas, measuring.retina_map())[1] is None
    hand.tool("ellipse", "fluid")
    hand.drag((100, 60), (200, 240))
    drawn = hand.shapes[0]
    left, top, right, bottom = drawn.geometry.box
    assert (left, top, right, bottom) == pytest.approx((100, 60, 200, 240), abs=3)
    hand.tool("select")
    hand.click((20, 20))
    line = canvas.to_widget(150, top).toPoint()
    shown = canvas.grab().toImage()
    colours = {shown.pixelColor(line + QPoint(0, dy)).name() for dy in range(-2, 3)}
    assert any(abs(int(name[5:7], 16) - 0xE9) < 40 and int(name[1:3], 16) < 0x90 for name in colours)
    hand.click((150, 150))
    assert canvas.selection == {drawn.id}
    action.trigger()
    assert canvas.view.aspect == 1
