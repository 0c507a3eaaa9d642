"""Starting the application: what it asks, what it remembers, and what it says when something breaks."""

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

from retina_studio import paths
from retina_studio.domain.errors import RetinaError
from retina_studio.gui import app, icons, settings, theme
from retina_studio.gui.dialogs import StudyDialog
from retina_studio.gui.login import GraderDialog
from retina_studio.gui.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def _when(kind, act):
    """Do something with the first window of a kind, as soon as it is there."""

    def look():
        found = [
            widget
            for widget in QApplication.topLevelWidgets()
            if isinstance(widget, kind) and widget.isVisible()
        ]
        if found:
            act(found[0])
        else:
            QTimer.singleShot(20, look)

    QTimer.singleShot(0, look)


@pytest.fixture(autouse=True)
def _restored(monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)


def _closed(window):
    """Close as soon as the image is there, and note who was in it."""
    seen = []

    def close(found):
        if found.canvas.picture is None:
            QTimer.singleShot(20, lambda: close(found))
            return
        seen.append((found.grader.name, found.image.name))
        found.close()

    _when(window, close)
    return seen


def test_a_given_study_and_grader_open_at_once(application, full_study):
    seen = _closed(MainWindow)
    assert app.run(full_study.folder, "Silva") == 0
    assert seen == [("Silva", "a_OS")]
    assert settings.recent_studies() == [full_study.folder.resolve()]


def test_the_grader_is_asked_and_remembered(application, full_study):
    for _ in range(2):
        asked = []

        def choose(dialog, asked=asked):
            asked.append(dialog.name)
            dialog.list.setCurrentRow(1)
            dialog.accept()

        _when(GraderDialog, choose)
        seen = _closed(MainWindow)
        assert app.run(full_study.folder) == 0
        assert seen == [("Silva", "a_OS")]
    assert asked == ["Silva"]


def test_a_study_without_graders_asks_for_a_name(application, study, tmp_path):
    def answer(dialog):
        dialog.new_name.setText("  Okafor ")
        dialog.accept()

    _when(GraderDialog, answer)
    _when(MainWindow, lambda window: window.close())
    assert app.run(study.folder) == 0
    assert [grader.name for grader in study.graders()] == ["Okafor"]


def test_giving_up_in_a_dialog_ends_quietly(application, full_study):
    _when(GraderDialog, QDialog.reject)
    assert app.run(full_study.folder) == 0
    _when(StudyDialog, QDialog.reject)
    assert app.run() == 0


def test_a_study_opened_before_is_offered(application, full_study):
    settings.remember_study(full_study.folder)

    def choose(dialog):
        assert dialog.list.count() == 1
        dialog.accept()

    _when(StudyDialog, choose)
    seen = _closed(MainWindow)
    assert app.run(None, "Chen") == 0
    assert seen == [("Chen", "a_OS")]


def test_a_folder_that_is_no_study_is_refused(application, tmp_path):
    with pytest.raises(RetinaError, match="is not a study"):
        app.run(tmp_path)


@pytest.mark.parametrize("error", [RetinaError("The disk is full."), ValueError("odd")])
def test_the_last_resort_tells_one_sentence_and_logs_the_rest(application, error):
    app._start_log()
    told = []

    def read(box):
        told.append(box.text())
        box.accept()

    _when(QMessageBox, read)
    app.show_unforeseen(type(error), error, None)
    assert told == [
        "The disk is full." if isinstance(error, RetinaError) else "Something went wrong (ValueError: odd)."
    ]
    log = (paths.user_data() / "logs" / "retina-studio.log").read_text()
    assert str(error) in log


def test_the_window_keeps_its_size(full_study, open_window):
    window = open_window(full_study)
    window.resize(980, 740)  # the test screen is small, and no window is restored larger than its screen
    window.close()
    again = MainWindow(full_study, full_study.grader("Chen"))
    assert (again.width(), again.height()) == (980, 740)
    again.close()
    again.deleteLater()


@pytest.mark.parametrize("name", ["dark", "light"])
def test_both_themes_are_complete_and_readable(application, name):
    theme.apply_theme(application, name)
    colours = theme._colours(name)
    assert set(colours) == set(theme._colours("dark"))
    for text, ground in [
        ("text", "panel"),
        ("text", "window"),
        ("muted", "panel"),
        ("muted", "window"),
        ("text", "chosen"),
        ("accent_text", "accent"),
        ("text", "raised"),
        ("bad", "window"),
    ]:
        assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    icons.redress()
    theme.apply_theme(application, "dark")


def _contrast(first, second):
    """WCAG 2.1 contrast ratio."""

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_torch_is_not_imported_and_cv2s_qt_paths_are_dropped():
    script = (
        "import cv2, os, sys; os.environ['QT_QPA_FONTDIR'] = '/nowhere'\n"
        "from retina_studio.gui.app import make_application\n"
        "import retina_studio.gui.main_window\n"
        "make_application()\n"
        "assert 'torch' not in sys.modules\n"
        "assert 'QT_QPA_FONTDIR' not in os.environ\n"
        "assert 'QT_QPA_PLATFORM_PLUGIN_PATH' not in os.environ\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
