"""Lesions matched between graders, merged, counted, and checked against the settled grade."""

import math
import time
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from retina_studio.domain import shapes as shapes_module
from retina_studio.domain.geometry import area, fit_ellipse, iou, rasterise, to_shapely, vectorise
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Ellipse, Point, Polygon, Shape, new_shape
from retina_studio.domain.voting import vote as voting
from retina_studio.domain.voting.forms import forms_of, moment_ellipse
from retina_studio.domain.voting.matching import match
from retina_studio.domain.voting.merging import majority_polygons, mean_ellipse, merged
from retina_studio.domain.voting.rules import THREE_GRADERS, VoteRules

SIZE = (400, 400)
SQUARE = Polygon(((10, 10), (30, 10), (30, 30), (10, 30)))


def shapes(*geometries, label="HaEx", owner=""):
    return tuple(Shape(label, geometry, f"{owner}{n}") for n, geometry in enumerate(geometries))


def grading(*geometries, label="HaEx", dr=None, owner=""):
    made = Grading({shape.id: shape for shape in shapes(*geometries, label=label, owner=owner)})
    return made if dr is None else made.with_grade("dr", dr)


def vote(gradings, rules=THREE_GRADERS, modality="fundus"):
    return voting.vote(gradings, modality, SIZE, rules)


def matched(*drawn, rules=THREE_GRADERS):
    """The groups as sets of (grader, geometry); graders are "a", "b"..."""
    by_grader = {name: shapes(*given, owner=name) for name, given in zip("abcdef", drawn, strict=False)}
    return [
        {(name, shape.geometry) for name, own in group.drawn().items() for shape in own}
        for group in match(by_grader, rules)
    ]


# --- Matching ----------------------------------------------------------------------------------------------------


def test_support_decides_what_is_accepted_and_what_is_queued():
    everybody, two, one = Ellipse(50, 50, 9, 9), Ellipse(150, 50, 9, 9), Ellipse(250, 50, 9, 9)
    gradings = {
        "a": grading(everybody, two, one, dr=2, owner="a"),
        "b": grading(everybody.moved(1, 0), two.moved(0, 1), dr=2, owner="b"),
        "c": grading(everybody.moved(0, 1), dr=2, owner="c"),
    }
    outcome = vote(gradings)
    assert [(entry.rule, dict(entry.members)) for entry in outcome.shapes] == [
        ("3/3", {"a": ("a0",), "b": ("b0",), "c": ("c0",)}),
        ("2/3", {"a": ("a1",), "b": ("b1",)}),
    ]
    (item,) = outcome.items
    assert item.kind == "lesion"
    assert item.title == "Hard exudate at 250, 50"
    assert item.reason == "drawn by 1 of 3"
    assert item.answers == {"a": "drawn", "b": "none", "c": "none"}
    assert [shape.geometry for shape in item.drawn["a"]] == [one]
    assert item.average == (one,)
    assert outcome.state == "adjudication"
    assert "HaEx" not in outcome.labels


def test_a_lesion_that_two_drew_does_not_need_the_third_to_speak():
    seen = Ellipse(50, 50, 9, 9)
    outcome = vote({"a": grading(seen), "b": grading(seen), "c": Grading()})
    assert outcome.labels == {"HaEx": "mask"}
    alone = vote({"a": grading(seen), "b": Grading(), "c": grading(dr=2)})
    assert alone.items[-1].answers == {"a": "drawn", "b": "silent", "c": "none"}


