"""Masks over windows of the image: the same pixels as over the whole."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retina_studio.domain import geometry
from retina_studio.domain.geometry import rasterise
from retina_studio.domain.shapes import Ellipse, Point, Polygon
from retina_studio.domain.voting.areas import Window, agreed, clusters_of, marked, outlines, window_of

SIZE = (120, 150)
places, radii, angles = (
    st.floats(-20, 160),
    st.floats(0.5, 60),
    st.sampled_from([0.0, 30.0, 45.0, 90.0, 133.7, 270.0]),
)
halves = st.integers(-40, 320).map(lambda number: number / 2)
ellipses = st.one_of(
    st.builds(Ellipse, places, places, radii, radii, angles),
    st.builds(Ellipse, halves, halves, st.integers(1, 70), st.integers(1, 70), angles),
)


@given(ellipses)
def test_a_large_ellipse_has_the_pixels_that_the_test_of_each_gives(ellipse):
    dx = np.arange(SIZE[1]) + 0.5 - ellipse.x
    dy = (np.arange(SIZE[0]) + 0.5 - ellipse.y)[:, None]
    assert np.array_equal(rasterise(ellipse, *SIZE), geometry._inside_ellipse(ellipse, dx, dy))


def test_an_ellipse_as_thin_as_a_hair_is_painted_too():
    assert rasterise(Ellipse(50, 50.5, 100000, 1e-3), *SIZE).sum() == SIZE[1]


@given(ellipses, st.integers(0, 100), st.integers(0, 100))
def test_a_window_shows_its_part_of_the_image(ellipse, top, left):
    window = Window(top, min(top + 40, SIZE[0]), left, min(left + 50, SIZE[1]))
    given_ = [ellipse, Point(left + 3.5, top + 4.5), Polygon(((3, 3), (140, 20), (60, 115)))]
    whole = np.any([rasterise(one, *SIZE) for one in given_], axis=0)
    assert np.array_equal(marked(given_, window), whole[top : window.bottom, left : window.right])


def test_a_window_lies_round_all_and_within_the_image():
    assert window_of([Ellipse(50, 40, 10, 5), Point(80, 90)], SIZE) == (35, 91, 40, 81)
    assert window_of([Ellipse(50, 40, 10, 5)], SIZE, margin=1.0) == (15, 66, 20, 81)
    assert window_of([Ellipse(0, 0, 10, 5)], SIZE) == (0, 6, 0, 11)
    assert window_of([Ellipse(500, 500, 10, 5)], SIZE).empty


def test_what_does_not_touch_is_looked_at_apart():
    drawn = {"a": [Ellipse(20, 20, 5, 5), Ellipse(100, 100, 5, 5)], "b": [Ellipse(27, 20, 5, 5)]}
    assert clusters_of(drawn) == [{"a": [drawn["a"][0]], "b": drawn["b"]}, {"a": [drawn["a"][1]]}]
    chain = {"a": [Ellipse(10, 10, 5, 5), Ellipse(30, 10, 5, 5)], "b": [Ellipse(20, 10, 8, 5)]}
    assert len(clusters_of(chain)) == 1
    assert clusters_of({}) == []


@given(st.lists(st.lists(ellipses, max_size=3), max_size=4), st.integers(1, 3))
def test_the_outlines_of_what_enough_marked_rasterise_to_it(drawn, needed):
    counts = np.zeros(SIZE, int)
    for own in drawn:
        counts += np.any([rasterise(one, *SIZE) for one in own], axis=0) if own else 0
    found = agreed({str(n): own for n, own in enumerate(drawn) if own}, SIZE, needed)
    painted = np.zeros(SIZE, bool)
    for polygon in found:
        painted |= rasterise(polygon, *SIZE)
    assert np.array_equal(painted, counts >= needed)


def test_outlines_are_in_image_pixels():
    window = Window(30, 40, 50, 70)
    mask = np.zeros((10, 20), bool)
    mask[2:5, 3:9] = True
    (polygon,) = outlines(mask, window)
    found = np.argwhere(rasterise(polygon, *SIZE))
    assert (found.min(axis=0).tolist(), found.max(axis=0).tolist()) == ([32, 53], [34, 58])
