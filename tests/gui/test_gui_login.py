"""Who may open the window: passphrases asked, refused, waited for; another grader at the same desk."""

import pytest
from own_loops import in_use, when
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox

from retina_studio.domain.errors import RetinaError
from retina_studio.gui import app, settings
from retina_studio.gui.features.people import People
from retina_studio.gui.login import GraderDialog
from retina_studio.gui.main_window import MainWindow

Key = Qt.Key
pytestmark = [
    pytest.mark.usefixtures("own_loops"),
    pytest.mark.qt_log_ignore("propagateSizeHints", "raise()", "grabbing the keyboard"),
]


@pytest.fixture
def guarded(full_study):
    """Silva has a passphrase."""
    full_study.set_passphrase("Silva", "open sesame", "Silva")
    return full_study


@pytest.fixture
def dialog(application, guarded, qtbot):
    made = GraderDialog(guarded.graders(), "Silva", guarded.check_passphrase)
    qtbot.addWidget(made)
    made.show()
    return made


def test_only_a_person_with_a_passphrase_is_asked(dialog):
    assert [dialog.list.item(row).text() for row in range(2)] == ["Chen   (grader)", "Silva   (grader)"]
    assert dialog.name == "Silva"
    assert dialog.passphrase.isVisible()
    assert dialog.passphrase.echoMode() == dialog.passphrase.EchoMode.Password
    QTest.keyClick(dialog.list, Key.Key_Up)
    assert not dialog.passphrase.isVisible()
    QTest.mouseClick(dialog.start_button, Qt.MouseButton.LeftButton)
    assert dialog.result() == GraderDialog.DialogCode.Accepted


def test_an_empty_passphrase_is_not_even_tried(dialog):
    QTest.mouseClick(dialog.start_button, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert dialog.start_button.isEnabled()


def test_a_wrong_passphrase_is_told_and_has_to_wait_longer_each_time(dialog, qtbot, monkeypatch):
    pauses = []
    single_shot = QTimer.singleShot
    monkeypatch.setattr(
        "retina_studio.gui.login.QTimer.singleShot",
        lambda ms, owner, call: (pauses.append(ms), single_shot(1, owner, call)),
    )
    for _ in range(3):
        QTest.keyClicks(dialog.passphrase, "wrong")
        QTest.keyClick(dialog.passphrase, Key.Key_Return)
        assert not dialog.start_button.isEnabled()  # and the window goes on answering
        qtbot.waitUntil(dialog.start_button.isEnabled, timeout=5000)
    assert pauses == [500, 1000, 2000]
    assert dialog.said.text() == "This is not the passphrase of Silva."
    assert dialog.isVisible()
    QTest.keyClicks(dialog.passphrase, "open sesame")  # over the wrong one, which is selected
    QTest.keyClick(dialog.passphrase, Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.result() == GraderDialog.DialogCode.Accepted, timeout=5000)


def test_a_grader_named_on_the_command_line_is_asked_too(application, guarded):
    asked = []

    def answer(dialog):
        asked.append([dialog.list.item(row).text() for row in range(dialog.list.count())])
        QTest.keyClicks(dialog.passphrase, "open sesame")
        QTest.keyClick(dialog.passphrase, Key.Key_Return)

    when(GraderDialog, answer)
    seen = []
    when(MainWindow, lambda window: (seen.append(window.grader.name), window.close()), in_use)
    assert app.run(guarded.folder, "Silva") == 0
    assert asked == [["Silva   (grader)"]]
    assert seen == ["Silva"]


def test_the_only_grader_with_a_passphrase_is_asked_and_may_give_up(application, study):
    study.add_grader("Chen")
    study.set_passphrase("Chen", "horse", "Chen")
    when(GraderDialog, lambda dialog: QTest.keyClick(dialog, Key.Key_Escape))
    assert app.run(study.folder) == 0


def test_who_has_left_is_neither_offered_nor_let_in(application, full_study):
    full_study.add_grader("Okafor")
    full_study.grader_leaves("Silva", "system")
    offered = []

    def look(dialog):
        offered.extend(dialog.list.item(row).text() for row in range(dialog.list.count()))
        dialog.reject()

    when(GraderDialog, look)
    app.run(full_study.folder)
    assert offered == ["Chen   (grader)", "Okafor   (grader)"]
    with pytest.raises(RetinaError, match="Silva has left this study"):
        app.run(full_study.folder, "Silva")


def test_the_first_person_of_a_study_chooses_a_role(application, study):
    def answer(dialog):
        QTest.keyClicks(dialog.new_name, "Lind")
        dialog.new_role.setCurrentIndex(2)
        dialog.accept()

    when(GraderDialog, answer)
    when(MainWindow, lambda window: window.close())
    app.run(study.folder)
    assert [(grader.name, grader.role) for grader in study.graders()] == [("Lind", "engineer")]


def test_another_grader_takes_the_window_with_everything_saved(application, guarded):
    seen = []

    def first(window):
        window.grading_panel.comment.setPlainText("half typed")
        QTest.keyClick(
            window.canvas, Key.Key_G, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        login = window.feature(People).login
        login.list.setCurrentRow(1)
        QTest.keyClicks(login.passphrase, "open sesame")
        QTest.mouseClick(login.start_button, Qt.MouseButton.LeftButton)
        when(MainWindow, second, lambda window: window.grader.name == "Silva" and in_use(window))

    def second(window):
        seen.append((window.grader.name, window.grading_panel.comment.toPlainText()))
        window.close()

    when(MainWindow, first, in_use)
    assert app.run(guarded.folder, "Chen") == 0
    assert seen == [("Silva", "")]
    assert guarded.session(guarded.images()[0], guarded.grader("Chen")).grading.comment == "half typed"
    assert settings.last_grader(guarded.id) == "Silva"


def test_switching_can_be_given_up(window, qtbot):
    window.actions["switch_grader"].trigger()
    login = window.feature(People).login
    buttons = login.findChild(QDialogButtonBox)
    QTest.mouseClick(buttons.button(QDialogButtonBox.StandardButton.Cancel), Qt.MouseButton.LeftButton)
    assert window.isVisible()
    assert window.successor is None
