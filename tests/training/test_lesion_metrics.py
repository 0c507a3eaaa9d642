"""The metrics of the model `lesion`: F1 pooled, kappa with quadratic weights (models.md 2.7)."""

import numpy as np
import pytest
import torch
from sklearn.metrics import cohen_kappa_score, f1_score

from retina_studio.networks.lesionnet import LESIONS
from training.losses.lesion import valid_pixels
from training.metrics.lesion import LesionScore, counts_of, f1, mean_f1, quadratic_kappa, referable_auc

# Table II: mean, then MA, iHE, HaEx, CWS, vHE, pHE, NV, FiP; by pixels and, where there is one, by images.
TABLE = {
    "FCN-16s": (
        (0.587, 0.369, 0.608, 0.737, 0.575, 0.639, 0.515, 0.581, 0.671),
        (0.787, 0.890, 0.849, 0.847, 0.743, 0.758, 0.726, 0.696, 0.783),
    ),
    "DeepLabv3+": (
        (0.553, 0.367, 0.612, 0.732, 0.558, 0.550, 0.477, 0.498, 0.631),
        (0.794, 0.899, 0.863, 0.866, 0.764, 0.800, 0.693, 0.677, 0.792),
    ),
    "Lesion-Net-16s": (
        (0.591, 0.377, 0.612, 0.740, 0.565, 0.645, 0.590, 0.571, 0.623),
        (0.801, 0.902, 0.882, 0.866, 0.792, 0.733, 0.726, 0.701, 0.807),
    ),
    "Lesion-Net-8s": (
        (0.603, 0.377, 0.617, 0.740, 0.575, 0.648, 0.616, 0.580, 0.667),
        (0.780, 0.900, 0.881, 0.861, 0.771, 0.687, 0.693, 0.711, 0.733),
    ),
    "Lesion-Net-16s (WCE)": (
        (0.364, 0.180, 0.389, 0.543, 0.346, 0.424, 0.245, 0.363, 0.423),
        (0.534, 0.864, 0.822, 0.780, 0.574, 0.324, 0.274, 0.354, 0.282),
    ),
}


@pytest.mark.parametrize("row", [half for halves in TABLE.values() for half in halves])
def test_the_papers_mean_is_the_plain_mean_of_the_lesions(row):
    thousands = [
        (round(1000 * value), 1000 - round(1000 * value), 1000 - round(1000 * value)) for value in row[1:]
    ]
    assert [f1(np.array(counts)) for counts in thousands] == pytest.approx(row[1:])
    assert mean_f1(np.array(thousands)) == pytest.approx(row[0], abs=1.01e-3)


def batch_of(seed, images=3):
    generator = torch.Generator().manual_seed(seed)
    p = torch.rand(images, 8, 12, 10, generator=generator)
    masks = (torch.rand(images, 8, 12, 10, generator=generator) < 0.1).float()
    masks[:, 6:] = 0  # NV and FiP are nowhere
    known = torch.rand(images, 8, generator=generator) < 0.7
    masks[torch.rand(masks.shape, generator=generator) < 0.05] = -1
    return p, masks, known


def test_a_stream_of_batches_gives_the_pooled_f1_of_all_that_is_known():
    score, seen = LesionScore(), []
    for seed in range(4):
        p, masks, known = batch_of(seed)
        valid = valid_pixels(masks, known)
        score.update(p, masks, valid)
        seen.append((p, masks, valid))
    p, masks, valid = (torch.cat(parts) for parts in zip(*seen, strict=True))
    figures = score.figures()
    expected = []
    for place, label in enumerate(LESIONS[:6]):
        of = valid[:, place]
        expected.append(f1_score(masks[:, place][of] > 0, p[:, place][of] >= 0.5))
        assert figures[f"pixel_f1_{label}"] == pytest.approx(expected[-1])
    assert figures["pixel_f1"] == pytest.approx(np.mean(expected))
    assert "pixel_f1_NV" not in figures


def test_an_image_shows_a_lesion_when_one_pixel_does():
    p, masks = torch.zeros(4, 8, 5, 5), torch.zeros(4, 8, 5, 5)
    p[0, 0, 1, 1], masks[0, 0, 4, 4] = 0.5, 1  # found, though elsewhere
    p[1, 0, 1, 1] = 0.9  # found, not there
    masks[2, 0, 1, 1] = 1  # there, not found (just below the threshold)
    p[2, 0, 1, 1] = 0.4999
    score = LesionScore()
    score.update(p, masks, torch.ones_like(p, dtype=torch.bool))
    figures = score.figures()
    assert figures["image_f1_MA"] == pytest.approx(2 / (2 + 1 + 1))
    assert figures["pixel_f1_MA"] == 0


def test_a_score_of_nothing_is_zero():
    score = LesionScore()
    assert score.figures() == {"pixel_f1": 0.0, "image_f1": 0.0}


def test_counts_of_two_masks():
    found = np.array([[1, 1, 0, 0]], bool)
    truth = np.array([[1, 0, 1, 1]], bool)
    assert counts_of(found, truth).tolist() == [1, 1, 2]
    assert f1(np.array([0, 3, 0])) is None
    assert mean_f1(np.array([[0, 3, 0], [1, 0, 0]])) == 1


def test_kappa_has_quadratic_weights_and_five_grades():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 5, 60)
    found = np.clip(truth + rng.integers(-1, 2, 60), 0, 4)
    expected = cohen_kappa_score(found, truth, weights="quadratic")
    assert quadratic_kappa(found.tolist(), truth.tolist()) == pytest.approx(expected, abs=1e-6)
    assert quadratic_kappa([0, 4], [0, 4]) == pytest.approx(1)
    assert quadratic_kappa([2, 2], [2, 2]) == 0
    assert quadratic_kappa([1, 1, 1], [0, 2, 4]) == pytest.approx(0)


def test_referable_dr_begins_at_two():
    probabilities = [[0.9, 0.1, 0, 0, 0], [0.5, 0.4, 0.1, 0, 0], [0.2, 0.3, 0.1, 0.2, 0.2]]
    assert referable_auc(probabilities, [0, 1, 2]) == 1
    assert referable_auc(probabilities, [2, 1, 4]) == 0.5
    assert referable_auc(probabilities, [0, 1, 1]) is None
