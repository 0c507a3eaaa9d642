"""The sides: put away and back by key; what was divided and chosen is there again after a restart."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSplitter, QToolBar

from retina_studio.gui import layout
from retina_studio.gui.panels.tabs import SideTabs

Key = Qt.Key


def sides(window):
    return tuple(side.isVisible() for side in layout.sides(window))


def test_f11_leaves_the_canvas_alone_and_brings_all_back(hand):
    before = hand.canvas.width()
    hand.key(Key.Key_F11)
    assert sides(hand.window) == (False, False)
    hand.qtbot.waitUntil(lambda: hand.canvas.width() > before + 400)
    hand.key(Key.Key_F11)
    assert sides(hand.window) == (True, True)


def test_one_side_goes_and_stays_away_through_f11(hand):
    hand.key(Key.Key_B, hand.CTRL)
    assert sides(hand.window) == (False, True)
    hand.key(Key.Key_F11)
    hand.key(Key.Key_F11)
    assert sides(hand.window) == (False, True)
    hand.key(Key.Key_B, hand.CTRL | hand.ALT)
    assert sides(hand.window) == (False, False)
    hand.key(Key.Key_B, hand.CTRL)
    assert sides(hand.window) == (True, False)


def test_the_division_and_the_tab_are_kept(window, open_window, full_study):
    lists = window.findChild(QSplitter, "lists")
    lists.setSizes([200, 560])
    kept = lists.sizes()
    window.findChild(SideTabs).setCurrentIndex(2)
    window.close()
    again = open_window(full_study)
    assert again.findChild(QSplitter, "lists").sizes() == pytest.approx(kept, abs=3)
    assert again.findChild(SideTabs).currentIndex() == 2


def test_a_small_window_leaves_the_canvas_half_of_it(window, qtbot):
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: window.canvas.width() >= 480)
    bar = window.findChild(QToolBar, "tools")
    assert bar.widgetForAction(window.actions["shortcuts"]).isVisible()
    assert window.submit_button.isVisible()


def test_tab_still_leads_from_control_to_control(hand):
    field = hand.window.worklist.filter_field
    field.setFocus()
    QTest.keyClick(field, Key.Key_Tab)
    assert not field.hasFocus()
