"""The task of the stem `disc`: localiser, freeze, decoder (Hu et al., MIDL 2019; models.md 4.3)."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import cast

import torch
from lightning_fabric import Fabric
from lightning_fabric.wrappers import _FabricOptimizer
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.disc import THRESHOLD
from retina_studio.networks.locseg import LocSeg
from training.augment import Augmentation
from training.data import Batch, DiscData
from training.losses import neg_log_dice
from training.metrics import dice
from training.recipe import DiscRecipe, StageRecipe


class DiscTask:
    """Trains a LocSeg network in two stages, or, without pre-training, in one from end to end.

    Args:
        fabric: device and precision.
        network: freshly initialised.
        data: the splits "train" and "val".
        recipe: the numbers.
        localiser: False for the paper's baseline: the same network, random start, everything trained at once.

    Raises:
        RetinaError: a split has too little to train or to choose by.
    """

    def __init__(
        self,
        fabric: Fabric,
        network: LocSeg,
        data: Mapping[str, DiscData],
        recipe: DiscRecipe,
        *,
        localiser: bool = True,
    ) -> None:
        _check(data, localiser=localiser)
        self.fabric = fabric
        self.network = network.to(memory_format=torch.channels_last)
        self.module = fabric.setup_module(self.network)
        for method in ("localise", "segment"):
            self.module.mark_forward_method(method)
        self.data = data
        self.epsilon = recipe.dice_epsilon
        if localiser:
            self.stages: tuple[_Stage, ...] = (
                LocaliserStage(self, recipe.localiser),
                DecoderStage(self, recipe.decoder),
            )
        else:
            epochs = recipe.localiser.epochs + recipe.decoder.epochs
            self.stages = (WholeStage(self, recipe.decoder.model_copy(update={"epochs": epochs})),)

    def state(self) -> dict[str, Tensor]:
        """A copy of the network's state."""
        return {name: tensor.detach().clone() for name, tensor in self.network.state_dict().items()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Put a copy back."""
        self.network.load_state_dict(state)

    def train(self, mode: bool) -> None:
        """Switch between training and evaluation; a frozen encoder stays in evaluation."""
        self.module.train(mode)


class _Stage(ABC):
    """What the stages share: their data, their optimiser, and the way a loss becomes a step."""

    name: str
    monitor: str
    lower_is_better: bool
    loss_name: str

    def __init__(self, task: DiscTask, recipe: StageRecipe) -> None:
        self.task = task
        self.recipe = recipe
        self.augmentation: Augmentation = recipe.augment.build()
        self.steps = -(-len(self._positions("train")) // recipe.batch_size)

    _optimiser: torch.optim.Optimizer
    _stepper: _FabricOptimizer

    def begin(self) -> None:
        """Make the optimiser, over the parameters that learn in this stage."""
        recipe = self.recipe
        groups = [
            {"params": list(module.parameters()), "lr": rate, "initial_lr": rate}
            for module, rate in self._learning()
        ]
        kinds = {"rmsprop": torch.optim.RMSprop, "adam": torch.optim.Adam}
        kind = kinds[recipe.optimiser]
        self._optimiser = kind(groups, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
        # fabric's wrapper scales gradients in half precision; what it wraps has the state.
        self._stepper = cast(_FabricOptimizer, self.task.fabric.setup_optimizers(self._optimiser))

    @property
    def optimiser(self) -> torch.optim.Optimizer:
        """The optimiser itself, not fabric's wrapper."""
        return self._optimiser

    def batches(self) -> Iterator[Batch]:
        """One epoch of augmented training batches."""
        return self._batches("train", self.augmentation)

    def step(self, batch: Batch) -> tuple[int, dict[str, float]]:
        """Forward, backward, optimiser."""
        loss = self._loss(batch)
        self._stepper.zero_grad()
        self.task.fabric.backward(loss)
        self._stepper.step()
        return len(batch.image), {self.loss_name: float(loss.detach())}

    @torch.inference_mode()
    def validate(self) -> dict[str, float]:
        """Figures on the validation split."""
        return self._figures(list(self._batches("val", None)))

    def _batches(self, split: str, augmentation: Augmentation | None) -> Iterator[Batch]:
        data, device = self.task.data[split], self.task.fabric.device
        for batch in data.batches(self._positions(split), self.recipe.batch_size, augmentation):
            yield Batch(batch.image.to(device), batch.mask.to(device), batch.centre.to(device))

    @abstractmethod
    def _positions(self, split: str) -> list[int]: ...

    @abstractmethod
    def _learning(self) -> list[tuple[nn.Module, float]]: ...

    @abstractmethod
    def _loss(self, batch: Batch) -> Tensor: ...

    @abstractmethod
    def _figures(self, batches: list[Batch]) -> dict[str, float]: ...


class LocaliserStage(_Stage):
    """Stage 1: encoder and head learn the disc centre by mean squared error."""

    name, monitor, lower_is_better, loss_name = "localiser", "centre_mse_px2", True, "mse"

    def _positions(self, split: str) -> list[int]:
        return self.task.data[split].located

    def _learning(self) -> list[tuple[nn.Module, float]]:
        network, rate = self.task.network, self.recipe.learning_rate
        return [(network.encoder, rate), (network.localiser, self.recipe.head_learning_rate or rate)]

    def _loss(self, batch: Batch) -> Tensor:
        centres = self.task.module.localise(batch.image)
        return F.mse_loss(centres.float(), batch.centre / self.task.network.unit)

    def _figures(self, batches: list[Batch]) -> dict[str, float]:
        """Mean over both coordinates of the squared error, and mean distance, in input pixels."""
        unit = self.task.network.unit
        errors = torch.cat([self.task.module.localise(b.image).float() * unit - b.centre for b in batches])
        return {
            "centre_mse_px2": float(errors.square().mean()),
            "centre_error_px": float(errors.norm(dim=1).mean()),
        }


class DecoderStage(_Stage):
    """Stage 2: the encoder is frozen, the decoder learns the disc mask by -log soft Dice."""

    name, monitor, lower_is_better, loss_name = "decoder", "dice", False, "neg_log_dice"

    def begin(self) -> None:
        """Freeze the encoder, then make the optimiser."""
        self.task.network.freeze_encoder()
        super().begin()

    def _positions(self, split: str) -> list[int]:
        return self.task.data[split].outlined

    def _learning(self) -> list[tuple[nn.Module, float]]:
        return [(self.task.network.decoder, self.recipe.learning_rate)]

    def _loss(self, batch: Batch) -> Tensor:
        return neg_log_dice(self.task.module.segment(batch.image), batch.mask, self.task.epsilon)

    def _figures(self, batches: list[Batch]) -> dict[str, float]:
        """Mean hard Dice over the images, at the input's resolution."""
        scores: list[float] = []
        for batch in batches:
            found = self.task.module.segment(batch.image).float().sigmoid() >= THRESHOLD
            pairs = zip(found.cpu().numpy(), batch.mask.cpu().numpy(), strict=True)
            scores += [dice(mask, truth) for mask, truth in pairs]
        return {"dice": sum(scores) / len(scores)}


class WholeStage(DecoderStage):
    """The paper's baseline: everything from a random start by -log soft Dice, no localiser."""

    name = "whole"

    def begin(self) -> None:
        """Make the optimiser; nothing is frozen."""
        _Stage.begin(self)

    def _learning(self) -> list[tuple[nn.Module, float]]:
        network, rate = self.task.network, self.recipe.learning_rate
        return [(network.encoder, rate), (network.decoder, rate)]


def _check(data: Mapping[str, DiscData], *, localiser: bool) -> None:
    for split, purpose in (("train", "to learn from"), ("val", "to choose the best epoch by")):
        if not data[split].outlined:
            raise RetinaError(
                f"No image of the split {split!r} has an OD mask {purpose}: outline discs and curate again."
            )
        if localiser and not data[split].located:
            raise RetinaError(f"No image of the split {split!r} has an OD mask or point that is not empty.")
