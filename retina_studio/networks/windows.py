"""Run a network over an image window by window, overlaps averaged."""

from collections.abc import Callable

import torch
from torch import Tensor


def window_starts(length: int, window: int, stride: int) -> list[int]:
    """Where windows begin along a side, the last flush with its end: 7 for 896 pixels, windows of 224, stride 112."""
    last = max(length - window, 0)
    return [*range(0, last, stride), last]


def averaged(run: Callable[[Tensor], Tensor], image: Tensor, window: int, stride: int) -> Tensor:
    """The mean of what overlapping windows say (Wei et al., section IV.B, the patch-based baseline; models.md 2.7).

    Args:
        run: from (N, C, window, window) to (N, K, window, window).
        image: (N, C, H, W), no side smaller than the window.
        window, stride: in pixels.

    Returns:
        (N, K, H, W).
    """
    height, width = image.shape[2:]
    total: Tensor | None = None
    count = image.new_zeros(height, width)
    for top in window_starts(height, window, stride):
        for left in window_starts(width, window, stride):
            place = (..., slice(top, top + window), slice(left, left + window))
            said = run(image[place])
            if total is None:
                total = said.new_zeros(*said.shape[:2], height, width)
            total[place] += said
            count[place] += 1
    assert total is not None  # noqa: S101 (there is always a window)
    return torch.div(total, count)
