"""The metrics of the model `lesion`, with the paper's conventions (Wei et al., section IV.A; models.md 2.7)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torchmetrics.functional.classification import binary_auroc, multiclass_cohen_kappa

from retina_studio.networks.drgrader import GRADES
from retina_studio.networks.finding import THRESHOLD
from retina_studio.networks.lesionnet import LESIONS

REFERABLE = 2  # a DR grade from here on is referred

Counts = npt.NDArray[np.int64]


def counts_of(found: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> Counts:
    """True positives, false positives and false negatives (3,) of two masks."""
    both = int(np.count_nonzero(found & truth))
    return np.array([both, np.count_nonzero(found) - both, np.count_nonzero(truth) - both], dtype=np.int64)


def f1(counts: npt.NDArray[np.integer]) -> float | None:
    """2 TP / (2 TP + FP + FN); None where the truth is empty: of what was never there nothing can be found again."""
    hits, false, missed = (int(count) for count in counts)
    return 2 * hits / (2 * hits + false + missed) if hits + missed else None


def mean_f1(counts: npt.NDArray[np.integer]) -> float | None:
    """The plain mean over the lesions (L, 3) that the truth shows; None when it shows none."""
    values = [value for row in counts if (value := f1(row)) is not None]
    return sum(values) / len(values) if values else None


class LesionScore:
    """Pixel and image F1 of each lesion, pooled over all that it is shown; keeps twice 8 x 3 numbers and no map."""

    def __init__(self) -> None:
        self._pixels = torch.zeros(len(LESIONS), 3, dtype=torch.int64)
        self._images = torch.zeros(len(LESIONS), 3, dtype=torch.int64)

    def update(self, probability: Tensor, masks: Tensor, valid: Tensor) -> None:
        """Take in probabilities, masks and where they say something (N, 8, H, W); `valid` is bool."""
        found = (probability >= THRESHOLD) & valid
        there = (masks > 0) & valid
        self._pixels += _counts(found, there, (0, 2, 3))
        self._images += _counts(found.amax(dim=(2, 3)), there.amax(dim=(2, 3)), (0,))

    def figures(self) -> dict[str, float]:
        """ "pixel_f1" and "image_f1", means over the lesions that were there (0 when none was), and each lesion's."""
        values: dict[str, float] = {}
        for name, counts in (("pixel_f1", self._pixels.numpy()), ("image_f1", self._images.numpy())):
            values[name] = mean_f1(counts) or 0.0
        for label, pixels, images in zip(LESIONS, self._pixels.numpy(), self._images.numpy(), strict=True):
            if (of_pixels := f1(pixels)) is not None:
                values[f"pixel_f1_{label}"] = of_pixels
                values[f"image_f1_{label}"] = f1(images) or 0.0
        return values


def quadratic_kappa(found: Sequence[int], truth: Sequence[int]) -> float:
    """Cohen's kappa of DR grades with quadratic weights; 0 where it is not defined (all say the same)."""
    if len(set(truth)) < 2 and set(truth) == set(found):
        return 0.0
    kappa = multiclass_cohen_kappa(torch.tensor(found), torch.tensor(truth), GRADES, weights="quadratic")
    return float(kappa)


def referable_auc(probabilities: Sequence[Sequence[float]], truth: Sequence[int]) -> float | None:
    """Area under the ROC curve of P(DR2 or more); None where the truth has only one side."""
    referable = [grade >= REFERABLE for grade in truth]
    if all(referable) or not any(referable):
        return None
    scores = [sum(each[REFERABLE:]) for each in probabilities]
    return float(binary_auroc(torch.tensor(scores), torch.tensor(referable, dtype=torch.int64)))


def _counts(found: Tensor, there: Tensor, dims: tuple[int, ...]) -> Tensor:
    both = (found & there).sum(dims)
    return torch.stack([both, found.sum(dims) - both, there.sum(dims) - both], dim=1).cpu()
