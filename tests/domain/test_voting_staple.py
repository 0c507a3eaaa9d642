"""STAPLE against SimpleITK's, and where its answer is known."""

import numpy as np
import pytest
import SimpleITK

from retina_studio.domain.voting.staple import staple


def discs(graders, seed):
    """The masks (N, 120, 140) of graders who drew about the same ellipse."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:120, :140]
    masks = []
    for _ in range(graders):
        cx, cy = 70 + random.normal(0, 4), 60 + random.normal(0, 4)
        a, b = 40 + random.normal(0, 5), 30 + random.normal(0, 5)
        masks.append(((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 <= 1)
    return np.array(masks)


@pytest.mark.parametrize(("graders", "seed"), [(3, 0), (3, 1), (4, 2), (5, 3), (7, 4)])
def test_it_agrees_with_simple_itk(graders, seed):
    masks = discs(graders, seed)
    reference = SimpleITK.STAPLEImageFilter()
    reference.SetForegroundValue(1)
    reference.SetMaximumIterations(1000)
    images = [SimpleITK.GetImageFromArray(mask.astype(np.uint8)) for mask in masks]
    probability = SimpleITK.GetArrayFromImage(reference.Execute(images))
    found = staple(masks)
    assert np.abs(found.sensitivity - reference.GetSensitivity()).max() < 1e-4
    assert np.abs(found.specificity - reference.GetSpecificity()).max() < 1e-4
    # ITK stops a little earlier: a pixel's probability follows the parameters with a larger factor.
    assert np.abs(found.probability - probability).max() < 1e-2
    assert np.array_equal(found.probability >= 0.5, probability >= 0.5)


def test_three_alike_are_the_truth():
    mask = discs(1, 0)[0]
    found = staple(np.array([mask] * 3))
    assert np.array_equal(found.probability >= 0.5, mask)
    assert found.sensitivity == pytest.approx([1, 1, 1])
    assert found.specificity == pytest.approx([1, 1, 1])
    assert found.rounds < 10


def test_the_grader_who_differs_is_worse_and_order_does_not_matter():
    masks = discs(4, 5)
    masks[3] = np.roll(masks[3], 25, axis=1)
    found = staple(masks)
    assert found.sensitivity.argmin() == 3
    turned = staple(masks[::-1])
    assert np.allclose(turned.sensitivity[::-1], found.sensitivity)
    assert np.allclose(turned.probability, found.probability)


def test_nothing_and_everything_are_answers_too():
    nothing = np.zeros((3, 5, 5), bool)
    assert staple(nothing).probability.max() < 0.5
    assert staple(~nothing).probability.min() >= 0.5
    assert np.isfinite(staple(nothing).sensitivity).all()
