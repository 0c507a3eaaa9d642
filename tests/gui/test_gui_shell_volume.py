"""The B-scans of a volume: bar, slider and keys, one zoom."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from retina_studio.gui.features.volume import Volume
from retina_studio.study.importing import import_images

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(open_window, full_study, tmp_path):
    rng = np.random.default_rng(3)
    pages = [rng.integers(0, 255, (120, 200), dtype=np.uint8) for _ in range(5)]
    cv2.imwritemulti(str(tmp_path / "volume_OD.tif"), pages)
    import_images(full_study, [tmp_path / "volume_OD.tif"], modality="oct")
    return open_window(full_study)


def scans(window):
    return sorted((i for i in window.study.images() if i.volume), key=lambda i: i.bscan)


def go(window, qtbot, act):
    with qtbot.waitSignal(window.image_shown, timeout=5000):
        act()


def test_a_single_image_has_no_bar(desk):
    assert not desk.feature(Volume).bar.isVisible()
    assert not desk.actions["next_bscan"].isEnabled()


def test_keys_go_through_the_volume_and_stop_at_its_ends(desk, qtbot):
    first, second, *_, last = scans(desk)
    go(desk, qtbot, lambda: desk.worklist.select(first.name))
    bar = desk.feature(Volume).bar
    assert bar.isVisible()
    assert bar.text.text() == "B-scan 1 / 5"
    assert not desk.actions["previous_bscan"].isEnabled()
    go(desk, qtbot, lambda: QTest.keyClick(desk.canvas, Qt.Key.Key_Down, CTRL))
    assert desk.image == second
    assert bar.text.text() == "B-scan 2 / 5"
    go(desk, qtbot, lambda: QTest.keyClick(desk.canvas, Qt.Key.Key_Up, CTRL))
    assert desk.image == first
    go(desk, qtbot, lambda: desk.worklist.select(last.name))
    assert not desk.actions["next_bscan"].isEnabled()


def test_the_slider_opens_the_b_scan_where_it_rests(desk, qtbot):
    first, *_ = scans(desk)
    go(desk, qtbot, lambda: desk.worklist.select(first.name))
    bar = desk.feature(Volume).bar
    bar.slider.setFocus()

    def press():
        for _ in range(3):
            QTest.keyClick(bar.slider, Qt.Key.Key_Right)

    go(desk, qtbot, press)
    assert desk.image.bscan == 4
    assert bar.text.text() == "B-scan 4 / 5"


def test_the_zoom_stays_within_the_volume_and_not_beyond(desk, qtbot):
    first, second, *_ = scans(desk)
    go(desk, qtbot, lambda: desk.worklist.select(first.name))
    desk.canvas.zoom(2.5)
    view = desk.canvas.view
    go(desk, qtbot, desk.actions["next_bscan"].trigger)
    assert desk.canvas.view == view
    go(desk, qtbot, lambda: desk.worklist.select("a_OS"))
    assert desk.canvas.is_fitted
    go(desk, qtbot, lambda: desk.worklist.select(second.name))
    assert desk.canvas.is_fitted
    go(desk, qtbot, desk.actions["next_bscan"].trigger)
    assert desk.canvas.is_fitted


def test_both_neighbours_are_fetched(desk, qtbot):
    one, _, three, *_ = scans(desk)
    go(desk, qtbot, lambda: desk.worklist.select(scans(desk)[1].name))
    qtbot.waitUntil(lambda: {one.id, three.id} <= set(desk.gallery._kept), timeout=5000)
