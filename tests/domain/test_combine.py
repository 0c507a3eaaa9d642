import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from retina_studio.domain.combine import (
    as_ellipse,
    as_polygon,
    brushed,
    clipped,
    intersected,
    mirrored,
    split,
    subtracted,
    united,
    with_hole,
)
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import area, contains, rasterise, to_shapely
from retina_studio.domain.shapes import Ellipse, Point, Polygon

SIDE = 40
quick = settings(max_examples=40, deadline=None)
places = st.floats(-8, 48).map(lambda value: round(value, 3))
positions = st.tuples(places, places)
axes = st.floats(2, 20).map(lambda value: round(value, 3))
angles = st.floats(-180, 180).map(lambda value: round(value, 2))
ellipses = st.builds(Ellipse, places, places, axes, axes, angles)
rings = st.lists(positions, min_size=3, max_size=9, unique=True).map(tuple)
SQUARE = Polygon(((10, 10), (30, 10), (30, 30), (10, 30)))


def _stars(x, y, radii):
    turns = np.linspace(0, 2 * math.pi, len(radii), endpoint=False)
    return Polygon(
        tuple((x + r * math.cos(t), y + r * math.sin(t)) for r, t in zip(radii, turns, strict=True))
    )


stars = st.builds(_stars, places, places, st.lists(axes, min_size=3, max_size=12))
shapes = st.one_of(ellipses, stars)


def total(parts):
    return sum(area(part) for part in parts)


def or_nothing(operation, *arguments):
    try:
        return operation(*arguments)
    except RetinaError:
        return []


def mask(parts):
    painted = np.zeros((SIDE, SIDE), bool)
    for part in parts:
        assert to_shapely(part).is_valid
        assert area(part) > 0
        painted |= rasterise(part, SIDE, SIDE)
    return painted


def certain(*geometries):
    """The pixels whose centres lie further from every outline than a dropped sliver is likely to be wide."""
    ys, xs = np.mgrid[:SIDE, :SIDE] + 0.5
    centres = shapely.points(xs, ys)
    lines = [to_shapely(as_polygon(geometry)).boundary for geometry in geometries]
    return np.all([shapely.distance(line, centres) > 0.8 for line in lines], axis=0)


@quick
@given(shapes, shapes)
def test_booleans_agree_with_the_logic_of_masks(first, second):
    one, two = (rasterise(as_polygon(shape), SIDE, SIDE) for shape in (first, second))
    sure = certain(first, second)
    assert np.array_equal(mask(united([first, second]))[sure], (one | two)[sure])
    assert np.array_equal(mask(or_nothing(intersected, first, second))[sure], (one & two)[sure])
    assert np.array_equal(mask(or_nothing(subtracted, first, [second]))[sure], (one & ~two)[sure])


@quick
@given(shapes, shapes)
def test_areas_add_up(first, second):
    common = total(or_nothing(intersected, first, second))
    whole = area(first) + area(second)
    # Slivers below one square pixel are dropped: a few of them at most.
    assert total(united([first, second])) + common == pytest.approx(whole, abs=4, rel=1e-6)
    assert total(or_nothing(subtracted, first, [second])) + common == pytest.approx(
        area(first), abs=4, rel=1e-6
    )


def test_shapes_that_do_not_touch_stay_apart():
    far = Ellipse(200, 200, 5, 3)
    assert len(united([SQUARE, far])) == 2
    with pytest.raises(RetinaError, match="do not overlap"):
        intersected(SQUARE, far)
    assert total(subtracted(SQUARE, [far])) == area(SQUARE)


def test_a_ring_of_shapes_encloses_a_hole():
    bars = [(10, 10, 40, 15), (10, 35, 40, 40), (10, 10, 15, 40), (35, 10, 40, 40)]
    frame = united([Polygon(((a, b), (c, b), (c, d), (a, d))) for a, b, c, d in bars])
    assert [len(part.holes) for part in frame] == [1]
    assert total(frame) == pytest.approx(30 * 30 - 20 * 20)


