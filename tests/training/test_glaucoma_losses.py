import math

import numpy as np
import pytest
import torch

from training.losses.glaucoma import focal, fovea_map, pixel_bce, saliency_l1
from training.metrics.glaucoma import frame_distance, sensitivity_at


def _logit(probability):
    return math.log(probability / (1 - probability))


def test_the_foveas_map_has_peak_1_and_the_sum_of_its_gaussian():
    points = torch.tensor([[128.5, 100.5], [131.2, 97.7]])
    maps = fovea_map(points, 256, 256)
    assert maps.shape == (2, 1, 256, 256)
    assert maps[0, 0, 100, 128] == 1.0
    assert maps[0, 0, 100, 138] == pytest.approx(math.exp(-(10**2) / (2 * 50)))
    assert maps.sum(dim=(1, 2, 3)).tolist() == pytest.approx([314.159, 314.159], abs=1e-2)


def test_the_foveas_map_scales_with_the_input_and_is_empty_without_a_fovea():
    maps = fovea_map(torch.tensor([[32.5, 60.5], [torch.nan, torch.nan]]), 128, 64)
    assert maps[0, 0, 60, 37] == pytest.approx(math.exp(-((5 * 4) ** 2) / (2 * 50)))
    assert maps[0, 0, 70, 32] == pytest.approx(math.exp(-((10 * 2) ** 2) / (2 * 50)))
    assert maps[1].abs().sum() == 0


def test_focal_loss_by_hand():
    logits = torch.tensor([_logit(0.8), _logit(0.8), _logit(0.3)])
    losses = focal(logits, torch.tensor([1.0, 0.0, 1.0]))
    by_hand = [-(0.2**2) * math.log(0.8), -(0.8**2) * math.log(0.2), -(0.7**2) * math.log(0.3)]
    assert losses.tolist() == pytest.approx(by_hand, rel=1e-5)
    assert (losses > 0).all()
    plain = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor([1.0, 0.0, 1.0]))
    assert focal(logits, torch.tensor([1.0, 0.0, 1.0]), gamma=0.0).mean() == pytest.approx(float(plain))


def test_pixel_losses_by_hand():
    logits = torch.tensor([_logit(0.9), _logit(0.4)]).view(1, 1, 1, 2)
    target = torch.tensor([1.0, 0.0]).view(1, 1, 1, 2)
    assert float(pixel_bce(logits, target)) == pytest.approx(-(math.log(0.9) + math.log(0.6)) / 2, rel=1e-5)
    assert float(saliency_l1(logits, target)) == pytest.approx((0.1 + 0.4) / 2, rel=1e-5)


def test_losses_are_float32_whatever_they_are_given():
    logits = torch.randn(2, 1, 4, 4, dtype=torch.bfloat16)
    target = torch.zeros(2, 1, 4, 4)
    assert pixel_bce(logits, target).dtype == torch.float32
    assert saliency_l1(logits, target).dtype == torch.float32
    assert focal(logits[:, 0, 0, 0], target[:, 0, 0, 0]).dtype == torch.float32


def test_distances_are_in_the_frame_of_256():
    assert frame_distance((10, 10), (13, 14), (256, 256)) == 5.0
    assert frame_distance((10, 10), (13, 14), (512, 128)) == math.hypot(6, 2)


def test_sensitivity_is_read_off_the_roc_curve():
    truths = [False] * 10 + [True] * 4
    scores = [*np.arange(10) / 10, 0.95, 0.85, 0.75, 0.05]
    # Above 0.9 lies one of the four; at 0.9 comes the first false alarm, at 0.8 the second.
    assert sensitivity_at(scores, truths, specificity=0.95) == pytest.approx(0.25)
    assert sensitivity_at(scores, truths, specificity=0.9) == pytest.approx(0.5)
    assert sensitivity_at(scores, truths, specificity=0.85) == pytest.approx(0.5)
    assert sensitivity_at(scores, truths, specificity=0.75) == pytest.approx(0.75)
    assert sensitivity_at([0.1, 0.9], [True, True]) is None
