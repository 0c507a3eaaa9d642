"""The task of the stem `lesion`: Lesion-Net by the dual Dice loss, then the DR grader (Wei et al.; models.md 2)."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.drgrader import GRADES
from retina_studio.networks.lesionnet import LESIONS
from training.data.batch import Batch
from training.data.needs import Needs
from training.losses.lesion import PIXEL_LOSSES, presence_loss, valid_pixels
from training.metrics.lesion import LesionScore, quadratic_kappa
from training.recipe import BaseRecipe, Share, StageRecipe
from training.stage import TrainingStage
from training.task import StemTask
from training.tasks.lesion_maps import KeptMaps


class LesionRecipe(BaseRecipe):
    """Numbers for the stem `lesion` (models.md 2.4 to 2.6).

    Attributes:
        loss: of Lesion-Net; "dual" begins with the pixels' Dice and adds the images' for good when the learning rate
            first drops; "dual_each" is the same with the pixels' Dice of each lesion by itself; "dice", "wce" and
            "focal" are the paper's comparisons.
        dual_weight: lambda, the weight of the pixels' part of the dual loss.
        noncompliant: what a pixel is that was outlined against the settled grade.
        balance: share of the images that is drawn so that each lesion (then each grade) comes as often as the others;
            the rest, and all of them at 0, as the paper draws: any image alike.
        side_maps: "live" makes the lesion maps of each training picture; "kept" makes those of each image once and
            moves them with it, which a CPU can afford.
        lesions, grader: the two stages; without the second there is no DR grade.
    """

    model: Literal["lesion"]
    loss: Literal["dual", "dual_each", "dice", "wce", "focal"] = "dual"
    dual_weight: Annotated[float, Field(ge=0, le=1)] = 0.8
    noncompliant: Literal["background", "ignore"] = "background"
    balance: Share = 0.0
    side_maps: Literal["live", "kept"] = "live"
    lesions: StageRecipe
    grader: StageRecipe | None = None


class LesionTask(StemTask):
    """Trains a LesionMultiTask in two stages."""

    recipe_class = LesionRecipe

    @classmethod
    def needs(cls, recipe: LesionRecipe) -> Needs:
        """Masks of the lesions that the store has, and DR grades."""
        grades = ("dr",) if recipe.grader else ()
        return Needs("fundus", labels=LESIONS, grades=grades, noncompliant=recipe.noncompliant)

    def __init__(
        self, fabric: Any, network: Any, data: Any, recipe: LesionRecipe, folder: Any = None
    ) -> None:
        self.recipe = recipe
        super().__init__(fabric, network, data, recipe, folder)
        self._check()

    @cached_property
    def stages(self) -> tuple[TrainingStage, ...]:
        """Lesion-Net, then the grader where the recipe has one."""
        lesions = LesionsStage(self, self.recipe.lesions)
        return (lesions, GraderStage(self, self.recipe.grader)) if self.recipe.grader else (lesions,)

    def outlined(self, split: str) -> list[int]:
        """Positions of the images that have a mask of at least one lesion, the answer "none" included."""
        return sorted({n for label in LESIONS for n in self.data[split].with_mask(label)})

    def shown(self, split: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which lesions each outlined image shows, (images, 8)."""
        stored = (self.data[split].stored(position) for position in self.outlined(split))
        return np.array([[bool(s.mask(n).any()) for n in range(len(LESIONS))] for s in stored])

    def _check(self) -> None:
        for split, purpose in (("train", "to learn from"), ("val", "to choose the best epoch by")):
            if not self.outlined(split):
                raise RetinaError(
                    f"No image of the split {split!r} has a lesion mask {purpose}: outline lesions and curate again."
                )
            if self.recipe.grader and not self.data[split].with_grade("dr"):
                raise RetinaError(
                    f"No image of the split {split!r} has a DR grade {purpose}: grade images and curate again, or take "
                    "the table [grader] out of the recipe."
                )