def test_small_lesions_match_by_distance_and_large_ones_by_overlap():
    tiny = Ellipse(50, 50, 2, 2)
    assert len(matched([tiny], [tiny.moved(5, 0)])) == 1  # within 6 pixels, no overlap
    assert len(matched([tiny], [tiny.moved(7, 0)])) == 2
    large = Ellipse(100, 100, 40, 40)
    assert len(matched([large], [large.moved(38, 0)])) == 1  # half the diameter
    assert len(matched([large], [large.moved(60, 0)])) == 2
    assert len(matched([large], [tiny.moved(50, 50)])) == 2  # one centre, but no likeness in size
    long, narrow = Ellipse(100, 100, 60, 4), Ellipse(130, 100, 30, 4)
    assert len(matched([long], [narrow], rules=VoteRules(match_distance=0, match_pixels=0))) == 1


def test_two_lesions_of_one_grader_are_never_one():
    close = [Ellipse(50, 50, 4, 4), Ellipse(55, 50, 4, 4)]
    found = matched(close, [ellipse.moved(1, 1) for ellipse in close], [Ellipse(52.4, 50, 4, 4)])
    assert sorted(len(group) for group in found) == [2, 3]


def test_the_whole_assignment_is_the_best_not_each_ones_nearest():
    # b's first lies nearer to a's second, but then a's first and b's second would be left alone.
    a = [Ellipse(50, 50, 5, 5), Ellipse(58, 50, 5, 5)]
    b = [Ellipse(54.5, 50, 5, 5), Ellipse(62.5, 50, 5, 5)]
    found = matched(a, b)
    assert found == [{("a", a[0]), ("b", b[0])}, {("a", a[1]), ("b", b[1])}]


def test_the_lesion_between_two_joins_them_whoever_drew_it():
    places = [Ellipse(100, 100, 10, 10), Ellipse(109, 100, 10, 10), Ellipse(118, 100, 10, 10)]
    assert len(matched([places[0]], [places[2]])) == 2
    for order in permutations(places):
        assert [len(group) for group in matched(*[[place] for place in order])] == [3]


def test_a_shape_drawn_twice_over_is_one_lesion():
    twice = Ellipse(50, 50, 9, 9)
    outcome = vote(
        {"a": grading(twice, twice, owner="a"), "b": grading(twice, owner="b"), "c": grading(dr=2)}
    )
    (entry,) = outcome.shapes
    assert entry.members == {"a": ("a0", "a1"), "b": ("b0",)}


WHOLE = Ellipse(100, 100, 40, 12)
PARTS = [Ellipse(75, 100, 13, 10), Ellipse(101, 100, 11, 10), Ellipse(126, 100, 12, 9)]


def test_pieces_of_one_grader_support_the_one_lesion_that_two_drew():
    gradings = {
        "a": grading(WHOLE, owner="a"),
        "b": grading(*PARTS, owner="b"),
        "c": grading(WHOLE, owner="c"),
    }
    outcome = vote(gradings)
    (entry,) = outcome.shapes
    assert entry.rule == "3/3"
    assert entry.members == {"a": ("a0",), "b": ("b0", "b1", "b2"), "c": ("c0",)}
    assert entry.shape.geometry == WHOLE
    assert outcome.items == ()


def test_one_large_shape_supports_each_of_the_lesions_that_two_drew_in_it():
    gradings = {
        "a": grading(WHOLE, owner="a"),
        "b": grading(*PARTS, owner="b"),
        "c": grading(*PARTS, owner="c"),
    }
    outcome = vote(gradings)
    assert {entry.shape.geometry for entry in outcome.shapes} == set(PARTS)
    assert {entry.rule for entry in outcome.shapes} == {"3/3"}
    assert all(entry.members["a"] == ("a0",) for entry in outcome.shapes)
    assert outcome.items == ()


def test_one_large_shape_and_its_pieces_are_the_finer_of_two():
    outcome = vote({"a": grading(WHOLE, owner="a"), "b": grading(*PARTS, owner="b"), "c": grading(dr=2)})
    assert {entry.shape.geometry for entry in outcome.shapes} == set(PARTS)
    assert {entry.rule for entry in outcome.shapes} == {"2/3"}


