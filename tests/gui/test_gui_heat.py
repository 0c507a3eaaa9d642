"""The CAM on the canvas: it must be seen on a red-orange retina, and its lines must lie where it says."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from retina_studio.gui.canvas.heat import heat_of

RETINA = (200, 70, 35)
SIDE = 400


@pytest.fixture
def bump():
    """Evidence that falls off evenly from the middle: 1 there, 0 from 0.4 of the side on."""
    y, x = np.mgrid[0:28, 0:28] + 0.5
    return np.clip(1 - np.hypot(x / 28 - 0.5, y / 28 - 0.5) / 0.4, 0, 1).astype(np.float32)


def _painted(cam, opacity):
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    image.fill(QColor(*RETINA))
    painter = QPainter(image)
    heat_of(cam).paint(painter, QRectF(0, 0, SIDE, SIDE), opacity)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(SIDE, SIDE, 4)[..., 2::-1].copy()


def _lab(rgb):
    return cv2.cvtColor((np.asarray(rgb, np.float32) / 255).reshape(-1, 1, 3), cv2.COLOR_RGB2Lab)[:, 0]


def test_the_tint_stands_out_from_a_retina_wherever_evidence_is_strong(qapp, bump):
    row = _painted(bump, 0.6)[SIDE // 2]
    strong = np.abs(np.arange(SIDE) - SIDE / 2) < 0.18 * SIDE
    assert np.linalg.norm(_lab(row[strong]) - _lab(RETINA), axis=1).min() > 30
    assert (row[np.abs(np.arange(SIDE) - SIDE / 2) > 0.42 * SIDE] == RETINA).all()


def test_lines_surround_half_and_four_fifths_of_the_evidence(qapp, bump):
    row = _painted(bump, 0.6)[SIDE // 2, SIDE // 2 :].min(axis=1)  # white is bright in every channel
    (bright,) = np.nonzero(row > 140)
    places = [float(part.mean()) / SIDE for part in np.split(bright, np.flatnonzero(np.diff(bright) > 3) + 1)]
    assert places == pytest.approx([0.4 * 0.2, 0.4 * 0.5], abs=0.02)


def test_without_opacity_there_is_nothing(qapp, bump):
    assert (_painted(bump, 0.0) == RETINA).all()


def test_a_map_of_nothing_leaves_the_image_alone(qapp):
    assert (_painted(np.zeros((7, 9), np.float32), 1.0) == RETINA).all()
