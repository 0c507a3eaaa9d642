import math

import numpy as np
import pytest
import torch

from training.losses import neg_log_dice, soft_dice
from training.metrics import deviation, dice, mean, median


def test_soft_dice_of_a_case_computed_by_hand():
    p = torch.tensor([[0.5, 1.0], [0.0, 0.25]])
    g = torch.tensor([[1.0, 1.0], [0.0, 0.0]])
    assert soft_dice(p, g, 1.0).item() == pytest.approx((2 * 1.5 + 1) / (1.75 + 2 + 1))


def test_soft_dice_pools_the_batch_and_is_one_for_nothing():
    nothing = torch.zeros(2, 1, 2, 2)
    assert soft_dice(nothing, nothing, 1.0).item() == 1.0
    p = torch.stack([torch.ones(1, 2, 2), torch.zeros(1, 2, 2)])
    g = torch.ones(2, 1, 2, 2)
    assert soft_dice(p, g, 0.0).item() == pytest.approx(2 * 4 / 12)  # the mean over images would be 1/2


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


def test_sums_leave_out_what_is_not_there():
    values = [1.0, None, 3.0]
    assert mean(values) == median(values) == 2.0
    assert deviation(values) == 1.0  # population
    assert mean([None]) is median([]) is deviation([None]) is None
