"""The metrics of the model `oct` (Diao et al. 2023, section 3.2; models.md 5.8)."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torchmetrics.functional.classification import (
    multiclass_cohen_kappa,
    multiclass_confusion_matrix,
)

from training.metrics.common import dice, iou

Integers = npt.NDArray[np.integer[Any]]
Mask = npt.NDArray[np.bool_]


def confusion(found: Integers, truth: Integers, classes: int) -> Integers:
    """How many images of each true class (row) were found to be of each class (column)."""
    table = multiclass_confusion_matrix(torch.as_tensor(found), torch.as_tensor(truth), classes)
    return np.asarray(table.numpy())


def accuracy(table: Integers) -> float | None:
    """The share of a confusion matrix on its diagonal; None for no image."""
    return float(np.trace(table) / table.sum()) if table.sum() else None


def kappa(found: Integers, truth: Integers, classes: int) -> float | None:
    """Cohen's kappa, unweighted; None where all images are of one class and found to be.

    On a test set with equally many images of each of K classes it is (K Acc - 1) / (K - 1).
    """
    if not len(truth):
        return None
    value = float(multiclass_cohen_kappa(torch.as_tensor(found), torch.as_tensor(truth), classes))
    return value if np.isfinite(value) else None


def one_versus_rest(table: Integers, number: int) -> dict[str, float | None]:
    """Sensitivity, specificity and single-class accuracy of one class of a confusion matrix.

    sAcc is (TP + TN) / all images.
    """
    everything, right = int(table.sum()), int(table[number, number])
    positive, called = int(table[number].sum()), int(table[:, number].sum())
    negative, wrong = everything - positive, called - right
    return {
        "sen": right / positive if positive else None,
        "spe": (negative - wrong) / negative if negative else None,
        "sacc": (right + negative - wrong) / everything if everything else None,
    }


def outline_figures(found: Mask, truth: Mask) -> dict[str, float | None]:
    """Dice, IoU, sensitivity, specificity and accuracy of the pixels of one image.

    The paper averages each over images: its tables break IoU = D / (2 - D), which holds for one image and for pooled
    pixels. Two empty masks agree (Dice 1); sensitivity is nothing where there is no lesion.
    """
    right = int(np.count_nonzero(found & truth))
    lesion, called = int(np.count_nonzero(truth)), int(np.count_nonzero(found))
    healthy, wrong = truth.size - lesion, called - right
    return {
        "dice": dice(found, truth),
        "iou": iou(found, truth),
        "sen": right / lesion if lesion else None,
        "spe": (healthy - wrong) / healthy if healthy else None,
        "pacc": (right + healthy - wrong) / truth.size,
    }
