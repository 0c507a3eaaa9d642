"""Import from the window: chosen or dropped, in the background, while the person goes on drawing."""

import statistics
import time

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.gui.features.importing import Importing
from retina_studio.gui.panels.import_dialog import ImportDialog

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise()")


@pytest.fixture
def new_images(tmp_path):
    from drawn_images import draw_images

    return draw_images(tmp_path / "new", ["x_OD", "y_OS"], seed=9)


@pytest.fixture
def importing(hand):
    return hand.window.feature(Importing)


def names(hand):
    return [entry.image.name for entry in hand.window.worklist._model.entries]


def drop(window, paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(600, 300), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(600, 300), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(window, event)
    assert event.isAccepted()


def run(hand, importing, dialog):
    with hand.qtbot.waitSignal(importing.finished, timeout=10_000):
        hand.press(dialog.start_button)


def test_chosen_files_join_the_worklist_and_a_summary_says_so(hand, importing, new_images, monkeypatch):
    files = sorted(str(path) for path in new_images.iterdir())
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (files, ""))
    hand.key(Qt.Key.Key_I, hand.CTRL)
    dialog = hand.window.findChild(ImportDialog)
    assert not dialog.start_button.isEnabled()
    hand.press(dialog.files_button)
    assert dialog.list.count() == 2
    run(hand, importing, dialog)
    assert names(hand) == ["a_OS", "b_OD", "c", "scan", "x_OD", "y_OS"]
    assert importing.summary.headline.text() == "2 images imported"
    importing.summary.close()
    assert hand.window.worklist.counts.text() == "0 of 6 submitted"
    hand.open("y_OS")


def test_a_folder_dropped_on_the_window(hand, importing, new_images):
    drop(hand.window, [new_images])
    dialog = importing.dialog
    assert dialog.paths == [new_images]
    dialog.kinds["oct"].click()
    run(hand, importing, dialog)
    assert hand.window.study.image("x_OD").modality == "oct"
    importing.summary.close()


def test_duplicates_and_bad_files_are_told(hand, importing, new_images, tmp_path):
    (new_images / "bad.jpg").write_bytes(b"nothing")
    drop(hand.window, [new_images, *(tmp_path / "fundus").iterdir()])
    run(hand, importing, importing.dialog)
    assert importing.summary.headline.text() == "2 images imported, 3 there already, 1 refused"
    told = importing.summary.details.toPlainText()
    assert "bad.jpg" in told
    assert told.index("Not taken:") < told.index("In the study already:")
    importing.summary.close()


def test_what_does_not_exist_is_told_in_one_sentence(hand, importing, tmp_path):
    drop(hand.window, [tmp_path / "nowhere"])
    run(hand, importing, importing.dialog)
    assert "nowhere" in hand.window.status.currentMessage()
    assert importing.summary is None


def test_a_cancelled_import_keeps_what_it_has_and_goes_on_when_repeated(hand, importing, tmp_path):
    from drawn_images import draw_images

    folder = draw_images(tmp_path / "many", [f"m{n:03d}" for n in range(150)], seed=2)
    importing.start([folder], "fundus")
    with hand.qtbot.waitSignal(importing.finished, timeout=20_000):
        hand.qtbot.waitUntil(lambda: len(names(hand)) > 4 or importing._job is None, timeout=10_000)
        importing.work.cancel_button.click()
    kept = len(names(hand))
    assert len(hand.window.study.images()) == kept < 154
    assert f"{kept - 4} images" in hand.window.status.currentMessage()
    with hand.qtbot.waitSignal(importing.finished, timeout=20_000):
        importing.start([folder], "fundus")
    assert len(names(hand)) == len(set(names(hand))) == 154
    importing.summary.close()


def test_edits_go_on_while_images_come_in(hand, importing, tmp_path):
    from drawn_images import draw_images

    folder = draw_images(tmp_path / "many", [f"m{n:03d}" for n in range(120)], seed=3)
    importing.start([folder], "fundus")
    seconds = []
    while importing._job is not None:
        shape = new_shape("MA", Ellipse(20 + len(seconds) % 300, 60, 3, 3))
        started = time.perf_counter()
        assert hand.window.document.apply(add_shapes(shape))
        seconds.append(time.perf_counter() - started)
        hand.qtbot.wait(10)
    assert len(seconds) > 3
    assert statistics.median(seconds) < 0.25  # about 0.03 on two busy cores: none waits for the import to end
    assert len(hand.window.document.grading.shapes) == len(seconds)
    importing.summary.close()


def test_an_empty_study_opens_its_first_image_as_it_comes(application, study, new_images, qtbot):
    from retina_studio.gui.main_window import MainWindow

    study.add_grader("Chen")
    window = MainWindow(study, study.grader("Chen"))
    qtbot.addWidget(window)
    window.show()
    window.start()
    importing = window.feature(Importing)
    with qtbot.waitSignal(window.image_shown, timeout=10_000):
        importing.start([new_images], "fundus")
    assert window.image.name == "x_OD"
    qtbot.waitUntil(lambda: importing.summary is not None, timeout=5000)
    window.close()
