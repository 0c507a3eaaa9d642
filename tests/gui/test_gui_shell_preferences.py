"""The preferences: theme at once, language by a new window, size at the next start, the study's by who may."""

import os
import re
import subprocess
import sys

import pytest
from own_loops import in_use, when
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest

from retina_studio.domain.labels import scales
from retina_studio.gui import app, settings, theme, words
from retina_studio.gui.main_window import MainWindow
from retina_studio.gui.preferences_dialog import PreferencesDialog
from retina_studio.paths import resources

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def _as_before(application):
    yield
    settings.choose_theme("dark")
    settings.choose_language(settings.SYSTEM_LANGUAGE)
    words.use_language(words.ENGLISH)
    app.follow_theme()


def preferences(window):
    QTest.keyClick(window.canvas, Qt.Key.Key_Comma, CTRL)
    (dialog,) = window.findChildren(PreferencesDialog)
    return dialog


def choose(combo, value):
    """As a person does: by keys, to the row that holds the value."""
    combo.setFocus()
    steps = combo.findData(value) - combo.currentIndex()
    for _ in range(abs(steps)):
        QTest.keyClick(combo, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)


def test_the_theme_changes_the_open_window_at_once(window):
    settings.choose_theme("dark")
    app.follow_theme()
    dialog = preferences(window)
    choose(dialog.theme, "light")
    assert settings.theme_choice() == "light"
    light = QColor(theme._colours("light")["panel"])
    assert window.worklist.grab().toImage().pixelColor(3, 3) == light
    choose(dialog.theme, "dark")
    assert window.worklist.grab().toImage().pixelColor(3, 3) == QColor(theme._colours("dark")["panel"])


def test_the_system_decides_until_the_person_does(application, monkeypatch):
    monkeypatch.setattr(theme, "system_theme", lambda _: "light")
    settings.choose_theme("system")
    assert theme.wanted_theme(application) == "light"
    settings.choose_theme("dark")
    assert theme.wanted_theme(application) == "dark"


@pytest.mark.usefixtures("own_loops")
def test_another_language_opens_the_window_anew_at_the_same_image(application, full_study):
    seen = []

    def first(window):
        window.worklist.select("b_OD")
        choose(preferences(window).language, "zh_CN")
        when(MainWindow, second, lambda other: other is not window and in_use(other))

    def second(window):
        seen.append((window.actions["undo"].text(), window.image.name))
        window.close()

    when(MainWindow, first, in_use)
    assert app.run(full_study.folder, "Chen") == 0
    assert seen == [("撤销", "b_OD")]


def test_the_size_holds_from_the_next_start_on(window):
    dialog = preferences(window)
    choose(dialog.scale, 1.5)
    assert settings.ui_scale() == 1.5
    assert "next start" in dialog.note.text()
    script = (
        "from retina_studio.gui.app import make_application\n"
        "print(make_application().primaryScreen().devicePixelRatio())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert float(done.stdout) == 1.5 * QGuiApplication.primaryScreen().devicePixelRatio()


@pytest.mark.parametrize("kept", ["large", "7", ""])
def test_a_size_that_makes_no_sense_is_the_usual_one(kept):
    settings.settings().setValue("look/scale", kept)
    assert settings.ui_scale() == 1.0


def test_a_grader_may_look_at_the_studys_settings(window):
    dialog = preferences(window)
    assert not any(box.isEnabled() for box in dialog.required.values())
    assert not any(combo.isEnabled() for combo in dialog.views.values())


def test_an_adjudicator_sets_what_the_study_asks_for(open_window, full_study):
    full_study.add_grader("Osei", "adjudicator")
    dialog = preferences(open_window(full_study, "Osei"))
    always = [code for code, scale in scales().items() if scale.required]
    assert all(dialog.required[code].isChecked() and not dialog.required[code].isEnabled() for code in always)
    QTest.mouseClick(dialog.required["dr"], Qt.MouseButton.LeftButton)
    assert full_study.setting("required_grades") == ["dr"]
    choose(dialog.views["fundus"], "red_free")
    assert full_study.setting("default_view") == {"fundus": "red_free", "oct": "grey"}


# Contrast


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    """WCAG 2.1 contrast ratio of two colours "#rrggbb"."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_wcags():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


_GROUNDS = {  # on which grounds app.qss and the panels write in a role
    "text": ("window", "panel", "raised", "hover", "chosen"),
    "muted": ("window", "panel", "raised", "chosen"),
    "accent_text": ("accent", "accent_hover"),
    "accent": ("panel", "window"),
    "good": ("window", "panel"),
    "warn": ("window", "panel"),
    "bad": ("window", "panel"),
}


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize(("role", "ground"), [(r, g) for r, grounds in _GROUNDS.items() for g in grounds])
def test_every_text_is_readable_on_its_ground(name, role, ground):
    colours = theme._colours(name)
    assert contrast(colours[role], colours[ground]) >= 4.5


def test_every_text_colour_of_the_style_sheet_is_checked():
    """`faint` is for what is disabled, which WCAG leaves out."""
    sheet = (resources() / "theme" / "app.qss").read_text("utf-8")
    used = set(re.findall(r"(?<![\w-])color: \$(\w+)", sheet))
    assert used <= {*_GROUNDS, "faint"}


def test_blind_first_and_the_share_by_chance_are_the_studys(full_study, open_window):
    full_study.add_grader("Lind", "engineer")
    dialog = preferences(open_window(full_study, "Lind"))
    assert not dialog.blind.isChecked()
    dialog.blind.click()
    assert full_study.setting("blind_first") is True
    dialog.share.setFocus()
    dialog.theme.setFocus()
    assert full_study.setting("random_share") is None  # looking at a field sets nothing
    dialog.share.setFocus()
    dialog.share.selectAll()
    QTest.keyClicks(dialog.share, "35")
    QTest.keyClick(dialog.share, Qt.Key.Key_Return)
    assert full_study.setting("random_share") == 0.35


def test_a_grader_sees_them_and_changes_nothing(full_study, open_window):
    full_study.set_setting("blind_first", True, "system")
    full_study.set_setting("random_share", 0.5, "system")
    dialog = preferences(open_window(full_study))
    assert (dialog.blind.isChecked(), dialog.share.value()) == (True, 50)
    assert not dialog.blind.isEnabled()
    assert not dialog.share.isEnabled()
