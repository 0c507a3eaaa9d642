"""The figures of the model `ppa` with the paper's conventions (models.md 1.7)."""

from collections.abc import Sequence

from training.metrics.common import deviation, mean

Figures = dict[str, float | None]


def outline_figures(scores: Sequence[float], present: Sequence[bool]) -> Figures:
    """Dice of PPA over all images, and over those that have PPA, each with its population standard deviation.

    Args:
        scores: Dice of each image, where an empty mask of an image without PPA counts 1, and any other there 0.
        present: whether the image's true mask is not empty.
    """
    excluded = [score for score, there in zip(scores, present, strict=True) if there]
    return {
        "dice_ppa": mean(scores),
        "dice_ppa_sd": deviation(scores),
        "dice_ppa_excluded": mean(excluded),
        "dice_ppa_excluded_sd": deviation(excluded),
    }


def detection_figures(found: Sequence[bool], present: Sequence[bool]) -> Figures:
    """Accuracy, sensitivity and specificity of "this image has PPA"; None where there is no such image.

    Args:
        found: the answer; in the paper whether a single pixel was found.
        present: the truth.
    """
    right = [answer == truth for answer, truth in zip(found, present, strict=True)]
    return {
        "accuracy": mean(right),
        "sensitivity": mean([good for good, truth in zip(right, present, strict=True) if truth]),
        "specificity": mean([good for good, truth in zip(right, present, strict=True) if not truth]),
    }
