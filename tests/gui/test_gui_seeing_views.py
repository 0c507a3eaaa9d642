"""Views on one key each, blended and toned, from image to image; nothing of it touches a label."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from retina_studio.gui.features.looking import Looking
from retina_studio.gui.features.views import Views
from retina_studio.images.enhance import enhanced

Key = Qt.Key
RIGHT = Qt.MouseButton.RightButton


@pytest.fixture
def views(window):
    return window.feature(Views)


def _ready(hand, views):
    hand.qtbot.waitUntil(lambda: views._job is None, timeout=5000)


def test_a_key_shows_a_view_and_the_first_one_brings_the_image_back(hand, views):
    plain = hand.canvas.pixels()
    hand.key(Key.Key_F3)
    _ready(hand, views)
    assert views.look.view == "red_free"
    assert hand.window.actions["view:red_free"].isChecked()
    shown = hand.canvas.pixels()
    assert (shown[..., 1] == enhanced(plain, "red_free").reshape(*plain.shape[:2], -1)[..., 0]).all()
    hand.key(Key.Key_F2)
    assert (hand.canvas.pixels() == plain).all()
    assert hand.shapes == []


def test_the_old_picture_stays_until_the_new_view_is_ready(hand, views):
    hand.key(Key.Key_F4)
    _ready(hand, views)
    clahe = hand.canvas.pixels()
    hand.key(Key.Key_F5)
    assert (hand.canvas.pixels() == clahe).all()
    _ready(hand, views)
    assert (hand.canvas.pixels() != clahe).any()


def test_only_the_last_of_several_quick_keys_is_shown(hand, views):
    plain = hand.canvas.pixels()
    for key in (Key.Key_F3, Key.Key_F8, Key.Key_F4):
        hand.key(key)
    _ready(hand, views)
    assert (hand.canvas.pixels() == enhanced(plain, "clahe")).all()


def test_a_view_stays_from_image_to_image_but_not_across_modalities(hand, views):
    hand.key(Key.Key_F4)
    _ready(hand, views)
    hand.open("b_OD")
    _ready(hand, views)
    assert views.look.view == "clahe"
    assert hand.canvas.ground.enhanced is not None
    hand.open("scan")
    assert views.look.view == "grey"
    assert not hand.window.actions["view:clahe"].isEnabled()
    hand.key(Key.Key_F4)
    _ready(hand, views)
    assert views.look.view == "oct_clahe"
    hand.open("a_OS")
    assert views.look.view == "clahe"
    assert views._job is None, "this image's view is still there"


def test_the_study_says_how_images_open(open_window, full_study):
    full_study.set_setting("default_view", {"fundus": "luminance"}, "Chen")
    window = open_window(full_study)
    assert window.feature(Views).look.view == "luminance"


def test_the_panel_follows_the_keys_and_the_keys_follow_the_panel(hand, views):
    hand.key(Key.Key_F9)
    panel = views.panel
    assert panel.isVisible()
    hand.key(Key.Key_F3)
    assert panel.buttons["red_free"].isChecked()
    hand.press(panel.buttons["clahe"])
    _ready(hand, views)
    assert hand.window.actions["view:clahe"].isChecked()
    full = hand.canvas.pixels().astype(int)
    panel.sliders["blend"].slider.setFocus()
    for _ in range(50):
        QTest.keyClick(panel.sliders["blend"].slider, Key.Key_Left)
    assert views.look.blend == pytest.approx(0.5)
    assert np.abs(hand.canvas.pixels().astype(int) - full).max() > 2
    hand.press(panel.reset)
    assert (hand.canvas.pixels() == full).all()
    hand.key(Key.Key_F9)
    assert not panel.isVisible()


def test_a_press_on_the_panel_draws_nothing(hand, views):
    hand.key(Key.Key_F9)
    hand.tool("point", "fovea")
    QTest.mouseClick(views.panel, Qt.MouseButton.LeftButton, pos=QPoint(150, 12))
    assert hand.shapes == []


def test_the_right_button_sets_the_grey_window(hand, views):
    hand.open("scan")
    spot = QPoint(200, 200)
    QTest.mousePress(hand.canvas, RIGHT, pos=spot)
    hand.drag((100, 100), (90, 100), button=RIGHT)
    assert views.look.width < 255
    assert views.look.is_toned
    assert hand.shapes == []


def test_filling_shapes_is_an_action_with_a_slider(hand, views):
    hand.tool("ellipse", "OD")
    hand.drag((150, 100), (250, 200))
    hand.tool("select")
    hand.click((20, 280))
    before = hand.canvas.grab().toImage().pixelColor(hand.at((200, 150)))
    hand.key(Key.Key_H, hand.SHIFT)
    after = hand.canvas.grab().toImage().pixelColor(hand.at((200, 150)))
    assert before != after
    assert views.panel.fill.slider.value() == 25
    hand.key(Key.Key_H, hand.SHIFT)
    assert hand.canvas.grab().toImage().pixelColor(hand.at((200, 150))) == before


def test_the_minimap_comes_with_zooming_in_and_moves_the_view(hand):
    minimap = hand.window.feature(Looking).map
    assert not minimap.isVisible()
    hand.canvas.zoom(6)
    assert minimap.isVisible()
    QTest.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    corner = hand.canvas.to_image(QPoint(hand.canvas.width() // 2, hand.canvas.height() // 2))
    assert corner[0] < 60
    assert corner[1] < 60
    assert minimap.shown_area().left() < minimap.width() / 4
    hand.key(Key.Key_L, hand.SHIFT)
    assert not minimap.isVisible()
    assert hand.shapes == []


def test_the_loupe_enlarges_what_is_under_the_pointer(hand):
    hand.canvas.grab()
    hand.move((200, 150))
    before = hand.canvas.grab().toImage()
    hand.key(Key.Key_L)
    glass = hand.canvas.grab().toImage()
    beside = hand.at((200, 150)) + QPoint(60, 0)
    enlarged = glass.pixelColor(beside).getRgb()
    spots = [hand.at((200, 150)) + QPoint(20 + x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    assert any(before.pixelColor(spot).getRgb() == pytest.approx(enlarged, abs=4) for spot in spots)
    assert glass.pixelColor(beside).getRgb() != pytest.approx(before.pixelColor(beside).getRgb(), abs=4)
    outside = hand.at((200, 150)) + QPoint(140, 0)
    assert glass.pixelColor(outside) == before.pixelColor(outside)
    hand.key(Key.Key_L)
    assert hand.canvas.grab().toImage() == before


def test_zoom_to_the_selection_and_to_the_disc(hand):
    hand.key(Key.Key_3, hand.CTRL)
    assert "disc" in hand.window.status.currentMessage()
    hand.tool("ellipse", "OD")
    hand.drag((50, 50), (90, 90))
    for key in (Key.Key_2, Key.Key_3):
        hand.canvas.fit()
        scale = hand.canvas.view.scale
        hand.key(key, hand.CTRL)
        assert hand.canvas.view.scale > 3 * scale
        middle = hand.canvas.to_widget(70, 70)
        assert (middle.x(), middle.y()) == pytest.approx(
            (hand.canvas.width() / 2, hand.canvas.height() / 2), abs=5
        )
