"""The history: every edit in words with its time, going back by a click, earlier sessions, and tabs at any width."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.gui.panels.history import HistoryPanel
from retina_studio.gui.panels.tabs import SideTabs

DISC = new_shape("OD", Ellipse(200, 150, 40, 30, 0))


def history(window):
    panel = window.findChild(HistoryPanel)
    window.findChild(SideTabs).setCurrentWidget(panel)
    return panel.view


def rows(view):
    return [view.model().index(row, 0).data() for row in range(view.model().rowCount())]


def test_edits_of_every_kind_are_listed_with_their_time(hand):
    view = history(hand.window)
    hand.window.document.apply(add_shapes(DISC))
    hand.press(hand.window.grading_panel.button("dr", 2))
    hand.press(hand.window.label_panel.none_box("OC"))
    assert rows(view) == [
        "Nothing done yet",
        "Add OD",
        "Diabetic retinopathy: DR2 moderate",
        "OC: none",
    ]
    assert [bool(view.itemDelegate()._time(row)) for row in range(4)] == [False, True, True, True]


def test_a_click_goes_back_to_an_edit_and_forward_again(hand):
    view = history(hand.window)
    hand.window.document.apply(add_shapes(DISC))
    hand.press(hand.window.grading_panel.button("dr", 2))

    def choose(row):
        spot = view.visualRect(view.model().index(row, 0)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)

    choose(0)
    assert hand.shapes == []
    assert hand.window.document.grading.grades == {}
    choose(2)
    assert hand.shapes == [DISC]
    assert hand.window.document.grading.grades == {"dr": 2}


def test_edits_of_an_earlier_session_are_there_with_their_time(hand, open_window, full_study):
    hand.window.document.apply(add_shapes(DISC))
    hand.press(hand.window.grading_panel.button("dr", 2))
    hand.window.close()
    again = open_window(full_study)
    view = history(again)
    assert rows(view)[1:] == ["Add OD", "Diabetic retinopathy: DR2 moderate"]
    assert view.itemDelegate()._time(1)


def test_all_tabs_are_in_sight_in_a_small_window(hand):
    hand.window.resize(1000, 700)
    tabs = hand.window.findChild(SideTabs)
    bar = tabs.tabBar()
    hand.qtbot.waitUntil(lambda: tabs.width() < 230)
    for place in range(tabs.count()):
        tabs.setCurrentIndex(place)
        assert bar.rect().contains(bar.tabRect(tabs.count() - 1))
        assert bar.accessibleTabName(place)
        assert tabs.tabToolTip(place)
    tabs.show_badge(tabs.widget(0), 12)
    assert bar.rect().contains(bar.tabRect(tabs.count() - 1))
    assert bar.accessibleTabName(0).endswith("12")
