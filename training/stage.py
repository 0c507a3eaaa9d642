"""One stage of training: what learns, by which loss, and which validation figure says how good it is."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, ClassVar, cast

import torch
from lightning_fabric.wrappers import _FabricOptimizer
from torch import Tensor, nn

from retina_studio.domain.errors import RetinaError
from training.data.batch import Batch, batches
from training.fabric import is_out_of_memory
from training.recipe import StageRecipe
from training.task import StemTask


class TrainingStage(ABC):
    """What the stages share: their data, their optimiser, and the way a loss becomes a step.

    Attributes:
        name: for events and for the header of the weights.
        monitor: the validation figure that chooses the best epoch.
        lower_is_better: whether a smaller one is better.
        steps: batches an epoch (or between validations, where the recipe says).
        parts: into how many a batch is cut; grows when memory runs out.
        moments: numbers that the optimisers keep of each parameter, for the size of a checkpoint.
    """

    name: ClassVar[str]
    monitor: str
    lower_is_better: bool = False
    moments: int = 2

    def __init__(self, task: StemTask, recipe: StageRecipe) -> None:
        self.task: Any = task
        self.recipe = recipe
        self.augmentation = recipe.augment.build()
        self.parts = recipe.accumulate
        images, together = len(self.positions("train")), recipe.batch_size * task.fabric.world_size
        once = images // together if recipe.drop_last else -(-images // together)
        self.steps = recipe.validate_every or max(once, 1)

    @abstractmethod
    def positions(self, split: str) -> list[int]:
        """The images of a split ("train" or "val") that this stage uses, as positions in the task's data."""

    @abstractmethod
    def learning(self) -> list[tuple[nn.Module | nn.Parameter, float]]:
        """What learns in this stage, each with its learning rate."""

    @abstractmethod
    def losses(self, batch: Batch, drops: int) -> dict[str, Tensor]:
        """The losses of a batch by name; the first is what is minimised, a mean over the images.

        Args:
            batch: on the device.
            drops: how often the learning rate has been divided by 10.
        """

    @abstractmethod
    def figures(self, batches: Iterator[Batch]) -> dict[str, float]:
        """Figures on the validation split, the monitored one among them."""

    def attach(self, split: str) -> Callable[[int], dict[str, Tensor]] | None:
        """Maps that go with each image of a split, from its position; they move with it. None for none."""
        del split
        return None

    def weights(self) -> list[float] | None:
        """How likely each training position is drawn; None for each once an epoch."""
        return None

    def favoured(self) -> list[float] | None:
        """`weights` times what the recipe favours."""
        weights, favour = self.weights(), self.task.recipe.favour
        if not favour:
            return weights
        entries, positions = self.task.data["train"].entries, self.positions("train")
        factors = [_factor(entries[position].name, favour) for position in positions]
        return [f * w for f, w in zip(factors, weights or [1.0] * len(factors), strict=True)]

    def begin(self) -> None:
        """Make the network ready for this stage (what is frozen), then the optimisers."""
        self.task.wrap()
        self._optimisers = tuple(self.make_optimisers())
        # fabric's wrapper scales gradients in half precision; what it wraps has the state.
        self.steppers = [
            cast(_FabricOptimizer, self.task.fabric.setup_optimizers(o)) for o in self._optimisers
        ]

    def end(self) -> None:  # noqa: B027 - most stages have nothing to add
        """What follows once the best state of this stage is back, e.g. a regression on its answers."""

    @property
    def optimisers(self) -> tuple[torch.optim.Optimizer, ...]:
        """There after `begin`; the loop saves their state and sets their learning rates."""
        return self._optimisers

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """One over all that learns; a task with more overrides it."""
        return [self.optimiser_of(self.learning())]

    def optimiser_of(self, learning: list[tuple[nn.Module | nn.Parameter, float]]) -> torch.optim.Optimizer:
        """The recipe's optimiser over these modules and rates."""
        groups = [
            {
                "params": list(part.parameters()) if isinstance(part, nn.Module) else [part],
                "lr": rate,
                "initial_lr": rate,
            }
            for part, rate in learning
        ]
        return _KINDS[self.recipe.optimiser](groups, self.recipe)

    def batches(self, seed: int) -> Iterator[Batch]:
        """The batches of one epoch, which follow from the seed."""
        fabric = self.task.fabric
        yield from batches(
            self.task.data["train"],
            self.positions("train"),
            self.recipe.batch_size,
            seed=seed,
            augment=self.augmentation,
            steps=self.steps,
            weights=self.favoured(),
            drop_last=self.recipe.drop_last,
            rank=fabric.global_rank,
            world=fabric.world_size,
            device=fabric.device,
            attach=self.attach("train"),
        )

    def step(self, batch: Batch, drops: int) -> tuple[int, dict[str, float]]:
        """Forward, backward, optimiser. The number of images, and the losses by name.

        When memory runs out the batch is cut into twice as many parts, whose gradients are added up.
        """
        (stepper,) = self.steppers
        values = self.in_parts(batch, lambda part: self.losses(part, drops), stepper)
        stepper.step()
        return len(batch), values

    def in_parts(
        self, batch: Batch, losses: Callable[[Batch], Mapping[str, Tensor]], stepper: _FabricOptimizer
    ) -> dict[str, float]:
        """Gradients of the first of these losses, part by part as memory allows; the losses of the whole batch.

        Raises:
            RetinaError: one image is too much.
        """
        while True:
            try:
                stepper.zero_grad()
                return self._gradients(batch, losses)
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                self._halve(len(batch))

    def _gradients(self, batch: Batch, losses: Callable[[Batch], Mapping[str, Tensor]]) -> dict[str, float]:
        parts = batch.parts(min(self.parts, len(batch)))
        values: dict[str, float] = {}
        for number, part in enumerate(parts, 1):
            share = len(part) / len(batch)
            with self.task.fabric.no_backward_sync(self.task.module, enabled=number < len(parts)):
                named = losses(part)
                self.task.fabric.backward(next(iter(named.values())) * share)
            for name, value in named.items():
                values[name] = values.get(name, 0.0) + float(value.detach()) * share
        return values

    def _halve(self, images: int) -> None:
        if self.task.fabric.world_size > 1 or self.parts >= images:
            raise RetinaError(
                f"The memory does not hold {-(-images // self.parts)} images of the stage {self.name!r}: choose a "
                "smaller batch_size or input in the recipe, or the size compact."
            )
        self.parts *= 2
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        self.task.notices.append(
            f"Memory ran out: from here on each batch of {images} goes through in {self.parts} parts."
        )

    @torch.inference_mode()
    def validate(self) -> dict[str, float]:
        """Figures on the validation split."""
        return self.figures(
            batches(
                self.task.data["val"],
                self.positions("val"),
                max(self.recipe.batch_size // self.parts, 1),
                seed=0,
                augment=None,
                device=self.task.fabric.device,
                attach=self.attach("val"),
            )
        )


def _adam(groups: Any, recipe: StageRecipe) -> torch.optim.Optimizer:
    kind = torch.optim.AdamW if recipe.optimiser == "adamw" else torch.optim.Adam
    beta = 0.9 if recipe.momentum is None else recipe.momentum
    return kind(groups, lr=recipe.learning_rate, betas=(beta, 0.999), weight_decay=recipe.weight_decay)


def _sgd(groups: Any, recipe: StageRecipe) -> torch.optim.Optimizer:
    momentum = recipe.momentum or 0.0
    return torch.optim.SGD(
        groups, lr=recipe.learning_rate, momentum=momentum, weight_decay=recipe.weight_decay
    )


def _rmsprop(groups: Any, recipe: StageRecipe) -> torch.optim.Optimizer:
    momentum = recipe.momentum or 0.0
    return torch.optim.RMSprop(
        groups, lr=recipe.learning_rate, momentum=momentum, weight_decay=recipe.weight_decay
    )


_KINDS: dict[str, Callable[[Any, StageRecipe], torch.optim.Optimizer]] = {
    "adam": _adam,
    "adamw": _adam,
    "sgd": _sgd,
    "rmsprop": _rmsprop,
}


def _factor(name: str, favour: Mapping[str, float]) -> float:
    return next((factor for pattern, factor in favour.items() if fnmatchcase(name, pattern)), 1.0)
