"""The grader's way: signed, returned with a comment, on to the next to do, one more from the pool, news from others."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from retina_studio.domain.edits import SetGrade
from retina_studio.gui.features.offering import Offering
from retina_studio.gui.features.protocol import Protocol
from retina_studio.gui.features.signing import Signing
from retina_studio.study.assigning import assign
from retina_studio.study.returning import return_for_correction

Key = Qt.Key
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise()", "grabbing the keyboard")


def submit_all(study, name, leave=0):
    grader = study.grader(name)
    entries = study.worklist(grader)
    for entry in entries[: len(entries) - leave]:
        session = study.session(entry.image, grader)
        session.apply(SetGrade("gradability", None, "good"))
        session.submit(complete=False)


@pytest.fixture
def assigned(full_study):
    """Each of the four images has one of the two graders; overdue."""
    full_study.add_grader("Ruiz", "adjudicator")
    assign(full_study, 1, seed=1, due=(date.today() - timedelta(days=1)).isoformat())
    return full_study


def test_one_key_submits_and_signs(hand, full_study):
    hand.press(hand.window.grading_panel.button("gradability", "good"))
    hand.key(Key.Key_Return, hand.CTRL)
    said = hand.window.banner.text.text()
    assert said.startswith("Signed by Chen, 2")
    assert said.endswith("I have looked at the whole image, and this is my own grading of it.")
    assert hand.window.status.currentMessage() == said
    assert full_study.session(hand.window.image, hand.window.grader).signature["name"] == "Chen"
    hand.press(hand.window.banner.button)
    assert hand.window.document.state == "in progress"
    assert not hand.window.banner.isVisible()


def test_where_the_study_asks_for_it_the_passphrase_signs(hand, full_study):
    full_study.set_setting("sign_with_passphrase", True, "Chen")
    window, signing = hand.window, hand.window.feature(Signing)
    hand.key(Key.Key_Return, hand.CTRL)
    assert signing.dialog is None  # nothing to sign yet
    hand.press(window.grading_panel.button("gradability", "good"))
    hand.key(Key.Key_Return, hand.CTRL)
    assert "set yours in Study, My profile" in window.status.currentMessage()
    full_study.set_passphrase("Chen", "horse", "Chen")
    hand.key(Key.Key_Return, hand.CTRL)
    QTest.keyClicks(signing.dialog.passphrase, "cow")
    QTest.keyClick(signing.dialog.passphrase, Key.Key_Return)
    hand.qtbot.waitUntil(lambda: "not the passphrase" in signing.dialog.said.text(), timeout=5000)
    assert window.document.state == "in progress"
    signing.dialog.passphrase.clear()
    QTest.keyClicks(signing.dialog.passphrase, "horse")
    hand.qtbot.wait(600)
    QTest.keyClick(signing.dialog.passphrase, Key.Key_Return)
    hand.qtbot.waitUntil(lambda: window.document.state == "submitted", timeout=5000)


def test_what_is_returned_says_why_until_it_is_submitted_again(assigned, open_window, qtbot):
    submit_all(assigned, "Chen")
    first = assigned.worklist(assigned.grader("Chen"))[0].image
    window = open_window(assigned)
    window.worklist.select(first.name)
    qtbot.waitUntil(lambda: window.banner.text.text().startswith("Signed by Chen"))
    return_for_correction(assigned, first, "Chen", "Look below the fovea.", assigned.grader("Ruiz"))
    window.feature(Protocol).refresh()
    qtbot.waitUntil(lambda: window.document.state == "returned", timeout=5000)
    assert window.banner.text.text() == "Returned by the adjudicator: Look below the fovea."
    index = window.worklist.view.currentIndex()
    assert "Returned by the adjudicator: Look below the fovea." in index.data(Qt.ItemDataRole.ToolTipRole)
    assert "1 returned" in window.worklist.counts.text()
    QTest.mouseClick(window.banner.button, Qt.MouseButton.LeftButton)
    assert not window.banner.isVisible()
    window.submit()
    assert window.document.state == "submitted"
    assert "returned" not in window.worklist.counts.text()


def test_next_to_do_goes_round_and_then_offers_one_more_image(assigned, open_window, qtbot):
    submit_all(assigned, "Chen", leave=1)
    own = [entry.image.name for entry in assigned.worklist(assigned.grader("Chen"))]
    window = open_window(assigned)
    assert window.image.name == own[-1]
    window.worklist.select(own[0])
    QTest.keyClick(window.canvas, Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert window.image.name == own[-1]
    QTest.mouseClick(window.grading_panel.button("gradability", "good"), Qt.MouseButton.LeftButton)
    QTest.keyClick(window.canvas, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    strip = window.feature(Offering).strip
    assert strip.text.text() == "Every image given to you is submitted."
    QTest.mouseClick(strip.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.image.name not in own, timeout=5000)
    assert window.worklist.count() == len(own) + 1
    for _ in range(2):  # the fourth, then none
        before = window.worklist.count()
        with qtbot.waitSignal(window.feature(Protocol).settled, timeout=5000):
            window.actions["take_image"].trigger()
    assert window.worklist.count() == before == 4
    assert window.status.currentMessage() == "There is no image left to take."


def test_in_a_free_study_nobody_takes_images(hand):
    assert not hand.window.actions["take_image"].isVisible()
    worklist = hand.window.worklist
    for entry in list(worklist._model.entries):
        worklist.set_state(entry.image, "submitted")
    hand.key(Key.Key_N, hand.SHIFT)
    assert hand.window.status.currentMessage() == "Every image shown here is submitted."


def test_news_keep_the_rows_in_place(hand):
    worklist = hand.window.worklist
    entries = list(worklist._model.entries)
    news = [replace(entries[3], due="2020-01-31"), replace(entries[0], state="in progress"), entries[1]]
    worklist.update_entries(news)
    rows = worklist._model.entries
    assert [entry.image.name for entry in rows] == ["a_OS", "b_OD", "scan"]
    assert rows[0].state == "in progress"
    assert rows[2].due == "2020-01-31"
    assert hand.window.image.name == "a_OS"