def test_slivers_are_dropped_but_small_shapes_are_not():
    nearly = Polygon(((10, 10), (30, 10), (30, 29.99), (10, 29.99)))
    with pytest.raises(RetinaError, match="Nothing of this shape"):
        subtracted(SQUARE, [nearly])
    tiny = Polygon(((0, 0), (0.5, 0), (0.5, 0.5), (0, 0.5)))
    assert total(united([tiny])) == pytest.approx(0.25)


@quick
@given(st.lists(rings.map(Polygon), min_size=1, max_size=3))
def test_rings_that_cross_themselves_give_valid_shapes_by_the_even_odd_rule(polygons):
    parts = or_nothing(united, polygons)
    assume(parts)
    sure = np.ones((SIDE, SIDE), bool)
    ys, xs = np.mgrid[:SIDE, :SIDE] + 0.5
    for polygon in polygons:
        line = shapely.LineString([*polygon.points, polygon.points[0]])
        sure &= shapely.distance(line, shapely.points(xs, ys)) > 0.8
    expected = np.logical_or.reduce([rasterise(polygon, SIDE, SIDE) for polygon in polygons])
    assert np.array_equal(mask(parts)[sure], expected[sure])


@quick
@given(shapes, positions, positions)
def test_the_parts_of_a_split_make_the_whole(shape, start, end):
    parts = or_nothing(split, shape, [start, end])
    if parts:
        assert len(parts) >= 2
        assert total(parts) == pytest.approx(area(shape), abs=3)
        assert total(united(parts)) == pytest.approx(total(parts), abs=1e-6)
        mask(parts)
    elif all(not contains(shape, *spot) for spot in (start, end)) and start != end:
        cut = to_shapely(as_polygon(shape)).intersection(shapely.LineString([start, end]))
        # A line that grazes may cut off a sliver only.
        assert cut.length < max(6, 2 * math.sqrt(area(shape)) * 0.9)


def test_a_bent_line_cuts_a_corner_and_a_missing_one_says_so():
    parts = split(SQUARE, [(5, 20), (20, 20), (20, 5)])
    assert [area(part) for part in parts] == pytest.approx([300, 100])
    for line in ([(0, 0), (5, 40)], [(5, 20), (20, 20)]):
        with pytest.raises(RetinaError, match="does not divide"):
            split(SQUARE, line)
    with pytest.raises(RetinaError, match="two points"):
        split(SQUARE, [(5, 20), (5, 20)])


@quick
@given(ellipses, st.floats(0.05, 2))
def test_an_ellipse_comes_back_from_its_polygon(ellipse, tolerance):
    polygon = as_polygon(ellipse, tolerance)
    again = as_ellipse(polygon)
    assert (again.x, again.y) == pytest.approx((ellipse.x, ellipse.y), abs=1e-6)
    assert sorted((again.a, again.b)) == pytest.approx(sorted((ellipse.a, ellipse.b)), rel=1e-6)
    fine = to_shapely(Polygon(tuple(ellipse.outline(2000))))
    assert to_shapely(polygon).symmetric_difference(fine).area < 0.2 * fine.area
    assert to_shapely(polygon).exterior.hausdorff_distance(fine.exterior) <= tolerance + 0.02
    if abs(ellipse.a - ellipse.b) > 0.1:
        turned = (again.angle - ellipse.angle + (90 if ellipse.a < ellipse.b else 0)) % 180
        assert min(turned, 180 - turned) < 0.01


@quick
@given(stars)
def test_the_ellipse_of_a_polygon_has_its_area_and_the_spread_of_its_pixels(star):
    ellipse = as_ellipse(star)
    assert area(ellipse) == pytest.approx(area(star), rel=1e-9)
    centre = to_shapely(star).centroid
    assert (ellipse.x, ellipse.y) == pytest.approx((centre.x, centre.y), abs=1e-6)


def test_second_moments_count_a_hole_as_empty():
    bar = Polygon(((0, 0), (60, 0), (60, 20), (0, 20)))
    ellipse = as_ellipse(bar)
    assert ellipse.a / ellipse.b == pytest.approx(3)
    assert ellipse.angle % 180 == pytest.approx(0, abs=1e-9)
    holed = Polygon(bar.points, (((20, 5), (40, 5), (40, 15), (20, 15)),))
    # Integrals of x^2 and y^2 by hand: the hole's are taken away.
    xx, yy = (20 * 60**3 - 10 * 20**3) / 12, (60 * 20**3 - 20 * 10**3) / 12
    found = as_ellipse(holed)
    assert found.a / found.b == pytest.approx(math.sqrt(xx / yy))
    assert area(found) == pytest.approx(1200 - 200)