class LesionsStage(TrainingStage):
    """Stage 1: Lesion-Net learns the masks."""

    name, monitor = "lesions", "pixel_f1"

    def begin(self) -> None:
        """Note which lesions are taught, then make the optimiser.

        Raises:
            RetinaError: no lesion is shown that could be learnt, or found again.
        """
        for split in ("train", "val"):
            if not self.task.shown(split).any():
                raise RetinaError(
                    f"No image of the split {split!r} shows a lesion: outline lesions and curate again."
                )
        data = self.task.data["train"]
        taught = torch.tensor([float(bool(data.with_mask(label))) for label in LESIONS])
        self.task.network.lesionnet.taught.copy_(taught)
        super().begin()

    def positions(self, split: str) -> list[int]:
        """Images with a mask of at least one lesion."""
        positions: list[int] = self.task.outlined(split)
        return positions

    def learning(self) -> list[tuple[nn.Module | nn.Parameter, float]]:
        """Encoder, expansive path and head."""
        network, rate = self.task.network.lesionnet, self.recipe.learning_rate
        return [
            (network.encoder, self.recipe.backbone_learning_rate or rate),
            (network.merges, rate),
            (network.head, self.recipe.head_learning_rate or rate),
        ]

    def weights(self) -> list[float] | None:
        """Each lesion as often as the others, for the recipe's share of the draws."""
        return self._weights

    def losses(self, batch: Batch, drops: int) -> dict[str, Tensor]:
        """The recipe's loss; the dual loss has its second part once the learning rate has dropped."""
        recipe = self.task.recipe
        found = self.task.module.segment(batch.image).float()
        valid = valid_pixels(batch.masks, batch.known)
        pixels = PIXEL_LOSSES[recipe.loss](found, batch.masks, valid)
        images = presence_loss(found, batch.masks, valid)
        dual = recipe.loss.startswith("dual") and drops > 0
        loss = recipe.dual_weight * pixels + (1 - recipe.dual_weight) * images if dual else pixels
        return {"loss": loss, "pixels": pixels, "images": images}

    def figures(self, batches: Iterator[Batch]) -> dict[str, float]:
        """F1 by pixels and by images, of the whole image at the input's size."""
        score = LesionScore()
        for batch in batches:
            # Trained on windows, a batch of whole images would need many times the memory of a training step.
            for part in batch.parts(len(batch) if self.augmentation.window else 1):
                valid = valid_pixels(part.masks, part.known)
                score.update(self.task.module.segment(part.image).float(), part.masks, valid)
        return score.figures()

    @cached_property
    def _weights(self) -> list[float] | None:
        return balanced(self.task.shown("train"), self.task.recipe.balance)


class GraderStage(TrainingStage):
    """Stage 2: Lesion-Net is frozen, the grader learns the DR grades."""

    name, monitor = "grader", "kappa"

    def begin(self) -> None:
        """Freeze Lesion-Net, then make the optimiser."""
        self.task.network.freeze(self.task.network.lesionnet)
        super().begin()
        self._maps = KeptMaps(self.task) if self.task.recipe.side_maps == "kept" else None

    def end(self) -> None:
        """From here on the grader's answer counts."""
        self.task.network.graded.fill_(True)
        if self._maps:
            self._maps.forget()

    def positions(self, split: str) -> list[int]:
        """Images with a DR grade."""
        positions: list[int] = self.task.data[split].with_grade("dr")
        return positions

    def learning(self) -> list[tuple[nn.Module | nn.Parameter, float]]:
        """Encoder, side branch and linear layer."""
        network, rate = self.task.network.grader, self.recipe.learning_rate
        return [
            (network.encoder, self.recipe.backbone_learning_rate or rate),
            (network.side, rate),
            (network.head, self.recipe.head_learning_rate or rate),
        ]

    def weights(self) -> list[float] | None:
        """Each grade as often as the others, for the recipe's share of the draws."""
        return self._weights

    def attach(self, split: str) -> Any:
        """The kept lesion maps of an image."""
        return self._maps.attach(split) if self._maps else None

    def losses(self, batch: Batch, drops: int) -> dict[str, Tensor]:
        """Cross-entropy of the five grades."""
        del drops
        return {"cross_entropy": F.cross_entropy(self._logits(batch).float(), batch.grades[:, 0].long())}

    def figures(self, batches: Iterator[Batch]) -> dict[str, float]:
        """Quadratic kappa, accuracy and cross-entropy."""
        pairs = [(self._logits(batch).float().cpu(), batch.grades[:, 0].long().cpu()) for batch in batches]
        if self._maps:
            self._maps.save()
        logits, truth = (torch.cat(values) for values in zip(*pairs, strict=True))
        found = logits.argmax(dim=1)
        return {
            "kappa": quadratic_kappa(found.tolist(), truth.tolist()),
            "accuracy": float((found == truth).float().mean()),
            "cross_entropy": float(F.cross_entropy(logits, truth)),
        }

    def _logits(self, batch: Batch) -> Tensor:
        logits: Tensor = self.task.module.grade(batch.image, batch.extra.get("lesions"))
        return logits

    @cached_property
    def _weights(self) -> list[float] | None:
        data, positions = self.task.data["train"], self.positions("train")
        grades = np.array([data.grade(position, "dr") for position in positions])
        return balanced(grades[:, None] == np.arange(GRADES), self.task.recipe.balance)


def balanced(shown: np.ndarray[Any, np.dtype[np.bool_]], share: float) -> list[float] | None:
    """How likely each image is drawn when a share of the draws first takes a group, each alike, then an image of it.

    Args:
        shown: (images, groups), which image belongs to which groups.
        share: of the draws; the others take any image alike. 0 gives None: each image once an epoch.
    """
    sizes = shown.sum(axis=0)
    if not share or not sizes.any():
        return None
    there = shown[:, sizes > 0] / sizes[sizes > 0]
    weights: Sequence[float] = (share * there.mean(axis=1) + (1 - share) / len(shown)).tolist()
    return list(weights)
