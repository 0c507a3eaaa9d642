"""The vote, its rules, the snapshot and the backup: started, refused and stopped in their dialogs."""

import h5py
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.domain.edits import SetGrade, add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.domain.voting.rules import VoteRules
from retina_studio.gui.features import studying
from retina_studio.gui.features.keeping import Keeping
from retina_studio.gui.features.voting import Voting
from retina_studio.gui.jobs import Job
from retina_studio.gui.panels.job_dialog import JobDialog
from retina_studio.gui.panels.vote_dialog import VoteRulesDialog
from retina_studio.study.consensus import vote_rules

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise()", "grabbing the keyboard")


def settle(qtbot, dialog, button=None):
    with qtbot.waitSignal(dialog.settled, timeout=10_000):
        QTest.mouseClick(button or dialog.start_button, LEFT)
    return dialog.said.text()


@pytest.fixture
def voted_window(open_window, full_study):
    """Two graders have submitted two images each, alike in one and not in the other."""
    full_study.add_grader("Ruiz", "adjudicator")
    for name, second in (("Chen", 0), ("Silva", 2)):
        grader = full_study.grader(name)
        for image, grade in zip(full_study.images()[:2], (1, second), strict=True):
            session = full_study.session(image, grader)
            session.apply(SetGrade("dr", None, grade))
            session.apply(add_shapes(new_shape("OD", Ellipse(200, 150, 30, 30))))
            session.submit(complete=False)
    return open_window(full_study, "Ruiz")


def test_from_the_rules_to_a_snapshot_and_a_backup(voted_window, full_study, qtbot, tmp_path):
    voting, keeping, actions = (
        voted_window.feature(Voting),
        voted_window.feature(Keeping),
        voted_window.actions,
    )
    actions["curate"].trigger()
    dialog = keeping.dialog
    assert not dialog.start_button.isEnabled()
    out = tmp_path / "out" / "consensus.h5"
    out.parent.mkdir()
    QTest.keyClicks(dialog.place.text, str(out))
    assert settle(qtbot, dialog).startswith("Nothing is settled yet")
    assert dialog.said.objectName() == "bad"
    assert not list(out.parent.iterdir())

    actions["vote"].trigger()
    assert "0 settled, 0 for the adjudicator, 4 waiting" in settle(qtbot, voting.dialog)
    QTest.keyClick(voting.dialog, Qt.Key.Key_Escape)

    actions["vote_rules"].trigger()
    rules = voting.dialog
    rules.rules["graders"].setFocus()
    QTest.keyClick(rules.rules["graders"], Qt.Key.Key_Down)
    rules.rules["anatomy"].setCurrentIndex(1)
    assert settle(qtbot, rules) == "Saved. They hold from the next vote on."
    assert full_study.setting("vote") == {"graders": 2, "anatomy": "staple"}
    QTest.mouseClick(rules.usual_button, LEFT)
    rules.rules["graders"].setValue(2)
    settle(qtbot, rules)
    assert full_study.setting("vote") == {"graders": 2}
    assert vote_rules(full_study).anatomy == "majority"
    rules.rules["agreeing"].setValue(9)
    assert "asks 9 graders to agree" in settle(qtbot, rules)
    assert full_study.setting("vote") == {"graders": 2}
    rules.close()

    actions["vote"].trigger()
    told = settle(qtbot, voting.dialog)
    assert told == "1 settled, 1 for the adjudicator, 2 waiting for gradings. Counted anew: 2 images."

    told = settle(qtbot, dialog)
    with h5py.File(out) as snapshot:
        assert len(snapshot["images"]) == 1
    assert told.startswith("Written. Its content hash: ")
    assert len(told.rpartition(" ")[2]) >= 32
    dialog.close()

    actions["backup"].trigger()
    dialog = keeping.dialog
    QTest.keyClicks(dialog.place.text, str(tmp_path / "safe"))
    folder = tmp_path / "safe" / dialog.folder_name
    assert settle(qtbot, dialog) == f"4 images and all gradings are in {folder}."
    assert "is not empty" in settle(qtbot, dialog)


def test_the_wheel_changes_no_rule(application, qtbot):
    rules = VoteRulesDialog(VoteRules(), VoteRules(), None)
    qtbot.addWidget(rules)
    rules.show()
    for field in (rules.rules["graders"], rules.rules["lesions"]):
        spot = QPointF(field.rect().center())
        turn = QWheelEvent(
            spot,
            field.mapToGlobal(spot),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(field, turn)
    assert rules.changed == {}


@pytest.fixture
def dialog(application, qtbot):
    made = JobDialog("Work", "", "Start", None)
    qtbot.addWidget(made)
    made.show()
    return made


def endless(state):
    report = studying.reporter(state, "{done} of {total}")
    while True:
        report(1, 4)


def test_esc_cancels_what_runs_and_closes_when_it_has_stopped(dialog, qtbot):
    dialog.follow(Job(endless), str)
    qtbot.waitUntil(lambda: dialog.said.text() == "1 of 4", timeout=5000)
    qtbot.waitUntil(dialog.bar.isVisible, timeout=5000)
    assert dialog.bar.value() == 250
    assert not dialog.start_button.isEnabled()
    with qtbot.waitSignal(dialog.finished, timeout=5000):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert dialog.isVisible()
    assert not dialog.is_busy


def test_the_button_cancels_and_the_dialog_stays(dialog, qtbot):
    dialog.follow(Job(endless), str, "Stopped half way.")
    assert dialog.close_button.text() == "Cancel"
    with qtbot.waitSignal(dialog.settled, timeout=5000):
        QTest.mouseClick(dialog.close_button, LEFT)
    assert dialog.said.text() == "Stopped half way."
    assert dialog.isVisible()
    QTest.mouseClick(dialog.close_button, LEFT)
    assert not dialog.isVisible()


def test_what_was_done_before_the_cancelling_came_is_told(dialog, qtbot):
    def work(state):
        state.cancel()
        return 7

    with qtbot.waitSignal(dialog.settled, timeout=5000):
        dialog.follow(Job(work), lambda count: f"{count} given.")
    assert dialog.said.text() == "7 given."


def test_an_unforeseen_error_is_one_sentence(dialog, qtbot):
    def work(state):
        raise ValueError("odd")

    with qtbot.waitSignal(dialog.settled, timeout=5000):
        dialog.follow(Job(work), str)
    assert dialog.said.text() == "The work in the background failed: odd"
    assert dialog.start_button.isEnabled()
