import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retina_studio.domain import vote as voting
from retina_studio.domain.agreement import dice, kappa
from retina_studio.domain.grading import Grading
from retina_studio.domain.measures import vertical_cup_disc_ratio
from retina_studio.domain.shapes import Ellipse, Point, new_shape
from retina_studio.domain.vote import VoteRules, consensus_mask


def vote(gradings, rules=voting.THREE_GRADERS):
    """The vote on a fundus photograph of 400 x 400 pixels."""
    return voting.vote(gradings, "fundus", (400, 400), rules)


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


def test_two_of_three_settle_a_grade():
    outcome = vote({"a": graded(dr=2), "b": graded(dr=2), "c": graded(dr=4)})
    assert outcome.state == "settled"
    assert outcome.grades == {"dr": 2}
    assert outcome.votes["dr"] == {"a": 2, "b": 2, "c": 4}


def test_three_ways_go_to_the_adjudicator():
    outcome = vote({"a": graded(dr=0), "b": graded(dr=2), "c": graded(dr=4)})
    assert outcome.state == "adjudication"
    assert "no majority" in outcome.reasons[0]
    assert "dr" not in outcome.grades


def test_one_silent_grader_does_not_stop_two_who_agree_but_two_silent_do():
    assert vote({"a": graded(dr=1), "b": graded(dr=1), "c": Grading()}).grades == {"dr": 1}
    assert vote({"a": graded(dr=1), "b": Grading(), "c": Grading()}).state == "adjudication"


def test_fewer_than_three_wait():
    assert vote({"a": graded(dr=1), "b": graded(dr=1)}).state == "waiting"
    assert vote({"a": graded(dr=1)}, VoteRules(1)).state == "settled"


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=3), min_size=3, max_size=3)
)
def test_the_mask_holds_the_pixels_of_at_least_two(circles):
    gradings = {
        str(n): drawn("iHE", *(Ellipse(x, y, 5, 4) for x, y in places)) for n, places in enumerate(circles)
    }
    counts = sum(grading.mask("iHE", 20, 20).astype(int) for grading in gradings.values())
    assert np.array_equal(consensus_mask(gradings, "iHE", 20, 20, 2), counts >= 2)


def test_overlapping_shapes_of_one_grader_count_once():
    twice = drawn("iHE", Ellipse(10, 10, 5, 5), Ellipse(10, 10, 5, 5))
    assert not consensus_mask({"a": twice, "b": Grading(), "c": Grading()}, "iHE", 20, 20, 2).any()


def test_a_lesion_one_grader_sees_is_none_by_majority():
    gradings = {
        "a": drawn("MA", Ellipse(5, 5, 2, 2)).with_grade("dr", 1),
        "b": graded(dr=1),
        "c": graded(dr=1),
    }
    outcome = vote(gradings)
    assert outcome.state == "settled"
    assert outcome.labels["MA"] == "none"
    assert outcome.drawn_by["MA"] == ("a",)


@pytest.mark.parametrize("label", ["OD", "MA", "PPA"])
def test_what_all_drew_but_nowhere_the_same_goes_to_the_adjudicator(label):
    gradings = {str(n): drawn(label, Ellipse(100 * n + 50, 50, 20, 20)) for n in range(3)}
    outcome = vote(gradings)
    assert outcome.state == "adjudication"
    assert "drawn by 3, but nowhere the same" in outcome.reasons[0]
    assert outcome.labels == {}


def test_boxes_that_overlap_are_not_outlines_that_overlap():
    corners = ((10, 10), (18, 18), (50, 50))
    gradings = {str(n): drawn("OD", Ellipse(x, y, 5, 5)) for n, (x, y) in enumerate(corners)}
    assert vote(gradings).state == "adjudication"


def test_points_far_apart_go_to_the_adjudicator():
    spots = (Point(5, 5), Point(350, 5), Point(5, 390))
    outcome = vote({str(n): drawn("fovea", spot) for n, spot in enumerate(spots)})
    assert outcome.state == "adjudication"
    assert outcome.reasons == ("Fovea: the points lie too far apart",)


def test_points_settle_at_their_median_and_an_outline_counts_as_its_centre():
    gradings = {
        "a": drawn("fovea", Point(10, 10)),
        "b": drawn("fovea", Point(12, 30)),
        "c": drawn("fovea", Point(50, 11)),
    }
    outcome = vote(gradings)
    assert outcome.labels["fovea"] == "point"
    assert outcome.points["fovea"] == (12, 11)
    mixed = {
        "a": drawn("OD", Point(10, 10)),
        "b": drawn("OD", Point(12, 12)),
        "c": drawn("OD", Ellipse(30, 14, 5, 5)),
    }
    assert vote(mixed).points["OD"] == (12, 12)
    assert vote(mixed).labels["OD"] == "point"


def test_split_opinion_with_a_silent_grader_is_left_to_the_adjudicator():
    gradings = {"a": drawn("PPA", Ellipse(5, 5, 2, 2)), "b": graded(ppa=False), "c": Grading()}
    outcome = vote(gradings)
    assert outcome.state == "adjudication"
    assert "PPA" not in outcome.labels


def test_dice_of_empty_masks():
    empty, full = np.zeros((3, 3), bool), np.ones((3, 3), bool)
    assert dice(empty, empty) == 1
    assert dice(empty, full) == dice(full, empty) == 0
    half = full.copy()
    half[:, 0] = False
    assert dice(full, half) == pytest.approx(2 * 6 / 15)


def test_kappa_of_a_worked_example():
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed 0.7, by chance 0.5.
    first = [1] * 25 + [0] * 25
    second = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    assert kappa(first, second, 2) == pytest.approx(0.4)
    assert kappa(first, second, 2, quadratic=True) == pytest.approx(0.4)
    assert kappa([3, 3], [3, 3], 5) == 1.0
    assert kappa([0, 1, 2, 3, 4], [0, 1, 2, 3, 3], 5, quadratic=True) > kappa(
        [0, 1, 2, 3, 4], [0, 1, 2, 3, 0], 5, quadratic=True
    )
    with pytest.raises(ValueError, match="same length"):
        kappa([1], [1, 2], 3)


def test_vertical_cup_disc_ratio():
    disc, cup = np.zeros((20, 20), bool), np.zeros((20, 20), bool)
    disc[5:15, 5:15] = True
    cup[8:12, 2:18] = True
    assert vertical_cup_disc_ratio(disc, cup) == pytest.approx(0.4)
    assert vertical_cup_disc_ratio(np.zeros((4, 4), bool), cup) is None
