"""The training of a comparison system beside each model: same data, the baseline loss of the model's paper."""

from abc import abstractmethod
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - its usual name

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.drgrader import GRADES
from retina_studio.networks.lesionnet import LESIONS
from training.compare.stage import ComparisonStage
from training.data.batch import Batch
from training.data.needs import Needs
from training.losses import lesion as lesion_losses
from training.losses import ppa as ppa_losses
from training.losses.disc import neg_log_dice
from training.losses.glaucoma import focal, pixel_bce
from training.losses.oct import mean_of_known, outline_loss
from training.metrics.lesion import quadratic_kappa
from training.metrics.roc import auc
from training.recipe import StageRecipe
from training.stage import TrainingStage
from training.task import StemTask
from training.tasks import TASKS
from training.tasks.lesion import balanced
from training.tasks.oct import OctTask

Figures = dict[str, float | None]


class Comparison(StemTask):
    """Trains a comparison system in one stage.

    Attributes:
        stem: the model that it stands beside.
        labels: of its masks.
        scale: of its grade; "" for none.
        class_monitor: the figure of the classes that helps to choose the best epoch.
    """

    stem: ClassVar[str]
    labels: ClassVar[tuple[str, ...]]
    scale: ClassVar[str] = ""
    class_monitor: ClassVar[str] = "auc"

    @classmethod
    def needs(cls, recipe: Any) -> Needs:
        """The same as the model's own: the same examples, from the same cache."""
        return TASKS[cls.stem].task.needs(recipe)

    def __init__(self, fabric: Any, network: Any, data: Any, recipe: Any, folder: Any = None) -> None:
        self.recipe = recipe
        super().__init__(fabric, network, data, recipe, folder)
        self._check()
        self.network.taught.copy_(torch.tensor(self.taught()))

    @cached_property
    def stages(self) -> tuple[TrainingStage, ...]:
        """The one stage, with the numbers of the model's own stage that teaches the same."""
        return (ComparisonStage(self, self.stage_recipe()),)

    def stage_recipe(self) -> StageRecipe:
        """The numbers of the stage."""
        numbers: StageRecipe = self.recipe.multitask
        return numbers

    def taught(self) -> list[float]:
        """Which masks the training images have an answer for."""
        return [float(bool(self.data["train"].with_mask(label))) for label in self.labels]

    def mask_positions(self, split: str) -> list[int]:
        """Positions of the images that teach the masks."""
        return sorted({n for label in self.labels for n in self.data[split].with_mask(label)})

    def class_positions(self, split: str) -> list[int]:
        """Positions of the images that teach the class."""
        return self.data[split].with_grade(self.scale)

    def draws(self, positions: list[int]) -> list[float] | None:
        """How likely each of these training positions is drawn; None for each once an epoch."""
        del positions
        return None

    def masks(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Masks (N, labels, H, W) of 0, 1 and -1, and whether each is known (N, labels)."""
        order = self.needs(self.recipe).labels
        places = [order.index(label) for label in self.labels]
        return batch.masks[:, places], batch.known[:, places]

    def numbers(self, batch: Batch) -> Tensor:
        """The class (N,) of each image, int64; -1 where unknown."""
        grades = batch.grades[:, self.needs(self.recipe).grades.index(self.scale)]
        return torch.where(grades.isnan(), -1, grades.nan_to_num().long())

    @abstractmethod
    def mask_loss(self, logits: Tensor, masks: Tensor, known: Tensor) -> Tensor:
        """The loss of the masks (N, labels, H, W), of what is known."""

    def class_loss(self, logits: Tensor, numbers: Tensor) -> Tensor:
        """The loss (N,) of each image's class."""
        return F.cross_entropy(logits, numbers, reduction="none")

    def class_figures(self, probabilities: Tensor, numbers: Tensor) -> Figures:
        """AUC of the last class, and accuracy, of the validation images."""
        area = auc(probabilities[:, -1].tolist(), (numbers == probabilities.shape[1] - 1).tolist())
        return {"auc": area, "accuracy": _accuracy(probabilities, numbers)}

    def _check(self) -> None:
        for split, purpose in (("train", "to learn from"), ("val", "to choose the best epoch by")):
            if self.network.masked and not self.mask_positions(split):
                raise RetinaError(
                    f"No image of the split {split!r} has a mask of {', '.join(self.labels)} {purpose}: outline some "
                    "and curate again."
                )
            if self.network.classified and not self.class_positions(split):
                raise RetinaError(
                    f"No image of the split {split!r} is graded ({self.scale}) {purpose}: grade some and curate again."
                )


class PpaComparison(Comparison):
    """PPA against the rest, as 000 trains its baselines (models.md 1.7), by cross-entropy and Dice; or its presence."""

    stem, labels, scale = "ppa", ("PPA",), "ppa"

    def mask_loss(self, logits: Tensor, masks: Tensor, known: Tensor) -> Tensor:
        """Binary cross-entropy plus 1 - Dice of each image."""
        there = masks.clamp_min(0)
        overlap = ppa_losses.dice_loss(logits.sigmoid(), there, known, epsilon=self.recipe.dice_epsilon)
        return mean_of_known(pixel_bce(logits, there), known[:, 0]) + overlap


class LesionComparison(Comparison):
    """Eight lesions by the Dice of equation 3, as 001 trains its baselines (models.md 2.4); or the DR grade."""

    stem, labels, scale, class_monitor = "lesion", LESIONS, "dr", "kappa"

    def stage_recipe(self) -> StageRecipe:
        """Of Lesion-Net for masks, of the grader for the grade."""
        grader: StageRecipe | None = self.recipe.grader
        numbers: StageRecipe = self.recipe.lesions
        return numbers if self.network.masked or grader is None else grader

    def draws(self, positions: list[int]) -> list[float] | None:
        """Each lesion, or each grade, as often as the others, for the recipe's share of the draws."""
        if not self.recipe.balance:
            return None
        data = self.data["train"]
        if self.network.masked:
            stored = (data.stored(position) for position in positions)
            groups = np.array([[bool(s.mask(n).any()) for n in range(len(LESIONS))] for s in stored])
        else:
            grades = np.array([data.grade(position, self.scale) for position in positions])
            groups = grades[:, None] == np.arange(GRADES)
        return balanced(groups, self.recipe.balance)

    def mask_loss(self, logits: Tensor, masks: Tensor, known: Tensor) -> Tensor:
        """One ratio over the whole batch."""
        return lesion_losses.dice_loss(logits.sigmoid(), masks, lesion_losses.valid_pixels(masks, known))

    def class_figures(self, probabilities: Tensor, numbers: Tensor) -> Figures:
        """Quadratic kappa, and accuracy."""
        found = probabilities.argmax(dim=1).tolist()
        kappa = quadratic_kappa(found, numbers.tolist())
        return {"kappa": kappa, "accuracy": _accuracy(probabilities, numbers)}


class GlaucomaComparison(Comparison):
    """Disc and cup by pixel cross-entropy, or glaucoma by focal loss: 002's own losses, one task alone."""

    stem, labels, scale = "glaucoma", ("OD", "OC"), "glaucoma"

    def mask_loss(self, logits: Tensor, masks: Tensor, known: Tensor) -> Tensor:
        """The sum of both labels' binary cross-entropy."""
        both = [
            mean_of_known(pixel_bce(logits[:, [n]], masks[:, [n]].clamp_min(0)), known[:, n])
            for n in range(len(self.labels))
        ]
        return torch.stack(both).sum()

    def class_loss(self, logits: Tensor, numbers: Tensor) -> Tensor:
        """Focal loss."""
        return focal(logits[:, 1] - logits[:, 0], numbers.float(), self.recipe.focal_gamma)


class DiscComparison(Comparison):
    """The disc by -log soft Dice, from a random start (models.md 4.3)."""

    stem, labels = "disc", ("OD",)

    def stage_recipe(self) -> StageRecipe:
        """Of the decoder, for as many epochs as both of the model's stages have."""
        numbers: StageRecipe = self.recipe.decoder
        return numbers.model_copy(update={"epochs": numbers.epochs + self.recipe.localiser.epochs})

    def mask_loss(self, logits: Tensor, masks: Tensor, known: Tensor) -> Tensor:
        """Over the whole batch: only images with a mask are drawn."""
        del known
        return neg_log_dice(logits, masks.clamp_min(0), self.recipe.dice_epsilon)


class OctComparison(Comparison, OctTask):
    """The lesion by BCE + Dice, from pathological images; the class by cross-entropy (models.md 5.4, 5.7)."""

    stem, labels, scale, class_monitor = "oct", ("lesion",), "oct", "accuracy"

    # What the lesion of an image is, and which images teach it, the model's own task knows.

    def stage_recipe(self) -> StageRecipe:
        """Of CAM-UNet where there are masks, of CM-CNN for the class alone."""
        numbers: StageRecipe = self.recipe.segmenter if self.network.masked else self.recipe.classifier
        return numbers

    def taught(self) -> list[float]:
        """The one mask."""
        return [1.0]

    def mask_positions(self, split: str) -> list[int]:
        """Images with a lesion; with a class to learn too, the normal ones, which have none, take part as well."""
        return self.outlined[split]

    def class_positions(self, split: str) -> list[int]:
        """Images whose class is one of the network's."""
        return self.graded[split]

    def masks(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The lesion (N, 1, H, W), and whether it is known (N, 1)."""
        masks, known = self.lesions(batch)
        return masks, known[:, None]

    def numbers(self, batch: Batch) -> Tensor:
        """The class (N,) among the network's, int64; -1 where unknown or not among them."""
        return self.class_numbers(batch.grades)

    def mask_loss(self, logits: Tensor, masks: Tensor, known: Tensor) -> Tensor:
        """BCE + Dice of each image."""
        return mean_of_known(outline_loss(logits, masks, self.recipe.dice), known[:, 0])

    def class_figures(self, probabilities: Tensor, numbers: Tensor) -> Figures:
        """Accuracy."""
        return {"accuracy": _accuracy(probabilities, numbers)}


COMPARISONS: dict[str, type[Comparison]] = {
    task.stem: task
    for task in (PpaComparison, LesionComparison, GlaucomaComparison, DiscComparison, OctComparison)
}


def _accuracy(probabilities: Tensor, numbers: Tensor) -> float | None:
    return float((probabilities.argmax(dim=1) == numbers).float().mean()) if len(numbers) else None