@quick
@given(st.one_of(shapes, positions.map(lambda spot: Point(*spot))), st.integers(1, 4000))
def test_mirrored_twice_is_the_same(geometry, width):
    other = mirrored(geometry, width)
    again = mirrored(other, width)
    assert again.kind == geometry.kind
    assert again.box == pytest.approx(geometry.box, abs=1e-6)
    left, top, right, bottom = geometry.box
    assert other.box == pytest.approx((width - right, top, width - left, bottom), abs=1e-6)


@quick
@given(shapes)
def test_mirroring_mirrors_the_pixels(shape):
    sure = certain(shape)
    straight = rasterise(shape, SIDE, SIDE)
    assert np.array_equal(rasterise(mirrored(shape, SIDE), SIDE, SIDE)[:, ::-1][sure], straight[sure])


@quick
@given(shapes)
def test_what_is_clipped_lies_in_the_frame(shape):
    parts = clipped(shape, SIDE, SIDE)
    for part in parts:
        left, top, right, bottom = part.box
        assert min(left, top) >= 0
        assert max(right, bottom) <= SIDE
    left, top, right, bottom = shape.box
    if min(left, top) >= 0 and max(right, bottom) <= SIDE:
        assert parts == [shape]
    sure = certain(shape)
    assert np.array_equal(mask(parts)[sure], rasterise(as_polygon(shape), SIDE, SIDE)[sure])


def test_a_point_is_in_the_frame_or_not():
    assert clipped(Point(3, 4), 10, 10) == [Point(3, 4)]
    assert clipped(Point(-1, 4), 10, 10) == []


@quick
@given(st.lists(positions, min_size=1, max_size=20), st.floats(0.5, 20))
def test_a_brush_covers_its_path_and_stays_within_its_radius(path, radius):
    swept = to_shapely(brushed(path, radius))
    assert swept.is_valid
    line = shapely.LineString(path) if len(set(path)) > 1 else shapely.Point(path[0])
    assert swept.buffer(1e-9).contains(line)
    assert swept.buffer(1e-9).contains(line.buffer(0.85 * radius - 0.02))
    outer = line.buffer(radius + 0.6, quad_segs=64)  # a gap under one square pixel is filled
    assert outer.contains(swept)


def test_a_brush_needs_a_path_and_a_radius():
    for path, radius in (([], 3), ([(1, 1)], 0), ([(1, 1)], math.nan)):
        with pytest.raises(RetinaError, match="brush stroke"):
            brushed(path, radius)


def test_holes():
    ring = [(15, 15), (20, 15), (20, 20), (15, 20)]
    assert [len(part.holes) for part in with_hole(SQUARE, ring)] == [1]
    assert total(with_hole(SQUARE, ring)) == pytest.approx(375)
    bitten = with_hole(SQUARE, [(25, 15), (40, 15), (40, 20), (25, 20)])
    assert [len(part.holes) for part in bitten] == [0]
    with pytest.raises(RetinaError, match="outside the shape"):
        with_hole(SQUARE, [(100, 100), (110, 100), (105, 110)])
    with pytest.raises(RetinaError, match="encloses no area"):
        with_hole(SQUARE, [(15, 15), (20, 20), (25, 25)])
    with pytest.raises(RetinaError, match="Nothing of this shape"):
        with_hole(SQUARE, [(0, 0), (50, 0), (50, 50), (0, 50)])


def test_a_point_has_no_area_to_combine():
    for operation in (
        lambda: united([SQUARE, Point(1, 1)]),
        lambda: as_polygon(Point(1, 1)),
        lambda: as_ellipse(Point(1, 1)),
    ):
        with pytest.raises(RetinaError, match="point has no area"):
            operation()
    with pytest.raises(RetinaError, match="Select the shapes"):
        united([])
