"""What is painted below the shapes: views, blends and tone, composed only where the widget looks."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from retina_studio.gui.canvas.ground import Ground
from retina_studio.gui.canvas.look import Look
from retina_studio.gui.canvas.picture import bits_of, picture_of
from retina_studio.gui.canvas.view import View

SIZE = (700, 500)


@pytest.fixture
def pictures(qapp):
    rng = np.random.default_rng(3)
    plain = rng.integers(0, 256, (SIZE[1], SIZE[0], 3), dtype=np.uint8)
    return picture_of(plain), picture_of(255 - plain), plain


def _painted(ground, view, side=200):
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    ground.paint(painter, view, QRectF(0, 0, side, side), 1.0)
    painter.end()
    return bits_of(image)[..., 2::-1].astype(int)


def test_pixels_come_back_as_they_went_in(pictures):
    assert (pictures[0].pixels() == pictures[2]).all()
    grey = pictures[2][..., 0]
    assert (picture_of(grey).pixels() == grey).all()


def test_a_blend_lies_between_the_image_and_its_view(pictures):
    plain, view_of_it, pixels = pictures
    ground = Ground()
    ground.show(plain)
    ground.look(view_of_it, 0.25, None)
    shown = _painted(ground, View(1.0, -100, -100))
    expected = 0.75 * pixels[100:300, 100:300] + 0.25 * (255 - pixels[100:300, 100:300].astype(int))
    assert np.abs(shown - expected).max() <= 1
    assert np.abs(ground.pixels()[100:300, 100:300] - expected).max() <= 1


@pytest.mark.parametrize(("blend", "inverted"), [(0.0, False), (1.0, True)])
def test_at_its_ends_a_blend_is_one_of_the_two(pictures, blend, inverted):
    plain, view_of_it, pixels = pictures
    ground = Ground()
    ground.show(plain)
    ground.look(view_of_it, blend, None)
    expected = 255 - pixels[:200, :200] if inverted else pixels[:200, :200]
    assert (_painted(ground, View()) == expected).all()


def test_panning_shows_what_a_fresh_drawing_shows(pictures):
    """The composed part is kept while the widget looks inside it, and never longer."""
    table = Look("colour").with_tone(contrast=0.4).table
    kept, fresh = Ground(), Ground()
    for ground in (kept, fresh):
        ground.show(pictures[0])
        ground.look(pictures[1], 0.5, table)
    for step in range(0, 480, 23):
        view = View(1.0, -float(step), -float(step) / 2)
        fresh.look(pictures[1], 0.5, table)
        assert (_painted(kept, view) == _painted(fresh, view)).all()


def test_a_tone_is_the_same_at_every_size(pictures):
    ground = Ground()
    ground.show(picture_of(np.full((SIZE[1], SIZE[0], 3), 60, np.uint8)))
    look = Look("colour").with_tone(gamma=2.0, brightness=0.1)
    ground.look(None, 1.0, look.table)
    for scale in (0.3, 1.0, 7.3):
        shown = _painted(ground, View(scale, -20.0, -20.0), side=100)
        assert (shown == look.table[60]).all()
    assert look.table[60] > 60


def test_an_untouched_look_has_no_table():
    assert Look("colour").table is None
    assert Look("grey", blend=0.4).table is None


def test_a_drag_sets_the_grey_window_of_a_scan_within_its_range():
    look = Look("grey").dragged(-100, 20)
    assert look.width == 205
    assert look.level == pytest.approx(137.5)
    assert Look("grey").dragged(-9000, -9000).width == 2
    assert Look("grey").dragged(-9000, -9000).level == 0
    table = look.table
    assert (table[0], table[255]) == (0, 255)
    assert table[137] == pytest.approx(127, abs=1)


def test_a_drag_sets_contrast_and_brightness_of_a_photograph():
    look = Look("colour").dragged(40, -80)
    assert look.contrast == pytest.approx(0.1)
    assert look.brightness == pytest.approx(0.2)
