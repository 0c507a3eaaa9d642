"""One image graded without a mouse, with key events to whatever has the focus; and the crosshair that draws by keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.domain.shapes import Ellipse, Point, Polygon
from retina_studio.gui.features.pointing import Pointing
from retina_studio.gui.features.signing import Signing

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise()", "grabbing the keyboard")
Key = Qt.Key
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def press(*keys, held=NONE):
    """Keys go where the focus is, as a keyboard's do."""
    for key in keys:
        QTest.keyClick(QApplication.focusWidget(), key, held)


@pytest.fixture
def crosshair(window):
    press(Key.Key_Space, held=CTRL)
    return window.feature(Pointing)


def shapes(window):
    return list(window.document.grading.shapes.values())


def test_an_image_is_opened_drawn_graded_and_signed_by_keys_alone(full_study, open_window, qtbot):
    full_study.set_passphrase("Chen", "open sesame", "Chen")
    full_study.set_setting("sign_with_passphrase", True, "system")
    window = open_window(full_study)
    press(Key.Key_1, held=ALT)
    with qtbot.waitSignal(window.image_shown, timeout=5000):
        press(Key.Key_Down)
    assert window.image.name == "b_OD"
    press(Key.Key_2, held=ALT)
    press(Key.Key_2, Key.Key_E)  # haemorrhage, ellipse
    press(Key.Key_Space, held=CTRL)
    press(Key.Key_Return)
    press(Key.Key_Right, Key.Key_Down, held=SHIFT)
    press(Key.Key_Return)
    (drawn,) = shapes(window)
    assert (drawn.label, type(drawn.geometry)) == ("iHE", Ellipse)
    press(Key.Key_Escape)
    press(Key.Key_4, held=ALT)
    press(Key.Key_Return)  # gradable: good
    press(Key.Key_Down)
    press(Key.Key_Right, Key.Key_Right, Key.Key_Return)  # DR2
    assert window.document.grading.grades == {"gradability": "good", "dr": 2}
    press(Key.Key_Return, held=CTRL)
    sign = window.feature(Signing).dialog
    qtbot.waitUntil(lambda: QApplication.focusWidget() is sign.passphrase)
    QTest.keyClicks(QApplication.focusWidget(), "open sesame")
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: window.document.state == "submitted", timeout=5000)
    submitted = full_study.session(window.image, full_study.grader("Chen"))
    assert submitted.state == "submitted"
    assert list(submitted.grading.shapes.values()) == [drawn]


def test_enter_begins_and_ends_an_ellipse_where_the_crosshair_is(window, crosshair):
    window.choose_label("MA")
    window.actions["ellipse"].trigger()
    start = crosshair.spot
    press(Key.Key_Return)
    press(Key.Key_Right, Key.Key_Right, Key.Key_Down, held=CTRL)
    assert window.canvas.tool.busy
    press(Key.Key_Return)
    (drawn,) = shapes(window)
    assert drawn.geometry.box == (start[0], start[1], start[0] + 2, start[1] + 1)
    assert crosshair.spot == (start[0] + 2, start[1] + 1)


def test_enter_sets_vertices_and_twice_on_one_place_closes(window, crosshair):
    window.choose_label("HaEx")
    window.actions["polygon"].trigger()
    press(Key.Key_Return)
    press(Key.Key_Right, held=SHIFT)
    press(Key.Key_Return)
    press(Key.Key_Down, held=SHIFT)
    press(Key.Key_Return, Key.Key_Return)
    (drawn,) = shapes(window)
    assert isinstance(drawn.geometry, Polygon)
    assert len(drawn.geometry.points) == 3


def test_a_point_is_set_and_selected_by_keys(window, crosshair):
    window.choose_label("fovea")
    press(Key.Key_Return)
    (drawn,) = shapes(window)
    assert drawn.geometry == Point(*crosshair.spot)
    press(Key.Key_V)
    window.canvas.select(())
    press(Key.Key_Return)
    assert window.canvas.selection == {drawn.id}


def test_escape_gives_up_the_shape_first_and_then_the_crosshair(window, crosshair):
    window.choose_label("MA")
    window.actions["ellipse"].trigger()
    press(Key.Key_Return)
    press(Key.Key_Right, held=SHIFT)
    press(Key.Key_Escape)
    assert not window.canvas.tool.busy
    assert crosshair.spot is not None
    press(Key.Key_Escape)
    assert crosshair.spot is None
    assert not window.actions["crosshair"].isChecked()
    assert shapes(window) == []


def test_it_stays_on_the_image_and_in_sight(window, crosshair):
    window.canvas.zoom(8)
    for _ in range(400):
        press(Key.Key_Left, Key.Key_Up, held=SHIFT)
        if crosshair.spot == (0, 0):
            break
    assert crosshair.spot == (0, 0)
    place = window.canvas.to_widget(*crosshair.spot)
    assert window.canvas.rect().contains(place.toPoint())


def test_the_mouse_takes_over_and_another_image_begins_in_its_middle(hand):
    press(Key.Key_Space, held=CTRL)
    crosshair = hand.window.feature(Pointing)
    hand.open("b_OD")
    assert crosshair.spot == pytest.approx(tuple(side / 2 for side in hand.canvas.frame), abs=1)
    hand.click((20, 20))
    assert crosshair.spot is None


def test_a_submitted_grading_takes_no_shape_from_the_keys(window, crosshair):
    window.choose_label("MA")
    window.actions["ellipse"].trigger()
    window.document.set_grade("gradability", "ungradable")
    assert window.document.submit()
    press(Key.Key_Return, Key.Key_Right, Key.Key_Return)
    assert shapes(window) == []


def test_the_keys_that_go_to_the_parts(window):
    for key, part in (
        (Key.Key_1, window.worklist.view),
        (Key.Key_3, window.label_panel.button(window.canvas.label)),
        (Key.Key_4, window.grading_panel.button("gradability", "good")),
        (Key.Key_2, window.canvas),
    ):
        press(key, held=ALT)
        assert QApplication.focusWidget() is part
