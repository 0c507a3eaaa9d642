"""STAPLE: the hidden true mask, and how well each grader marked it, by expectation-maximisation."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_START = 0.99999  # Warfield 2004, section 2.5: sensitivities and specificities start equal and near one
_MOST_ROUNDS = 1000
_CONVERGED = 1e-9  # of the largest change of any sensitivity or specificity in a round


@dataclass(frozen=True)
class Staple:
    """What STAPLE estimated.

    Attributes:
        probability: of every pixel to belong to the true mask (H, W).
        sensitivity: per grader (N,), the share of the true mask they marked.
        specificity: per grader (N,), the share of the rest they left out.
        rounds: of expectation-maximisation until nothing changed.
    """

    probability: npt.NDArray[np.float64]
    sensitivity: npt.NDArray[np.float64]
    specificity: npt.NDArray[np.float64]
    rounds: int


def staple(marked: npt.NDArray[np.bool_]) -> Staple:
    """Estimate the true mask from several graders' masks.

    Warfield, Zou and Wells, "Simultaneous truth and performance level estimation", IEEE TMI 23(7), 2004: the
    E-step is equations 14 and 15, the M-step equations 18 and 19, the prior is uniform over the image and equal
    to the mean share that was marked (equation 20). Pixels that all graders judged alike are alike to it: the
    rounds run over those patterns, so that the size of the masks does not matter.

    Args:
        marked: (N, H, W), the graders' masks over one frame. The frame matters: its background is what
            specificity and the prior are measured on.
    """
    graders, *frame = marked.shape
    codes = np.tensordot(1 << np.arange(graders), marked.reshape(graders, -1).astype(np.int64), axes=1)
    patterns, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    said = (patterns >> np.arange(graders)[:, None] & 1).astype(np.float64)
    prior = float((said * counts).sum() / (graders * counts.sum()))
    sensitivity = np.full(graders, _START)
    specificity = np.full(graders, _START)
    truth = np.full(counts.size, prior)
    rounds = 0
    for rounds in range(1, _MOST_ROUNDS + 1):  # noqa: B007 - reported
        truth = _expected(said, prior, sensitivity, specificity)
        inside, outside = counts * truth, counts * (1 - truth)
        better = (
            said @ inside / max(inside.sum(), 1e-300),
            (1 - said) @ outside / max(outside.sum(), 1e-300),
        )
        change = max(np.abs(better[0] - sensitivity).max(), np.abs(better[1] - specificity).max())
        sensitivity, specificity = better
        if change < _CONVERGED:
            break
    return Staple(truth[inverse.ravel()].reshape(frame), sensitivity, specificity, rounds)


def _expected(
    said: npt.NDArray[np.float64],
    prior: float,
    sensitivity: npt.NDArray[np.float64],
    specificity: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """The probability of each pattern (P,) to lie in the true mask."""
    p, q = sensitivity[:, None], specificity[:, None]
    inside = prior * np.where(said, p, 1 - p).prod(axis=0)
    outside = (1 - prior) * np.where(said, 1 - q, q).prod(axis=0)
    total = inside + outside
    expected = np.full(total.shape, prior)
    np.divide(inside, total, out=expected, where=total > 0)
    return expected
