"""The learning rate over a stage, and the time a stage may take."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from torch.optim import Optimizer

from training.recipe import StageRecipe


def rate_factor(recipe: StageRecipe, step: int, share: float, drops: int) -> float:
    """What to multiply the learning rate with.

    Args:
        recipe: of the stage.
        step: of the stage, from 0.
        share: how much of the stage is over, 0..1.
        drops: how often the rate has been divided by 10.
    """
    warm = min(1.0, (step + 1) / recipe.warmup) if recipe.warmup else 1.0
    fall = 0.5 * (1 + math.cos(math.pi * share)) if recipe.schedule == "cosine" else 1.0
    return float(warm * fall * 0.1**drops)


def drops_at(recipe: StageRecipe, share: float, plateaus: int) -> int:
    """How often the learning rate has been divided by 10 when this share of the stage is over.

    `plateaus` counts the drops of the schedule "plateau", which only validation can tell.
    """
    if recipe.schedule == "plateau":
        return plateaus
    return sum(share >= at for at in recipe.drop_at)


def set_rate(optimisers: Sequence[Optimizer], factor: float) -> None:
    """Set every group's rate to its own base rate (`initial_lr`) times the factor."""
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = group["initial_lr"] * factor


def share_of_time(elapsed: float, start: float, deadline: float) -> float:
    """How much of the time from start to deadline is over, 0..1; all of it where there was none."""
    return min((elapsed - start) / (deadline - start), 1.0) if deadline > start else 1.0


@dataclass
class Clock:
    """Seconds of training, over interruptions, against an optional limit for the whole run.

    Attributes:
        limit: seconds for the whole run; None for no limit.
        before: seconds of the run that an earlier process trained.
    """

    limit: float | None
    before: float = 0.0

    def __post_init__(self) -> None:
        self._start = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds trained so far."""
        return self.before + time.monotonic() - self._start

    def deadline(self, start: float, shares: Sequence[float]) -> float | None:
        """When the stage that began at `start` must end: the time left then, split by the shares of this stage
        (first) and those after it.
        """
        if self.limit is None:
            return None
        return start + max(self.limit - start, 0.0) * shares[0] / sum(shares)
