import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from training.metrics.ppa import detection_figures, outline_figures
from training.metrics.roc import auc, auc_interval

# The paper's tables 1 to 3: DICE_ppa and deviation, excluded and deviation, accuracy, sensitivity, specificity.
ROWS = {
    "UNet": (0.7115, 0.3363, 0.8456, 0.1319, 0.8372, 1.0, 0.1250),
    "Att-UNet": (0.6988, 0.3123, 0.8157, 0.1075, 0.8488, 1.0, 0.1875),
    "HBA-UNet, and none of three": (0.7763, 0.2969, 0.8394, 0.1724, 0.9070, 1.0, 0.5000),
    "TransUNet": (0.8002, 0.3104, 0.8974, 0.1186, 0.8721, 0.9857, 0.3750),
    "Swin-UNet": (0.7236, 0.3319, 0.8604, 0.0986, 0.8372, 1.0, 0.1250),
    "TransFuse": (0.6572, 0.3085, 0.7646, 0.1420, 0.8488, 1.0, 0.1875),
    "Ours, and all three": (0.8854, 0.1860, 0.9020, 0.0786, 0.9651, 1.0, 0.8125),
    "OD": (0.7853, 0.3186, 0.8934, 0.1133, 0.8721, 1.0, 0.3125),
    "OD, MTL": (0.8406, 0.2517, 0.8899, 0.1058, 0.9302, 1.0, 0.6250),
    "MTL, joint-Dice": (0.8556, 0.2423, 0.8940, 0.1229, 0.9302, 0.9857, 0.6875),
    "R50 UNet, corrected": (0.7594, 0.3056, 0.8473, 0.1401, 0.8837, 1.0, 0.3750),
}
WITH, WITHOUT = 70, 16


def _scores(excluded, deviation, specificity):
    """86 scores of such a mean and deviation: 70 with PPA; of 16 without, that share is found empty."""
    empty = round(specificity * WITHOUT)
    scores = [excluded + deviation, excluded - deviation] * (WITH // 2)
    return scores + [1.0] * empty + [0.0] * (WITHOUT - empty), [True] * WITH + [False] * WITHOUT


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_every_row_of_the_papers_tables_follows_from_its_excluded_dice_and_specificity(row):
    whole, whole_sd, excluded, excluded_sd, *_, specificity = row
    figures = outline_figures(*_scores(excluded, excluded_sd, specificity))
    assert figures["dice_ppa_excluded"] == pytest.approx(excluded)
    assert figures["dice_ppa_excluded_sd"] == pytest.approx(excluded_sd)
    assert figures["dice_ppa"] == pytest.approx((WITH * excluded + WITHOUT * specificity) / 86)
    assert figures["dice_ppa"] == pytest.approx(whole, abs=1.01e-4)
    assert figures["dice_ppa_sd"] == pytest.approx(whole_sd, abs=1.01e-4)


def test_the_printed_mean_of_r50_unet_has_two_digits_transposed():
    figures = outline_figures(*_scores(0.8473, 0.1401, 0.375))
    assert figures["dice_ppa"] == pytest.approx(0.7594, abs=1e-4)
    assert abs(figures["dice_ppa"] - 0.7959) > 0.03
    assert figures["dice_ppa_sd"] == pytest.approx(0.3056, abs=1e-4)  # the printed deviation is right


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_accuracy_follows_from_sensitivity_and_specificity(row):
    *_, accuracy, sensitivity, specificity = row
    hits, rejections = round(sensitivity * WITH), round(specificity * WITHOUT)
    found = [n < hits for n in range(WITH)] + [n >= rejections for n in range(WITHOUT)]
    figures = detection_figures(found, [True] * WITH + [False] * WITHOUT)
    for name, printed in (
        ("accuracy", accuracy),
        ("sensitivity", sensitivity),
        ("specificity", specificity),
    ):
        assert figures[name] == pytest.approx(printed, abs=5.1e-5)


def test_figures_of_nothing_are_none():
    assert set(outline_figures([], []).values()) == {None}
    assert outline_figures([1.0], [False]) == {
        "dice_ppa": 1.0,
        "dice_ppa_sd": 0.0,
        "dice_ppa_excluded": None,
        "dice_ppa_excluded_sd": None,
    }
    assert detection_figures([True], [True]) == {"accuracy": 1.0, "sensitivity": 1.0, "specificity": None}


def test_auc_is_scikit_learns_with_ties_and_none_with_one_class():
    generator = np.random.default_rng(0)
    truths = generator.random(60) < 0.4
    probabilities = np.round(generator.random(60) + 0.3 * truths, 1)
    assert auc(probabilities, truths) == pytest.approx(roc_auc_score(truths, probabilities))
    assert auc([0.2, 0.4], [True, True]) is None
    assert auc([], []) is None


def test_interval_of_the_auc_holds_it_and_is_the_same_each_time():
    generator = np.random.default_rng(1)
    truths = generator.random(80) < 0.5
    probabilities = generator.random(80) + 0.4 * truths
    low, high = auc_interval(probabilities, truths)
    assert low < auc(probabilities, truths) < high
    assert (low, high) == auc_interval(probabilities, truths)
    assert auc_interval([0.1, 0.9], [False, True]) is None
    assert auc_interval([0.1, 0.2, 0.8, 0.9], [False, False, True, True]) == (1.0, 1.0)
