import numpy as np
import pytest
from scipy.stats import ttest_rel, wilcoxon

from training.experiments.figures import FIGURES
from training.experiments.statistics import Figure, over_seeds, paired

DICE = FIGURES["disc"]["dice"]


def rows(values, name="dice"):
    return [{"name": f"image{n}", name: value} for n, value in enumerate(values)]


def test_mean_and_deviation_over_seeds_are_the_population_s():
    assert over_seeds(DICE, [rows([0.2, 0.4]), rows([0.6, 0.8])]) == (pytest.approx(0.5), pytest.approx(0.2))
    assert over_seeds(DICE, [rows([None, 0.4])]) == (pytest.approx(0.4), 0.0)
    assert over_seeds(DICE, [rows([None, None])]) is None


def test_the_tests_are_over_images_each_the_mean_of_its_seeds():
    ours = [rows([0.7, 0.8, 0.5, 0.9]), rows([0.9, 0.6, 0.7, 0.9])]
    theirs = [rows([0.6, 0.6, 0.6, 0.5]), rows([0.6, 0.8, 0.6, 0.5])]
    a, b = [0.8, 0.7, 0.6, 0.9], [0.6, 0.7, 0.6, 0.5]
    found = paired(DICE, ours, theirs)
    assert found.images == 4
    assert found.difference == pytest.approx(0.15)
    assert found.t_test == pytest.approx(ttest_rel(a, b).pvalue)
    assert found.wilcoxon == pytest.approx(wilcoxon(a, b).pvalue)
    low, high = found.interval
    assert 0 <= low < 0.15 < high <= 0.4


def test_only_images_that_both_arms_answered_are_paired():
    found = paired(DICE, [rows([0.5, 0.7, None, 0.9])], [rows([0.4, None, 0.3, 0.4])])
    assert found.images == 2
    assert found.difference == pytest.approx(0.3)
    assert paired(DICE, [rows([0.5, None])], [rows([None, 0.4])]) is None
    assert paired(DICE, [], []) is None
    alone = paired(DICE, [rows([0.5])], [rows([0.4])])
    assert (alone.interval, alone.t_test) == (None, None)


def test_the_same_answers_have_no_p_value_and_no_width():
    same = paired(DICE, [rows([0.5, 0.7, 0.9])], [rows([0.5, 0.7, 0.9])])
    assert (same.difference, same.interval, same.t_test, same.wilcoxon) == (0, (0, 0), None, None)


def test_the_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(200):
        differences = rng.normal(0.1, 0.2, 30)
        found = paired(DICE, [rows(0.5 + differences)], [rows(np.full(30, 0.5))])
        covered += found.interval[0] <= 0.1 <= found.interval[1]
    assert 180 <= covered <= 199  # 95 %, the percentile bootstrap of 30 a little less


def test_pooled_f1_leaves_out_what_the_truth_never_shows():
    figure = FIGURES["lesion"]["pixel_f1"]
    image = {"MA": [8, 2, 2], "HaEx": [0, 5, 0]}
    other = {"MA": [2, 0, 6], "HaEx": [0, 1, 0], "CWS": [0, 0, 4]}
    run = [{"name": "a", "pixels": image}, {"name": "b", "pixels": other}, {"name": "c", "pixels": {}}]
    # MA: 20 / (20 + 2 + 8); CWS: 0; exudates were found, but are nowhere
    assert over_seeds(figure, [run])[0] == pytest.approx((20 / 30 + 0) / 2)
    assert over_seeds(FIGURES["lesion"]["pixel_f1_MA"], [run])[0] == pytest.approx(20 / 30)


def test_image_f1_counts_each_image_once():
    run = [
        {"name": "a", "presence": {"MA": [True, True]}},
        {"name": "b", "presence": {"MA": [True, False]}},
        {"name": "c", "presence": {"MA": [False, True]}},
        {"name": "d", "presence": {"MA": [False, False]}},
    ]
    assert over_seeds(FIGURES["lesion"]["image_f1_MA"], [run])[0] == pytest.approx(0.5)


def test_auc_counts_ties_half_and_needs_both_sides():
    figure = FIGURES["glaucoma"]["auc"]
    scores, truths = [0.1, 0.4, 0.4, 0.8], [False, False, True, True]
    run = [
        {"name": str(n), "glaucoma": s, "glaucoma_true": t}
        for n, (s, t) in enumerate(zip(scores, truths, strict=True))
    ]
    assert over_seeds(figure, [run])[0] == pytest.approx(3.5 / 4)
    assert over_seeds(figure, [run[:2]]) is None
    found = paired(figure, [run], [[{**row, "glaucoma": 0.5} for row in run]])
    assert found.difference == pytest.approx(0.375)
    assert found.t_test is None


def test_kappa_weighs_grades_by_the_square_of_their_distance():
    figure = FIGURES["lesion"]["kappa"]

    def run(found, truth):
        one = [np.eye(5)[f].tolist() for f in found]
        return [
            {"name": str(n), "dr": t, "dr_probabilities": p}
            for n, (p, t) in enumerate(zip(one, truth, strict=True))
        ]

    truth = [0, 0, 2, 2]
    assert over_seeds(figure, [run(truth, truth)])[0] == pytest.approx(1)
    # observed disagreement 1/4 of 4; chance: found 3 x 0, 1 x 2 against 2 x 0, 2 x 2: half of 4
    assert over_seeds(figure, [run([0, 0, 0, 2], truth)])[0] == pytest.approx(0.5)


def test_figures_of_ppa_part_the_images_with_from_those_without():
    run = [
        {"name": "a", "present": True, "found": True, "dice_ppa": 0.8},
        {"name": "b", "present": False, "found": True, "dice_ppa": 0.0},
        {"name": "c", "present": False, "found": False, "dice_ppa": 1.0},
        {"name": "d", "present": False, "found": False, "dice_ppa": None},
    ]
    of = {
        name: over_seeds(FIGURES["ppa"][name], [run])[0]
        for name in FIGURES["ppa"]
        if name.startswith(("dice_p", "dice_n", "mask"))
    }
    assert of["dice_ppa"] == pytest.approx(0.6)
    assert of["dice_ppa_excluded"] == pytest.approx(0.8)
    assert of["dice_no_ppa"] == pytest.approx(0.5)
    assert of["mask_specificity"] == pytest.approx(2 / 3)
    assert of["mask_accuracy"] == pytest.approx(3 / 4)


def test_a_lower_figure_that_is_better_says_so():
    assert FIGURES["glaucoma"]["fovea_px"].higher is False
    assert Figure("x", lambda row: None).higher is True
