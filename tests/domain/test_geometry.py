import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import (
    area,
    contains,
    fit_ellipse,
    iou,
    paint,
    rasterise,
    repaired,
    simplified,
    to_shapely,
    vectorise,
)
from retina_studio.domain.shapes import Ellipse, Point, Polygon

masks = arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=24))
# Thousandths of a pixel: subnormal numbers only find faults of GEOS.
places = st.floats(-8, 40, allow_nan=False).map(lambda value: round(value, 3))
rings = st.lists(st.tuples(places, places), min_size=3, max_size=10).map(tuple)


@given(masks)
def test_vectorise_then_rasterise_is_the_same_mask(mask):
    polygons = vectorise(mask)
    again = np.zeros_like(mask)
    for polygon in polygons:
        assert to_shapely(polygon).is_valid
        paint(again, polygon)
    assert np.array_equal(again, mask)


def test_a_ring_around_a_dot_keeps_hole_and_dot():
    mask = np.zeros((9, 9), bool)
    mask[1:8, 1:8] = True
    mask[3:6, 3:6] = False
    mask[4, 4] = True
    polygons = vectorise(mask)
    assert sorted(len(polygon.holes) for polygon in polygons) == [0, 1]


@given(rings)
def test_a_polygon_has_the_pixels_whose_centres_shapely_finds_inside(ring):
    try:
        polygon = repaired(Polygon(ring))
    except RetinaError:
        return
    ys, xs = np.mgrid[:32, :32] + 0.5
    form = to_shapely(polygon)
    certain = shapely.distance(form.boundary, shapely.points(xs, ys)) > 1e-6
    expected = shapely.contains_xy(form, xs, ys)
    assert np.array_equal(rasterise(polygon, 32, 32)[certain], expected[certain])


def test_neighbours_that_share_an_edge_share_no_pixel():
    left = Polygon(((2, 2), (6.5, 2), (6.5, 8), (2, 8)))
    right = Polygon(((6.5, 2), (10, 2), (10, 8), (6.5, 8)))
    first, second = rasterise(left, 12, 12), rasterise(right, 12, 12)
    assert not (first & second).any()
    assert (first | second).sum() == 6 * 8


def test_a_pixel_is_inside_when_its_centre_is():
    assert rasterise(Polygon(((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))), 2, 2).tolist() == [
        [True, False],
        [False, False],
    ]
    assert not rasterise(Polygon(((0.6, 0.6), (1.4, 0.6), (1.4, 1.4), (0.6, 1.4))), 2, 2).any()
    assert rasterise(Point(1.99, 0.0), 2, 2).tolist() == [[False, True], [False, False]]
    assert not rasterise(Point(2.0, 0.0), 2, 2).any()


@given(st.floats(-5, 45), st.floats(-5, 45), st.floats(0.6, 20), st.floats(0.6, 20), st.floats(-180, 180))
def test_an_ellipse_has_the_pixels_whose_centres_are_inside(x, y, a, b, angle):
    ellipse = Ellipse(x, y, a, b, angle)
    mask = rasterise(ellipse, 40, 40)
    for row, column in [(5, 5), (20, 20), (39, 0), (int(np.clip(y, 0, 39)), int(np.clip(x, 0, 39)))]:
        assert mask[row, column] == contains(ellipse, column + 0.5, row + 0.5)
    if 20 < x < 20.5 and 20 < y < 20.5:
        assert mask.sum() == pytest.approx(area(ellipse), rel=0.3)


@given(st.floats(40, 60), st.floats(40, 60), st.floats(12, 35), st.floats(6, 11), st.floats(1, 179))
def test_the_fitted_ellipse_is_the_one_that_was_drawn(x, y, a, b, angle):
    drawn = Ellipse(x, y, a, b, angle)
    fitted = fit_ellipse(rasterise(drawn, 100, 100))
    assert (fitted.x, fitted.y) == pytest.approx((x, y), abs=0.3)
    assert (fitted.a, fitted.b) == pytest.approx((a, b), rel=0.05)
    assert iou(rasterise(fitted, 100, 100), rasterise(drawn, 100, 100)) > 0.9


def test_an_empty_mask_has_no_ellipse_and_no_polygon():
    assert vectorise(np.zeros((4, 4), bool)) == []
    with pytest.raises(RetinaError, match="empty mask"):
        fit_ellipse(np.zeros((4, 4), bool))


def test_a_crossed_ring_is_repaired_and_a_flat_one_refused():
    bow_tie = Polygon(((0, 0), (10, 10), (10, 0), (0, 6)))
    mended = repaired(bow_tie)
    assert to_shapely(mended).is_valid
    assert 0 < area(mended) < 50
    with pytest.raises(RetinaError, match="no area"):
        repaired(Polygon(((0, 0), (5, 5), (10, 10))))


def test_simplifying_stays_within_the_tolerance():
    circle = Polygon(tuple(Ellipse(50, 50, 40, 40).outline(400)))
    fewer = simplified(circle, 0.5)
    assert len(fewer.points) < 60
    assert to_shapely(circle).hausdorff_distance(to_shapely(fewer)) <= 0.5 + 1e-9


@given(masks)
def test_iou_is_one_with_itself_and_zero_with_the_opposite(mask):
    assert iou(mask, mask) == 1.0
    assert iou(mask, ~mask) == 0.0


@pytest.mark.real_data
def test_real_lesion_masks_survive_the_round_trip(real_data):
    import cv2

    for label in ("HaEx", "MA", "iHE", "OD"):
        file = sorted((real_data / "idrid" / label).glob("*.png"))[0]
        mask = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE) > 0
        again = np.zeros_like(mask)
        for polygon in vectorise(mask):
            paint(again, polygon)
        assert np.array_equal(again, mask), file.name
