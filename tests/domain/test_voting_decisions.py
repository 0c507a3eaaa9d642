"""What the adjudicator's decisions make of an outcome."""

from dataclasses import replace

import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Ellipse, Point, Polygon, Shape
from retina_studio.domain.voting.decisions import Decision, decision_from_dict
from retina_studio.domain.voting.outcome import outcome_from_dict
from retina_studio.domain.voting.rules import VoteRules
from retina_studio.domain.voting.settling import check_decision
from retina_studio.domain.voting.vote import vote

SIZE = (400, 400)
LONE = Ellipse(250, 50, 9, 9)
SEEN = Ellipse(50, 50, 9, 9)


def grading(*shapes, **grades):
    made = Grading({shape.id: shape for shape in shapes})
    for scale, value in grades.items():
        made = made.with_grade(scale, value)
    return made


def lesions(owner, *geometries, label="HaEx", dr=2):
    return grading(*(Shape(label, g, f"{owner}{n}") for n, g in enumerate(geometries)), dr=dr)


GRADINGS = {"a": lesions("a", SEEN, LONE), "b": lesions("b", SEEN), "c": lesions("c", SEEN)}


def outcome_of(gradings, *decisions):
    return vote(gradings, "fundus", SIZE, decisions=decisions)


def decide(gradings, action, **fields):
    """The outcome after one decision about the first item."""
    item = outcome_of(gradings).items[0]
    return outcome_of(gradings, Decision(item.key, action, **fields))


def rules_of(outcome):
    return [entry.rule for entry in outcome.shapes]


def test_keeping_a_lesion_settles_it():
    outcome = decide(GRADINGS, "keep", grader="a", reason="plain to see", by="senior")
    assert outcome.state == "settled"
    assert outcome.labels["HaEx"] == "mask"
    assert outcome.reasons == ()
    assert rules_of(outcome) == ["3/3", "adjudicator: keep"]
    assert outcome.shapes[1].shape.geometry == LONE
    assert outcome.shapes[1].members == {"a": ("a1",)}
    assert outcome.items[0].decision.reason == "plain to see"
    assert outcome.open_items == ()


def test_dropping_the_only_lesion_leaves_none():
    gradings = GRADINGS | {name: lesions(name) for name in "bc"} | {"a": lesions("a", LONE)}
    assert decide(gradings, "drop").labels["HaEx"] == "none"
    assert decide(gradings, "drop").state == "settled"


def test_redrawing_takes_the_adjudicators_geometry_and_keeps_who_drew_what():
    outcome = decide(GRADINGS, "redraw", geometries=(LONE.moved(1, 1), SEEN.moved(90, 90)))
    assert rules_of(outcome) == ["3/3", "adjudicator: redraw", "adjudicator: redraw"]
    assert outcome.shapes[1].members == {"a": ("a1",)}
    assert len({entry.shape.id for entry in outcome.shapes}) == 3


def test_averaging_anatomy_takes_what_at_least_half_of_them_marked():
    gradings = {
        "a": grading(Shape("OD", Ellipse(100, 100, 20, 20), "a0")),
        "b": Grading().with_absent("OD", True),
        "c": Grading(),
    }
    outcome = decide(gradings, "average")
    assert outcome.labels == {"OD": "mask"}
    assert rules_of(outcome) == ["adjudicator: average"]
    assert decide(gradings, "drop").labels == {"OD": "none"}
    assert decide(gradings, "keep", grader="b").labels == {"OD": "none"}
    (kept,) = decide(gradings, "keep", grader="a").shapes
    assert kept.shape.geometry == Ellipse(100, 100, 20, 20)


FAR = {
    name: grading(Shape("fovea", Point(x, y), name))
    for name, (x, y) in zip("abc", ((10, 10), (200, 20), (20, 390)), strict=True)
}


@pytest.mark.parametrize(
    ("action", "fields", "point"),
    [
        ("keep", {"grader": "b"}, (200, 20)),
        ("average", {}, (20, 20)),
        ("redraw", {"geometries": (Point(7, 8),)}, (7, 8)),
        ("drop", {}, None),
    ],
)
def test_points_are_decided_as_points(action, fields, point):
    outcome = decide(FAR, action, **fields)
    assert outcome.state == "settled"
    assert outcome.labels["fovea"] == ("point" if point else "none")
    assert outcome.points.get("fovea") == point
    assert outcome.shapes == ()
    assert outcome.point_rules == ({"fovea": f"adjudicator: {action}"} if point else {})


SPLIT = {name: lesions(name, dr=dr) for name, dr in zip("abc", (0, 2, 4), strict=True)}


def test_a_grade_is_chosen_or_kept():
    chosen = decide(SPLIT, "choose", value=3)
    assert (chosen.state, chosen.grades) == ("settled", {"dr": 3})
    assert chosen.labels["MA"] == "none"
    assert decide(SPLIT, "keep", grader="a").grades == {"dr": 0}


def test_the_chosen_grade_cleans_the_lesions():
    gradings = {
        name: lesions(name, SEEN, label="NV", dr=dr) for name, dr in zip("abc", (1, 2, 4), strict=True)
    }
    assert [entry.compliant for entry in decide(gradings, "choose", value=4).shapes] == [True]
    assert [entry.compliant for entry in decide(gradings, "choose", value=2).shapes] == [False]


