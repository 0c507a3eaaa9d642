"""What dragging a handle makes of a shape."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import area
from retina_studio.domain.shapes import Ellipse, Point, Polygon
from retina_studio.gui.canvas.frame import on_frame, shift_on_frame
from retina_studio.gui.canvas.handles import (
    dragged,
    edge_under,
    handles_of,
    with_vertex_added,
    with_vertex_removed,
    with_vertices_moved,
    with_vertices_removed,
)
from retina_studio.gui.canvas.reshape import grown, turned

_ellipses = st.builds(
    Ellipse, st.floats(0, 500), st.floats(0, 500), st.floats(2, 90), st.floats(2, 90), st.floats(0, 179)
)
_SQUARE = Polygon(((0, 0), (10, 0), (10, 10), (0, 10)))


def _handle(form, kind, index=0):
    return next(h for h in handles_of(form, 1.0) if h.kind == kind and h.index == index)


@given(_ellipses, st.integers(0, 3), st.floats(1, 60))
def test_resizing_keeps_the_opposite_end(ellipse, index, further):
    handle, opposite = _handle(ellipse, "axis", index), _handle(ellipse, "axis", (index + 2) % 4)
    ux, uy = handle.x - ellipse.x, handle.y - ellipse.y
    length = math.hypot(ux, uy)
    x, y = handle.x + ux / length * further, handle.y + uy / length * further
    result = dragged(ellipse, handle, x, y, even=False, centred=False)
    moved, kept = _handle(result, "axis", index), _handle(result, "axis", (index + 2) % 4)
    assert (moved.x, moved.y) == pytest.approx((x, y), abs=1e-6)
    assert (kept.x, kept.y) == pytest.approx((opposite.x, opposite.y), abs=1e-6)


@given(_ellipses, st.integers(0, 3))
def test_resizing_about_the_centre_keeps_it(ellipse, index):
    handle = _handle(ellipse, "axis", index)
    x, y = 2 * handle.x - ellipse.x, 2 * handle.y - ellipse.y
    result = dragged(ellipse, handle, x, y, even=False, centred=True)
    assert result.centre == ellipse.centre
    assert (result.a if index % 2 == 0 else result.b) == pytest.approx(
        2 * (ellipse.a if index % 2 == 0 else ellipse.b)
    )


def test_an_even_resize_keeps_the_ratio():
    ellipse = Ellipse(50, 50, 20, 10)
    result = dragged(ellipse, _handle(ellipse, "axis", 0), 90, 50, even=True, centred=True)
    assert (result.a, result.b) == (40, 20)


def test_an_ellipse_never_shrinks_to_nothing():
    ellipse = Ellipse(50, 50, 20, 10)
    result = dragged(ellipse, _handle(ellipse, "axis", 0), -500, 50, even=False, centred=False)
    assert result.a == 0.5


@given(_ellipses, st.floats(0, 360))
def test_turning_puts_the_axis_under_the_hand_and_keeps_the_size(ellipse, degrees):
    x = ellipse.x + 200 * math.cos(math.radians(degrees))
    y = ellipse.y + 200 * math.sin(math.radians(degrees))
    result = dragged(ellipse, _handle(ellipse, "rotate"), x, y, even=False, centred=False)
    assert (result.a, result.b, result.centre) == (ellipse.a, ellipse.b, ellipse.centre)
    assert min((result.angle - degrees) % 90, (degrees - result.angle) % 90) == pytest.approx(0, abs=1e-6)
    assert 0 <= result.angle < 180


def test_turning_in_even_steps():
    ellipse = Ellipse(50, 50, 20, 10)
    result = dragged(ellipse, _handle(ellipse, "rotate"), 50 + 30, 50 - 80, even=True, centred=False)
    assert result.angle % 15 == 0
    assert result.angle != 0


def test_vertices_move_come_and_go():
    moved = dragged(_SQUARE, _handle(_SQUARE, "vertex", 1), 20, -5, even=False, centred=False)
    assert moved.points == ((0, 0), (20, -5), (10, 10), (0, 10))
    more = with_vertex_added(_SQUARE, 0, 3, 0, 5)
    assert more.points == (*_SQUARE.points, (0, 5))
    assert with_vertex_removed(more, 0, 4) == _SQUARE


def test_a_triangle_keeps_its_vertices():
    with pytest.raises(RetinaError, match="three vertices"):
        with_vertex_removed(Polygon(((0, 0), (9, 0), (0, 9))), 0, 0)


def test_a_hole_of_three_vertices_goes_as_a_whole():
    pierced = Polygon(_SQUARE.points, (((2, 2), (4, 2), (2, 4)),))
    assert with_vertex_removed(pierced, 1, 0) == _SQUARE


def test_the_nearest_edge():
    assert edge_under(_SQUARE, 5, 1, 2) == (0, 0)
    assert edge_under(_SQUARE, 9.5, 8, 2) == (0, 1)
    assert edge_under(_SQUARE, 5, 5, 2) is None


def test_the_frame_holds_shapes():
    assert on_frame(-5, 400, (100, 50)) == (0, 50)
    assert shift_on_frame((10, 10, 30, 30), -50, 3, (100, 50)) == (-10, 3)
    over_the_edge = (-5, 10, 30, 30)
    assert shift_on_frame(over_the_edge, -3, 90, (100, 50)) == (0, 20)
    assert shift_on_frame(over_the_edge, 7, 0, (100, 50)) == (7, 0)


_HOLED = Polygon(((0, 0), (20, 0), (20, 20), (0, 20)), (((5, 5), (9, 5), (9, 9), (5, 9)),))


@given(_ellipses, st.floats(-400, 400))
def test_turning_there_and_back_changes_nothing(ellipse, degrees):
    back = turned(turned(ellipse, degrees), -degrees)
    assert (back.x, back.y, back.a, back.b) == (ellipse.x, ellipse.y, ellipse.a, ellipse.b)
    assert (back.angle - ellipse.angle + 90) % 180 == pytest.approx(90, abs=1e-6)


@given(st.floats(-400, 400), st.floats(0.1, 50))
def test_a_polygon_keeps_its_area_when_it_turns_and_its_middle_when_it_grows(degrees, by):
    assert area(turned(_HOLED, degrees)) == pytest.approx(area(_HOLED))
    larger = grown(_HOLED, by)
    assert larger.centre == pytest.approx(_HOLED.centre)
    assert area(larger) == pytest.approx(area(_HOLED) * ((10 + by) / 10) ** 2)
    assert area(grown(larger, -by)) == pytest.approx(area(_HOLED))


def test_nothing_shrinks_away_and_a_point_stays_a_point():
    assert grown(Ellipse(5, 5, 4, 2), -100) == Ellipse(5, 5, 0.5, 0.5)
    assert area(grown(_SQUARE, -100)) == pytest.approx(1)
    assert grown(turned(Point(3, 4), 30), 5) == Point(3, 4)


def test_several_vertices_move_and_go_together():
    moved = with_vertices_moved(_HOLED, {(0, 1), (1, 2)}, 1, -1)
    assert (moved.points[1], moved.holes[0][2]) == ((21, -1), (10, 8))
    assert with_vertices_removed(_HOLED, {(1, 0), (1, 1)}).holes == ()
    assert len(with_vertices_removed(_HOLED, {(1, 0)}).holes[0]) == 3
    with pytest.raises(RetinaError, match="three vertices"):
        with_vertices_removed(_HOLED, {(0, 0), (0, 1)})
