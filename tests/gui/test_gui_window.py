"""The window as a grader uses it: worklist, labels, grades, submission, zoom, restart."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
)

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.gui.actions import _BELOW_A_LINE
from retina_studio.gui.dialogs import ShortcutSheet
from retina_studio.gui.panels.tabs import SideTabs

Key = Qt.Key
DISC = new_shape("OD", Ellipse(200, 150, 40, 30, 0))


# Worklist


def test_the_first_image_not_submitted_opens(window):
    assert window.image.name == "a_OS"
    assert window.canvas.picture.frame == (400, 300)
    assert "a_OS" in window.windowTitle()
    assert window.worklist.counts.text() == "0 of 4 submitted"


def test_next_and_previous_by_key_lose_nothing(hand):
    hand.tool("ellipse", "OD")
    hand.drag((100, 100), (160, 160))
    (drawn,) = hand.shapes
    for key, name in [
        (Key.Key_N, "b_OD"),
        (Key.Key_PageDown, "c"),
        (Key.Key_P, "b_OD"),
        (Key.Key_PageUp, "a_OS"),
    ]:
        with hand.qtbot.waitSignal(hand.window.image_shown, timeout=5000):
            hand.key(key)
        assert hand.window.image.name == name
    assert hand.shapes == [drawn]
    hand.key(Key.Key_P)
    assert hand.window.image.name == "a_OS"


def test_leaving_in_the_middle_of_a_polygon_draws_none(hand):
    hand.tool("polygon", "PPA")
    hand.click((100, 100))
    hand.click((150, 100))
    hand.open("b_OD")
    hand.key(Key.Key_Return)
    assert hand.shapes == []


def test_the_filter_narrows_the_list_and_gives_way_to_a_choice(hand):
    panel = hand.window.worklist
    QTest.keyClicks(panel.filter_field, "left eye")
    assert panel.view.model().rowCount() == 1
    hand.open("c")
    assert panel.filter_field.text() == ""
    assert panel.view.currentIndex().data().startswith("c")


def test_letters_typed_into_a_field_are_no_shortcuts(hand):
    QTest.keyClicks(hand.window.worklist.filter_field, "nd")
    assert hand.window.worklist.filter_field.text() == "nd"
    assert hand.window.image.name == "a_OS"
    assert hand.canvas.tool.name == "select"


def test_states_follow_the_work(hand):
    model = hand.window.worklist.view.model()
    assert "open" in model.index(0, 0).data()
    hand.window.document.apply(add_shapes(DISC))
    assert "in progress" in model.index(0, 0).data()
    hand.press(hand.window.grading_panel.button("gradability", "good"))
    hand.press(hand.window.submit_button)
    assert "submitted" in model.index(0, 0).data()
    assert hand.window.worklist.counts.text() == "1 of 4 submitted"


def test_a_damaged_image_file_is_told_in_one_sentence(hand, full_study):
    record = full_study.image("c")
    full_study.image_file(record).write_bytes(b"not an image")
    hand.window.worklist.select("c")
    hand.qtbot.waitUntil(lambda: "not a JPEG" in hand.window.banner.text.text())
    assert hand.window.canvas.picture is None
    hand.click((10, 10))
    hand.open("b_OD")
    assert not hand.window.banner.isVisible()


def test_the_next_image_is_fetched_before_it_is_asked_for(hand):
    following = hand.window.worklist.neighbour(1)
    hand.qtbot.waitUntil(lambda: following.id in hand.window.gallery._kept)
    shown = []
    hand.window.image_shown.connect(lambda: shown.append(hand.window.image.name))
    hand.window.worklist.select("b_OD")
    assert shown == ["b_OD"]


# Restart


def test_everything_is_there_after_a_restart(hand, open_window, full_study):
    hand.tool("ellipse", "OD")
    hand.drag((100, 100), (160, 160))
    hand.key(Key.Key_F)
    hand.click((250, 150))
    hand.press(hand.window.grading_panel.button("dr", 3))
    hand.window.actions["undo"].trigger()
    grading = hand.window.document.grading
    hand.window.close()
    again = open_window(full_study)
    assert again.document.grading == grading
    assert again.document.undo_stack.index() == 2
    again.actions["redo"].trigger()
    assert again.grading_panel.button("dr", 3).isChecked()
    again.actions["undo"].trigger()
    again.actions["undo"].trigger()
    again.actions["undo"].trigger()
    assert again.document.grading.shapes == {}
    assert len(again.canvas.scene) == 0


def test_a_comment_still_being_typed_survives_closing(hand, full_study):
    hand.window.grading_panel.comment.setFocus()
    QTest.keyClicks(hand.window.grading_panel.comment, "Drusen near the disc")
    hand.window.close()
    kept = full_study.session(full_study.image("a_OS"), full_study.grader("Chen"))
    assert kept.grading.comment == "Drusen near the disc"


def test_a_comment_goes_with_its_image(hand, full_study):
    hand.window.grading_panel.comment.setFocus()
    QTest.keyClicks(hand.window.grading_panel.comment, "blurred")
    hand.open("b_OD")
    assert hand.window.grading_panel.comment.toPlainText() == ""
    hand.open("a_OS")
    assert hand.window.grading_panel.comment.toPlainText() == "blurred"
    assert len(hand.window.document.session.history()) == 1


def test_each_grader_sees_only_their_own(hand, open_window, full_study):
    hand.window.document.apply(add_shapes(DISC))
    other = open_window(full_study, "Silva")
    assert other.document.grading.shapes == {}


# Labels


def test_a_labels_key_picks_it_and_its_tool(hand):
    for key, label, tool in [("8", "FiP", "polygon"), ("D", "OD", "ellipse"), ("F", "fovea", "point")]:
        hand.key(Key[f"Key_{key}"])
        assert hand.canvas.label == label
        assert hand.canvas.tool.name == tool
        assert hand.window.label_panel.button(label).isChecked()
        assert hand.window.actions[tool].isChecked()


def test_a_label_is_picked_by_its_button(hand):
    hand.press(hand.window.label_panel.button("HaEx"))
    assert hand.canvas.label == "HaEx"
    hand.drag((50, 50), (80, 80))
    assert hand.shapes[0].label == "HaEx"
    assert hand.window.label_panel.count("HaEx").text() == "1"


def test_none_is_an_explicit_answer(hand):
    box = hand.window.label_panel.none_box("OC")
    hand.press(box)
    assert hand.window.document.grading.absent == {"OC"}
    assert hand.window.label_panel.count("OC").text() == "none"
    hand.press(box)
    assert hand.window.document.grading.absent == frozenset()
    hand.tool("ellipse", "OC")
    hand.drag((100, 100), (150, 150))
    assert not box.isEnabled()


def test_a_grade_answers_for_lesions(hand):
    hand.press(hand.window.grading_panel.button("dr", 0))
    assert hand.window.label_panel.count("MA").text() == "none"
    assert hand.window.label_panel.count("OD").text() == "–"


def test_a_bscan_has_its_own_labels_and_scales(hand):
    hand.open("scan")
    assert hand.canvas.label == "drusen"
    hand.key(Key.Key_3)
    assert hand.canvas.label == "fluid"
    hand.press(hand.window.grading_panel.button("oct", "cnv"))
    assert hand.window.document.grading.grades == {"oct": "cnv"}
    hand.open("a_OS")
    hand.key(Key.Key_3)
    assert hand.canvas.label == "HaEx"


def test_hiding_all_shapes_and_showing_them_again(hand):
    hand.window.document.apply(add_shapes(DISC))
    with_shape = hand.canvas.grab().toImage()
    hand.key(Key.Key_H)
    without = hand.canvas.grab().toImage()
    assert without != with_shape
    hand.key(Key.Key_H)
    assert hand.canvas.grab().toImage() == with_shape


# Grades and submission


def test_a_grade_is_given_changed_and_taken_back(hand):
    panel = hand.window.grading_panel
    hand.press(panel.button("dr", 1))
    assert hand.window.document.grading.grades == {"dr": 1}
    hand.press(panel.button("dr", 3))
    assert hand.window.document.grading.grades == {"dr": 3}
    assert not panel.button("dr", 1).isChecked()
    hand.press(panel.button("dr", 3))
    assert hand.window.document.grading.grades == {}
    assert not panel.button("dr", 3).isChecked()
    hand.press(panel.button("ppa", False))
    assert hand.window.document.grading.grades == {"ppa": False}
    assert panel.button("ppa", False).isChecked()
    assert not panel.button("ppa", True).isChecked()


def test_submit_says_what_is_missing(hand):
    assert "Gradability" in hand.window.grading_panel.missing.text()
    hand.press(hand.window.submit_button)
    assert hand.window.document.state != "submitted"
    assert "Gradability" in hand.window.status.currentMessage()


def test_a_submitted_grading_is_read_only_until_reopened(hand):
    hand.window.document.apply(add_shapes(DISC))
    hand.press(hand.window.grading_panel.button("gradability", "usable"))
    hand.key(Key.Key_Return, hand.CTRL)
    assert hand.window.document.state == "submitted"
    assert hand.window.banner.isVisible()
    assert not hand.window.submit_button.isEnabled()
    for name in ("ellipse", "polygon"):
        hand.tool(name, "PPA")
        hand.drag((50, 50), (70, 60), (90, 90), (50, 80))
    hand.tool("point", "fovea")
    hand.click((50, 50))
    hand.window.actions["select"].trigger()
    hand.drag((200, 150), (210, 160), (250, 180))
    hand.key(Key.Key_Delete)
    hand.key(Key.Key_Right)
    hand.press(hand.window.grading_panel.button("dr", 1))
    hand.press(hand.window.label_panel.none_box("OC"))
    assert hand.shapes == [DISC]
    assert hand.window.document.grading.grades == {"gradability": "usable"}
    assert hand.window.document.grading.absent == frozenset()
    hand.press(hand.window.banner.button)
    assert not hand.window.banner.isVisible()
    hand.click((200, 150))
    hand.drag((200, 150), (210, 160), (250, 180))
    assert hand.shapes != [DISC]


# Shape list, history, shortcuts


def test_the_shape_list_follows_and_selects(hand):
    lesion = new_shape("MA", Ellipse(50, 50, 8, 8))
    hand.window.document.apply(add_shapes(DISC, lesion))
    panel = hand.window.shape_panel
    hand.window.findChild(SideTabs).setCurrentWidget(panel)
    assert panel.counts.text() == "2 shapes"
    index = panel.view.model().index(1, 2)
    QTest.mouseClick(
        panel.view.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        panel.view.visualRect(index).center(),
    )
    assert hand.canvas.selection == {lesion.id}
    hand.click((200, 150))
    assert {i.row() for i in panel.view.selectionModel().selectedIndexes()} == {0}
    hand.key(Key.Key_Delete)
    assert panel.view.model().rowCount() == 1


def test_undo_and_redo_by_key(hand):
    assert not hand.window.actions["undo"].isEnabled()
    assert not hand.window.actions["redo"].isEnabled()
    hand.tool("ellipse", "OD")
    hand.drag((100, 100), (160, 160))
    (shape,) = hand.shapes
    assert hand.window.actions["undo"].isEnabled()
    hand.key(Key.Key_Z, hand.CTRL)
    assert hand.shapes == []
    assert not hand.window.actions["undo"].isEnabled()
    hand.key(Key.Key_Y, hand.CTRL)
    assert hand.shapes == [shape]


@pytest.mark.qt_log_ignore("propagateSizeHints")
@pytest.mark.parametrize("key", [Key.Key_F1, Key.Key_Question])
def test_the_shortcut_sheet(hand, key):
    hand.key(key)
    hand.qtbot.waitUntil(lambda: bool(hand.window.findChildren(ShortcutSheet)))
    (sheet,) = hand.window.findChildren(ShortcutSheet)
    assert sheet.isVisible()
    sheet.reject()


def test_no_two_actions_share_a_key(hand):
    for image in ("a_OS", "scan"):
        hand.open(image)
        keys = [
            key.toString()
            for action in hand.window.actions.values()
            if action.isEnabled()
            for key in action.shortcuts()
        ]
        assert len(keys) == len(set(keys))


def test_every_control_has_a_name_and_a_tooltip(window):
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit, QSlider, QAbstractItemView)
    unnamed = [
        widget
        for kind in kinds
        for widget in window.findChildren(kind)
        if widget.isVisible()
        and not isinstance(widget, QHeaderView)
        and not widget.objectName().startswith("qt_")
        and not ((widget.accessibleName() or getattr(widget, "text", str)()) and widget.toolTip())
    ]
    assert [f"{type(w).__name__} {w.objectName()}" for w in unnamed] == []


def test_the_menus_are_grouped_and_end_with_quit(window):
    menus = {entry.text(): entry.menu() for entry in window.menuBar().actions()}
    assert menus["Image"].actions()[-1] is window.actions["quit"]
    for menu in menus.values():
        lines = [action.isSeparator() for action in menu.actions()]
        assert not lines[0]
        assert not lines[-1]
        assert (True, True) not in set(pairwise(lines))
    known = {spec.name for spec in window.specs}
    assert known >= _BELOW_A_LINE
