"""The first start: welcome page, demo study, tour; another study; what breaks, and what the next start says of it."""

import sys
import threading
from pathlib import Path

import pytest
from own_loops import in_use, when
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from retina_studio import crash, logs
from retina_studio.domain.errors import RetinaError
from retina_studio.gui import app, settings
from retina_studio.gui.crashing import Catcher
from retina_studio.gui.features.helping import Helping
from retina_studio.gui.features.importing import Importing
from retina_studio.gui.features.offering import Offering
from retina_studio.gui.main_window import MainWindow
from retina_studio.gui.welcome import demo_study
from retina_studio.gui.welcome.page import WelcomePage
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise\\(\\)", "grabbing the keyboard")
Key = Qt.Key
modal = pytest.mark.usefixtures("own_loops")


@pytest.fixture
def small_demo(monkeypatch):
    """A demo study of two photographs and a scan, which is quickly made."""
    monkeypatch.setattr(demo_study, "_SIZE", (256, 256))
    monkeypatch.setattr(demo_study, "_DR", (2, 0))
    monkeypatch.setattr(demo_study, "_SCANS", ("drusen",))
    monkeypatch.setattr(demo_study, "_READ", 1)


def test_the_demo_study_is_sound_and_half_read(small_demo, tmp_path):
    shares = []
    folder = demo_study.make_demo_study(tmp_path / "demo", "You", shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
    with Study.open(folder) as study:
        assert list(study_problems(study)) == []
        states = [[entry.state for entry in study.worklist(who)] for who in study.graders()]
        assert [who.name for who in study.graders()] == ["You", "Dr Amara", "Dr Bruno", "Dr Chen"]
    assert states[0] == ["open"] * 3
    assert states[1] == states[2] == ["open", "submitted", "open"]


def test_a_demo_study_that_is_stopped_leaves_nothing(small_demo, tmp_path):
    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo_study.make_demo_study(tmp_path / "demo", "You", stop)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_taken_is_refused(tmp_path):
    with pytest.raises(RetinaError, match="is there already"):
        demo_study.make_demo_study(tmp_path, "You", lambda share: None)


@modal
def test_from_the_first_start_to_the_tour(application, small_demo, tmp_path):
    seen = []

    def make(page):
        assert page.focusWidget() is page.demo_button
        page.demo_button.click()
        page.dialog.place.text.setText(str(tmp_path))
        page.dialog.start_button.click()

    def on_window(window):
        guide = window.feature(Helping).guide
        titles = []
        for _ in range(7):
            titles.append(guide.stop.title)
            QTest.keyClick(QApplication.focusWidget(), Key.Key_Return)
        seen.append((window.grader.name, titles, window.feature(Helping).guide))
        window.close()

    when(WelcomePage, make)
    from retina_studio.gui.login import GraderDialog

    when(GraderDialog, lambda dialog: dialog.accept())
    when(MainWindow, on_window, lambda w: in_use(w) and w.feature(Helping).guide is not None)
    assert app.run() == 0
    ((name, titles, guide),) = seen
    assert name == "You"
    assert len(set(titles)) == 7
    assert guide is None
    assert settings.tour_seen()
    assert settings.recent_studies() == [(tmp_path / "Retina Studio demo").resolve()]


@modal
def test_a_folder_of_images_becomes_a_study_that_asks_to_import_it(application, tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    asked = []

    def make(page):
        page.new_button.click()
        dialog = page.dialog
        dialog.name.setText("a/b")
        assert not dialog.start_button.isEnabled()  # no name of a folder
        dialog.name.setText("mine")
        dialog.place.text.setText(str(tmp_path))
        dialog.images.text.setText(str(pictures))
        dialog.start_button.click()

    def on_window(window):
        asked.append(window.feature(Importing).dialog.paths)
        window.feature(Importing).dialog.reject()
        window.close()

    from retina_studio.gui.login import GraderDialog

    when(WelcomePage, make)
    when(GraderDialog, lambda dialog: (dialog.new_name.setText("Lind"), dialog.accept()))
    when(MainWindow, on_window, lambda w: w.feature(Importing).dialog is not None)
    assert app.run() == 0
    assert asked == [[pictures]]
    with Study.open(tmp_path / "mine") as made:
        assert [grader.name for grader in made.graders()] == ["Lind"]


@modal
def test_what_cannot_be_opened_is_told_on_the_page(application, full_study):
    settings.remember_study(full_study.folder)
    (full_study.folder / "study.toml").write_text("format = 99\n")
    said = []

    def again(page):
        said.append(page.said.text())
        page.reject()

    def first(page):
        page.recent_button.click()
        when(WelcomePage, again, lambda p: p.said.text() != "")

    when(WelcomePage, first)
    assert app.run() == 0
    assert str(full_study.folder) in said[0]


@modal
def test_another_study_goes_by_the_welcome_page(application, full_study):
    pages = []
    settings.remember_tour()
    when(MainWindow, lambda window: window.actions["other_study"].trigger(), in_use)
    when(WelcomePage, lambda page: (pages.append(page.list.count()), page.reject()))
    assert app.run(full_study.folder, "Chen") == 0
    assert pages == [1]


# The tour


def test_the_tour_goes_by_keys_and_lets_none_through(window):
    window.actions["tour"].trigger()
    helping = window.feature(Helping)
    guide = helping.guide

    def press(key):
        QTest.keyClick(QApplication.focusWidget(), key)

    assert guide.next_button.hasFocus()
    press(Key.Key_Right)
    assert guide.stop.part is window.canvas
    tool = window.canvas.tool
    press(Key.Key_B)  # the brush, without the tour
    assert window.canvas.tool is tool
    press(Key.Key_Left)
    assert guide.stop.part is window.worklist
    press(Key.Key_Tab)
    assert guide.skip_button.hasFocus()
    press(Key.Key_Escape)
    assert helping.guide is None
    assert window.canvas.hasFocus()


def test_its_card_lies_inside_the_window_beside_what_it_shows(window):
    window.actions["tour"].trigger()
    guide = window.feature(Helping).guide
    for size in ((1400, 900), (980, 640)):
        window.resize(*size)
        QTest.qWait(1)
        for _ in guide._stops[1:]:
            card = guide.card.geometry()
            assert guide.rect().contains(card)
            assert guide.stop.part is window.canvas or not card.intersects(guide._light())
            guide.go_on()
        guide.begin()
    guide.end()


# What breaks


@pytest.fixture
def catcher(application):
    with logs.kept():
        caught = Catcher()
        caught.take()
        yield caught
        caught.give_back()


def read(told):
    def look(box):
        told.append((box.text(), box.informativeText()))
        box.button(QMessageBox.StandardButton.Ok).click()

    when(QMessageBox, look)


@pytest.mark.parametrize("where", ["slot", "thread"])
def test_an_error_is_told_in_one_sentence_with_its_report(catcher, qtbot, where):
    told = []
    read(told)

    def break_down():
        raise ValueError("odd")

    if where == "slot":
        button = QPushButton()
        qtbot.addWidget(button)
        button.clicked.connect(lambda: sys.excepthook(*_error(break_down)))
        button.click()
    else:
        thread = threading.Thread(target=break_down)
        thread.start()
        thread.join()
    qtbot.waitUntil(lambda: bool(told), timeout=5000)
    (report,) = crash.reports()
    assert told[0][0] == "Something went wrong (ValueError: odd)."
    assert str(report) in told[0][1]
    assert "break_down" in report.read_text()
    assert logs.newest("ERROR")[0].text.startswith("Unforeseen")


def test_what_breaks_again_and_again_is_reported_once(catcher, qtbot):
    def break_down():
        raise ValueError("odd")

    told = []
    read(told)
    for _ in range(20):
        sys.excepthook(*_error(break_down))
    qtbot.waitUntil(lambda: bool(told), timeout=5000)
    assert len(crash.reports()) == 1
    assert len(logs.newest("ERROR")) == 1
    read(told)
    sys.excepthook(*_error(break_down))
    qtbot.waitUntil(lambda: len(told) == 2, timeout=5000)  # but it is said each time
    assert str(crash.reports()[0]) in told[1][1]


def _error(work):
    try:
        work()
    except ValueError as error:
        return type(error), error, error.__traceback__


def test_a_sentence_of_ours_needs_no_report(catcher, qtbot):
    told = []
    when(QMessageBox, lambda box: (told.append(box.text()), box.accept()))
    sys.excepthook(RetinaError, RetinaError("The disk is full."), None)
    qtbot.waitUntil(lambda: bool(told), timeout=5000)
    assert told == ["The disk is full."]
    assert crash.reports() == []


def test_painting_that_breaks_leaves_the_window_usable(hand, qtbot):
    broken = []

    def layer(painter, canvas):
        broken.append(True)
        raise ValueError("odd")

    hand.canvas.overlays.append(layer)
    with qtbot.capture_exceptions() as caught:
        hand.canvas.update()
        qtbot.waitUntil(lambda: bool(broken))
    hand.canvas.overlays.remove(layer)
    assert broken
    assert caught
    hand.canvas.repaint()
    hand.tool("ellipse", "MA")
    hand.drag((100, 100), (160, 160))
    assert len(hand.shapes) == 1


@pytest.mark.qt_log_ignore("a warning of Qt")
def test_what_qt_says_is_logged(catcher):
    from PySide6.QtCore import qWarning

    qWarning("a warning of Qt")
    assert [(e.level, e.source, e.text) for e in logs.newest()] == [
        ("WARNING", "retina_studio.qt", "a warning of Qt")
    ]


def test_the_next_start_says_that_the_last_one_crashed(window, monkeypatch):
    opened = []
    monkeypatch.setattr("retina_studio.gui.features.helping.show_folder", opened.append)
    report = crash.report(ValueError("odd"))
    settings.remember_tour()
    window.feature(Helping).greet(None, crash.Ended(report))
    offering = window.feature(Offering)
    assert str(report) in offering.strip.text.text()
    QTest.keyClick(window.canvas, Key.Key_Return)
    assert opened == [report]
    window.feature(Helping).greet(None, crash.Ended(None))
    assert "did not end by itself" in offering.strip.text.text()


# Help


def test_the_log_is_shown_filtered_and_copied(window):
    import logging

    with logs.kept():
        logging.getLogger("retina_studio.study").warning("%s cannot be read", window.image.name)
        logging.getLogger("retina_studio").info("all is well")
    window.actions["log"].trigger()
    dialog = window.feature(Helping).dialog
    assert [entry.text for entry in dialog.shown] == ["all is well", "… cannot be read"]
    dialog.level.setCurrentIndex(dialog.level.findData("WARNING"))
    assert [entry.text for entry in dialog.shown] == ["… cannot be read"]
    dialog.filter.setText("WELL")
    assert dialog.shown == []
    assert not dialog.copy_button.isEnabled()
    dialog.level.setCurrentIndex(0)
    dialog.copy_button.click()
    assert QApplication.clipboard().text().endswith("INFO retina_studio: all is well")
    dialog.reject()


def test_about_names_versions_licences_and_weights(window, qtbot, shipped_weights):
    window.actions["about"].trigger()
    dialog = window.feature(Helping).dialog
    assert "torch" in dialog.versions.text().lower()
    qtbot.waitUntil(lambda: dialog.weights_table.topLevelItemCount() == 5, timeout=20000)
    assert dialog.package_table.topLevelItemCount() > 30
    assert dialog.licence.toPlainText() != ""
    assert dialog.weights_table.currentItem().text(1) in dialog.card.toPlainText()
    dialog.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert Path(settings.settings().fileName()).exists()
