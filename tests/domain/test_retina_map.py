import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retina_studio.domain.grading import Grading
from retina_studio.domain.retina_map import QUADRANTS, Landmarks, RetinaMap, landmarks_of
from retina_studio.domain.shapes import Ellipse, Point, Polygon, new_shape

WIDTH = 1000
# A right eye centred on the macula: the disc on the right, 180 pixels tall, so that 100 pixels are one millimetre.
RIGHT = RetinaMap(Landmarks((700, 400), 180, (300, 400), "OD", math.pi * 90**2))
OTHER = {"OD": "OS", "OS": "OD", "": ""}
spots = st.tuples(st.integers(0, WIDTH), st.integers(0, 800))


def drawn(*shapes):
    made = [new_shape(code, geometry) for code, geometry in shapes]
    return Grading({shape.id: shape for shape in made})


def mirrored(place):
    return None if place is None else (WIDTH - place[0], place[1])


@pytest.mark.parametrize(
    ("spot", "quadrant"),
    [
        ((200, 300), "superotemporal"),
        ((400, 300), "superonasal"),
        ((200, 500), "inferotemporal"),
        ((400, 500), "inferonasal"),
    ],
)
def test_quadrants_of_a_right_eye(spot, quadrant):
    assert RIGHT.quadrant(*spot) == quadrant
    assert RIGHT.disc_quadrant(spot[0] + 400, spot[1]) == quadrant


@pytest.mark.parametrize(
    ("spot", "field"),
    [
        ((300, 400), "centre"),
        ((300, 351), "centre"),
        ((300, 340), "inner superior"),
        ((300, 460), "inner inferior"),
        ((200, 410), "inner temporal"),
        ((400, 410), "inner nasal"),
        ((480, 410), "outer nasal"),
        ((300, 699), "outer inferior"),
        ((300, 701), "outside"),
        ((100, 390), "outer temporal"),
    ],
)
def test_the_etdrs_field(spot, field):
    assert RIGHT.etdrs_field(*spot) == field


def test_the_grid_has_circles_of_one_three_and_six_millimetres():
    assert RIGHT.etdrs_radii() == pytest.approx((50, 150, 300))
    measured = RetinaMap(RIGHT.landmarks, spacing=(0.02, 0.02))
    assert measured.mm_per_pixel == pytest.approx(0.02)
    assert measured.etdrs_radii() == pytest.approx((25, 75, 150))


@pytest.mark.parametrize(
    ("offset", "hour"),
    [((0, -9), 12), ((9, 0), 3), ((0, 9), 6), ((-9, 0), 9), ((5, -8.66), 1), ((-5, -8.66), 11)],
)
def test_clock_hours_are_read_like_a_clock_on_the_image_in_either_eye(offset, hour):
    spot = (700 + offset[0], 400 + offset[1])
    assert RIGHT.clock_hour(*spot) == hour
    assert RetinaMap(Landmarks((700, 400), None, None, "OS")).clock_hour(*spot) == hour


def test_distance_and_axis():
    assert RIGHT.to_fovea(300, 490) == pytest.approx(0.5)
    assert RIGHT.axis_angle == pytest.approx(math.pi)


def test_what_one_landmark_alone_says():
    disc_only = RetinaMap(Landmarks((700, 400), 180, None, "OS"))
    assert disc_only.disc_quadrant(800, 300) == "superotemporal"
    assert (disc_only.quadrant(1, 1), disc_only.etdrs_field(1, 1), disc_only.to_fovea(1, 1)) == (None,) * 3
    fovea_only = RetinaMap(Landmarks(None, None, (300, 400), "OD"))
    assert fovea_only.quadrant(200, 300) == "superotemporal"
    assert (fovea_only.disc_quadrant(1, 1), fovea_only.clock_hour(1, 1), fovea_only.axis_angle) == (None,) * 3
    assert fovea_only.etdrs_field(1, 1) is None  # no scale
    no_eye = RetinaMap(Landmarks(None, None, (300, 400), ""), spacing=(0.01, 0.01))
    assert no_eye.quadrant(200, 300) is None
    assert no_eye.etdrs_field(300, 300) == "inner superior"
    assert no_eye.etdrs_field(200, 400) is None  # nasal or temporal: not known
    assert RetinaMap(Landmarks(None, None, None, "OD")).quadrant_counts([(1, 1)]) is None


def test_the_line_from_disc_to_fovea_overrules_the_eye_that_was_entered():
    wrong = RetinaMap(Landmarks((700, 400), 180, (300, 400), "OS"))
    assert wrong.quadrant(200, 300) == "superotemporal"


