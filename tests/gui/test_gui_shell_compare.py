"""The image beside: which one, its shapes, mirrored, zoomed together, pointed at together."""

import pytest
from drawn_images import draw_images
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.gui.features.comparing import Comparing
from retina_studio.study.importing import import_images

Key = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def study_of_two_eyes(study, tmp_path):
    import_images(study, [draw_images(tmp_path / "in", ["p7_OD", "p7_OS", "stranger_OD"])], names="keep")
    study.add_grader("Chen")
    other = study.session(study.image("p7_OS"), study.grader("Chen"))
    other.apply(
        add_shapes(new_shape("OD", Ellipse(100, 150, 30, 30, 0)), new_shape("MA", Ellipse(60, 50, 5, 5, 0)))
    )
    return study


@pytest.fixture
def desk(open_window, study_of_two_eyes, qtbot):
    return open_window(study_of_two_eyes)


def beside(window, qtbot):
    panel = window.feature(Comparing).panel
    qtbot.waitUntil(lambda: panel.canvas.picture is not None, timeout=5000)
    return panel


def open_image(window, qtbot, name):
    with qtbot.waitSignal(window.image_shown, timeout=5000):
        window.worklist.select(name)


def test_j_shows_the_other_image_of_the_patient_with_its_shapes(desk, qtbot):
    QTest.keyClick(desk.canvas, Key.Key_J)
    panel = beside(desk, qtbot)
    assert panel.isVisible()
    assert panel.choice.currentData().name == "p7_OS"
    assert sorted(shape.label for shape in panel.canvas.grading.shapes.values()) == ["MA", "OD"]
    assert len(panel.canvas.scene) == 2
    QTest.keyClick(desk.canvas, Key.Key_J)
    assert not panel.isVisible()


def test_escape_beside_closes(desk, qtbot):
    QTest.keyClick(desk.canvas, Key.Key_J)
    panel = beside(desk, qtbot)
    QTest.keyClick(panel.canvas, Key.Key_Escape)
    assert not panel.isVisible()
    assert not desk.actions["compare"].isChecked()


def test_the_other_eye_is_shown_mirrored(desk, qtbot):
    QTest.keyClick(desk.canvas, Key.Key_J, SHIFT)
    panel = beside(desk, qtbot)
    (disc,) = panel.canvas.grading.labelled("OD")
    assert disc.geometry.centre == (300, 150)
    upright = desk.study.image_file(desk.study.image("p7_OS"))
    from retina_studio.images.read import read_image

    shown = panel.canvas.picture.levels[0].pixelColor(10, 20)
    red, green, blue = read_image(upright)[20, -11]
    assert (shown.red(), shown.green(), shown.blue()) == (red, green, blue)
    panel.mirror.click()
    (disc,) = panel.canvas.grading.labelled("OD")
    assert disc.geometry.centre == (100, 150)


def _turn_wheel(canvas, spot, notches):
    place = QPointF(spot)
    event = QWheelEvent(
        place,
        QPointF(canvas.mapToGlobal(spot)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def _middle(canvas):
    return canvas.to_image(QPointF(canvas.width() / 2, canvas.height() / 2))


def test_both_zoom_together_from_either_side_until_unlinked(desk, qtbot):
    QTest.keyClick(desk.canvas, Key.Key_J)
    other = beside(desk, qtbot).canvas
    _turn_wheel(desk.canvas, QPoint(120, 150), 4)
    assert other.view.scale == pytest.approx(desk.canvas.view.scale)
    assert _middle(other) == pytest.approx(_middle(desk.canvas))
    _turn_wheel(other, QPoint(60, 50), -2)
    assert other.view.scale == pytest.approx(desk.canvas.view.scale)
    assert _middle(other) == pytest.approx(_middle(desk.canvas))
    desk.feature(Comparing).panel.link.click()
    before = other.view
    _turn_wheel(desk.canvas, QPoint(120, 150), 3)
    assert other.view == before


def test_dragging_beside_moves_both_and_draws_nothing(desk, qtbot):
    desk.actions["ellipse"].trigger()
    QTest.keyClick(desk.canvas, Key.Key_J)
    other = beside(desk, qtbot).canvas
    _turn_wheel(desk.canvas, QPoint(120, 150), 6)
    before = _middle(desk.canvas)
    QTest.mousePress(other, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(other, QPoint(140, 130))
    QTest.mouseRelease(other, Qt.MouseButton.LeftButton, pos=QPoint(140, 130))
    QTest.keyClick(other, Key.Key_Delete)
    assert _middle(desk.canvas) != pytest.approx(before)
    assert _middle(other) == pytest.approx(_middle(desk.canvas))
    assert len(other.grading.shapes) == 2
    assert desk.document.grading.shapes == {}


def test_the_pointer_is_shown_at_the_same_place_beside(desk, qtbot):
    QTest.keyClick(desk.canvas, Key.Key_J)
    panel = beside(desk, qtbot)
    QTest.mouseMove(desk.canvas, desk.canvas.to_widget(120, 90).toPoint())
    place = desk.feature(Comparing)._spots[panel.canvas]
    assert place == pytest.approx((120, 90), abs=2)
    spot = panel.canvas.to_widget(*place).toPoint() + QPoint(10, 0)
    image = panel.canvas.grab().toImage()
    around = [image.pixelColor(spot.x(), spot.y() + dy) for dy in (-1, 0, 1)]
    assert any(colour.lightness() > 250 for colour in around)


def test_a_kept_image_stays_beside_the_next(desk, qtbot):
    QTest.keyClick(desk.canvas, Key.Key_J, CTRL)
    panel = beside(desk, qtbot)
    open_image(desk, qtbot, "stranger_OD")
    assert beside(desk, qtbot).choice.currentData().name == "p7_OD"
    QTest.keyClick(desk.canvas, Key.Key_J)
    assert not panel.isVisible()


def test_a_lone_patient_says_so(desk, qtbot):
    open_image(desk, qtbot, "stranger_OD")
    QTest.keyClick(desk.canvas, Key.Key_J)
    panel = desk.feature(Comparing).panel
    assert "no other image" in panel.note.text.text()
    assert panel.canvas.picture is None


def test_the_view_is_the_same_on_both_sides(desk, qtbot):
    QTest.keyClick(desk.canvas, Key.Key_J)
    other = beside(desk, qtbot).canvas
    QTest.keyClick(desk.canvas, Key.Key_F3)
    qtbot.waitUntil(lambda: other.ground.enhanced is not None, timeout=5000)
    red_free = other.pixels()[..., 0]
    assert (red_free == other.pixels()[..., 2]).all()
    QTest.keyClick(desk.canvas, Key.Key_F2)
    assert other.ground.enhanced is None
