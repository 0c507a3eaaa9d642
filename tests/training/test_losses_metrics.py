import math

import numpy as np
import pytest
import torch

from training.losses.dice import soft_dice
from training.losses.disc import neg_log_dice
from training.metrics.common import deviation, dice, interval, iou, mean, median


def test_soft_dice_of_a_case_computed_by_hand():
    p = torch.tensor([[0.5, 1.0], [0.0, 0.25]])
    g = torch.tensor([[1.0, 1.0], [0.0, 0.0]])
    plain = soft_dice(p, g, epsilon=1.0, square=False, dims=(0, 1))
    assert plain.item() == pytest.approx((2 * 1.5 + 1) / (1.75 + 2 + 1))
    squared = soft_dice(p, g, epsilon=0.0, square=True, dims=(0, 1))
    assert squared.item() == pytest.approx(2 * 1.5 / (0.25 + 1 + 0.0625 + 2))
    rows = soft_dice(p, g, epsilon=1.0, square=False, dims=(1,))
    assert rows.tolist() == pytest.approx([(2 * 1.5 + 1) / (1.5 + 2 + 1), 1 / 1.25])


def test_soft_dice_pools_the_batch_and_is_one_for_nothing():
    nothing, everywhere = torch.zeros(2, 1, 2, 2), (0, 1, 2, 3)
    assert soft_dice(nothing, nothing, epsilon=1.0, square=False, dims=everywhere).item() == 1.0
    p = torch.stack([torch.ones(1, 2, 2), torch.zeros(1, 2, 2)])
    g = torch.ones(2, 1, 2, 2)
    pooled = soft_dice(p, g, epsilon=0.0, square=False, dims=everywhere)
    assert pooled.item() == pytest.approx(2 * 4 / 12)  # the mean over images would be 1/2


def test_soft_dice_is_computed_in_single_precision():
    ones = torch.ones(1, 300, 300, dtype=torch.float16)  # their sum overflows half precision
    assert soft_dice(ones, ones, epsilon=0.0, square=False, dims=(1, 2)).item() == 1.0


def test_neg_log_dice_takes_logits_and_falls_to_zero():
    target = torch.tensor([[1.0, 0.0]])
    assert neg_log_dice(torch.tensor([[0.0, 0.0]]), target).item() == pytest.approx(-math.log(2 / 3))
    assert neg_log_dice(torch.tensor([[50.0, -50.0]]), target).item() == pytest.approx(0.0, abs=1e-6)


def test_hard_dice_and_its_conventions_for_empty_masks():
    empty, some, other = np.zeros(4), np.array([1, 1, 0, 0]), np.array([0, 1, 1, 0])
    assert dice(empty, empty) == 1.0
    assert dice(empty, some) == dice(some, empty) == 0.0
    assert dice(some, other) == 0.5
    assert dice(some, some * 255) == 1.0
    assert iou(some, other) == pytest.approx(1 / 3)
    assert (iou(empty, empty), iou(empty, some)) == (1.0, 0.0)


def test_sums_leave_out_what_is_not_there():
    values = [1.0, None, 3.0]
    assert mean(values) == median(values) == 2.0
    assert deviation(values) == 1.0  # population
    assert mean([None]) is median([]) is deviation([None]) is None


def test_the_bootstrap_interval_holds_the_mean_and_is_the_same_each_time():
    values = list(np.random.default_rng(0).normal(0.8, 0.1, 40))
    low, high = interval(values)
    assert low < np.mean(values) < high
    assert high - low == pytest.approx(4 * 0.1 / np.sqrt(40), rel=0.3)
    assert interval([*values, None]) == (low, high)
    assert interval([1.0]) is None
