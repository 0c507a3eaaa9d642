"""The drawing of committed shapes: exact where it must be, and the cache always equal to a fresh drawing."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter

from retina_studio.domain.geometry import rasterise
from retina_studio.domain.shapes import Ellipse, Point, Polygon, new_shape
from retina_studio.gui.canvas.overlay import Overlay
from retina_studio.gui.canvas.raster import DENSE, Window, render
from retina_studio.gui.canvas.scene import scene_of
from retina_studio.gui.canvas.view import View

WHOLE = Window(1.0, 0.0, 0.0, 200, 160)
DISC = new_shape("OD", Ellipse(100, 80, 50, 30, 20))
RING = new_shape(
    "PPA", Polygon(((10, 10), (70, 10), (70, 60), (10, 60)), (((30, 25), (50, 25), (50, 45), (30, 45)),))
)


@pytest.mark.parametrize("form", [DISC.geometry, RING.geometry], ids=["ellipse", "polygon with a hole"])
def test_only_the_outline_is_drawn_so_that_the_image_keeps_its_colour(form):
    label = "OD" if isinstance(form, Ellipse) else "PPA"
    alpha = render(scene_of([new_shape(label, form)]), WHOLE)[..., 3]
    inside = rasterise(form, 160, 200).astype(np.uint8)
    near = np.ones((7, 7), np.uint8)
    border = (cv2.dilate(inside, near) - cv2.erode(inside, near)).astype(bool)
    assert (alpha[border] > 200).sum() > 200
    assert not alpha[~border].any()


def test_a_line_is_as_thin_around_a_microaneurysm_as_around_a_large_haemorrhage():
    widths = []
    for radius in (4, 40):
        ring = render(scene_of([new_shape("MA", Ellipse(100.5, 80.5, radius, radius))]), WHOLE)
        painted = ring[80, 100:, 3] / 255 * (ring[80, 100:, :3].max(axis=1) > 40)
        widths.append(painted.sum())
    assert widths[0] == pytest.approx(widths[1], abs=0.5)
    assert widths[1] < 2.6


def test_the_line_runs_on_the_outline_in_the_labels_colour():
    picture = render(scene_of([DISC]), WHOLE)
    for x, y in DISC.geometry.outline(32):
        blue, green, red, alpha = picture[int(y), int(x)]
        assert alpha > 200
        assert (red, green, blue) == pytest.approx((0x40, 0xB4, 0xDC), abs=45)


def test_colours_are_premultiplied():
    picture = render(scene_of([DISC, RING]), WHOLE).astype(int)
    assert (picture[..., :3] <= picture[..., 3:] + 1).all()


def test_a_window_is_a_part_of_the_whole():
    scene = scene_of([DISC, RING, new_shape("fovea", Point(60.5, 90.5))])
    whole = render(scene, Window(2.0, 0, 0, 400, 320)).astype(int)
    part = render(scene, Window(2.0, 30, 20, 150, 120)).astype(int)
    assert np.abs(whole[40:160, 60:210] - part).max() <= 2


def test_what_is_left_out_is_left_out():
    scene = scene_of([DISC, RING])
    assert np.array_equal(render(scene, WHOLE, without_ids=[DISC.id]), render(scene_of([RING]), WHOLE))
    assert np.array_equal(render(scene, WHOLE, without_labels=["PPA"]), render(scene_of([DISC]), WHOLE))


def test_a_point_keeps_its_size_on_the_screen():
    scene = scene_of([new_shape("fovea", Point(10, 10))])
    near, far = render(scene, Window(8.0, 0, 0, 160, 160)), render(scene, Window(1.0, -70, -70, 160, 160))
    assert (near[..., 3] > 0).sum() == pytest.approx((far[..., 3] > 0).sum(), rel=0.05)


def test_a_carpet_of_shapes_is_thin_and_unfilled():
    rng = np.random.default_rng(1)
    spots = rng.uniform(0, 200, (DENSE + 1, 2))
    carpet = [new_shape("MA", Ellipse(float(x), float(y), 1, 1)) for x, y in spots]
    alpha = render(scene_of([*carpet, DISC]), WHOLE)[..., 3]
    assert alpha.max() == 255


SIZE = QSize(200, 160)


def _painted(overlay, view):
    image = QImage(SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    overlay.paint(painter, view, SIZE, 1.0)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(160, 200, 4).astype(int)


def _differs(first, second):
    return np.abs(first - second).max() > 2


def test_an_edit_redraws_what_it_touched_and_nothing_is_left_behind(qapp):
    overlay = Overlay()
    view = View(1.0, 0.0, 0.0)
    overlay.set_scene(scene_of([DISC, RING]))
    _painted(overlay, view)
    moved = DISC.with_geometry(DISC.geometry.moved(20, 15))
    scene = scene_of([DISC, RING]).updated({DISC.id}, {moved.id: moved, RING.id: RING})
    overlay.set_scene(scene, [DISC.geometry.box, moved.geometry.box])
    assert not _differs(_painted(overlay, view), render(scene, WHOLE).astype(int))
    overlay.hide(frozenset((moved.id,)), frozenset())
    assert not _differs(_painted(overlay, view), render(scene_of([RING]), WHOLE).astype(int))
    overlay.hide(frozenset(), frozenset({"PPA"}))
    assert not _differs(_painted(overlay, view), render(scene_of([moved]), WHOLE).astype(int))


def test_panning_and_zooming_show_the_right_place(qapp):
    overlay = Overlay()
    overlay.set_scene(scene_of([DISC, RING]))
    _painted(overlay, View(1.0, 0.0, 0.0))
    for view in (View(1.0, -30.0, 12.0), View(1.0, -300.0, 12.0), View(2.0, -40.0, -40.0)):
        window = Window(view.scale, *view.to_image(0, 0), 200, 160)
        fresh = render(scene_of([DISC, RING]), window).astype(int)
        assert not _differs(_painted(overlay, view), fresh)


def test_many_shapes_are_drawn_by_a_worker_and_come_out_the_same(qtbot):
    rng = np.random.default_rng(2)
    spots = rng.uniform(0, 200, (2500, 2))
    scene = scene_of([new_shape("MA", Ellipse(float(x), float(y), 3, 2)) for x, y in spots])
    overlay = Overlay()
    overlay.set_scene(scene)
    view = View(1.0, 0.0, 0.0)
    with qtbot.waitSignal(overlay.ready, timeout=5000):
        assert not _painted(overlay, view).any()
    assert not _differs(_painted(overlay, view), render(scene, WHOLE).astype(int))