def test_landmarks_come_from_what_is_drawn():
    found = landmarks_of(drawn(("OD", Ellipse(50, 60, 20, 10, 90)), ("fovea", Point(5, 6))), "OD")
    assert (found.disc, found.fovea, found.eye) == ((50, 60), (5, 6), "OD")
    assert found.disc_diameter == pytest.approx(40)  # vertical: the long axis stands upright
    assert found.disc_area == pytest.approx(math.pi * 200)
    triangle = Polygon(((0, 0), (30, 0), (0, 60)))
    assert landmarks_of(drawn(("OD", Point(1, 1)), ("OD", triangle)), "").disc == pytest.approx((10, 20))
    click = landmarks_of(drawn(("OD", Point(1, 2))), "OS")
    assert (click.disc, click.disc_diameter, click.disc_area) == ((1, 2), None, None)
    flat = Polygon(((0, 5), (9, 5), (3, 5)))
    assert landmarks_of(drawn(("OD", flat)), "OS").disc_diameter is None
    assert landmarks_of(Grading(), "OD") == Landmarks(None, None, None, "OD")


@given(disc=st.none() | spots, fovea=st.none() | spots, eye=st.sampled_from(["OD", "OS", ""]), spot=spots)
def test_the_mirror_image_of_the_other_eye_has_the_same_names(disc, fovea, eye, spot):
    assume(disc is None or fovea is None or disc[0] != fovea[0])
    here = RetinaMap(Landmarks(disc, 90, fovea, eye))
    there = RetinaMap(Landmarks(mirrored(disc), 90, mirrored(fovea), OTHER[eye]))
    x, y = mirrored(spot)
    centres = [centre for centre in (disc, fovea) if centre is not None]
    assume(not any(_on_a_border(here, centre, spot) for centre in centres))
    assert there.quadrant(x, y) == here.quadrant(*spot)
    assert there.disc_quadrant(x, y) == here.disc_quadrant(*spot)
    assert there.etdrs_field(x, y) == here.etdrs_field(*spot)
    assert there.to_fovea(x, y) == here.to_fovea(*spot)
    hour = here.clock_hour(*spot)
    if hour is not None and not math.isclose(_hours(disc, spot) % 1, 0.5, abs_tol=1e-9):
        assert there.clock_hour(x, y) == (12 - hour) % 12 or there.clock_hour(x, y) == hour == 12


def _hours(disc, spot):
    return math.degrees(math.atan2(spot[0] - disc[0], disc[1] - spot[1])) / 30


def _on_a_border(retina, centre, spot):
    """Within a rounding error of an axis, a diagonal or a circle, where a name is a matter of convention."""
    (sx, sy), dx, dy = retina.superior, spot[0] - centre[0], spot[1] - centre[1]
    up, along = dx * sx + dy * sy, dx * sy - dy * sx
    borders = [up, along, abs(up) - abs(along)] + [math.hypot(dx, dy) - r for r in retina.etdrs_radii()]
    return any(abs(value) < 1e-6 for value in borders)


@given(disc=st.none() | spots, fovea=spots, spots=st.lists(spots, max_size=20))
def test_counting_many_positions_is_counting_each(disc, fovea, spots):
    retina = RetinaMap(Landmarks(disc, 90, fovea, "OS"))
    names = [retina.quadrant(x, y) for x, y in spots]
    assert retina.quadrant_counts(spots) == {name: names.count(name) for name in QUADRANTS}
    if disc is not None:
        names = [retina.disc_quadrant(x, y) for x, y in spots]
        assert retina.quadrant_counts(spots, about="disc") == {name: names.count(name) for name in QUADRANTS}


@given(turn=st.floats(-0.7, 0.7), spot=spots)
def test_quadrants_and_fields_turn_with_the_disc_fovea_line(turn, spot):
    assume(not _on_a_border(RIGHT, (300, 400), spot))
    cos, sin = math.cos(turn), math.sin(turn)

    def turned(x, y):
        return (300 + (x - 300) * cos - (y - 400) * sin, 400 + (x - 300) * sin + (y - 400) * cos)

    tilted = RetinaMap(Landmarks(turned(700, 400), 180, (300, 400), "OD"))
    assert tilted.quadrant(*turned(*spot)) == RIGHT.quadrant(*spot)
    assert tilted.etdrs_field(*turned(*spot)) == RIGHT.etdrs_field(*spot)
