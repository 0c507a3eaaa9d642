import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import catalogue, label, scales
from retina_studio.domain.shapes import (
    Ellipse,
    Point,
    Polygon,
    Shape,
    geometry_from_dict,
    new_shape,
    shape_from_dict,
)

coordinates = st.floats(-1e4, 1e4, allow_nan=False)
points = st.builds(Point, coordinates, coordinates)
ellipses = st.builds(
    Ellipse, coordinates, coordinates, st.floats(0.1, 500), st.floats(0.1, 500), st.floats(-360, 360)
)
rings = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=12).map(tuple)
polygons = st.builds(Polygon, rings, st.lists(rings, max_size=2).map(tuple))
geometries = st.one_of(points, ellipses, polygons)


@given(geometries)
def test_a_geometry_survives_json(geometry):
    assert geometry_from_dict(geometry.to_dict()) == geometry


@given(geometries, st.floats(-100, 100), st.floats(-100, 100))
def test_a_move_shifts_the_box(geometry, dx, dy):
    before, after = geometry.box, geometry.moved(dx, dy).box
    assert after == pytest.approx([before[0] + dx, before[1] + dy, before[2] + dx, before[3] + dy], abs=1e-6)


@given(ellipses)
def test_the_outline_of_an_ellipse_touches_its_box(ellipse):
    outline = ellipse.outline(720)
    left, top, right, bottom = ellipse.box
    size = max(ellipse.a, ellipse.b)
    assert min(x for x, _ in outline) == pytest.approx(left, abs=1e-4 * size + 1e-6)
    assert max(y for _, y in outline) == pytest.approx(bottom, abs=1e-4 * size + 1e-6)
    assert left < right
    assert top < bottom


def test_the_angle_turns_from_x_towards_y():
    x, y = Ellipse(0, 0, 10, 1, 90).outline(4)[0]
    assert (x, y) == pytest.approx((0, 10))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 2e6, "seven", None])
def test_numbers_that_are_none_are_refused(bad):
    with pytest.raises(RetinaError, match="coordinates"):
        geometry_from_dict({"kind": "point", "x": bad, "y": 1})


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "square"},
        {"kind": "ellipse", "x": 1, "y": 1, "a": 0, "b": 1},
        {"kind": "ellipse", "x": 1},
        {"kind": "polygon", "points": [[0, 0], [1, 1]]},
        {"kind": "polygon", "points": [[0, 0, 0], [1, 1, 1], [2, 0, 0]]},
        {"kind": "polygon", "points": 7},
        {},
    ],
)
def test_broken_forms_get_one_sentence(form):
    with pytest.raises(RetinaError) as caught:
        geometry_from_dict(form)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_a_label_admits_its_kinds_only():
    assert new_shape("OD", Point(1, 2)).origin == "drawn"
    with pytest.raises(RetinaError, match="fovea cannot be a polygon"):
        new_shape("fovea", Polygon(((0, 0), (1, 0), (1, 1))))


def test_a_shape_survives_json():
    shape = Shape("HaEx", Ellipse(1, 2, 3, 4, 5), "abc", "imported")
    assert shape_from_dict(shape.to_dict()) == shape


def test_the_catalogue_has_the_labels_of_the_protocol():
    fundus = [entry.code for entry in catalogue().values() if entry.modality == "fundus"]
    assert fundus == ["MA", "iHE", "HaEx", "CWS", "vHE", "pHE", "NV", "FiP", "OD", "OC", "PPA", "fovea"]
    assert {entry.answered_by for entry in catalogue().values()} - {""} <= set(scales())
    assert label("od").code == "OD"
    with pytest.raises(RetinaError, match="no label 'XYZ'"):
        label("XYZ")


def test_keys_and_colours_are_unique_within_a_modality():
    for modality in ("fundus", "oct"):
        entries = [entry for entry in catalogue().values() if entry.modality == modality]
        assert len({entry.key for entry in entries}) == len(entries)
        assert len({entry.colour for entry in entries}) == len(entries)


def test_a_scale_tells_true_from_one():
    scales()["dr"].check(1)
    with pytest.raises(RetinaError):
        scales()["dr"].check(True)
    with pytest.raises(RetinaError):
        scales()["glaucoma"].check(1)
    with pytest.raises(RetinaError, match="use one of"):
        scales()["oct"].check("healthy")
