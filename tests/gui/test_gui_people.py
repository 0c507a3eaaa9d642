"""The people of a study, one's own profile, images for graders, certification: by mouse and key in the dialogs."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from retina_studio.domain.edits import SetGrade
from retina_studio.gui.features.assigning import Assigning
from retina_studio.gui.features.certifying import Certifying
from retina_studio.gui.features.people import People

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise()", "grabbing the keyboard")


def press(button):
    QTest.mouseClick(button, LEFT)


def settle(qtbot, dialog, button):
    with qtbot.waitSignal(dialog.settled, timeout=5000):
        press(button)


@pytest.fixture
def engineers_window(open_window, full_study):
    full_study.add_grader("Lind", "engineer")
    return open_window(full_study, "Lind")


def test_people_are_added_changed_and_leave(engineers_window, full_study, qtbot):
    engineers_window.actions["people"].trigger()
    dialog = engineers_window.feature(People).dialog
    assert not dialog.start_button.isEnabled()
    QTest.keyClicks(dialog.new_name, "Ruiz")
    settle(qtbot, dialog, dialog.start_button)
    assert dialog.said.text() == "Ruiz is in the study now."
    QTest.keyClicks(dialog.new_name, "Chen")
    settle(qtbot, dialog, dialog.start_button)
    assert "There is a grader 'Chen' already" in dialog.said.text()
    assert dialog.said.objectName() == "bad"
    dialog.table.setCurrentItem(dialog.table.topLevelItem(3))
    with qtbot.waitSignal(dialog.settled, timeout=5000):
        QTest.keyClick(dialog.role, Qt.Key.Key_Down)
        dialog.role.activated.emit(dialog.role.currentIndex())
    assert full_study.grader("Ruiz").role == "adjudicator"
    settle(qtbot, dialog, dialog.leave_button)
    assert not full_study.grader("Ruiz").active
    assert dialog.leave_button.text() == "Comes back"
    settle(qtbot, dialog, dialog.leave_button)
    assert full_study.grader("Ruiz").active
    full_study.set_passphrase("Silva", "open sesame", "Silva")
    dialog.show_people(full_study.graders())
    dialog.table.setCurrentItem(dialog.table.topLevelItem(1))
    settle(qtbot, dialog, dialog.reset_button)
    assert not full_study.grader("Silva").has_passphrase
    # Assigning, in the same window.
    dialog.close()
    engineers_window.actions["assign"].trigger()
    _assign(engineers_window.feature(Assigning), full_study, qtbot)
    engineers_window.actions["repeats"].trigger()
    _repeat(engineers_window.feature(Assigning), full_study, qtbot)
    engineers_window.actions["certification"].trigger()
    _certify(engineers_window.feature(Certifying), full_study, qtbot)


def _assign(feature, study, qtbot):
    """What each would get is shown before anything is given, and the shortage is told."""
    dialog = feature.dialog
    qtbot.waitUntil(lambda: dialog.table.topLevelItem(0).text(1) == "4", timeout=5000)
    assert dialog.outlook.text() == (
        "8 to be given; then 0 images have all their graders. 4 images still lack graders: there are too few."
    )
    assert study.setting("assignment", "free") == "free"
    for row in range(2):
        dialog.table.topLevelItem(row).setCheckState(0, Qt.CheckState.Unchecked)
    assert not dialog.start_button.isEnabled()
    for row in range(2):
        dialog.table.topLevelItem(row).setCheckState(0, Qt.CheckState.Checked)
    dialog.per_image.setValue(1)
    press(dialog.has_due)
    dialog.due.setDate(dialog.due.date().addDays(1))
    settle(qtbot, dialog, dialog.start_button)
    assert dialog.said.text() == "4 given to 2 graders."
    given = [entry for name in ("Chen", "Silva") for entry in study.worklist(study.grader(name))]
    assert len(given) == 4
    assert {entry.due for entry in given} == {dialog.plan.due}
    settle(qtbot, dialog, dialog.start_button)
    assert dialog.said.text() == "Nothing was missing: nothing was given."
    dialog.close()
    qtbot.waitUntil(lambda: feature.dialog is None)


def _repeat(feature, study, qtbot):
    dialog = feature.dialog
    settle(qtbot, dialog, dialog.start_button)
    assert dialog.said.text() == "0 images come again."
    dialog.close()


def _certify(feature, study, qtbot):
    """A set is made of what one person has submitted, and given; one without answers is refused."""
    dialog = feature.dialog
    assert not dialog.start_button.isEnabled()
    QTest.keyClicks(dialog.new_name, "Basics")
    settle(qtbot, dialog, dialog.make_button)
    assert "has no image with a known answer" in dialog.said.text()
    lind = study.grader("Lind")
    for image in study.images()[:2]:
        session = study.session(image, lind)
        session.apply(SetGrade("dr", None, 2))
        session.submit(complete=False)
    dialog.author.setCurrentText("Lind")
    settle(qtbot, dialog, dialog.make_button)
    assert dialog.said.text() == "The set Basics has 2 images."
    dialog.graders.item(0).setCheckState(Qt.CheckState.Checked)
    settle(qtbot, dialog, dialog.start_button)
    assert dialog.said.text() == "2 given."
    assert sum(entry.purpose == "certification" for entry in study.worklist(study.grader("Chen"))) == 2
    with qtbot.waitSignal(dialog.settled, timeout=5000):
        QTest.keyClick(dialog.required, Qt.Key.Key_Space)
    assert study.setting("certification_required") is True
    dialog.close()


def test_a_grader_sees_only_what_is_theirs_and_changes_their_own_passphrase(window, full_study, qtbot):
    for name in ("people", "assign", "repeats", "certification", "vote", "vote_rules", "curate", "backup"):
        assert not window.actions[name].isVisible()
    window.actions["profile"].trigger()
    dialog = window.feature(People).dialog
    assert not dialog.old.isVisible()
    assert dialog.new.hasFocus() or not dialog.isActiveWindow()
    QTest.keyClicks(dialog.new, "horse")
    assert not dialog.start_button.isEnabled()
    QTest.keyClicks(dialog.again, "horse")
    settle(qtbot, dialog, dialog.start_button)
    assert full_study.check_passphrase(full_study.grader("Chen"), "horse")
    assert dialog.new.text() == ""
    assert dialog.old.isVisible()
    QTest.keyClicks(dialog.old, "cow")
    settle(qtbot, dialog, dialog.start_button)
    assert dialog.said.text() == "This is not your passphrase now: nothing was changed."
    assert full_study.grader("Chen").has_passphrase
    dialog.old.clear()
    QTest.keyClicks(dialog.old, "horse")
    settle(qtbot, dialog, dialog.start_button)
    assert not full_study.grader("Chen").has_passphrase
    order = _tab_order(dialog)
    assert order.index(dialog.again) < order.index(dialog.close_button) < order.index(dialog.start_button)


def _tab_order(dialog):
    found, widget = [], dialog.nextInFocusChain()
    while widget is not dialog:
        found.append(widget)
        widget = widget.nextInFocusChain()
    return found