def test_choosing_ungradable_settles_everything():
    gradings = {
        name: lesions(name, SEEN.moved(60 * n, 0)).with_grade("gradability", value)
        for n, (name, value) in enumerate(zip("abc", ("good", "usable", "ungradable"), strict=True))
    }
    assert len(outcome_of(gradings).items) == 4
    outcome = decide(gradings, "choose", value="ungradable")
    assert outcome.state == "settled"
    assert outcome.grades == {"gradability": "ungradable"}
    assert [item.code for item in outcome.items] == ["gradability"]
    assert outcome.shapes == ()


def test_choosing_no_atrophy_answers_where_it_is():
    area = Shape("PPA", Ellipse(90, 90, 20, 20), "a0")
    gradings = {"a": grading(area, ppa=True), "b": grading(ppa=False), "c": Grading()}
    both = outcome_of(gradings)
    assert [item.code for item in both.items] == ["ppa", "PPA"]
    outcome = decide(gradings, "choose", value=False)
    assert (outcome.state, outcome.labels) == ("settled", {"PPA": "none"})
    present = decide(gradings, "choose", value=True)
    assert [item.code for item in present.open_items] == ["PPA"]


def test_a_decision_about_other_words_is_left_aside():
    before = outcome_of(GRADINGS)
    decision = Decision(before.items[0].key, "keep", grader="a")
    moved = GRADINGS | {"a": lesions("a", SEEN, LONE.moved(0.5, 0))}
    assert outcome_of(moved, decision) == outcome_of(moved)
    elsewhere = GRADINGS | {"b": lesions("b", SEEN.moved(1, 0))}
    assert outcome_of(elsewhere, decision).state == "settled"  # another lesion's change is not its business
    assert outcome_of(GRADINGS, replace(decision, item="lesion:HaEx:0")) == before


def test_the_last_decision_counts_and_deciding_twice_changes_nothing():
    key = outcome_of(GRADINGS).items[0].key
    keep, drop = Decision(key, "keep", grader="a"), Decision(key, "drop")
    assert outcome_of(GRADINGS, drop, keep) == outcome_of(GRADINGS, keep) == outcome_of(GRADINGS, keep, keep)
    assert rules_of(outcome_of(GRADINGS, keep, drop)) == ["3/3"]


def test_a_decided_outcome_survives_json():
    outcome = decide(GRADINGS, "redraw", geometries=(LONE,), reason="r", by="b", at="2026-01-01T00:00:00Z")
    assert outcome_from_dict(outcome.to_dict()) == outcome
    decision = outcome.items[0].decision
    assert decision_from_dict(decision.to_dict()) == decision


@pytest.mark.parametrize("form", [{}, {"state": "settled"}, {"state": "settled", "grades": 3}, []])
def test_a_broken_outcome_is_refused(form):
    with pytest.raises(RetinaError, match="written wrongly"):
        outcome_from_dict(form)


@pytest.mark.parametrize(
    ("gradings", "action", "fields", "sentence"),
    [
        (GRADINGS, "choose", {"value": 2}, "is not a grade"),
        (GRADINGS, "keep", {"grader": "nobody"}, "nobody said nothing of"),
        (GRADINGS, "keep", {}, "Nobody said nothing"),
        (GRADINGS, "redraw", {}, "first"),
        (GRADINGS, "redraw", {"geometries": (Point(3, 3),)}, "HaEx cannot be a point"),
        (FAR, "redraw", {"geometries": (Point(3, 3), Point(4, 4))}, "is one point"),
        (SPLIT, "choose", {"value": 7}, "is not a Diabetic retinopathy grade"),
        (SPLIT, "choose", {}, "choose one of its values"),
        (SPLIT, "drop", {}, "choose one of its values"),
        (SPLIT, "keep", {"grader": "nobody"}, "keep what a grader gave"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(gradings, action, fields, sentence):
    with pytest.raises(RetinaError, match=sentence):
        decide(gradings, action, **fields)


def test_what_has_no_average_cannot_be_averaged():
    apart = {
        name: grading(Shape("OD", Polygon(((n, 5), (n + 20, 5), (n, 30))), name))
        for name, n in zip("abc", (0, 100, 200), strict=True)
    }
    with pytest.raises(RetinaError, match="has no average"):
        decide(apart, "average")
    item = outcome_of(apart).items[0]
    with pytest.raises(RetinaError, match="another item"):
        check_decision(item, Decision("grade:dr:0", "drop"))


def test_an_average_of_a_queued_lesion_is_that_of_those_who_drew_it():
    near = LONE.moved(2, 0)
    gradings = GRADINGS | {"b": lesions("b", SEEN, near), "d": lesions("d", SEEN), "e": lesions("e", SEEN)}
    item = vote(gradings, "fundus", SIZE, VoteRules(5)).items[0]
    assert item.average == (LONE.moved(1, 0),)
    outcome = vote(gradings, "fundus", SIZE, VoteRules(5), [Decision(item.key, "average")])
    assert outcome.shapes[-1].members == {"a": ("a1",), "b": ("b1",)}
