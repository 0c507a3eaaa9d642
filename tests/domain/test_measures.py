import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retina_studio.domain.geometry import rasterise
from retina_studio.domain.grading import Grading
from retina_studio.domain.measures import areas_of, disc_fovea_distance, vcdr_of, vertical_cup_disc_ratio
from retina_studio.domain.retina_map import Landmarks, RetinaMap, landmarks_of
from retina_studio.domain.shapes import Ellipse, Point, Polygon, new_shape


def drawn(**geometries):
    made = [new_shape(code, geometry) for code, geometry in geometries.items()]
    return Grading({shape.id: shape for shape in made})


def test_areas_in_pixels_disc_areas_and_square_millimetres():
    disc = Ellipse(500, 500, 100, 80)
    lesion = Ellipse(200, 200, 20, 10)
    plain = areas_of(lesion, RetinaMap(landmarks_of(drawn(OD=disc), "OD")))
    assert plain.pixels == pytest.approx(200 * math.pi)
    assert plain.disc_areas == pytest.approx(1 / 40)
    assert plain.mm2 is None
    measured = areas_of(lesion, RetinaMap(Landmarks(None, None, None, ""), spacing=(0.01, 0.02)))
    assert measured.disc_areas is None
    assert measured.mm2 == pytest.approx(200 * math.pi * 0.0002)
    assert areas_of(Point(1, 1), RetinaMap(Landmarks(None, None, None, ""))).pixels == 0


def test_the_ratio_needs_both_outlines():
    assert vcdr_of(Grading()) is None
    assert vcdr_of(drawn(OD=Ellipse(50, 50, 20, 20))) is None
    assert vcdr_of(drawn(OD=Point(50, 50), OC=Ellipse(50, 50, 9, 9))) is None
    assert vcdr_of(drawn(OD=Polygon(((0, 5), (5, 5), (9, 5))), OC=Ellipse(5, 5, 2, 2))) is None
    both = drawn(OD=Polygon(((40, 10), (80, 50), (40, 90), (0, 50))), OC=Ellipse(40, 50, 10, 20, 0))
    assert vcdr_of(both) == pytest.approx(0.5)


@settings(max_examples=40, deadline=None)
@given(
    disc=st.tuples(st.floats(40, 90), st.floats(40, 90), st.floats(0, 180)),
    cup=st.tuples(st.floats(20, 60), st.floats(20, 60), st.floats(0, 180)),
)
def test_outlines_and_masks_give_the_same_ratio(disc, cup):
    outlines = {"OD": Ellipse(100.3, 99.6, *disc), "OC": Ellipse(101.2, 98.9, *cup)}
    masks = [rasterise(outline, 200, 200) for outline in outlines.values()]
    assert vcdr_of(drawn(**outlines)) == pytest.approx(vertical_cup_disc_ratio(*masks), abs=0.06)


def test_the_fovea_lies_two_and_a_half_disc_diameters_away():
    grading = drawn(OD=Ellipse(600, 400, 70, 80), fovea=Point(200, 400))
    assert disc_fovea_distance(landmarks_of(grading, "OD")) == pytest.approx(2.5)
    assert disc_fovea_distance(landmarks_of(drawn(OD=Point(600, 400), fovea=Point(200, 400)), "OD")) is None
    assert disc_fovea_distance(landmarks_of(drawn(fovea=Point(200, 400)), "OD")) is None
