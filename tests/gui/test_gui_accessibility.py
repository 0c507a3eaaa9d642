"""What a screen reader says and what an eye can tell apart: a name on every control, contrast in both themes."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QScrollBar,
    QWidget,
)

from retina_studio.gui import app, icons, settings, theme
from retina_studio.gui.board.window import BoardWindow
from retina_studio.gui.features.going import Going
from retina_studio.gui.features.helping import Helping
from retina_studio.gui.login import GraderDialog, SignDialog
from retina_studio.gui.welcome.page import WelcomePage

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise\\(\\)", "grabbing the keyboard")
NO_FOCUS = Qt.FocusPolicy.NoFocus
ALT = Qt.KeyboardModifier.AltModifier

# Names


def said(widget):
    """What a screen reader says of a widget."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name).strip()


def is_part_of_a_control(widget, top):
    """What Qt makes inside a control (the list of a combo box, the field of a spin box) speaks through it."""
    made_by_qt = widget.objectName().startswith("qt_") or isinstance(widget, QScrollBar | QHeaderView)
    inner = isinstance(widget.parent(), QAbstractSpinBox | QComboBox | QLineEdit)
    return made_by_qt or inner or widget.window() is not top


def unnamed(top):
    """The controls of a window that can have the focus and that no screen reader could name."""
    widgets = [w for w in [top, *top.findChildren(QWidget)] if w.focusPolicy() != NO_FOCUS]
    # A strip's button has no words while the strip is not shown.
    found = [w for w in widgets if not is_part_of_a_control(w, top) and not (w.isHidden() and not said(w))]
    return [
        f"{type(w).__name__} {w.objectName()} in {type(w.parent()).__name__}" for w in found if not said(w)
    ]


def others(window):
    shown = [top for top in QApplication.topLevelWidgets() if top.isVisible() and top is not window]
    return [top for top in shown if isinstance(top, QDialog | QMainWindow)]


WITHOUT_DOTS = ("preferences", "shortcuts", "change_keys", "agreement", "other_readings", "adjudicate")


@pytest.fixture
def engineers_window(disputed, open_window):
    disputed.add_grader("Lind", "engineer")
    return open_window(disputed, "Lind")


def test_every_control_of_every_window_has_a_name(engineers_window):
    window = engineers_window
    wrong = {"window": unnamed(window)}
    opened = set()
    for name, action in window.actions.items():
        is_window = action.text().endswith("…") or name in WITHOUT_DOTS
        if not is_window or name == "other_study" or not (action.isVisible() and action.isEnabled()):
            continue
        action.trigger()
        QTest.qWait(30)
        for top in others(window):
            opened.add(type(top).__name__)
            wrong[f"{name}: {type(top).__name__}"] = unnamed(top)
            top.close()
        QTest.qWait(1)
    assert {name: found for name, found in wrong.items() if found} == {}
    assert len(opened) >= 18, opened


def test_every_control_of_the_first_start_has_a_name(application, full_study, qtbot):
    page = WelcomePage([full_study.folder], "Something was wrong.")
    page.show()
    wrong = unnamed(page)
    for button in (page.new_button, page.demo_button):
        button.click()
        wrong += unnamed(page.dialog)
        page.dialog.reject()
    chen = full_study.grader("Chen")
    for dialog in (
        GraderDialog([chen], "Chen", full_study.check_passphrase),
        GraderDialog([], "", full_study.check_passphrase),
        SignDialog(chen, "I graded it.", full_study.check_passphrase, page),
    ):
        wrong += unnamed(dialog)
        dialog.deleteLater()
    page.close()
    assert wrong == []


def test_every_control_of_the_board_and_the_tour_has_a_name(open_board, disputed, open_window):
    board = open_board(disputed)
    assert isinstance(board, BoardWindow)
    assert unnamed(board) == []
    window = open_window(disputed, "Chen")
    helping = window.feature(Helping)
    helping.tour()
    assert unnamed(window) == []
    helping.guide.end()


def test_a_control_without_a_name_is_found(application):
    top = QWidget()
    QLineEdit(top)
    QPushButton("Named", top)
    assert unnamed(top) == ["QLineEdit  in QWidget"]


# Contrast, WCAG 2.1: 4.5 for text (1.4.3), 3 for what a control is known by (1.4.11)

GROUNDS = ("window", "panel", "raised")
TEXT = [
    *(("text", ground) for ground in (*GROUNDS, "hover", "chosen")),
    *(("muted", ground) for ground in (*GROUNDS, "hover", "chosen")),
    *((role, ground) for role in ("good", "warn", "bad") for ground in (*GROUNDS, "chosen")),
    ("accent", "window"),
    ("accent", "panel"),
    ("accent_text", "accent"),
    ("accent_text", "accent_hover"),
]
CONTROLS = [
    *(("edge", ground) for ground in GROUNDS),
    *(("accent", ground) for ground in (*GROUNDS, "hover", "chosen")),  # focus, ticks, sliders
]


@pytest.mark.parametrize("name", ["dark", "light"])
def test_both_themes_are_complete_and_readable(name):
    colours = theme._colours(name)
    assert set(colours) == set(theme._colours("dark"))
    weak = {pair: _contrast(*(colours[role] for role in pair)) for pair in TEXT}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
    weak = {pair: _contrast(*(colours[role] for role in pair)) for pair in CONTROLS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


def test_the_measure_is_that_of_wcag():
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def _contrast(first, second):
    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# Focus


@pytest.mark.parametrize("name", ["dark", "light"])
def test_what_has_the_focus_looks_different(window, name):
    theme.apply_theme(QApplication.instance(), name)
    icons.redress()
    accent = theme.colour("accent")
    controls = (
        window.grading_panel.button("gradability", "good"),
        window.worklist.filter_field,
        window.worklist.filter_button,
        window.label_panel.none_box("MA"),
        window.label_panel.button("MA"),
        window.worklist.view,
    )
    for control in controls:
        window.canvas.setFocus()
        assert accent not in edge_colours(control), control
        control.setFocus(Qt.FocusReason.TabFocusReason)
        assert accent in edge_colours(control), control
    settings.choose_theme("dark")
    app.follow_theme()


def edge_colours(control):
    """The colours along the border of a control, where a focus ring is."""
    image = control.grab().toImage()
    width, height = image.width(), image.height()
    near = [*range(4), *range(height - 4, height)]
    return {image.pixelColor(x, y).name() for x in (width // 2, width // 3, 7) for y in near}


def test_keys_put_a_ring_around_the_image_and_the_mouse_none(hand):
    going = hand.window.feature(Going)
    QTest.keyClick(hand.window, Qt.Key.Key_1, ALT)
    QTest.keyClick(hand.window, Qt.Key.Key_2, ALT)
    assert going.has_ring
    assert hand.canvas.grab().toImage().pixelColor(0, 100).name() == theme.colour("accent")
    hand.click((10, 10))
    assert not going.has_ring
    assert hand.canvas.grab().toImage().pixelColor(0, 100).name() != theme.colour("accent")