def test_a_few_specks_in_a_large_shape_are_not_its_pieces():
    specks = [Ellipse(80, 100, 2, 2), Ellipse(120, 100, 2, 2)]
    outcome = vote({"a": grading(WHOLE), "b": grading(*specks, owner="b"), "c": grading(WHOLE)})
    assert [entry.shape.geometry for entry in outcome.shapes] == [WHOLE]
    assert len(outcome.items) == 2


geometries = st.one_of(
    st.builds(Ellipse, *[st.integers(5, 60)] * 2, *[st.integers(1, 25)] * 2, st.integers(0, 179)),
    st.builds(
        lambda x, y, w, h: Polygon(((x, y), (x + w, y), (x + w, y + h), (x, y + h / 2))),
        *[st.integers(0, 50)] * 2,
        *[st.integers(2, 25)] * 2,
    ),
)
drawings = st.lists(st.lists(geometries, max_size=6), min_size=2, max_size=4)


@given(drawings, st.randoms(use_true_random=False))
def test_every_shape_is_kept_and_no_order_matters(drawn, random):
    by_grader = {name: shapes(*given_, owner=name) for name, given_ in zip("abcd", drawn, strict=False)}
    wanted = match(by_grader, THREE_GRADERS)
    members = {shape.id for group in wanted for own in group.drawn().values() for shape in own}
    assert members == {shape.id for own in by_grader.values() for shape in own}
    for group in wanted:
        assert group.shapes
        for own in group.shapes.values():
            assert len({shape.geometry for shape in own}) == 1
    mixed = [(name, tuple(random.sample(own, len(own)))) for name, own in by_grader.items()]
    random.shuffle(mixed)

    def said(groups):
        return sorted(sorted((n, s.id) for n, own in g.drawn().items() for s in own) for g in groups)

    assert said(match(dict(mixed), THREE_GRADERS)) == said(wanted)


@given(drawings)
def test_the_graders_names_do_not_matter(drawn):
    def vague(groups):
        return sorted(sorted(repr(s.geometry) for own in g.drawn().values() for s in own) for g in groups)

    names = ["dcba", "badc", "abcd"]
    found = [
        vague(match({n: shapes(*own) for n, own in zip(order, drawn, strict=False)}, THREE_GRADERS))
        for order in names
    ]
    assert found[0] == found[1] == found[2]


grids = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8, unique=True)


@given(st.lists(grids, min_size=3, max_size=3), st.integers(0, 2))
def test_another_like_one_of_them_takes_nothing_away(places, copied):
    """Of lesions that lie apart: with as many needed as before, what was accepted stays accepted."""
    drawn = {
        name: grading(*(Ellipse(30 + 60 * x, 30 + 60 * y, 8, 6) for x, y in given_), dr=2, owner=name)
        for name, given_ in zip("abc", places, strict=True)
    }
    before = vote(drawn, VoteRules(agreeing=2))
    again = vote(drawn | {"d": drawn["abc"[copied]]}, VoteRules(agreeing=2))
    accepted = {entry.shape.geometry for entry in before.shapes}
    assert accepted <= {entry.shape.geometry for entry in again.shapes}
    counts = [sum(place in given_ for given_ in places) for place in set().union(*places)]
    assert (len(before.shapes), len(before.items)) == (
        sum(c >= 2 for c in counts),
        sum(c == 1 for c in counts),
    )


def test_a_click_supports_the_lesion_it_lies_in(monkeypatch):
    exudates = replace(shapes_module.label("HaEx"), kinds=("ellipse", "polygon", "point"))
    monkeypatch.setattr(shapes_module, "label", lambda code: exudates)
    region = Ellipse(100, 100, 40, 40)
    (group,) = match(
        {"a": shapes(region), "b": shapes(Point(125, 110)), "c": shapes(Point(124, 112))}, THREE_GRADERS
    )
    assert group.graders == {"a", "b", "c"}
    assert merged([region, Point(125, 110)], "auto") == [region]
    assert merged([Point(10, 10), Point(12, 14)], "auto") == [Point(11, 12)]
    assert len(match({"a": shapes(region), "b": shapes(Point(145, 110))}, THREE_GRADERS)) == 2


