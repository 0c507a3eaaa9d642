"""The label panel: opacity of a label, all of its shapes, keys and titles in little room."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.gui.panels.opacity import OpacityMenu

LESIONS = tuple(new_shape("iHE", Ellipse(x, 60, 6, 6)) for x in (40, 80, 120))
DISC = new_shape("OD", Ellipse(200, 150, 40, 30, 0))


def test_a_double_click_selects_all_shapes_of_a_label(hand):
    hand.window.document.apply(add_shapes(DISC, *LESIONS))
    button = hand.window.label_panel.button("iHE")
    hand.press(button)
    QTest.mouseDClick(button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 10))
    assert hand.canvas.selection == {shape.id for shape in LESIONS}
    assert hand.canvas.tool.name == "select"


@pytest.mark.qt_log_ignore("raise()", "grabbing the keyboard")
def test_the_opacity_of_a_label(hand):
    hand.window.document.apply(add_shapes(DISC, *LESIONS))
    hand.canvas.select(())
    opaque = hand.canvas.grab().toImage()
    panel = hand.window.label_panel
    panel.button("iHE").customContextMenuRequested.emit(QPoint(10, 10))
    menu = panel.findChild(OpacityMenu)
    assert menu.slider.hasFocus()
    for _ in range(4):
        QTest.keyClick(menu.slider, Qt.Key.Key_PageDown)
    assert menu.slider.value() == 60
    faded = hand.canvas.grab().toImage()
    assert faded != opaque
    menu.close()
    spot = hand.at((200, 120))
    assert faded.copy(spot.x() - 9, spot.y() - 9, 18, 18) == opaque.copy(spot.x() - 9, spot.y() - 9, 18, 18)
    hand.open("b_OD")
    hand.open("a_OS")
    panel.button("iHE").customContextMenuRequested.emit(QPoint(10, 10))
    menu = next(menu for menu in panel.findChildren(OpacityMenu) if menu.isVisible())
    assert menu.slider.value() == 60
    menu.slider.setValue(100)
    menu.close()
    assert hand.canvas.grab().toImage() == opaque


def test_long_titles_end_in_an_ellipsis_and_are_whole_in_the_tip(hand):
    button = hand.window.label_panel.button("iHE")
    assert button.text().endswith("Intraretinal haemorrhage")
    hand.window.resize(1000, 700)
    hand.qtbot.waitUntil(lambda: button.text().endswith("…"))
    assert "Intraretinal haemorrhage" in button.toolTip()
    assert button.accessibleName() == "iHE, Intraretinal haemorrhage"


def test_each_label_shows_its_key(hand):
    rows = hand.window.label_panel._rows
    assert [rows[code].key.text() for code in ("MA", "OD", "fovea")] == ["1", "D", "F"]
