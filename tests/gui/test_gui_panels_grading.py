"""The grading panel: sections, conditions, the guideline's words, keyboard alone, and what is missing."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.domain.labels import scales

Key = Qt.Key


@pytest.fixture
def panel(hand):
    return hand.window.grading_panel


def grades(hand):
    return dict(hand.window.document.grading.grades)


def test_scales_with_a_condition_are_asked_only_when_it_holds(hand, panel):
    assert not panel.row("venous_beading").isVisible()
    assert not panel.row("definition").isVisible()
    hand.press(panel.button("dr", 3))
    assert panel.row("venous_beading").isVisible()
    assert panel.row("irma").isVisible()
    hand.press(panel.button("gradability", "usable"))
    assert all(panel.row(code).isVisible() for code in ("definition", "field", "fovea_visible"))
    hand.press(panel.button("dr", 1))
    assert not panel.row("irma").isVisible()


def test_an_answer_stays_in_sight_when_its_condition_goes(hand, panel):
    hand.press(panel.button("dr", 3))
    hand.press(panel.button("irma", 2))
    hand.press(panel.button("dr", 1))
    assert panel.row("irma").isVisible()
    hand.press(panel.button("irma", 2))
    assert not panel.row("irma").isVisible()


def test_the_tick_box_of_a_sign_says_seen_and_the_buttons_say_where(hand, panel):
    hand.press(panel.button("dr", 3))
    box = panel.row("venous_beading").box
    assert not box.isChecked()
    hand.press(box)
    assert grades(hand)["venous_beading"] == 1
    assert box.isChecked()
    hand.press(panel.button("venous_beading", 3))
    assert grades(hand)["venous_beading"] == 3
    hand.press(box)
    assert grades(hand)["venous_beading"] == 0
    assert not box.isChecked()
    assert panel.button("venous_beading", 0).isChecked()


def test_ppa_none_is_an_explicit_answer(hand, panel):
    assert "ppa" not in grades(hand)
    hand.press(panel.button("ppa", False))
    assert grades(hand)["ppa"] is False


def test_the_guidelines_words_follow_the_pointer(hand, panel):
    button = panel.button("dr", 4)
    QTest.mouseMove(button, QPoint(8, 8))
    hand.qtbot.waitUntil(lambda: "neovascularisation" in panel.hint.sentence.text())
    assert not panel.missing.isVisible()
    height = panel.hint.height()
    QTest.mouseMove(hand.canvas, QPoint(200, 200))
    hand.qtbot.waitUntil(panel.missing.isVisible)
    assert panel.hint.height() == height
    assert "neovascularisation" in button.toolTip()


def test_every_hint_is_shown_whole(hand, panel):
    """At both widths of the side the longest sentence of the guideline fits its place."""
    for width in (1400, 1000):
        hand.window.resize(width, 800)
        QApplication.processEvents()
        for code, scale in scales().items():
            for value in scale.values if code in panel._rows else ():
                panel.row(code).pointed.emit(value)
                sentence = panel.hint.sentence
                assert sentence.heightForWidth(sentence.width()) <= sentence.height() + 1


def test_the_panel_by_keyboard_alone(hand, panel):
    panel.row("gradability").take_focus()
    focus = QApplication.focusWidget
    assert focus() is panel.button("gradability", "good")
    QTest.keyClick(focus(), Key.Key_Right)
    QTest.keyClick(focus(), Key.Key_Space)
    assert grades(hand) == {"gradability": "usable"}
    assert focus() is panel.button("gradability", "usable")
    QTest.keyClick(focus(), Key.Key_Left)
    QTest.keyClick(focus(), Key.Key_Return)
    assert grades(hand) == {"gradability": "good"}
    QTest.keyClick(focus(), Key.Key_Down)
    assert focus() is panel.button("dr", 0)
    QTest.keyClick(focus(), Key.Key_Tab)
    assert focus() is panel.button("glaucoma", False)
    QTest.keyClick(focus(), Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert focus() is panel.button("dr", 0)


def test_tab_comes_back_to_the_value_that_was_given(hand, panel):
    hand.press(panel.button("dr", 2))
    panel.row("gradability").take_focus()
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Tab)
    assert QApplication.focusWidget() is panel.button("dr", 2)


def test_what_the_study_requires_is_asked_for(open_window, full_study):
    full_study.set_setting("required_grades", ["dr", "ppa"], "system")
    window = open_window(full_study)
    panel = window.grading_panel
    for title in ("Gradability", "Diabetic retinopathy", "Peripapillary atrophy"):
        assert title in panel.missing.text()
    assert panel.row("ppa").due.isVisible()
    assert not panel.row("glaucoma").due.isVisible()
    panel.button("gradability", "good").click()
    panel.button("dr", 0).click()
    window.submit()
    assert window.document.state != "submitted"
    assert "Peripapillary atrophy" in window.status.currentMessage()
    assert QApplication.focusWidget() is panel.button("ppa", False)
    panel.button("ppa", False).click()
    assert panel.missing.text() == ""
    window.submit()
    assert window.document.state == "submitted"


def test_ungradable_waives_the_rest(open_window, full_study):
    full_study.set_setting("required_grades", ["dr", "ppa"], "system")
    window = open_window(full_study)
    window.grading_panel.button("gradability", "ungradable").click()
    assert window.grading_panel.missing.text() == ""
    window.submit()
    assert window.document.state == "submitted"


def test_a_refused_submission_leads_to_the_label_to_draw(hand, panel):
    hand.press(panel.button("gradability", "good"))
    hand.press(panel.button("ppa", True))
    hand.press(hand.window.submit_button)
    assert "Peripapillary atrophy: draw it" in panel.missing.text().replace("</a>", "")
    assert panel.missing.objectName() == "bad"
    assert hand.canvas.label == "PPA"
    assert hand.canvas.tool.name == "polygon"


def test_a_click_on_what_is_missing_leads_there(hand, panel):
    assert "Gradability" in panel.missing.text()
    panel.missing.linkActivated.emit("0")
    assert QApplication.focusWidget() is panel.button("gradability", "good")
