"""Areas as runs of pixels: the very pixels that painting them sets."""

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retina_studio.domain.geometry import rasterise
from retina_studio.domain.runs import runs_of, shared_pixels
from retina_studio.domain.shapes import Ellipse, Polygon

HEIGHT, WIDTH = 60, 80
places = st.one_of(st.floats(-20, 100), st.integers(-20, 200).map(lambda number: number / 2))
radii = st.one_of(st.floats(0.05, 50), st.integers(1, 50), st.floats(1000, 5000))
ellipses = st.builds(Ellipse, places, places, radii, radii, st.one_of(st.floats(0, 360), st.just(90.0)))
rings = st.lists(st.tuples(places, places), min_size=3, max_size=8).map(tuple)
polygons = st.builds(Polygon, rings, st.lists(rings, max_size=2).map(tuple))
areas = st.one_of(ellipses, polygons)


@given(st.lists(areas, max_size=6))
def test_runs_hold_exactly_the_painted_pixels_once(drawn):
    runs = runs_of(drawn, HEIGHT, WIDTH)
    counts = np.zeros((len(drawn), HEIGHT, WIDTH), int)
    for area, row, start, stop in zip(*runs, strict=True):
        counts[area, row, start:stop] += 1
    for count, area in zip(counts, drawn, strict=True):
        assert np.array_equal(count, rasterise(area, HEIGHT, WIDTH))


def test_an_ellipse_as_thin_as_a_hair_has_its_runs_too():
    runs = runs_of([Ellipse(50, 50.5, 100000, 1e-3)], HEIGHT, WIDTH)
    assert list(zip(*runs, strict=True)) == [(0, 50, 0, WIDTH)]


@given(st.lists(st.tuples(areas, st.integers(0, 1), st.integers(0, 2)), min_size=1, max_size=8))
def test_what_two_share_is_what_their_planes_share(drawn):
    found, layers, owners = zip(*drawn, strict=True)
    shared = shared_pixels(found, layers, owners, (2, 3), (HEIGHT, WIDTH))
    planes = np.zeros((2, 3, HEIGHT, WIDTH), bool)
    for area, layer, owner in drawn:
        planes[layer, owner] |= rasterise(area, HEIGHT, WIDTH)
    for layer, one, other in product(range(2), range(3), range(3)):
        assert shared[layer, one, other] == np.count_nonzero(planes[layer, one] & planes[layer, other])