# --- Merging -----------------------------------------------------------------------------------------------------


def same_ellipse(one, other):
    return iou(rasterise(one, *SIZE), rasterise(other, *SIZE)) > 0.98


def test_mean_ellipse_of_numbers_worked_by_hand():
    mean = mean_ellipse([Ellipse(10, 20, 8, 4, 30), Ellipse(14, 22, 10, 6, 30)])
    assert (mean.x, mean.y, mean.a, mean.b, mean.angle) == pytest.approx((12, 21, 9, 5, 30))


def test_mean_angles_are_axial():
    mean = mean_ellipse([Ellipse(0, 0, 9, 3, 170), Ellipse(0, 0, 9, 3, 10)])
    assert min(mean.angle, 180 - mean.angle) == pytest.approx(0, abs=1e-9)
    assert mean.a > 8.5


def test_swapped_axes_are_the_same_ellipse():
    mean = mean_ellipse([Ellipse(50, 50, 20, 8, 40), Ellipse(50, 50, 8, 20, 130)])
    assert (mean.a, mean.b, mean.angle) == pytest.approx((20, 8, 40))


def test_a_circle_has_no_say_in_the_angle_and_crossed_ellipses_make_a_circle():
    mean = mean_ellipse([Ellipse(0, 0, 9, 5, 60), Ellipse(0, 0, 7, 7, 0)])
    assert (mean.a, mean.b, mean.angle) == pytest.approx((8, 6, 60))
    crossed = mean_ellipse([Ellipse(0, 0, 9, 5, 0), Ellipse(0, 0, 9, 5, 90)])
    assert (crossed.a, crossed.b) == pytest.approx((7, 7))


numbers = st.floats(1, 50)


@given(
    st.lists(
        st.builds(Ellipse, numbers, numbers, numbers, numbers, st.floats(0, 360)), min_size=1, max_size=5
    ),
    st.integers(0, 4),
)
def test_a_mean_ellipse_is_one_and_turning_all_turns_it(ellipses, quarter):
    mean = mean_ellipse(ellipses)
    assert mean.a >= mean.b > 0
    turned = mean_ellipse([replace(e, angle=e.angle + 90 * quarter + 15) for e in ellipses])
    assert (turned.a, turned.b) == pytest.approx((mean.a, mean.b), abs=1e-6)
    if mean.a - mean.b > 0.01:
        off = (turned.angle - mean.angle - 90 * quarter - 15) % 180
        assert min(off, 180 - off) == pytest.approx(0, abs=1e-3)


def test_majority_polygon_holds_what_most_of_those_who_drew_it_marked():
    squares = [SQUARE, SQUARE.moved(4, 0), SQUARE.moved(0, 4)]
    (polygon,) = majority_polygons(squares)
    one, two, three = map(to_shapely, squares)
    exact = (one & two) | (one & three) | (two & three)
    assert to_shapely(polygon).symmetric_difference(exact).area == pytest.approx(0, abs=1e-9)
    (shared,) = majority_polygons(squares[:2])
    assert area(shared) == pytest.approx(16 * 20)


def test_polygons_that_share_next_to_nothing_become_their_mean_ellipse():
    (found,) = merged([SQUARE, SQUARE.moved(21, 0)], "auto")
    assert isinstance(found, Ellipse)
    assert found.centre == pytest.approx((30.5, 20))
    assert area(found) == pytest.approx(400)


