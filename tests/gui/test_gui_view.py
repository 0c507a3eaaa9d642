"""The view transform: a point under the pointer stays there, and the image never gets lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retina_studio.gui.canvas.view import (
    HIGHEST_SCALE,
    LOWEST_SCALE,
    View,
    around,
    centred,
    fitted,
    kept_in_sight,
)

_spots = st.floats(-2000, 2000)
_scales = st.floats(LOWEST_SCALE, HIGHEST_SCALE)
_aspects = st.floats(0.2, 5)
_views = st.builds(View, _scales, _spots, _spots, _aspects)
_sizes = st.tuples(st.integers(1, 5000), st.integers(1, 5000))


@given(_views, _spots, _spots)
def test_there_and_back(view, x, y):
    back = view.to_image(*view.to_widget(x, y))
    assert back == pytest.approx((x, y), abs=1e-6)


@given(_views, st.floats(0.01, 100), _spots, _spots)
def test_zoom_keeps_what_is_under_the_pointer(view, factor, wx, wy):
    under = view.to_image(wx, wy)
    zoomed = view.zoomed(factor, wx, wy)
    assert zoomed.to_widget(*under) == pytest.approx((wx, wy), abs=1e-4)
    assert LOWEST_SCALE <= zoomed.scale <= HIGHEST_SCALE


@given(_views, st.floats(0.5, 2), _spots, _spots)
def test_zooming_in_and_out_again_changes_nothing(view, factor, wx, wy):
    there = view.zoomed(factor, wx, wy)
    if LOWEST_SCALE < there.scale < HIGHEST_SCALE:
        back = there.zoomed(1 / factor, wx, wy)
        assert back.scale == pytest.approx(view.scale)
        assert (back.dx, back.dy) == pytest.approx((view.dx, view.dy), abs=1e-4)


def test_zoom_stops_at_its_limits():
    assert View(1.0).zoomed(1e6, 0, 0).scale == HIGHEST_SCALE
    assert View(1.0).zoomed(1e-6, 0, 0).scale == LOWEST_SCALE


@given(_sizes, st.tuples(st.integers(100, 3000), st.integers(100, 3000)), _aspects)
def test_fit_shows_the_whole_frame_in_the_middle(frame, viewport, aspect):
    view = fitted(frame, viewport, aspect=aspect)
    assert view.aspect == aspect
    left, top = view.to_widget(0, 0)
    right, bottom = view.to_widget(*frame)
    assert left >= -0.51
    assert top >= -0.51
    assert right <= viewport[0] + 0.51
    assert bottom <= viewport[1] + 0.51
    assert left + right == pytest.approx(viewport[0], abs=1.01)


@given(_views, _sizes, st.tuples(st.integers(100, 3000), st.integers(100, 3000)))
def test_some_of_the_frame_stays_in_sight(view, frame, viewport):
    kept = kept_in_sight(view, frame, viewport)
    left, top = kept.to_widget(0, 0)
    right, bottom = kept.to_widget(*frame)
    assert kept.scale == view.scale
    assert left < viewport[0]
    assert top < viewport[1]
    assert right > 0
    assert bottom > 0


def test_what_is_in_sight_is_not_moved():
    view = fitted((400, 300), (800, 600))
    assert kept_in_sight(view, (400, 300), (800, 600)) == view


@given(_sizes, _aspects)
def test_going_to_a_box_shows_all_of_it_in_the_middle(size, aspect):
    box = (100.0, 200.0, 100.0 + size[0], 200.0 + size[1])
    view = around(box, (800, 600), aspect)
    left, top = view.to_widget(*box[:2])
    right, bottom = view.to_widget(*box[2:])
    assert min(left, top) >= 0
    assert right <= 800
    assert bottom <= 600
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((400, 300), abs=1e-6)


def test_one_to_one_lies_on_whole_pixels():
    view = centred((401, 303), (800, 601), 1.0)
    assert view.dx == int(view.dx)
    assert view.dy == int(view.dy)
