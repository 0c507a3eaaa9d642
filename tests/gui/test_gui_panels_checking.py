"""The live guideline check in the window: it flags as the work goes on, leads to the shapes, and offers a remedy."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.gui.features import checking as checking_module
from retina_studio.gui.features.checking import Checking
from retina_studio.gui.panels.tabs import SideTabs

Key = Qt.Key
BLEEDS = tuple(new_shape("iHE", Ellipse(x, 60, 4, 4)) for x in (40, 60, 80))


@pytest.fixture
def check(hand):
    return hand.window.feature(Checking)


def rules(check):
    return {finding.rule for finding in check.found}


def wait_for(hand, check, rule):
    hand.qtbot.waitUntil(lambda: rule in rules(check), timeout=3000)


def row_of(check, rule):
    return next(row for row in check.panel.rows if row.finding.rule == rule)


def test_a_grade_that_the_shapes_contradict_is_flagged_and_nothing_is_changed(hand, check):
    hand.window.document.apply(add_shapes(*BLEEDS))
    hand.press(hand.window.grading_panel.button("dr", 1))
    before = hand.window.document.grading
    wait_for(hand, check, "dr-lesions")
    row = row_of(check, "dr-lesions")
    assert row.finding.text == "DR1, but 3 intraretinal haemorrhages are drawn: DR2 or more."
    assert row.accessibleName().startswith("Error: DR1")
    assert hand.window.document.grading is before
    assert check.mark.isVisible()
    assert check.mark.text() == str(sum(f.severity != "note" for f in check.found))
    hand.press(hand.window.grading_panel.button("dr", 2))
    hand.qtbot.waitUntil(lambda: "dr-lesions" not in rules(check), timeout=3000)


def test_a_click_shows_the_shapes_it_is_about(hand, check):
    hand.window.document.apply(add_shapes(*BLEEDS))
    hand.press(hand.window.grading_panel.button("dr", 0))
    wait_for(hand, check, "dr-lesions")
    hand.key(Key.Key_I)
    tabs = hand.window.findChild(SideTabs)
    assert tabs.currentWidget() is check.panel
    scale = hand.canvas.view.scale
    row = row_of(check, "dr-lesions")
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(30, 10))
    assert hand.canvas.selection == {shape.id for shape in BLEEDS}
    assert hand.canvas.view.scale > scale


def test_the_remedy_is_one_undoable_edit(hand, check):
    disc, cup = new_shape("OD", Ellipse(200, 150, 30, 30)), new_shape("OC", Ellipse(225, 150, 15, 15))
    hand.window.document.apply(add_shapes(disc, cup))
    wait_for(hand, check, "cup-outside-disc")
    before = hand.window.document.grading
    hand.key(Key.Key_I)
    row = row_of(check, "cup-outside-disc")
    hand.press(row.fix_button)
    assert hand.window.document.grading.shapes[disc.id] == disc
    assert hand.window.document.grading.shapes != before.shapes
    hand.qtbot.waitUntil(lambda: "cup-outside-disc" not in rules(check), timeout=3000)
    hand.window.actions["undo"].trigger()
    assert hand.window.document.grading == before


def test_enter_on_a_finding_without_shapes_goes_to_its_grade(hand, check):
    hand.press(hand.window.grading_panel.button("dr", 1))
    wait_for(hand, check, "dr1-evidence")
    hand.key(Key.Key_I)
    row = row_of(check, "dr1-evidence")
    row.setFocus()
    QTest.keyClick(row, Key.Key_Return)
    assert QApplication.focusWidget() is hand.window.grading_panel.button("dr", 1)


def test_a_missing_disc_leads_to_its_label(hand, check):
    hand.press(hand.window.grading_panel.button("dr", 0))
    wait_for(hand, check, "disc-missing")
    hand.key(Key.Key_I)
    hand.window.choose_label("MA")
    row = row_of(check, "disc-missing")
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(30, 10))
    assert hand.canvas.label == "OD"


def test_another_image_starts_with_nothing_flagged(hand, check):
    hand.press(hand.window.grading_panel.button("dr", 1))
    wait_for(hand, check, "dr1-evidence")
    hand.open("b_OD")
    assert check.panel.rows == []
    assert not check.mark.isVisible()


def test_a_submitted_grading_is_checked_but_offers_no_remedy(hand, check):
    disc, cup = new_shape("OD", Ellipse(200, 150, 30, 30)), new_shape("OC", Ellipse(225, 150, 15, 15))
    hand.window.document.apply(add_shapes(disc, cup))
    hand.press(hand.window.grading_panel.button("gradability", "good"))
    hand.press(hand.window.submit_button)
    assert hand.window.document.state == "submitted"
    wait_for(hand, check, "cup-outside-disc")
    hand.qtbot.waitUntil(lambda: row_of(check, "cup-outside-disc").fix_button is None)


def test_many_shapes_are_looked_at_in_a_worker(hand, check, monkeypatch):
    monkeypatch.setattr(checking_module, "_AT_ONCE", 1)
    hand.window.document.apply(add_shapes(*BLEEDS))
    hand.press(hand.window.grading_panel.button("dr", 1))
    wait_for(hand, check, "dr-lesions")


def test_an_edit_made_while_a_worker_looks_is_looked_at_too(hand, check, monkeypatch):
    monkeypatch.setattr(checking_module, "_AT_ONCE", 1)
    hand.window.document.apply(add_shapes(*BLEEDS))
    hand.press(hand.window.grading_panel.button("dr", 1))
    check._look()
    hand.press(hand.window.grading_panel.button("dr", 2))
    hand.qtbot.waitUntil(lambda: bool(check.found) and "dr-lesions" not in rules(check), timeout=3000)
