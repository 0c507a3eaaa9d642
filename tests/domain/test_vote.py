"""The vote on one image: grades, anatomy, points, and the outcome as a whole."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retina_studio.domain.geometry import rasterise, vectorise
from retina_studio.domain.grading import Grading
from retina_studio.domain.measures import vertical_cup_disc_ratio
from retina_studio.domain.shapes import Ellipse, Point, Shape, new_shape
from retina_studio.domain.voting import vote as voting
from retina_studio.domain.voting.heat import disagreement
from retina_studio.domain.voting.outcome import Outcome, outcome_from_dict
from retina_studio.domain.voting.planes import consensus_planes
from retina_studio.domain.voting.rules import THREE_GRADERS, VoteRules

SIZE = (400, 400)


def vote(gradings, rules=THREE_GRADERS, decisions=(), modality="fundus"):
    return voting.vote(gradings, modality, SIZE, rules, decisions)


def drawn(label, *geometries):
    grading = Grading()
    for geometry in geometries:
        grading = grading.with_shape(new_shape(label, geometry))
    return grading


def graded(**grades):
    grading = Grading()
    for scale, value in grades.items():
        grading = grading.with_grade(scale, value)
    return grading


def together(*gradings):
    shapes = {key: shape for grading in gradings for key, shape in grading.shapes.items()}
    return replace(gradings[0], shapes=shapes)


def test_two_of_three_settle_a_grade():
    outcome = vote({"a": graded(dr=2), "b": graded(dr=2), "c": graded(dr=4)})
    assert outcome.state == "settled"
    assert outcome.grades == {"dr": 2}
    assert outcome.votes["dr"] == {"a": 2, "b": 2, "c": 4}


def test_three_ways_go_to_the_adjudicator_without_telling_who_said_what():
    outcome = vote({"a": graded(dr=4), "b": graded(dr=0), "c": graded(dr=2)})
    assert outcome.state == "adjudication"
    assert outcome.reasons == (
        "Diabetic retinopathy: no majority (DR0 none, DR2 moderate, DR4 proliferative)",
    )
    (item,) = outcome.items
    assert (item.kind, item.code, item.answers) == ("grade", "dr", {"a": 4, "b": 0, "c": 2})
    assert "dr" not in outcome.grades


def test_half_against_half_is_a_tie_even_where_a_half_is_enough():
    tied = {"a": graded(dr=1), "b": graded(dr=1), "c": graded(dr=2), "d": graded(dr=2)}
    for agreeing in (0, 2):
        outcome = vote(tied, VoteRules(4, agreeing))
        assert outcome.state == "adjudication"
        assert outcome.grades == {}
    assert vote(tied | {"d": graded(dr=3)}, VoteRules(4, 2)).grades == {"dr": 1}


def test_one_silent_grader_does_not_stop_two_who_agree_but_two_silent_do():
    assert vote({"a": graded(dr=1), "b": graded(dr=1), "c": Grading()}).grades == {"dr": 1}
    outcome = vote({"a": graded(dr=1), "b": Grading(), "c": Grading()})
    assert outcome.state == "adjudication"
    # The lesions that the grade answers for are no disputes of their own: they wait for it.
    assert [item.code for item in outcome.items] == ["dr"]
    assert outcome.labels == {}


def test_fewer_than_three_wait():
    assert vote({"a": graded(dr=1), "b": graded(dr=1)}).state == "waiting"
    assert vote({"a": graded(dr=1)}, VoteRules(1)).state == "settled"


def test_an_image_that_a_majority_calls_ungradable_is_asked_nothing_else():
    minority = drawn("MA", Ellipse(9, 9, 3, 3)).with_grade("gradability", "good").with_grade("dr", 1)
    bad = graded(gradability="ungradable")
    outcome = vote({"a": bad, "b": minority, "c": bad})
    assert outcome.state == "settled"
    assert outcome.grades == {"gradability": "ungradable"}
    assert outcome.votes["dr"] == {"b": 1}
    assert (outcome.labels, outcome.shapes, outcome.items) == ({}, (), ())


def test_one_who_calls_it_ungradable_is_a_silent_grader():
    good = graded(gradability="good", dr=1)
    outcome = vote({"a": good, "b": graded(gradability="ungradable"), "c": good})
    assert outcome.state == "settled"
    assert outcome.grades == {"gradability": "good", "dr": 1}


def mask_of(outcome, label):
    return consensus_planes(outcome, *SIZE)[label] == 255


ellipses = st.builds(Ellipse, *[st.floats(5, 60)] * 2, *[st.floats(3, 30)] * 2, st.floats(0, 180))


@given(st.lists(st.lists(ellipses, min_size=1, max_size=2), min_size=3, max_size=5), st.integers(0, 3))
def test_anatomy_holds_exactly_the_pixels_that_enough_graders_marked(places, agreeing):
    gradings = {str(n): drawn("PPA", *given) for n, given in enumerate(places)}
    rules = VoteRules(len(gradings), agreeing)
    counts = sum(grading.mask("PPA", *SIZE).astype(int) for grading in gradings.values())
    wanted = counts >= rules.needed(len(gradings))
    outcome = vote(gradings, rules)
    if wanted.any():
        assert outcome.labels["PPA"] == "mask"
        assert np.array_equal(mask_of(outcome, "PPA"), wanted)
        assert all(set(entry.members) == set(gradings) for entry in outcome.shapes)
    else:
        assert outcome.items[0].reason == f"drawn by {len(gradings)}, but nowhere the same"


def test_anatomy_beyond_the_frame_is_cut_at_it():
    gradings = {name: drawn("OD", Ellipse(398, 5, 30, 20)) for name in "abc"}
    assert np.array_equal(mask_of(vote(gradings), "OD"), gradings["a"].mask("OD", *SIZE))
    outside = {name: drawn("OD", Ellipse(600, 600, 30, 20)) for name in "abc"}
    assert vote(outside).items[0].reason == "drawn by 3, but nowhere the same"


def test_overlapping_shapes_of_one_grader_count_once():
    twice = drawn("PPA", Ellipse(50, 50, 5, 5), Ellipse(50, 50, 5, 4))
    outcome = vote({"a": twice, "b": Grading(), "c": Grading()})
    assert outcome.reasons == ("Peripapillary atrophy: drawn by 1 of 3, none said by 0",)


def test_staple_follows_the_graders_who_agree():
    disc = Ellipse(200, 200, 40, 50)
    gradings = {
        "a": drawn("OD", disc),
        "b": drawn("OD", disc.moved(2, 0)),
        "c": drawn("OD", disc.moved(30, 25)),
    }
    outcome = vote(gradings, VoteRules(anatomy="staple"))
    found = mask_of(outcome, "OD")
    assert {entry.rule for entry in outcome.shapes} == {"staple"}
    near, far = (gradings[name].mask("OD", *SIZE) for name in "ac")
    assert (found & near).sum() / (found | near).sum() > 0.9 > (found & far).sum() / (found | far).sum()


def test_two_drawings_are_too_few_for_staple():
    disc = Ellipse(200, 200, 40, 50)
    gradings = {"a": drawn("OD", disc), "b": drawn("OD", disc.moved(9, 0)), "c": Grading()}
    outcome = vote(gradings, VoteRules(anatomy="staple"))
    assert {entry.rule for entry in outcome.shapes} == {"majority"}
    assert np.array_equal(
        mask_of(outcome, "OD"), gradings["a"].mask("OD", *SIZE) & gradings["b"].mask("OD", *SIZE)
    )


@pytest.mark.parametrize("label", ["OD", "PPA"])
def test_what_all_drew_but_nowhere_the_same_goes_to_the_adjudicator(label):
    gradings = {str(n): drawn(label, Ellipse(100 * n + 50, 50, 20, 20)) for n in range(3)}
    outcome = vote(gradings)
    assert outcome.state == "adjudication"
    assert "drawn by 3, but nowhere the same" in outcome.reasons[0]
    assert outcome.labels == {}
    assert outcome.items[0].average == ()


def test_boxes_that_overlap_are_not_outlines_that_overlap():
    corners = ((10, 10), (18, 18), (50, 50))
    gradings = {str(n): drawn("OD", Ellipse(x, y, 5, 5)) for n, (x, y) in enumerate(corners)}
    assert vote(gradings).state == "adjudication"


def test_split_opinion_with_a_silent_grader_is_left_to_the_adjudicator():
    gradings = {
        "a": drawn("PPA", Ellipse(50, 50, 9, 9)),
        "b": Grading().with_absent("PPA", True),
        "c": Grading(),
    }
    outcome = vote(gradings)
    assert outcome.state == "adjudication"
    assert "PPA" not in outcome.labels
    (item,) = outcome.items
    assert (item.kind, item.answers) == ("label", {"a": "drawn", "b": "none", "c": "silent"})
    assert rasterise(item.average[0], *SIZE).sum() == rasterise(Ellipse(50, 50, 9, 9), *SIZE).sum()


def test_two_who_say_none_settle_it_against_one_who_drew():
    none = graded(ppa=False)
    assert vote({"a": drawn("PPA", Ellipse(5, 5, 2, 2)), "b": none, "c": none}).labels["PPA"] == "none"


def test_two_of_four_who_drew_it_settle_where_two_are_enough():
    disc, none = drawn("OD", Ellipse(50, 50, 20, 20)), Grading().with_absent("OD", True)
    gradings = {"a": disc, "b": disc, "c": none, "d": none}
    assert np.array_equal(mask_of(vote(gradings, VoteRules(4, 2)), "OD"), disc.mask("OD", *SIZE))
    assert vote(gradings, VoteRules(4)).state == "adjudication"


def test_points_far_apart_go_to_the_adjudicator():
    spots = (Point(5, 5), Point(350, 5), Point(5, 390))
    outcome = vote({str(n): drawn("fovea", spot) for n, spot in enumerate(spots)})
    assert outcome.state == "adjudication"
    assert outcome.reasons == ("Fovea: the points lie too far apart",)
    assert outcome.items[0].kind == "point"
    assert outcome.items[0].average == (Point(5, 5),)


def test_points_settle_at_the_median_of_those_that_lie_near():
    gradings = {"a": drawn("fovea", Point(10, 10)), "b": drawn("fovea", Point(12, 30))}
    near = vote(gradings | {"c": drawn("fovea", Point(30, 11))})
    assert near.labels["fovea"] == "point"
    assert near.points["fovea"] == (12, 11)
    assert near.point_rules["fovea"] == "median of 3/3"
    far = vote(gradings | {"c": drawn("fovea", Point(300, 11))})
    assert far.points["fovea"] == (11, 20)
    assert far.point_rules["fovea"] == "median of 2/3, without c"


def test_a_disc_that_was_mostly_clicked_is_a_point_and_an_outline_counts_as_its_centre():
    outcome = vote(
        {
            "a": drawn("OD", Point(10, 10)),
            "b": drawn("OD", Point(12, 12)),
            "c": drawn("OD", Ellipse(30, 14, 5, 5)),
        }
    )
    assert outcome.labels["OD"] == "point"
    assert outcome.points["OD"] == (12, 12)
    assert outcome.shapes == ()


def test_an_oct_scan_has_its_own_labels():
    fluid = drawn("fluid", Ellipse(50, 50, 20, 9)).with_grade("oct", "dme")
    outcome = vote({"a": fluid, "b": fluid, "c": graded(oct="dme")}, modality="oct")
    assert outcome.labels == {"drusen": "none", "CNV": "none", "fluid": "mask"}


# --- The outcome -------------------------------------------------------------------------------------------------


def three_gradings():
    lesions = [Ellipse(100, 100, 6, 5, 20), Ellipse(200, 90, 9, 4, 70), Ellipse(60, 300, 15, 12)]
    gradings = {}
    for n, name in enumerate("abc"):
        moved = [ellipse.moved(n, -n / 2) for ellipse in lesions[: 3 - n // 2]]
        anatomy = together(drawn("OD", Ellipse(300 + n, 200, 30, 33)), drawn("fovea", Point(150 + n, 210)))
        whole = together(anatomy, drawn("HaEx", *moved), drawn("MA", Ellipse(40 + 60 * n, 20, 3, 3)))
        gradings[name] = whole.with_grade("dr", 2).with_grade("gradability", "good")
    return gradings


def test_the_order_of_the_graders_does_not_matter():
    gradings = three_gradings()
    wanted = vote(gradings)
    for order in ("acb", "bac", "bca", "cab", "cba"):
        assert vote({name: gradings[name] for name in order}) == wanted


def test_three_alike_are_the_consensus():
    grading = three_gradings()["a"]
    shapes = {
        name: {
            f"{name}{n}": replace(shape, id=f"{name}{n}") for n, shape in enumerate(grading.shapes.values())
        }
        for name in "abc"
    }
    outcome = vote({name: replace(grading, shapes=shapes[name]) for name in "abc"})
    assert outcome.state == "settled"
    lesions = [entry for entry in outcome.shapes if entry.shape.label in ("HaEx", "MA")]
    assert {entry.shape.geometry for entry in lesions} == {
        shape.geometry for shape in grading.shapes.values() if shape.label in ("HaEx", "MA")
    }
    assert {entry.rule for entry in lesions} == {"3/3"}
    assert np.array_equal(mask_of(outcome, "OD"), grading.mask("OD", *SIZE))
    assert outcome.points["fovea"] == (150, 210)


def test_an_outcome_survives_json():
    gradings = three_gradings()
    outcome = vote(
        gradings | {"b": gradings["b"].with_grade("dr", 1), "c": gradings["c"].with_grade("dr", 3)}
    )
    assert {item.kind for item in outcome.items} == {"grade", "lesion"}
    assert outcome_from_dict(json.loads(json.dumps(outcome.to_dict()))) == outcome


def test_ids_and_keys_are_the_same_every_time_and_unique():
    first, second = vote(three_gradings()), vote(three_gradings())
    assert [item.title for item in first.items] == [item.title for item in second.items]
    gradings = three_gradings()
    once, again = vote(gradings), vote(dict(reversed(gradings.items())))
    ids = [entry.shape.id for entry in once.shapes]
    assert ids == [entry.shape.id for entry in again.shapes]
    assert len(set(ids)) == len(ids)
    assert all(id_.startswith("consensus-") for id_ in ids)
    keys = [item.key for item in once.items]
    assert keys == [item.key for item in again.items]
    assert len(set(keys)) == len(keys) == 3


@pytest.mark.parametrize(
    "share", [pytest.param(12, id="some"), pytest.param(1, id="all", marks=pytest.mark.slow)]
)
def test_drishtis_four_graders_give_the_sets_own_masks(real_data, share):
    files = sorted((real_data / "drishti" / "od_graders").glob("*.png"))[: None if share == 1 else share]
    assert len(files) >= 12
    for path in files:
        counts = {
            label: cv2.imread(str(path.parents[1] / folder / path.name), cv2.IMREAD_UNCHANGED)
            for label, folder in (("OD", "od_graders"), ("OC", "oc_graders"))
        }
        gradings = {
            str(k): together(*(drawn(c, *vectorise(m >= k)) for c, m in counts.items())) for k in range(1, 5)
        }
        size = counts["OD"].shape
        for agreeing in (2, 3):
            outcome = voting.vote(gradings, "fundus", size, VoteRules(4, agreeing))
            planes = consensus_planes(outcome, *size)
            for label, count in counts.items():
                assert np.array_equal(planes[label], 255 * (count >= agreeing)), (path.name, label, agreeing)


# --- Planes and heat ---------------------------------------------------------------------------------------------


def test_planes_say_none_not_settled_and_not_compliant():
    cup, spot = drawn("OC", Ellipse(100, 100, 20, 20)), Ellipse(300, 300, 10, 10)
    # All three drew a sign of DR4, and called it DR1.
    gradings = {name: together(cup, drawn("NV", spot)).with_grade("dr", 1) for name in "abc"}
    gradings["a"] = together(gradings["a"], drawn("MA", Ellipse(20, 20, 3, 3))).with_grade("dr", 1)
    planes = consensus_planes(vote(gradings), *SIZE)
    assert "MA" not in planes  # one lesion is disputed
    assert "OD" not in planes  # nobody answered
    assert not planes["HaEx"].any()  # none
    assert np.unique(planes["OC"]).tolist() == [0, 255]
    assert np.array_equal(planes["NV"], 127 * rasterise(spot, *SIZE).astype(np.uint8))


def test_a_compliant_shape_lies_over_one_that_is_not():
    outcome = vote({name: drawn("PPA", Ellipse(50, 50, 20, 20)) for name in "abc"})
    (entry,) = outcome.shapes
    under = replace(entry, shape=Shape("PPA", Ellipse(60, 50, 20, 20), "x"), compliant=False)
    plane = consensus_planes(replace(outcome, shapes=(entry, under)), *SIZE)["PPA"]
    assert (plane[50, 50], plane[50, 75], plane[0, 0]) == (255, 127, 0)


def test_heat_is_hottest_where_graders_are_split():
    one, other = drawn("PPA", Ellipse(100, 100, 30, 30)), drawn("PPA", Ellipse(130, 100, 30, 30))
    heat = disagreement({"a": one, "b": other}, 400, 200)
    assert heat.shape == (400, 200)
    assert heat.dtype == np.float32
    assert (heat[100, 115], heat[100, 80], heat[100, 150], heat[300, 100]) == (0, 1, 1, 0)
    three = disagreement({"a": one, "b": one, "c": other}, 400, 200)
    assert three[100, 80] == pytest.approx(8 / 9)
    assert not disagreement({"a": one, "b": other}, 400, 200, labels=["OD"]).any()


def test_heat_covers_the_image_and_shows_what_is_smaller_than_its_pixels():
    small = drawn("MA", Ellipse(3500.0, 500.0, 2, 2)).with_grade("dr", 1)
    heat = disagreement({"a": small, "b": graded(dr=1), "c": Grading()}, 3000, 4000, side=512)
    assert heat.shape == (384, 512)
    row, column = np.argwhere(heat == 1).mean(axis=0)
    assert abs(row + 0.5 - 500 * 0.128) < 1
    assert abs(column + 0.5 - 3500 * 0.128) < 1
    fovea = {"a": drawn("fovea", Point(1000, 1000)), "b": drawn("fovea", Point(2000, 1000))}
    assert disagreement(fovea, 3000, 4000)[128, 128] == 1


def test_heat_is_cold_where_nobody_can_disagree():
    assert not disagreement({"a": drawn("MA", Ellipse(9, 9, 3, 3)), "b": Grading()}, 50, 50).any()
    assert disagreement({}, 7, 9).shape == (7, 9)


def test_an_empty_outcome_has_no_planes():
    assert consensus_planes(Outcome("waiting"), 5, 5) == {}


def test_vertical_cup_disc_ratio():
    disc, cup = np.zeros((20, 20), bool), np.zeros((20, 20), bool)
    disc[5:15, 5:15] = True
    cup[8:12, 2:18] = True
    assert vertical_cup_disc_ratio(disc, cup) == pytest.approx(0.4)
    assert vertical_cup_disc_ratio(np.zeros((4, 4), bool), cup) is None
