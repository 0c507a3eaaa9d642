"""The keys: listed, searched, changed, taken from another action, reset; and at work at once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.gui import settings
from retina_studio.gui.dialogs import ShortcutSheet
from retina_studio.gui.key_editor import KeyEditor
from retina_studio.gui.keys import clashes, keyed_actions

Key = Qt.Key
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def back_to_work(hand, editor):
    editor.close()
    hand.window.activateWindow()
    hand.qtbot.waitUntil(hand.window.isActiveWindow)
    hand.canvas.setFocus()


@pytest.fixture
def editor(hand):
    hand.key(Key.Key_F1, hand.SHIFT)
    (dialog,) = hand.window.findChildren(KeyEditor)
    yield dialog
    dialog.close()


def record(editor, name, key, modifiers=Qt.KeyboardModifier.NoModifier):
    editor.table.setCurrentItem(editor.row(name))
    QTest.keyClick(editor.table, Key.Key_Return)
    assert editor.recorder.isVisible()
    QTest.keyClick(editor.recorder, key, modifiers)


def test_every_action_and_label_is_listed(hand, editor):
    names = {spec.name for spec in hand.window.specs}
    assert names < set(editor.keys)
    assert editor.row("undo").text(1) == "Ctrl+Z"
    assert editor.row("label:MA").text(1) == "1"


def test_the_search_finds_by_words_and_by_key(editor):
    QTest.keyClicks(editor.search, "actual")
    shown = [name for name in editor.keys if not editor.row(name).isHidden()]
    assert shown == ["actual_size"]
    editor.search.clear()
    QTest.keyClicks(editor.search, "ctrl+q")
    assert [name for name in editor.keys if not editor.row(name).isHidden()] == ["quit"]


def test_a_new_key_works_at_once_and_after_a_restart(hand, editor, open_window, full_study):
    record(editor, "ellipse", Key.Key_F12)
    assert not editor.recorder.isVisible()
    assert editor.row("ellipse").text(1) == "F12"
    back_to_work(hand, editor)
    hand.key(Key.Key_E)
    assert hand.canvas.tool.name == "select"
    hand.key(Key.Key_F12)
    assert hand.canvas.tool.name == "ellipse"
    assert hand.window.actions["ellipse"].toolTip().endswith("(F12)")
    hand.window.close()
    again = open_window(full_study)
    assert again.actions["ellipse"].shortcut() == QKeySequence("F12")


def test_a_taken_key_is_asked_for_twice_and_then_moves(hand, editor):
    record(editor, "ellipse", Key.Key_G)
    assert "Polygon" in editor.said.text()
    assert editor.keys["polygon"] == ("G",)
    QTest.keyClick(editor.recorder, Key.Key_G)
    assert editor.keys["ellipse"] == ("G",)
    assert editor.keys["polygon"] == ()
    back_to_work(hand, editor)
    hand.key(Key.Key_G)
    assert hand.canvas.tool.name == "ellipse"


def test_escape_gives_the_recording_up(editor):
    record(editor, "ellipse", Key.Key_Escape)
    assert not editor.recorder.isVisible()
    assert editor.keys["ellipse"] == ("E",)
    assert settings.chosen_keys("ellipse") is None


def test_a_key_is_removed_and_given_back(hand, editor):
    editor.table.setCurrentItem(editor.row("fit"))
    QTest.keyClick(editor.table, Key.Key_Delete)
    assert hand.window.actions["fit"].shortcuts() == []
    assert settings.chosen_keys("fit") == ()
    editor.reset.click()
    assert hand.window.actions["fit"].shortcuts() == [QKeySequence("Home"), QKeySequence("Ctrl+0")]
    assert settings.chosen_keys("fit") is None


def test_the_usual_key_is_not_taken_back_from_another_action(editor):
    record(editor, "ellipse", Key.Key_G)
    QTest.keyClick(editor.recorder, Key.Key_G)
    editor.table.setCurrentItem(editor.row("polygon"))
    editor.reset.click()
    assert editor.keys["polygon"] == ()
    assert "G" in editor.said.text()


def test_all_keys_are_reset_together(hand, editor):
    record(editor, "ellipse", Key.Key_F12)
    record(editor, "label:MA", Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    editor.reset_all.click()
    assert hand.window.actions["ellipse"].shortcut() == QKeySequence("E")
    assert hand.window.actions["label:MA"].shortcut() == QKeySequence("1")
    assert settings.chosen_keys("ellipse") is None


def test_a_labels_key_picks_it_and_stands_in_the_panel(hand, editor):
    record(editor, "label:CWS", Key.Key_F10)
    back_to_work(hand, editor)
    hand.key(Key.Key_F10)
    assert hand.canvas.label == "CWS"
    assert hand.window.label_panel._rows["CWS"].key.text() == "F10"


def test_labels_of_the_two_modalities_may_share_a_key(hand):
    rows = keyed_actions(hand.window.specs)
    keys = {row.name: row.usual for row in rows}
    assert clashes(keys, rows, "label:MA", "1") == []
    assert [row.name for row in clashes(keys, rows, "label:MA", "2")] == ["label:iHE"]
    assert [row.name for row in clashes(keys, rows, "label:drusen", "2")] == ["label:CNV"]


def test_no_two_usual_keys_clash(hand):
    rows = keyed_actions(hand.window.specs)
    keys = {row.name: row.usual for row in rows}
    assert {(row.name, key): clashes(keys, rows, row.name, key) for row in rows for key in row.usual} == {
        (row.name, key): [] for row in rows for key in row.usual
    }


def test_the_sheet_shows_the_keys_as_they_are_and_leads_to_the_editor(hand):
    settings.choose_keys("fit", ("Ctrl+F12",))
    from retina_studio.gui.actions import give_keys

    give_keys(hand.window.actions, hand.window.specs)
    hand.key(Key.Key_F1)
    (sheet,) = hand.window.findChildren(ShortcutSheet)
    from PySide6.QtWidgets import QLabel, QPushButton

    assert "Ctrl+F12" in {label.text() for label in sheet.findChildren(QLabel, "key")}
    next(b for b in sheet.findChildren(QPushButton) if b.text() == "Change keys").click()
    assert not sheet.isVisible()
    assert hand.window.findChildren(KeyEditor)[0].isVisible()


def test_keys_reach_the_canvas_past_an_input_method(hand):
    """An input method gets no letters while the canvas has the focus, so that they work with any of them."""
    assert not hand.canvas.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_no_letter_fires_while_a_text_is_typed(hand):
    comment = hand.window.grading_panel.comment
    comment.setFocus()
    QTest.keyClicks(comment, "jeg v?")
    assert comment.toPlainText() == "jeg v?"
    assert hand.canvas.tool.name == "select"
    assert not hand.window.actions["compare"].isChecked()
    assert QApplication.activeModalWidget() is None
