"""Zoom, pan and fit, with real wheel, mouse and key events."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

Key = Qt.Key


def _scroll(hand, spot, shift, keys=Qt.KeyboardModifier.NoModifier):
    """Two fingers on a trackpad."""
    place = QPointF(hand.canvas.to_widget(*spot))
    event = QWheelEvent(
        place,
        hand.canvas.mapToGlobal(place),
        shift,
        shift * 2,
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.ScrollUpdate,
        False,
    )
    QApplication.sendEvent(hand.canvas, event)


def _wheel(hand, spot, notches):
    place = QPointF(hand.canvas.to_widget(*spot))
    event = QWheelEvent(
        place,
        hand.canvas.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(hand.canvas, event)


def test_the_wheel_zooms_to_the_pointer(hand):
    before = hand.canvas.to_widget(120, 90)
    scale = hand.canvas.view.scale
    _wheel(hand, (120, 90), 3)
    assert hand.canvas.view.scale > scale
    after = hand.canvas.to_widget(120, 90)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=1e-6)
    _wheel(hand, (120, 90), 100)
    assert hand.canvas.view.scale == 64
    _wheel(hand, (120, 90), -100)
    assert hand.canvas.view.scale == pytest.approx(0.05)
    assert "5 %" in hand.window.status.zoom.text()


def test_two_fingers_move_the_image_and_zoom_it_with_control(hand):
    _wheel(hand, (200, 150), 4)
    before, scale = hand.canvas.to_widget(200, 150), hand.canvas.view.scale
    _scroll(hand, (200, 150), QPoint(-30, 12))
    moved = hand.canvas.to_widget(200, 150) - before
    assert (moved.x(), moved.y()) == pytest.approx((-30, 12))
    assert hand.canvas.view.scale == scale
    _scroll(hand, (200, 150), QPoint(0, 60), keys=hand.CTRL)
    assert hand.canvas.view.scale > scale


def test_a_pinch_zooms_to_the_fingers(hand):
    spot = hand.canvas.to_widget(120, 90)
    scale = hand.canvas.view.scale
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        spot,
        spot,
        hand.canvas.mapToGlobal(spot),
        0.25,
        QPointF(),
    )
    QApplication.sendEvent(hand.canvas, event)
    assert hand.canvas.view.scale == pytest.approx(1.25 * scale)
    after = hand.canvas.to_widget(120, 90)
    assert (after.x(), after.y()) == pytest.approx((spot.x(), spot.y()), abs=1e-6)


@pytest.mark.parametrize("way", ["middle", "space"])
def test_the_image_is_moved(hand, way):
    _wheel(hand, (200, 150), 5)
    start = hand.canvas.to_widget(200, 150)
    if way == "space":
        QTest.keyPress(hand.canvas, Key.Key_Space)
    hand.drag((200, 150), (203, 151), (206, 152), **({"button": hand.MIDDLE} if way == "middle" else {}))
    if way == "space":
        QTest.keyRelease(hand.canvas, Key.Key_Space)
    moved = hand.canvas.to_widget(200, 150) - start
    assert moved.x() > 5
    assert moved.y() > 1
    assert hand.shapes == []


def test_fit_and_actual_size(hand):
    fitted = hand.canvas.view
    hand.key(Key.Key_1, hand.CTRL)
    assert hand.canvas.view.scale == 1
    _wheel(hand, (100, 100), 4)
    hand.key(Key.Key_Home)
    assert hand.canvas.view == fitted
    hand.key(Key.Key_Plus)
    assert hand.canvas.view.scale > fitted.scale
    hand.key(Key.Key_Minus)
    assert hand.canvas.view.scale == pytest.approx(fitted.scale)
    hand.key(Key.Key_0, hand.CTRL)
    assert hand.canvas.view == fitted


def test_a_fitted_image_stays_fitted_when_the_window_changes(hand):
    scale = hand.canvas.view.scale
    hand.window.resize(1100, 760)
    hand.qtbot.waitUntil(lambda: hand.canvas.view.scale < scale)
    middle = hand.canvas.to_widget(200, 150)
    assert middle.x() == pytest.approx(hand.canvas.width() / 2, abs=1)


def test_where_the_pointer_is_stands_in_the_status_bar(hand):
    hand.move((120, 90))
    assert hand.window.status.position.text().startswith("x 1")
