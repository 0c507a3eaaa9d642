"""The task of the stem `disc`: localiser, freeze, decoder (Hu et al., MIDL 2019; models.md 4.3)."""

import hashlib
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal

import torch
from pydantic import Field, PositiveFloat
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.finding import THRESHOLD
from training.data.batch import Batch
from training.data.needs import Needs
from training.losses.disc import neg_log_dice
from training.metrics.common import dice
from training.recipe import BaseRecipe, StageRecipe
from training.stage import TrainingStage
from training.task import StemTask


class DiscRecipe(BaseRecipe):
    """Numbers for the stem `disc` (models.md 4).

    Attributes:
        dice_epsilon: added to both sides of the soft Dice ratio.
        with_localiser: False for the paper's baseline: the same network, random start, everything trained at once.
        mask_fraction: share of the training masks that is used; a smaller share lies inside a larger one.
        localiser, decoder: the two stages. Without pre-training the decoder's numbers train the whole network.
    """

    model: Literal["disc"]
    dice_epsilon: PositiveFloat = 1.0
    with_localiser: bool = True
    mask_fraction: Annotated[float, Field(gt=0, le=1)] = 1.0
    localiser: StageRecipe
    decoder: StageRecipe


class DiscTask(StemTask):
    """Trains a LocSeg network in two stages, or, without pre-training, in one from end to end."""

    recipe_class = DiscRecipe

    @classmethod
    def needs(cls, recipe: DiscRecipe) -> Needs:
        """Masks and points of the disc."""
        del recipe
        return Needs("fundus", labels=("OD",), points=("OD",))

    def __init__(self, fabric: Any, network: Any, data: Any, recipe: DiscRecipe, folder: Any = None) -> None:
        self.recipe = recipe
        super().__init__(fabric, network, data, recipe, folder)
        self._check()

    @cached_property
    def stages(self) -> tuple[TrainingStage, ...]:
        """Localiser and decoder, or the whole network at once."""
        recipe = self.recipe
        if recipe.with_localiser:
            return (LocaliserStage(self, recipe.localiser), DecoderStage(self, recipe.decoder))
        epochs = recipe.localiser.epochs + recipe.decoder.epochs
        return (WholeStage(self, recipe.decoder.model_copy(update={"epochs": epochs})),)

    def outlined(self, split: str) -> list[int]:
        """Positions of the images with a mask; of the training images the share that the recipe uses."""
        positions: list[int] = self.data[split].with_mask("OD")
        if split != "train" or self.recipe.mask_fraction == 1.0:
            return positions
        names = {n: f"{self.recipe.seed} {self.data[split].entries[n].name}" for n in positions}
        ranked = sorted(positions, key=lambda n: hashlib.sha256(names[n].encode()).digest())
        return sorted(ranked[: max(round(self.recipe.mask_fraction * len(positions)), 1)])

    def _check(self) -> None:
        for split, purpose in (("train", "to learn from"), ("val", "to choose the best epoch by")):
            if not self.data[split].with_mask("OD"):
                raise RetinaError(
                    f"No image of the split {split!r} has an OD mask {purpose}: outline discs and curate again."
                )
            if self.recipe.with_localiser and not self.data[split].with_point("OD"):
                raise RetinaError(
                    f"No image of the split {split!r} has an OD mask or point that is not empty."
                )


class LocaliserStage(TrainingStage):
    """Stage 1: encoder and head learn the disc centre by mean squared error."""

    name, monitor, lower_is_better = "localiser", "centre_mse_px2", True

    def positions(self, split: str) -> list[int]:
        """Images with a disc centre."""
        positions: list[int] = self.task.data[split].with_point("OD")
        return positions

    def learning(self) -> list[tuple[nn.Module | nn.Parameter, float]]:
        """Encoder and localiser."""
        network, rate = self.task.network, self.recipe.learning_rate
        return [
            (network.encoder, self.recipe.backbone_learning_rate or rate),
            (network.localiser, self.recipe.head_learning_rate or rate),
        ]

    def end(self) -> None:
        """From here on the localiser's answer counts."""
        self.task.network.localises.fill_(True)

    def losses(self, batch: Batch, drops: int) -> dict[str, Tensor]:
        """Mean squared error of the centre, in units of the longer side."""
        del drops
        centres = self.task.module.localise(batch.image)
        return {"mse": F.mse_loss(centres.float(), batch.points[:, 0] / self.task.network.unit)}

    def figures(self, batches: Iterator[Batch]) -> dict[str, float]:
        """Mean over both coordinates of the squared error, and mean distance, in input pixels."""
        unit = self.task.network.unit
        errors = torch.cat(
            [self.task.module.localise(b.image).float() * unit - b.points[:, 0] for b in batches]
        )
        return {
            "centre_mse_px2": float(errors.square().mean()),
            "centre_error_px": float(errors.norm(dim=1).mean()),
        }


class DecoderStage(TrainingStage):
    """Stage 2: the encoder is frozen, the decoder learns the disc mask by -log soft Dice."""

    name, monitor = "decoder", "dice"

    def begin(self) -> None:
        """Freeze the encoder, then make the optimiser."""
        self.task.network.freeze(self.task.network.encoder)
        super().begin()

    def positions(self, split: str) -> list[int]:
        """Images with a disc mask."""
        positions: list[int] = self.task.outlined(split)
        return positions

    def learning(self) -> list[tuple[nn.Module | nn.Parameter, float]]:
        """The decoder."""
        return [(self.task.network.decoder, self.recipe.learning_rate)]

    def losses(self, batch: Batch, drops: int) -> dict[str, Tensor]:
        """-log soft Dice of the batch."""
        del drops
        logits = self.task.module.segment(batch.image)
        return {"neg_log_dice": neg_log_dice(logits, batch.masks, self.task.recipe.dice_epsilon)}

    def figures(self, batches: Iterator[Batch]) -> dict[str, float]:
        """Mean hard Dice over the images, at the input's resolution."""
        scores: list[float] = []
        for batch in batches:
            found = self.task.module.segment(batch.image).float().sigmoid() >= THRESHOLD
            pairs = zip(found.cpu().numpy(), batch.masks.cpu().numpy(), strict=True)
            scores += [dice(mask, truth) for mask, truth in pairs]
        return {"dice": sum(scores) / len(scores)}


class WholeStage(DecoderStage):
    """The paper's baseline: everything from its start by -log soft Dice, no localiser."""

    name = "whole"

    def begin(self) -> None:
        """Make the optimiser; nothing is frozen."""
        TrainingStage.begin(self)

    def learning(self) -> list[tuple[nn.Module | nn.Parameter, float]]:
        """Encoder and decoder."""
        network, rate = self.task.network, self.recipe.learning_rate
        return [
            (network.encoder, self.recipe.backbone_learning_rate or rate),
            (network.decoder, rate),
        ]