def test_the_rule_of_merging_is_a_choice():
    circle, other = Ellipse(50, 50, 10, 10), Ellipse(53, 50, 10, 10)
    (ellipse,) = merged([circle, other], "auto")
    assert isinstance(ellipse, Ellipse)
    (polygon,) = merged([circle, other], "polygon")
    assert isinstance(polygon, Polygon)
    (forced,) = merged([SQUARE, SQUARE.moved(2, 0)], "ellipse")
    assert isinstance(forced, Ellipse)
    (mixed,) = merged([SQUARE, Ellipse(20, 20, 10, 10)], "auto")
    assert isinstance(mixed, Polygon)
    assert merged([SQUARE, SQUARE, SQUARE], "ellipse") == [SQUARE]


@pytest.mark.parametrize(
    "ellipse", [Ellipse(100, 80, 30, 12, 25), Ellipse(60, 60, 20, 20), Ellipse(50, 90, 8, 31, 70)]
)
def test_the_moment_ellipse_is_the_one_of_the_mask(ellipse):
    found = moment_ellipse(to_shapely(Polygon(tuple(ellipse.outline(200)))))
    assert same_ellipse(found, ellipse)
    assert same_ellipse(found, fit_ellipse(rasterise(ellipse, *SIZE)))
    ring = Polygon(tuple(ellipse.outline(200)), (tuple(Ellipse(ellipse.x, ellipse.y, 4, 4).outline(60)),))
    assert area(moment_ellipse(to_shapely(ring))) == pytest.approx(area(ring))


def test_forms_have_the_exact_area_and_are_valid():
    crossed = Polygon(((0, 0), (10, 10), (10, 0), (0, 10)))
    ellipse = Ellipse(50, 50, 20, 7, 33)
    forms = forms_of([ellipse, crossed, Point(3, 3), SQUARE])
    assert [form.is_valid for form in forms] == [True] * 4
    assert [form.area for form in forms] == pytest.approx([math.pi * 140, 50, 0, 400])


# --- Other rules, and the guideline ------------------------------------------------------------------------------


def test_lesions_by_pixels():
    circle = Ellipse(50, 50, 10, 10)
    gradings = {"a": grading(circle), "b": grading(circle.moved(4, 0)), "c": grading(Ellipse(200, 200, 9, 9))}
    outcome = vote(gradings, VoteRules(lesions="pixels"))
    counts = sum(g.mask("HaEx", *SIZE).astype(int) for g in gradings.values())
    assert outcome.labels == {"HaEx": "mask"}
    assert {entry.rule for entry in outcome.shapes} == {"pixels"}
    painted = np.any([rasterise(entry.shape.geometry, *SIZE) for entry in outcome.shapes], axis=0)
    assert np.array_equal(painted, counts >= 2)
    apart = {name: grading(circle.moved(60 * n, 0)) for n, name in enumerate("abc")}
    assert vote(apart, VoteRules(lesions="pixels")).reasons == (
        "Hard exudate: drawn by 3, but nowhere the same",
    )
    lone = {"a": grading(circle, dr=2), "b": grading(dr=2), "c": grading(dr=2)}
    assert vote(lone, VoteRules(lesions="pixels")).labels["HaEx"] == "none"


def test_lesions_by_the_papers_rule_are_the_union_of_the_majoritys_graders():
    first, second, other = Ellipse(50, 50, 10, 10), Ellipse(55, 50, 10, 10), Ellipse(200, 200, 9, 9)
    gradings = {"a": grading(first, dr=2), "b": grading(second, dr=2), "c": grading(other, dr=3)}
    outcome = vote(gradings, VoteRules(lesions="grade_union"))
    assert outcome.state == "settled"
    (entry,) = outcome.shapes
    assert entry.rule == "union"
    assert set(entry.members) == {"a", "b"}
    union = rasterise(first, *SIZE) | rasterise(second, *SIZE)
    assert np.array_equal(rasterise(entry.shape.geometry, *SIZE), union)
    split = vote(gradings | {"b": grading(second, dr=4)}, VoteRules(lesions="grade_union"))
    assert [item.kind for item in split.items] == ["grade"]
    assert "HaEx" not in split.labels
    ungraded = vote({name: grading(first) for name in "abc"}, VoteRules(lesions="grade_union"))
    assert ungraded.reasons == ("Hard exudate: drawn by 3 of 3, but diabetic retinopathy is not graded",)


