"""Losses and metrics of `oct`, held against models.md 5.6 and 5.8."""

import numpy as np
import pytest
import torch

from training.losses.oct import dice_loss, guiding_mask_loss, mean_of_known, outline_loss
from training.metrics.common import mean
from training.metrics.oct import accuracy, confusion, kappa, one_versus_rest, outline_figures


def test_dice_is_one_ratio_an_image_with_squares_below():
    q = torch.tensor([[0.5, 1.0], [0.0, 0.5]]).view(2, 1, 1, 2)
    t = torch.tensor([[1.0, 1.0], [0.0, 0.0]]).view(2, 1, 1, 2)
    expected = [1 - 2 * 1.5 / (1.25 + 2), 1.0]
    assert dice_loss(q, t).tolist() == pytest.approx(expected, abs=1e-5)
    assert dice_loss(t, t).tolist() == pytest.approx([0, 0], abs=1e-6)  # nothing found where nothing is, too


def test_dice_as_printed_has_no_gradient_in_the_background_and_cannot_reach_zero():
    target = torch.zeros(1, 1, 4, 4)
    target[..., :2] = 1
    target[..., 0, 0] = 0
    for form, silent in (("printed", True), ("image", False)):
        q = torch.full_like(target, 0.5).requires_grad_()
        dice_loss(q, target, form).sum().backward()
        assert (q.grad[target == 0] == 0).all() == silent
        assert (q.grad[target == 1] < 0).all()
    share = float(target.mean())
    assert float(dice_loss(target, target, "printed")) == pytest.approx(1 - share)
    assert float(dice_loss(target, target)) == pytest.approx(0, abs=1e-6)


def test_the_outline_loss_is_the_sum_of_both_for_each_image():
    torch.manual_seed(0)
    logits, target = torch.randn(3, 1, 8, 8), (torch.rand(3, 1, 8, 8) > 0.7).float()
    q = logits.sigmoid()
    cross = -(target * q.log() + (1 - target) * (1 - q).log()).mean(dim=(1, 2, 3))
    ratio = 2 * (q * target).sum((1, 2, 3)) / ((q**2).sum((1, 2, 3)) + target.sum((1, 2, 3)))
    assert torch.allclose(outline_loss(logits, target), cross + 1 - ratio, atol=1e-4)


def test_the_guiding_mask_is_enlarged_or_the_lesion_made_smaller():
    target = torch.zeros(1, 1, 8, 8)
    target[..., :4, :] = 1
    target[..., 4:, :1] = 1
    right = torch.tensor([[1.0, 1.0], [0.25, 0.0]]).view(1, 1, 2, 2)
    small = guiding_mask_loss(right, target, "features")
    cross = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75)) / 4
    assert float(small) == pytest.approx(cross, abs=1e-5)
    wide = torch.nn.functional.interpolate(right, size=(8, 8), mode="bilinear", align_corners=False)
    cross = torch.nn.functional.binary_cross_entropy(wide, target)
    assert float(guiding_mask_loss(right, target)) == pytest.approx(float(cross + dice_loss(wide, target)))


def test_half_precision_gives_the_losses_of_float32():
    torch.manual_seed(0)
    mask, target = torch.rand(2, 1, 4, 4).bfloat16(), (torch.rand(2, 1, 64, 64) > 0.9).float()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = guiding_mask_loss(mask, target)
    assert loss.dtype == torch.float32
    assert torch.allclose(loss, guiding_mask_loss(mask.float(), target))


def test_unknown_images_neither_count_nor_pull():
    values = torch.tensor([2.0, 4.0, 9.0], requires_grad=True)
    loss = mean_of_known(values, torch.tensor([True, True, False]))
    loss.backward()
    assert loss.item() == 3
    assert values.grad.tolist() == [0.5, 0.5, 0.0]
    nothing = mean_of_known(values, torch.tensor([False] * 3))
    assert nothing.item() == 0
    assert nothing.requires_grad  # so that the head still takes part, which several processes need


# Table 2, CM-CNN: the printed rates have only one confusion matrix (CNV, drusen, normal; 250 each).
CMCNN = np.array([[249, 1, 0], [16, 228, 6], [0, 0, 250]])


def _pairs(table):
    classes = len(table)
    truth, found = np.divmod(np.repeat(np.arange(classes**2), table.ravel()), classes)
    return found, truth


