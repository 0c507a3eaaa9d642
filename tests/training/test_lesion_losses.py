"""The losses of Lesion-Net: equations 2 to 4 and the paper's comparisons (models.md 2.4)."""

import math

import pytest
import torch

from training.losses.lesion import (
    PIXEL_LOSSES,
    dice_loss,
    dice_of_each,
    focal_loss,
    presence_loss,
    valid_pixels,
    weighted_cross_entropy,
)


def all_valid(masks):
    return torch.ones_like(masks, dtype=torch.bool)


@pytest.fixture
def lesions():
    """Two images of 8 lesions, 6 x 6: a large one in the first, a pixel of another in the second."""
    masks = torch.zeros(2, 8, 6, 6)
    masks[0, 0, :3] = 1
    masks[1, 5, 2, 2] = 1
    return masks


def test_finding_nothing_costs_about_one(lesions):
    nothing = torch.full_like(lesions, 1e-4)
    assert float(dice_loss(nothing, lesions, all_valid(lesions))) == pytest.approx(1, abs=1e-3)
    assert float(presence_loss(nothing, lesions, all_valid(lesions))) == pytest.approx(1, abs=1e-3)


def test_the_dice_is_one_ratio_over_all_pixels_lesions_and_images(lesions):
    torch.manual_seed(0)
    p = torch.rand_like(lesions)
    ratio = 2 * (p * lesions).sum() / ((p**2).sum() + (lesions**2).sum())
    assert float(dice_loss(p, lesions, all_valid(lesions))) == pytest.approx(1 - float(ratio), abs=1e-6)


def test_it_is_pooled_not_averaged(lesions):
    found = lesions.clone()
    found[1, 5] = 0  # the one pixel of the second image is missed
    # 18 of 19 pixels: 1 - 2 * 18 / (18 + 19); the mean of two images would be 0.5.
    assert float(dice_loss(found, lesions, all_valid(lesions))) == pytest.approx(1 / 37, abs=1e-6)
    # By images, one of two presences: 1 - 2 * 1 / (1 + 2).
    assert float(presence_loss(found, lesions, all_valid(lesions))) == pytest.approx(1 / 3, abs=1e-6)


def test_the_presence_loss_does_not_know_how_large_a_lesion_is(lesions):
    smaller = lesions.clone()
    smaller[0, 0] = 0
    smaller[0, 0, 1, 1] = 1
    p = torch.full_like(lesions, 0.3)
    assert torch.equal(
        presence_loss(p, lesions, all_valid(lesions)), presence_loss(p, smaller, all_valid(smaller))
    )
    assert not torch.equal(
        dice_loss(p, lesions, all_valid(lesions)), dice_loss(p, smaller, all_valid(smaller))
    )


def test_nothing_there_and_nothing_found_costs_nothing():
    empty = torch.zeros(1, 8, 4, 4)
    assert float(dice_loss(empty, empty, all_valid(empty))) == 0
    assert float(presence_loss(empty, empty, all_valid(empty))) == 0


@pytest.mark.parametrize("name", [*PIXEL_LOSSES, "presence"])
def test_what_is_not_known_or_ignored_changes_nothing_and_gets_no_gradient(lesions, name):
    loss = {**PIXEL_LOSSES, "presence": presence_loss}[name]
    known = torch.ones(2, 8, dtype=torch.bool)
    known[1, 0] = False
    masks = lesions.clone()
    masks[0, 3, 0, 0] = -1
    valid = valid_pixels(masks, known)
    assert int((~valid).sum()) == 36 + 1
    torch.manual_seed(0)
    p = torch.rand_like(masks).requires_grad_()
    value = loss(p, masks, valid)
    value.backward()
    assert torch.count_nonzero(p.grad[~valid]) == 0
    assert torch.count_nonzero(p.grad) > 0
    with torch.no_grad():
        other = torch.where(valid, p, 1 - p)
    assert torch.equal(loss(other, masks, valid), value.detach())
    part = loss(p[:1, 1:3].detach(), masks[:1, 1:3], valid[:1, 1:3])
    assert math.isfinite(float(part))


def test_a_batch_of_which_nothing_is_known_costs_nothing(lesions):
    p = torch.rand_like(lesions).requires_grad_()
    nothing = torch.zeros_like(lesions, dtype=torch.bool)
    for loss in (*PIXEL_LOSSES.values(), presence_loss):
        value = loss(p, lesions, nothing)
        value.backward()
        assert float(value.detach()) == 0


def test_weighted_cross_entropy_weighs_by_what_is_found():
    p = torch.tensor([0.5, 0.5, 0.25, 0.75]).view(1, 1, 2, 2)
    t = torch.tensor([1.0, 0.0, 0.0, 1.0]).view(1, 1, 2, 2)
    # n = 4, sum p = 2: weight (4 - 2) / 2 = 1 on what is there: the plain cross-entropy.
    plain = -(2 * math.log(0.5) + 2 * math.log(0.75)) / 4
    assert float(weighted_cross_entropy(p, t, all_valid(p))) == pytest.approx(plain, abs=1e-6)
    less = p * 0.5  # sum p = 1: weight 3
    weighted = -(3 * math.log(0.25) + math.log(0.75) + math.log(0.875) + 3 * math.log(0.375)) / 4
    assert float(weighted_cross_entropy(less, t, all_valid(p))) == pytest.approx(weighted, abs=1e-6)


def test_the_focal_loss_has_alpha_08_and_gamma_2():
    p = torch.tensor([0.75, 0.25]).view(1, 1, 1, 2)
    t = torch.tensor([1.0, 0.0]).view(1, 1, 1, 2)
    expected = -(0.8 * 0.25**2 * math.log(0.75) + 0.2 * 0.25**2 * math.log(0.75)) / 2
    assert float(focal_loss(p, t, all_valid(p))) == pytest.approx(expected, abs=1e-7)


def test_half_precision_does_not_overflow():
    p = torch.ones(2, 8, 128, 128, dtype=torch.float16)
    for loss in PIXEL_LOSSES.values():
        value = loss(p, p.float(), all_valid(p))
        assert value.dtype == torch.float32
        assert float(value) == pytest.approx(0, abs=1e-4)


def test_each_lesions_own_dice_hears_the_small_one():
    """Of a large lesion found whole and a small one missed, the pooled ratio hardly says anything."""
    masks = torch.zeros(1, 3, 20, 20)
    masks[0, 0, :15] = 1
    masks[0, 1, 19, 19] = 1
    probability = masks.clone()
    probability[0, 1] = 0
    valid = torch.ones_like(masks, dtype=torch.bool)
    assert dice_loss(probability, masks, valid) < 0.01
    assert dice_of_each(probability, masks, valid) == pytest.approx(0.5, abs=1e-4)


def test_each_lesions_own_dice_of_a_batch_without_any_is_the_pooled_one():
    masks, probability = torch.zeros(1, 2, 4, 4), torch.full((1, 2, 4, 4), 0.3)
    valid = torch.ones_like(masks, dtype=torch.bool)
    assert dice_of_each(probability, masks, valid) == dice_loss(probability, masks, valid)