@pytest.mark.parametrize(
    ("label", "dr", "complies"),
    [
        ("MA", 0, False),
        ("MA", 1, True),
        ("HaEx", 1, False),
        ("HaEx", 2, True),
        ("CWS", 1, False),
        ("CWS", 2, True),
        ("NV", 3, False),
        ("NV", 4, True),
        ("FiP", 3, False),
        ("OD", 0, True),
    ],
)
def test_a_lesion_above_the_settled_grade_is_kept_and_marked(label, dr, complies):
    drawn = grading(Ellipse(50, 50, 9, 9), label=label, dr=dr)
    (entry,) = vote({"a": drawn, "b": drawn, "c": drawn}).shapes
    assert entry.compliant is complies
    assert bool(entry.note) is not complies
    if label == "HaEx" and dr == 1:
        assert entry.note == "Hard exudate is a sign of DR2 or more, but the settled grade is DR1."
    if label == "NV" and dr == 3:
        assert entry.note == "Area of neovascularisation is a sign of DR4, but the settled grade is DR3."


def test_cotton_wool_spots_at_dr2_are_a_choice():
    drawn = grading(Ellipse(50, 50, 9, 9), label="CWS", dr=2)
    (entry,) = vote({"a": drawn, "b": drawn, "c": drawn}, VoteRules(cws_at_dr2=False)).shapes
    assert not entry.compliant
    assert "DR3 or more" in entry.note


def test_without_a_settled_grade_nothing_is_marked():
    gradings = {
        name: grading(Ellipse(50, 50, 9, 9), label="NV", dr=dr)
        for name, dr in zip("abc", (0, 1, 2), strict=True)
    }
    assert [entry.compliant for entry in vote(gradings).shapes] == [True]


@pytest.mark.parametrize(("label", "complies"), [("fluid", True), ("CNV", False)])
def test_oct_lesions_go_with_the_class_or_are_marked(label, complies):
    drawn = grading(Ellipse(50, 50, 9, 9), label=label).with_grade("oct", "dme")
    (entry,) = vote({"a": drawn, "b": drawn, "c": drawn}, modality="oct").shapes
    assert entry.compliant is complies
    assert entry.note == (
        "" if complies else "CNV lesion does not go with the settled OCT class, Macular edema."
    )


def test_three_hundred_lesions_of_three_graders_take_well_under_a_second():
    random = np.random.default_rng(7)
    places = random.uniform(50, 2950, (300, 2))
    gradings = {}
    for name in "abc":
        moved = places + random.normal(0, 1, places.shape)
        lesions = [new_shape("MA", Ellipse(x, y, *random.uniform(3, 9, 2), 20)) for x, y in moved]
        gradings[name] = Grading({shape.id: shape for shape in lesions}, {"dr": 1})
    started = time.process_time()
    outcome = voting.vote(gradings, "fundus", (3000, 3000))
    assert time.process_time() - started < 1
    assert len(outcome.shapes) + len(outcome.items) >= 300


@settings(max_examples=20)
@given(st.lists(geometries, min_size=1, max_size=3))
def test_three_who_drew_the_same_in_polygons_keep_their_masks(given_):
    polygons = [p for geometry in given_ for p in vectorise(rasterise(geometry, 100, 100))]
    # One grader's lesions that lie on each other say nothing of which is which.
    assume(not any(to_shapely(one).intersects(to_shapely(other)) for one, other in combinations(polygons, 2)))
    drawn = grading(*polygons)
    outcome = vote({"a": drawn, "b": drawn, "c": drawn})
    assert {entry.shape.geometry for entry in outcome.shapes} == set(polygons)
