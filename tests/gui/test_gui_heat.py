"""The CAM on the canvas: it must be seen on a red-orange retina, and its lines must lie where it says."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from retina_studio.gui.canvas.heat import COLOURS, heat_of

RETINA = (200, 70, 35)
SIDE = 400


@pytest.fixture
def bump():
    """Evidence that falls off evenly from the middle: 1 there, 0 from 0.4 of the side on."""
    y, x = np.mgrid[0:28, 0:28] + 0.5
    return np.clip(1 - np.hypot(x / 28 - 0.5, y / 28 - 0.5) / 0.4, 0, 1).astype(np.float32)


def _painted(cam, opacity, **look):
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    image.fill(QColor(*RETINA))
    painter = QPainter(image)
    heat_of(cam, **look).paint(painter, QRectF(0, 0, SIDE, SIDE), opacity)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(SIDE, SIDE, 4)[..., 2::-1].copy()


def _lab(rgb):
    return cv2.cvtColor((np.asarray(rgb, np.float32) / 255).reshape(-1, 1, 3), cv2.COLOR_RGB2Lab)[:, 0]


def test_the_tint_stands_out_from_a_retina_wherever_evidence_is_strong(qapp, bump):
    row = _painted(bump, 0.6)[SIDE // 2]
    strong = np.abs(np.arange(SIDE) - SIDE / 2) < 0.18 * SIDE
    assert np.linalg.norm(_lab(row[strong]) - _lab(RETINA), axis=1).min() > 30
    assert (row[np.abs(np.arange(SIDE) - SIDE / 2) > 0.42 * SIDE] == RETINA).all()


@pytest.mark.parametrize("level", [0.3, 0.5, 0.8])
def test_a_line_surrounds_the_evidence_of_a_level(qapp, bump, level):
    row = _painted(bump, 0.6, level=level)[SIDE // 2, SIDE // 2 :].min(
        axis=1
    )  # white is bright in every channel
    (bright,) = np.nonzero(row > 140)
    places = [float(part.mean()) / SIDE for part in np.split(bright, np.flatnonzero(np.diff(bright) > 3) + 1)]
    assert places == pytest.approx([0.4 * (1 - level)], abs=0.02)


def test_each_colour_map_grows_lighter_with_the_evidence(qapp):
    ramp = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (8, 1))
    for name in COLOURS:
        tint = heat_of(ramp, name).tint
        row = [tint.pixelColor(x, tint.height() // 2) for x in range(tint.width())]
        light = _lab([colour.getRgb()[:3] for colour in row if colour.alphaF() > 0.3])[:, 0]
        assert np.diff(light).min() > -1.5, name
        assert light[-1] - light[0] > 40, name


def test_without_opacity_there_is_nothing(qapp, bump):
    assert (_painted(bump, 0.0) == RETINA).all()


def test_a_map_of_nothing_leaves_the_image_alone(qapp):
    assert (_painted(np.zeros((7, 9), np.float32), 1.0) == RETINA).all()
