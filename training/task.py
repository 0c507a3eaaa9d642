"""What the loop asks of a task. The task owns networks, losses, optimisers and step; the loop knows none of them."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import torch

from training.recipe import StageRecipe


class Stage(Protocol):
    """One stage of training: what a step does, and which validation figure says how good the network is.

    Attributes:
        name: for events and for the header of the weights.
        recipe: its numbers.
        steps: batches an epoch.
        monitor: the validation figure that chooses the best epoch.
        lower_is_better: whether a smaller figure is better.
    """

    name: str
    recipe: StageRecipe
    steps: int
    monitor: str
    lower_is_better: bool

    @property
    def optimiser(self) -> torch.optim.Optimizer:
        """The optimiser, there after `begin`; the loop saves its state and sets its learning rate."""
        ...

    def begin(self) -> None:
        """Make the networks ready for this stage: what is frozen, what learns."""
        ...

    def batches(self) -> Iterator[Any]:
        """The batches of one epoch, drawn from torch's random numbers."""
        ...

    def step(self, batch: Any) -> tuple[int, dict[str, float]]:
        """One step: forward, backward, optimiser. The number of images, and the losses by name."""
        ...

    def validate(self) -> dict[str, float]:
        """Figures on the validation split, the monitored one among them."""
        ...


class Task(Protocol):
    """One model's training: its stages, and the state they share."""

    @property
    def stages(self) -> tuple[Stage, ...]:
        """In order."""
        ...

    def state(self) -> dict[str, torch.Tensor]:
        """A copy of everything that has been learnt."""
        ...

    def restore(self, state: Mapping[str, torch.Tensor]) -> None:
        """Put a copy back."""
        ...

    def train(self, mode: bool) -> None:
        """Switch between training and evaluation."""
        ...
