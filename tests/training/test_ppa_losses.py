import math

import pytest
import torch
from torch.nn.functional import cross_entropy

from training.losses.ppa import dice_loss, exclusive, joint_factor, pixel_cross_entropy, presence_loss

BOTH = torch.tensor([[True, True]])


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def _random_masks(images=2, side=6):
    classes = torch.randint(0, 3, (images, side, side))
    return classes, torch.stack([classes == 1, classes == 2], dim=1).float()


def _joint(probability, masks, present, answer, known=BOTH):
    """Joint-Dice of PPA alone: of one label."""
    factor = joint_factor(present, answer)[:, None]
    return dice_loss(probability, masks, known[:, :1], epsilon=1e-6, factor=factor)


def test_masks_exclude_each_other_and_unknown_ones_say_nothing():
    masks = torch.ones(2, 2, 1, 2)
    masks[0, 0, 0, 1] = 0
    known = torch.tensor([[True, True], [False, True]])
    found = exclusive(masks, known)
    assert found[0].tolist() == [[[1, 0]], [[0, 1]]]  # an overlap is the disc's
    assert found[1].tolist() == [[[0, 0]], [[1, 1]]]


def test_with_all_labels_known_it_is_the_cross_entropy_of_three_classes():
    classes, masks = _random_masks()
    logits = torch.randn(2, 3, 6, 6, requires_grad=True)
    ours = pixel_cross_entropy(logits, masks, BOTH.expand(2, 2))
    theirs = cross_entropy(logits, classes)
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(*(torch.autograd.grad(loss, logits)[0] for loss in (ours, theirs)))


@pytest.mark.parametrize(("known", "merged"), [((True, False), (0, 2)), ((False, True), (0, 1))])
def test_a_label_that_is_not_known_may_be_anything_outside_the_other(known, merged):
    classes, masks = _random_masks()
    known = torch.tensor([known]).expand(2, 2)
    probability = torch.randn(2, 3, 6, 6).softmax(dim=1)
    target = probability.gather(1, classes[:, None])[:, 0]
    loose = probability[:, list(merged)].sum(dim=1)
    expected = -torch.where(sum(classes == c for c in merged) > 0, loose, target).log().mean()
    ours = pixel_cross_entropy(probability.log(), exclusive(masks, known), known)
    torch.testing.assert_close(ours, expected)


def test_what_an_image_does_not_say_costs_nothing_and_moves_nothing():
    _, masks = _random_masks()
    known = torch.tensor([[True, True], [False, False]])
    masks = exclusive(masks, known)
    logits = torch.randn(2, 3, 6, 6, requires_grad=True)
    presence = torch.zeros(2, requires_grad=True)
    present = torch.tensor([1.0, math.nan])
    factor = joint_factor(present, presence.sigmoid())
    loss = (
        pixel_cross_entropy(logits, masks, known)
        + dice_loss(
            logits.softmax(dim=1)[:, 1:],
            masks,
            known,
            epsilon=1e-6,
            factor=torch.stack([torch.ones(2), factor], 1),
        )
        + presence_loss(presence, present)
    )
    loss.backward()
    assert torch.isfinite(loss)
    assert logits.grad[0].abs().sum() > 0
    assert not logits.grad[1].any()
    assert presence.grad[0] != 0
    assert presence.grad[1] == 0


def test_an_image_counts_the_same_whatever_else_is_in_the_batch():
    _, masks = _random_masks(images=3)
    known = torch.tensor([[True, True], [False, True], [False, False]])
    masks = exclusive(masks, known)
    logits, presence = torch.randn(3, 3, 6, 6), torch.randn(3)
    present = torch.tensor([1.0, 0.0, math.nan])

    def losses(part):
        return torch.stack(
            [
                pixel_cross_entropy(logits[part], masks[part], known[part]),
                dice_loss(logits[part].softmax(dim=1)[:, 1:], masks[part], known[part], epsilon=1e-6),
                presence_loss(presence[part], present[part]),
            ]
        )

    together, singly = losses(slice(0, 3)), [losses(slice(n, n + 1)) for n in range(3)]
    torch.testing.assert_close(together, torch.stack(singly).mean(dim=0))