def test_the_tables_of_the_paper_follow_from_its_confusion_matrix():
    found, truth = _pairs(CMCNN)
    table = confusion(found, truth, 3)
    assert np.array_equal(table, CMCNN)
    assert round(accuracy(table), 4) == 0.9693
    assert round(kappa(found, truth, 3), 4) == 0.9540
    rows = [(0.9960, 0.9680, 0.9773), (0.9120, 0.9980, 0.9693), (1.0, 0.9880, 0.9920)]
    for number, (sen, spe, sacc) in enumerate(rows):
        figures = {name: round(value, 4) for name, value in one_versus_rest(table, number).items()}
        assert figures == {"sen": sen, "spe": spe, "sacc": sacc}


# Accuracy and kappa, as printed: tables 2, 4 and 5, and tables 7 and 9.
BALANCED_3 = [(.9253, .8880), (.9373, .9060), (.9467, .9200), (.9520, .9280), (.9400, .9100), (.9693, .9540),
              (.9453, .9180), (.9560, .9339), (.9213, .8820), (.9306, .8960)]  # fmt: skip
BALANCED_2 = [(.8550, .7100), (.9050, .8100), (.9450, .8900), (.8900, .7800), (.9700, .9400),
              (.9250, .8500)]  # fmt: skip


@pytest.mark.parametrize(("rows", "classes", "each"), [(BALANCED_3, 3, 250), (BALANCED_2, 2, 100)])
def test_kappa_is_a_line_in_the_accuracy_on_a_balanced_test_set(rows, classes, each):
    slope = {3: 1.5, 2: 2.0}[classes]
    for acc, printed in rows:
        wrong = round((1 - acc) * classes * each)
        # However the errors fall: kappa sees their number only.
        for share in (0.0, 0.5, 1.0):
            table = np.eye(classes, dtype=int) * each
            first = min(round(wrong * share), each)
            for row, errors in ((0, first), (1, wrong - first)):
                table[row, row] -= errors
                table[row, (row + 1) % classes] += errors
            value = kappa(*_pairs(table), classes)
            assert value == pytest.approx(slope * accuracy(table) - (slope - 1), abs=1e-6)
            assert value == pytest.approx(printed, abs=6e-4)


def test_misprints_of_the_tables_are_not_what_the_numbers_give():
    assert round((248 + 480) / 750, 4) == 0.9707  # table 5, ResNet18, CNV: printed .9770
    assert {round(right / 250, 4) for right in range(251)}.isdisjoint({0.9930})  # table 2, SENet, normal
    assert round(248 / 250, 4) == 0.9920


def test_kappa_and_rates_of_one_class_alone_are_nothing():
    table = confusion(np.zeros(4, int), np.zeros(4, int), 2)
    assert kappa(np.zeros(4, int), np.zeros(4, int), 2) is None
    assert one_versus_rest(table, 0) == {"sen": 1.0, "spe": None, "sacc": 1.0}
    assert one_versus_rest(table, 1) == {"sen": None, "spe": 1.0, "sacc": 1.0}
    assert accuracy(np.zeros((2, 2), int)) is None


def test_averaged_over_images_iou_is_no_function_of_dice():
    """As in the tables: .7085 is printed for a Dice of .7800, where pooled pixels would give .6393."""
    truth = np.zeros((2, 10), bool)
    truth[:, :4] = True
    found = truth.copy()
    found[1] = np.roll(truth[1], 3)
    rows = [outline_figures(f, t) for f, t in zip(found, truth, strict=True)]
    for row in rows:
        assert row["iou"] == pytest.approx(row["dice"] / (2 - row["dice"]))
    dice, iou = (mean([row[name] for row in rows]) for name in ("dice", "iou"))
    assert iou > dice / (2 - dice) + 0.05
    pooled = outline_figures(found, truth)
    assert pooled["iou"] == pytest.approx(pooled["dice"] / (2 - pooled["dice"]))
    assert round(0.7800 / (2 - 0.7800), 4) == 0.6393
    assert round(0.7751 / (2 - 0.7751), 4) == 0.6328


def test_outline_figures_of_a_case_counted_by_hand():
    truth, found = np.zeros((2, 5), bool), np.zeros((2, 5), bool)
    truth[0, :4] = True
    found[0, 2:] = True
    assert outline_figures(found, truth) == pytest.approx(
        {"dice": 4 / 7, "iou": 2 / 5, "sen": 1 / 2, "spe": 5 / 6, "pacc": 7 / 10}
    )
    nothing = np.zeros((2, 5), bool)
    assert outline_figures(nothing, nothing) == {"dice": 1, "iou": 1, "sen": None, "spe": 1, "pacc": 1}
    assert outline_figures(found, nothing)["dice"] == 0
    assert outline_figures(nothing, truth)["sen"] == 0
