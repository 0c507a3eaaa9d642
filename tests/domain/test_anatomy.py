"""The live check of what is drawn against the anatomy of an eye and the frame of its image."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from retina_studio.domain.findings import ImageFrame, findings
from retina_studio.domain.geometry import area, rasterise
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Ellipse, Point, Polygon, Shape

RIGHT = ImageFrame("fundus", "OD", 1000, 800)
LEFT = ImageFrame("fundus", "OS", 1000, 800)
DISC, CUP, FOVEA = Ellipse(700, 400, 80, 90), Ellipse(700, 400, 40, 45), Point(260, 420)
WHOLE = (("OD", DISC), ("OC", CUP), ("fovea", FOVEA))


def grading_of(*drawn, absent=(), **grades):
    shapes = [Shape(code, geometry, f"s{n}") for n, (code, geometry) in enumerate(drawn)]
    return Grading({shape.id: shape for shape in shapes}, grades, frozenset(absent))


def found(grading, frame=RIGHT):
    return {finding.rule: finding for finding in findings(grading, frame)}


def said(grading, frame=RIGHT):
    return {rule: finding.text for rule, finding in found(grading, frame).items()}


def test_a_plausible_eye_is_left_in_peace():
    assert said(grading_of(*WHOLE)) == {}
    atrophy = Polygon(((775, 320), (830, 330), (840, 400), (830, 470), (770, 485), (790, 440), (795, 400)))
    assert said(grading_of(*WHOLE, ("PPA", atrophy))) == {}


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ([("OD", DISC)], {"fovea-missing": "The fovea is not marked."}),
        ([("fovea", FOVEA)], {"disc-missing": "No optic disc is drawn."}),
        (
            [*WHOLE, ("OD", DISC), ("OD", Point(700, 400))],
            {"several-of-one": "3 optic discs are drawn, but an eye has only one."},
        ),
        (
            [("OC", CUP), ("fovea", FOVEA)],
            {"cup-without-disc": "The optic cup is drawn, but not the disc round it."},
        ),
        (
            [("OD", DISC), ("OC", Ellipse(740, 400, 60, 45)), ("fovea", FOVEA)],
            {"cup-outside-disc": "The optic cup reaches beyond the disc."},
        ),
        (
            [("OD", DISC), ("OC", Ellipse(850, 400, 40, 45)), ("fovea", FOVEA)],
            {"cup-apart": "The optic cup lies outside the disc."},
        ),
        (
            [("OD", DISC), ("OC", Ellipse(700, 400, 40, 99)), ("fovea", FOVEA)],
            {
                "cup-outside-disc": "The optic cup reaches beyond the disc.",
                "cup-taller": "The vertical cup-disc ratio is 1.10: the cup is taller than the disc.",
            },
        ),
        (
            [*WHOLE, ("PPA", Ellipse(780, 400, 40, 80))],
            {"ppa-over-disc": "The peripapillary atrophy overlaps the disc: a place is one or the other."},
        ),
        (
            [("OD", Ellipse(700, 400, 4, 4.5))],
            {
                "disc-size": "The optic disc measures 0.9 % of the image's longer side: "
                "that is not the size of a disc.",
                "fovea-missing": "The fovea is not marked.",
            },
        ),
        (
            [("OD", DISC), ("fovea", Point(690, 420))],
            {"fovea-in-disc": "The fovea is marked inside the disc."},
        ),
        (
            [("OD", DISC), ("fovea", Point(500, 410))],
            {"fovea-distance": "The fovea lies 1.1 disc diameters from the disc; about 2.5 is usual."},
        ),
        (
            [("OD", DISC), ("fovea", Point(400, 710))],
            {"axis-tilted": "The line from disc to fovea is tilted by 46 degrees: is the image turned?"},
        ),
        (
            [*WHOLE, ("MA", Ellipse(999, 400, 5, 5)), ("MA", Ellipse(400, 803, 5, 5))],
            {"off-frame": "2 shapes reach beyond the image."},
        ),
        ([*WHOLE, ("MA", Ellipse(999, 400, 5, 5))], {"off-frame": "1 shape reaches beyond the image."}),
        ([*WHOLE, ("MA", Ellipse(995, 400, 5, 5))], {}),
    ],
)
def test_what_cannot_be(drawn, expected):
    assert said(grading_of(*drawn)) == expected


def test_the_missing_disc_and_fovea_can_be_answered():
    assert said(grading_of(ppa=False, fovea_visible=False, absent=["OD"])) == {}
    assert set(said(grading_of(ppa=False))) == {"disc-missing", "fovea-missing"}
    assert said(grading_of(ppa=False, gradability="ungradable")).keys() == {"ungradable-graded"}
    assert said(grading_of(oct="normal"), ImageFrame("oct", "OD", 500, 400)) == {}


@pytest.mark.parametrize(
    ("drawn", "frame", "expected"),
    [
        (WHOLE, RIGHT, {}),
        (
            WHOLE,
            LEFT,
            {
                "laterality": "Laterality: the disc lies to the right of the fovea in an image marked OS, a left eye."
            },
        ),
        (WHOLE, ImageFrame("fundus", "", 1000, 800), {}),
        (
            [("OD", DISC), ("fovea", Point(995, 420))],
            RIGHT,
            {
                "laterality": "Laterality: the disc lies to the left of the fovea in an image marked OD, a right eye."
            },
        ),
        (
            [("OD", Ellipse(300, 400, 80, 90))],
            RIGHT,
            {
                "laterality-by-frame": "Laterality: the disc lies on the left in an image marked OD, a right eye.",
                "fovea-missing": "The fovea is not marked.",
            },
        ),
        ([("OD", Ellipse(300, 400, 80, 90))], LEFT, {"fovea-missing": "The fovea is not marked."}),
        ([("OD", Ellipse(450, 400, 80, 90))], RIGHT, {"fovea-missing": "The fovea is not marked."}),
        ([("OD", Point(300, 400))], LEFT, {"fovea-missing": "The fovea is not marked."}),
    ],
)
def test_laterality(drawn, frame, expected):
    assert said(grading_of(*drawn), frame) == expected


def test_the_cup_is_clipped_to_the_disc():
    grading = grading_of(("OD", DISC), ("OC", Ellipse(740, 400, 60, 45)), ("fovea", FOVEA))
    finding = found(grading)["cup-outside-disc"]
    assert (finding.fix_title, finding.shape_ids) == ("Clip the cup to the disc", {"s0", "s1"})
    after = finding.fix.apply(grading)
    assert said(after) == {}
    assert not (after.mask("OC", 800, 1000) & ~rasterise(Ellipse(700, 400, 80.5, 90.5), 800, 1000)).any()


def test_the_disc_is_subtracted_from_the_atrophy():
    ring, hidden = Ellipse(700, 400, 110, 120), Ellipse(700, 400, 20, 20)
    grading = grading_of(("OD", DISC), ("PPA", ring), ("PPA", hidden), ("fovea", FOVEA))
    after = found(grading)["ppa-over-disc"].fix.apply(grading)
    assert said(after) == {}
    assert list(after.shapes) == ["s0", "s1", "s3"]  # what the disc covered wholly is gone
    assert area(after.shapes["s1"].geometry) == pytest.approx(area(ring) - area(DISC), rel=0.01)
    assert len(after.shapes["s1"].geometry.holes) == 1


def test_a_shape_that_falls_apart_leaves_all_its_parts():
    bar = Polygon(((580, 380), (820, 380), (820, 420), (580, 420)))
    grading = grading_of(("OD", DISC), ("PPA", bar), ("fovea", FOVEA))
    grading = grading.with_shape(Shape("MA", Ellipse(9, 9, 2, 2), "s1-2"))
    after = found(grading)["ppa-over-disc"].fix.apply(grading)
    assert after.shapes.keys() == {"s0", "s1", "s2", "s1-2", "s1-2-2"}
    assert [shape.label for shape in after.labelled("PPA")] == ["PPA", "PPA"]


def test_atrophy_that_follows_a_traced_disc_leaves_no_crumbs():
    # In and out, as the edge of a mask goes.
    traced = Polygon(tuple((x + 2 * (n % 2), y) for n, (x, y) in enumerate(DISC.outline(60))))
    beside = Ellipse(680, 400, 101, 95)  # meets the disc's edge at the right
    grading = grading_of(("OD", traced), ("PPA", beside), ("fovea", FOVEA))
    after = found(grading)["ppa-over-disc"].fix.apply(grading)
    assert len(after.labelled("PPA")) == 1


def test_shapes_are_clipped_to_the_image():
    drawn = [*WHOLE, ("MA", Ellipse(998, 400, 5, 5)), ("MA", Ellipse(-40, 400, 5, 5))]
    grading = grading_of(*drawn)
    after = found(grading)["off-frame"].fix.apply(grading)
    assert said(after) == {}
    assert "s4" not in after.shapes  # it lay wholly outside
    assert after.shapes["s3"].geometry.box[2] == 1000


def test_too_many_shapes_beyond_the_image_are_not_clipped_at_once():
    grading = grading_of(*[("MA", Ellipse(1000, 3.0 * n, 4, 4)) for n in range(1, 250)])
    assert found(grading)["off-frame"].fix is None


@settings(max_examples=60, deadline=None)
@given(
    x=st.floats(560, 840),
    y=st.floats(260, 540),
    a=st.floats(1, 200),
    b=st.floats(1, 200),
    angle=st.floats(-90, 90),
    code=st.sampled_from(["OC", "PPA"]),
)
def test_every_fix_settles_its_finding_and_can_be_undone(x, y, a, b, angle, code):
    grading = grading_of(("OD", DISC), (code, Ellipse(x, y, a, b, angle)), ("fovea", FOVEA))
    fixes = [finding for finding in findings(grading, RIGHT) if finding.fix is not None]
    assume(fixes)
    for finding in fixes:
        after = finding.fix.apply(grading)
        assert finding.rule not in found(after)
        assert finding.fix.revert(after) == grading