def test_dice_is_of_each_image_and_label_without_squares():
    probability = torch.tensor([[[[0.5, 1.0]], [[0.25, 0.0]]]])
    masks = torch.tensor([[[[1.0, 1.0]], [[0.0, 1.0]]]])
    first, second = 1 - (2 * 1.5 + 0.1) / (1.5 + 2 + 0.1), 1 - 0.1 / (0.25 + 1 + 0.1)
    loss = dice_loss(probability, masks, BOTH, epsilon=0.1)
    assert loss.item() == pytest.approx((first + second) / 2)
    one = dice_loss(probability, masks, torch.tensor([[True, False]]), epsilon=0.1)
    assert one.item() == pytest.approx(first)


@pytest.mark.parametrize("answer", [0.0, 0.3, 1.0])
def test_where_the_target_is_there_joint_dice_is_dice(answer):
    answer = torch.tensor([answer], requires_grad=True)
    probability, masks = torch.rand(1, 1, 4, 4), torch.ones(1, 1, 4, 4)
    loss = _joint(probability, masks, torch.ones(1), answer)
    assert torch.equal(joint_factor(torch.ones(1), answer.detach()), torch.ones(1))
    torch.testing.assert_close(loss, dice_loss(probability, masks, BOTH[:, :1], epsilon=1e-6))
    loss.backward()
    assert answer.grad.item() == 0


@pytest.mark.parametrize("answer", [0.0, 0.3, 1.0])
def test_where_the_target_is_not_there_joint_dice_is_the_classifiers_answer(answer):
    given = torch.tensor([answer], requires_grad=True)
    probability = torch.full((1, 1, 64, 64), 0.01, requires_grad=True)
    loss = _joint(probability, torch.zeros(1, 1, 64, 64), torch.zeros(1), given)
    assert loss.item() == pytest.approx(answer, abs=1e-6)
    loss.backward()
    assert given.grad.item() == pytest.approx(1, abs=1e-6)  # it is the classifier that learns
    assert probability.grad.abs().max() < 1e-6  # and hardly the pixels


def test_right_is_below_one_half_and_wrong_above_where_the_target_is_not_there():
    probability, nothing = torch.full((1, 1, 8, 8), 0.01), torch.zeros(1, 1, 8, 8)
    right, wrong = (_joint(probability, nothing, torch.zeros(1), torch.tensor([p])) for p in (0.1, 0.9))
    assert right < 0.5 < wrong


def test_nothing_predicted_and_nothing_there_costs_nothing():
    nothing = torch.zeros(1, 1, 8, 8)
    assert dice_loss(nothing, nothing, BOTH[:, :1], epsilon=1e-6).item() == 0


def test_joint_factor_is_or():
    present = torch.tensor([0.0, 0.0, 1.0, 1.0, math.nan])
    answer = torch.tensor([0.0, 0.7, 0.0, 0.7, 0.7])
    assert joint_factor(present, answer).tolist() == pytest.approx([0, 0.7, 1, 1, 1])


def test_presence_loss_is_the_binary_cross_entropy_of_those_that_are_known():
    logits, present = torch.tensor([0.0, 2.0, 5.0]), torch.tensor([1.0, 0.0, math.nan])
    expected = (math.log(2) + math.log(1 + math.exp(2))) / 3
    assert presence_loss(logits, present).item() == pytest.approx(expected)


def test_half_precision_is_summed_in_full():
    logits = torch.zeros(1, 3, 512, 512, dtype=torch.float16)
    masks = torch.ones(1, 2, 512, 512)
    masks[:, 1] = 0
    dice = dice_loss(logits.softmax(dim=1)[:, 1:], masks, BOTH, epsilon=1e-6)
    assert dice.item() == pytest.approx(((1 - 0.5) + 1) / 2, abs=1e-3)
    assert pixel_cross_entropy(logits, masks, BOTH).item() == pytest.approx(math.log(3), rel=1e-5)
