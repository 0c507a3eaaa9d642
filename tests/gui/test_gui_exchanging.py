"""Labels out and in by the dialogs: whose they may be, refusals that change nothing, and the grading shown anew."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.exchange.formats import FORMATS
from retina_studio.gui.features.exchanging import Exchanging
from retina_studio.gui.panels.exchange_dialog import ImportLabelsDialog

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise()", "grabbing the keyboard")


def settle(qtbot, dialog):
    with qtbot.waitSignal(dialog.settled, timeout=10_000):
        QTest.mouseClick(dialog.start_button, LEFT)
    return dialog.said.text()


def choose(box, data):
    box.setCurrentIndex(box.findData(data))


def layers(dialog):
    return [dialog.layer.itemText(row) for row in range(dialog.layer.count())]


def test_own_labels_go_out_and_come_back(hand, full_study, qtbot, tmp_path, monkeypatch):
    window, exchanging = hand.window, hand.window.feature(Exchanging)
    window.document.apply(add_shapes(new_shape("MA", Ellipse(80, 80, 6, 6))))
    window.actions["export_labels"].trigger()
    dialog = exchanging.dialog
    assert layers(dialog) == ["Chen"]  # nobody else's, nor the consensus
    choose(dialog.format, "labelme")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "labels"))
    QTest.mouseClick(dialog.place.buttons[0], LEFT)
    assert settle(qtbot, dialog) == f"1 image written to {tmp_path / 'labels'}."
    assert (tmp_path / "labels" / "a_OS.json").is_file()
    dialog.close()

    shape = window.document.grading.shapes
    window.document.undo_stack.undo()
    assert not window.document.grading.shapes
    window.actions["import_labels"].trigger()
    dialog = exchanging.dialog
    assert [dialog.grader.itemText(row) for row in range(dialog.grader.count())] == ["Chen"]
    choose(dialog.format, "labelme")
    QTest.keyClicks(dialog.source.text, str(tmp_path / "nowhere"))
    assert "nowhere" in settle(qtbot, dialog)
    assert dialog.said.objectName() == "bad"
    dialog.source.text.selectAll()
    QTest.keyClicks(dialog.source.text, str(tmp_path / "labels"))
    QTest.keyClick(dialog.submit, Qt.Key.Key_Space)
    assert settle(qtbot, dialog) == "Labels of 1 image imported."
    qtbot.waitUntil(lambda: window.document.state == "submitted", timeout=5000)
    assert len(window.document.grading.shapes) == len(shape) == 1


def test_a_file_that_says_nonsense_changes_nothing(hand, full_study, qtbot, tmp_path):
    window = hand.window
    (tmp_path / "a_OS.json").write_text('{"shapes": [NaN]')
    window.actions["import_labels"].trigger()
    dialog = window.feature(Exchanging).dialog
    choose(dialog.format, "labelme")
    QTest.keyClicks(dialog.source.text, str(tmp_path / "a_OS.json"))
    told = settle(qtbot, dialog)
    assert "a_OS.json" in told
    assert dialog.said.objectName() == "bad"
    assert window.document.state == "open"


def test_who_runs_the_study_may_have_every_layer(application, full_study, qtbot):
    from retina_studio.gui.panels.exchange_dialog import ExportDialog

    lind = full_study.add_grader("Lind", "engineer")
    dialog = ExportDialog(lind, full_study.graders(), True, None)
    qtbot.addWidget(dialog)
    assert layers(dialog) == ["Consensus", "Chen", "Silva", "Lind"]
    choose(dialog.format, "csv")
    assert layers(dialog)[0] == "Everybody"
    assert dialog.layer.currentData() is None


def test_counts_want_as_many_graders_as_were_counted(application, full_study, qtbot):
    dialog = ImportLabelsDialog(full_study.grader("Chen"), full_study.graders(), None)
    qtbot.addWidget(dialog)
    dialog.show()
    assert [dialog.format.itemData(row) for row in range(dialog.format.count())] == [
        name for name, form in FORMATS.items() if form.reads
    ]
    choose(dialog.format, "counts")
    assert dialog.several.isVisible()
    assert not dialog.grader.isVisible()
    QTest.keyClicks(dialog.source.text, "somewhere")
    assert not dialog.start_button.isEnabled()
    for row in range(2):
        dialog.several.item(row).setCheckState(Qt.CheckState.Checked)
    assert [grader.name for grader in dialog.chosen_graders] == ["Chen", "Silva"]
    assert dialog.start_button.isEnabled()
    choose(dialog.format, "coco")
    assert [grader.name for grader in dialog.chosen_graders] == ["Chen"]
