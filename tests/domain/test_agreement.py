"""Agreement of masks, of grades, and of the graders of one image."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retina_studio.domain.agreement import (
    dice,
    dice_of_areas,
    fleiss_kappa,
    iou,
    iou_of_areas,
    kappa,
    percent_agreement,
)
from retina_studio.domain.bootstrap import bootstrap_interval
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.image_agreement import LabelScore, image_agreement, image_agreement_from_dict
from retina_studio.domain.shapes import Ellipse, Point, Shape
from retina_studio.domain.voting.decisions import Decision
from retina_studio.domain.voting.planes import consensus_planes
from retina_studio.domain.voting.vote import vote

SIZE = (300, 300)


def test_dice_and_iou_of_empty_masks():
    empty, full = np.zeros((3, 3), bool), np.ones((3, 3), bool)
    assert dice(empty, empty) == iou(empty, empty) == 1
    assert dice(empty, full) == dice(full, empty) == iou(full, empty) == 0
    half = full.copy()
    half[:, 0] = False
    assert dice(full, half) == pytest.approx(2 * 6 / 15)
    assert iou(full, half) == pytest.approx(6 / 9)
    assert dice_of_areas(9, 6, 6) == dice(full, half)
    assert iou_of_areas(9, 6, 6) == iou(full, half)
    assert dice_of_areas(0, 0, 0) == iou_of_areas(0, 0, 0) == 1


def test_kappa_of_a_worked_example():
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed 0.7, by chance 0.5.
    first = [1] * 25 + [0] * 25
    second = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    assert kappa(first, second, 2) == pytest.approx(0.4)
    assert kappa(first, second, 2, quadratic=True) == pytest.approx(0.4)
    assert kappa([3, 3], [3, 3], 5) == 1.0
    assert kappa(np.array([0, 1]), np.array([1, 0]), 2) == -1
    with pytest.raises(ValueError, match="same length"):
        kappa([1], [1, 2], 3)
    with pytest.raises(ValueError, match="at least one"):
        kappa([], [], 3)


def test_quadratic_kappa_worked_by_hand():
    # Cells (0,0) (1,1) (2,2) (0,2), a quarter each. Weighted disagreement: 4/4 = 1. By chance: rows .5 .25 .25, columns
    # .25 .25 .5: 1 * (.125 + .0625 + .125 + .0625) + 4 * (.25 + .0625) = 1.625.
    first, second = [0, 1, 2, 0], [0, 1, 2, 2]
    assert kappa(first, second, 3, quadratic=True) == pytest.approx(1 - 1 / 1.625)
    # Plain: disagreement 1/4, by chance 1 - (.125 + .0625 + .125) = .6875.
    assert kappa(first, second, 3) == pytest.approx(1 - 0.25 / 0.6875)


# Fourteen raters, ten subjects, five categories: the usual worked example, kappa 0.210.
FOURTEEN = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]


def test_fleiss_kappa_of_the_published_example():
    assert fleiss_kappa(FOURTEEN) == pytest.approx(0.210, abs=5e-4)


def test_fleiss_kappa_at_its_ends():
    assert fleiss_kappa([[3, 0], [0, 3], [3, 0]]) == 1
    assert fleiss_kappa([[3, 0], [3, 0]]) == 1  # 0/0
    assert fleiss_kappa([[1, 1], [1, 1]]) == -1


@pytest.mark.parametrize("wrong", [[], [[]], [3, 4], [[3, 0], [2, 0]], [[1, 0]], [[-1, 4], [3, 0]]])
def test_fleiss_kappa_refuses_what_is_no_table(wrong):
    with pytest.raises(ValueError, match="the same number of graders"):
        fleiss_kappa(wrong)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=20))
def test_fleiss_kappa_of_two_graders_is_scotts_pi(pairs):
    table = np.array([np.bincount(pair, minlength=3) for pair in pairs])
    agreed = np.mean([a == b for a, b in pairs])
    chance = ((table.sum(axis=0) / table.sum()) ** 2).sum()
    wanted = (agreed - chance) / (1 - chance) if chance < 1 else 1
    assert fleiss_kappa(table) == pytest.approx(wanted)


def test_percent_agreement():
    assert percent_agreement([1, 2, 3, 4], [1, 2, 3, 0]) == 75
    assert percent_agreement(["good"], ["good"]) == 100
    with pytest.raises(ValueError, match="same length"):
        percent_agreement([], [])


def test_a_bootstrap_interval_of_the_mean_is_that_of_the_normal_distribution():
    values = np.random.default_rng(0).normal(5, 2, 400)
    low, high = bootstrap_interval(values, np.mean, seed=1, rounds=2000)
    half = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.03)
    assert bootstrap_interval(values, np.mean, seed=1, rounds=2000) == (low, high)
    assert bootstrap_interval(values, np.mean, seed=2, rounds=2000) != (low, high)
    narrow = bootstrap_interval(values, np.mean, seed=1, rounds=2000, level=0.5)
    assert low < narrow[0] < narrow[1] < high


def test_a_bootstrap_keeps_pairs_together():
    pairs = np.array([[0, 0], [1, 1], [2, 2], [2, 1]] * 10)

    def agreement(rows):
        return kappa(rows[:, 0], rows[:, 1], 3)

    low, high = bootstrap_interval(pairs, agreement, seed=3)
    assert low < agreement(pairs) < high < 1
    same = pairs[[0, 1, 2] * 5]
    assert bootstrap_interval(same, agreement, seed=3) == (1, 1)


def test_a_bootstrap_of_little_or_nothing():
    assert bootstrap_interval([4.0], np.mean, seed=0) == (4, 4)
    assert all(math.isnan(end) for end in bootstrap_interval([1.0], lambda rows: float("nan"), seed=0))
    for wrong in ({"rounds": 0}, {"level": 1.0}):
        with pytest.raises(ValueError, match="bootstrap"):
            bootstrap_interval([1.0], np.mean, seed=0, **wrong)
    with pytest.raises(ValueError, match="bootstrap"):
        bootstrap_interval([], np.mean, seed=0)


# --- One image ---------------------------------------------------------------------------------------------------

BIG, SMALL, LONE = Ellipse(60, 60, 20, 15), Ellipse(150, 60, 6, 6), Ellipse(200, 200, 8, 8)


def grading(owner, *geometries, fovea=None):
    shapes = [Shape("HaEx", g, f"{owner}{n}") for n, g in enumerate(geometries)]
    shapes += [Shape("fovea", fovea, f"{owner}f")] if fovea else []
    return Grading({shape.id: shape for shape in shapes}).with_grade("dr", 2)


GRADINGS = {
    "a": grading("a", BIG, SMALL, LONE, fovea=Point(100, 100)),
    "b": grading("b", BIG.moved(3, 0), SMALL, fovea=Point(104, 100)),
    "c": grading("c", BIG, fovea=Point(104, 103)),
}


def settled():
    item = vote(GRADINGS, "fundus", SIZE).items[0]
    return vote(GRADINGS, "fundus", SIZE, decisions=[Decision(item.key, "drop")])


def test_graders_are_measured_against_the_consensus_and_each_other():
    outcome = settled()
    found = image_agreement(GRADINGS, outcome, SIZE)
    plane = consensus_planes(outcome, *SIZE)["HaEx"] > 0
    masks = {name: g.mask("HaEx", *SIZE) for name, g in GRADINGS.items()}
    for name, counts in (("a", (2, 0, 1)), ("b", (2, 0, 0)), ("c", (1, 1, 0))):
        wanted = LabelScore(dice(masks[name], plane), iou(masks[name], plane), *counts)
        assert found.graders[name]["HaEx"] == wanted
    assert set(found.pairs) == {("a", "b"), ("a", "c"), ("b", "c")}
    for (one, other), scores in found.pairs.items():
        assert scores["HaEx"] == dice(masks[one], masks[other])
        assert scores["MA"] == 1  # both say none
    assert found.graders["a"]["MA"] == LabelScore(1, 1, 0, 0, 0)
    assert "OD" not in found.graders["a"]
    assert "fovea" not in found.graders["a"]
    assert found.points == {"a": {"fovea": 4}, "b": {"fovea": 0}, "c": {"fovea": 3}}


def test_what_is_not_settled_is_measured_between_graders_only():
    found = image_agreement(GRADINGS, vote(GRADINGS, "fundus", SIZE), SIZE)
    assert "HaEx" not in found.graders["a"]
    assert found.pairs["a", "b"]["HaEx"] > 0.8


def test_a_silent_grader_has_no_score():
    gradings = GRADINGS | {"c": Grading()}
    found = image_agreement(gradings, vote(gradings, "fundus", SIZE), SIZE)
    assert found.graders["c"] == {}
    assert found.pairs["a", "c"] == {}


def test_an_images_agreement_survives_json():
    found = image_agreement(GRADINGS, settled(), SIZE)
    assert image_agreement_from_dict(json.loads(json.dumps(found.to_dict()))) == found
    with pytest.raises(RetinaError, match="written wrongly"):
        image_agreement_from_dict({"graders": {}})


shapes = st.builds(Ellipse, *[st.floats(0, 80)] * 2, *[st.floats(2, 30)] * 2, st.floats(0, 180))


@given(st.lists(st.lists(shapes, max_size=4), min_size=2, max_size=4))
def test_counting_in_windows_is_counting_in_planes(places):
    gradings = {name: grading(name, *given_) for name, given_ in zip("abcd", places, strict=False)}
    found = image_agreement(gradings, vote(gradings, "fundus", (90, 90)), (90, 90))
    for (one, other), scores in found.pairs.items():
        masks = [gradings[name].mask("HaEx", 90, 90) for name in (one, other)]
        assert scores["HaEx"] == pytest.approx(dice(*masks))
