"""Starting the application: what it asks, what it remembers, and what it says when something breaks."""

import os
import subprocess
import sys

import pytest
from own_loops import in_use, when
from PySide6.QtWidgets import QDialog

from retina_studio.domain.errors import RetinaError
from retina_studio.gui import app, settings
from retina_studio.gui.login import GraderDialog
from retina_studio.gui.main_window import MainWindow
from retina_studio.gui.welcome.page import WelcomePage

pytestmark = [pytest.mark.usefixtures("own_loops"), pytest.mark.qt_log_ignore("propagateSizeHints")]


def _closed(window):
    """Close as soon as the image is there, and note who was in it."""
    seen = []

    def close(found):
        seen.append((found.grader.name, found.image.name))
        found.close()

    when(window, close, in_use)
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

        when(GraderDialog, choose)
        seen = _closed(MainWindow)
        assert app.run(full_study.folder) == 0
        assert seen == [("Silva", "a_OS")]
    assert asked == ["Silva"]


def test_a_study_without_graders_asks_for_a_name(application, study, tmp_path):
    def answer(dialog):
        dialog.new_name.setText("  Okafor ")
        dialog.accept()

    when(GraderDialog, answer)
    when(MainWindow, lambda window: window.close())
    assert app.run(study.folder) == 0
    assert [grader.name for grader in study.graders()] == ["Okafor"]


def test_giving_up_in_a_dialog_ends_quietly(application, full_study):
    when(GraderDialog, QDialog.reject)
    assert app.run(full_study.folder) == 0
    when(WelcomePage, QDialog.reject)
    assert app.run() == 0


def test_a_study_opened_before_is_offered(application, full_study):
    settings.remember_study(full_study.folder)

    def choose(dialog):
        assert dialog.list.count() == 1
        dialog.recent_button.click()

    when(WelcomePage, choose)
    seen = _closed(MainWindow)
    assert app.run(None, "Chen") == 0
    assert seen == [("Chen", "a_OS")]


def test_a_folder_that_is_no_study_is_refused(application, tmp_path):
    with pytest.raises(RetinaError, match="is not a study"):
        app.run(tmp_path)


def test_the_window_keeps_its_size(full_study, open_window):
    window = open_window(full_study)
    window.resize(980, 740)  # the test screen is small, and no window is restored larger than its screen
    window.close()
    again = MainWindow(full_study, full_study.grader("Chen"))
    assert (again.width(), again.height()) == (980, 740)
    again.close()
    again.deleteLater()


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
