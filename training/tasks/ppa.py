"""The task of the stem `ppa`: outlines and presence at once (Wei et al. 2022; models.md 1.5 and 1.6)."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

import torch
from pydantic import PositiveFloat, model_validator
from torch import Tensor, nn

from retina_studio.domain.errors import RetinaError
from training.data.batch import Batch
from training.data.needs import Needs
from training.losses.ppa import dice_loss, exclusive, joint_factor, pixel_cross_entropy, presence_loss
from training.metrics.common import dice, mean
from training.metrics.ppa import detection_figures, outline_figures
from training.metrics.roc import auc
from training.recipe import BaseRecipe, NotNegative, StageRecipe
from training.stage import TrainingStage
from training.task import StemTask

PPA = "PPA"
SCALE = "ppa"
# The figures whose mean is the score. "Excluded" counts images with PPA only: a network that never outlines any gets
# much of DICE_ppa for nothing where few images have PPA.
_CHOSEN = ("dice_ppa", "dice_ppa_excluded", "dice_od", "auc")


class PpaRecipe(BaseRecipe):
    """Numbers for the stem `ppa` (models.md 1).

    The paper's ablation (table 2) changes `network.od`, `network.classifier` and `joint`.

    Attributes:
        joint: joint-Dice (equation 2), which needs the classifier; False for plain Dice.
        dice_epsilon: added to both sides of the soft Dice ratio.
        cross_entropy_weight, dice_weight, classifier_weight: of the three losses (equation 3).
        monitor: the validation figure that chooses the best epoch: DICE_ppa, or the mean of all that can be measured of
            DICE_ppa, the same over the images with PPA, Dice of the disc and AUC of the classifier.
        multitask: the one stage.
    """

    model: Literal["ppa"]
    joint: bool = True
    dice_epsilon: PositiveFloat = 1e-6
    cross_entropy_weight: NotNegative = 0.25
    dice_weight: NotNegative = 0.25
    classifier_weight: NotNegative = 0.5
    monitor: Literal["dice_ppa", "score"] = "dice_ppa"
    multitask: StageRecipe

    @model_validator(mode="after")
    def _joint_has_a_classifier(self) -> "PpaRecipe":
        if self.joint and not self.network.get("classifier", True):
            raise ValueError(
                "joint-Dice needs the classifier: set joint = false, or network.classifier = true"
            )
        return self


class PpaTask(StemTask):
    """Trains a PPANet in one stage."""

    recipe_class = PpaRecipe

    @classmethod
    def needs(cls, recipe: PpaRecipe) -> Needs:
        """Masks of atrophy and, as a class of its own, the disc; whether there is atrophy."""
        labels = ("OD", PPA) if recipe.network.get("od", True) else (PPA,)
        return Needs("fundus", labels=labels, grades=(SCALE,))

    def __init__(self, fabric: Any, network: Any, data: Any, recipe: PpaRecipe, folder: Any = None) -> None:
        self.recipe = recipe
        super().__init__(fabric, network, data, recipe, folder)
        self._check()

    @cached_property
    def stages(self) -> tuple[TrainingStage, ...]:
        """The one stage."""
        return (MultitaskStage(self, self.recipe.multitask),)

    def _check(self) -> None:
        train, val = self.data["train"], self.data["val"]
        if all(train.point(n, PPA) is None for n in train.with_mask(PPA)):
            raise RetinaError(
                "No image of the split 'train' has a PPA mask that is not empty, to learn from: outline PPA and curate "
                "again."
            )
        labels = (PPA,) if self.recipe.monitor == "dice_ppa" else self.network.labels
        if not any(val.with_mask(label) for label in labels):
            raise RetinaError(
                f"No image of the split 'val' has a mask of {' or '.join(labels)} to choose the best epoch by: "
                'outline, or answer "none", and curate again.'
            )


class MultitaskStage(TrainingStage):
    """Everything learns: pixel cross-entropy, joint-Dice and the classifier's cross-entropy, weighted (equation 3).

    Each loss uses what an image says. Whether there is atrophy is read from the mask where that is known (as it stands
    after augmentation), else from the grade.
    """

    name = "multitask"

    def __init__(self, task: PpaTask, recipe: StageRecipe) -> None:
        super().__init__(task, recipe)
        self.monitor = task.recipe.monitor

    def positions(self, split: str) -> list[int]:
        """Images with a mask or, for the classifier, a grade."""
        data, network = self.task.data[split], self.task.network
        chosen = {n for label in network.labels for n in data.with_mask(label)}
        if network.classifier is not None:
            chosen.update(data.with_grade(SCALE))
        return sorted(chosen)

    def learning(self) -> list[tuple[nn.Module | nn.Parameter, float]]:
        """All of the network; the encoder at its own rate where the recipe has one."""
        network, rate = self.task.network, self.recipe.learning_rate
        heads = [network.attention, network.decoder, network.segmenter, network.classifier]
        encoder = (network.encoder, self.recipe.backbone_learning_rate or rate)
        return [encoder, *((part, rate) for part in heads if part is not None)]

    def losses(self, batch: Batch, drops: int) -> dict[str, Tensor]:
        """The weighted sum, and its three parts."""
        del drops
        recipe: PpaRecipe = self.task.recipe
        logits, presence = self.task.module.logits(batch.image)
        masks, known = exclusive(batch.masks, batch.known), batch.known
        present = self._present(masks, batch)
        factor = joint_factor(present, presence.float().sigmoid()) if recipe.joint else None
        parts = {
            "cross_entropy": pixel_cross_entropy(logits, masks, known),
            "dice": dice_loss(
                logits.float().softmax(dim=1)[:, 1:],
                masks,
                known,
                epsilon=recipe.dice_epsilon,
                factor=None if factor is None else self._of_labels(factor),
            ),
        }
        total = recipe.cross_entropy_weight * parts["cross_entropy"] + recipe.dice_weight * parts["dice"]
        if presence is not None:
            parts["classifier"] = presence_loss(presence, present)
            total = total + recipe.classifier_weight * parts["classifier"]
        return {"loss": total, **parts}

    def figures(self, batches: Iterator[Batch]) -> dict[str, float]:
        """Dice, and detection by mask and by classifier, at the input's resolution, of what the images say."""
        labels = self.task.network.labels
        scores: dict[str, list[float]] = {label: [] for label in labels}
        outlined: list[tuple[bool, bool]] = []  # of images with a PPA mask: found, true
        graded: list[tuple[float, bool]] = []  # of images whose presence is known: probability, true
        for batch in batches:
            logits, presence = self.task.module.logits(batch.image)
            classes = logits.argmax(dim=1)
            masks = exclusive(batch.masks, batch.known)
            for n, known in enumerate(batch.known.tolist()):
                for place, label in enumerate(labels):
                    if known[place]:
                        found, truth = (classes[n] == place + 1).cpu().numpy(), masks[n, place].cpu().numpy()
                        scores[label].append(dice(found, truth))
                        if label == PPA:
                            outlined.append((bool(found.any()), bool(truth.any())))
            if presence is not None:
                present = self._present(masks, batch)
                said = ~present.isnan()
                probabilities = presence.float().sigmoid()[said].tolist()
                graded += zip(probabilities, present[said].bool().tolist(), strict=True)
        return _summed(scores, outlined, graded)

    def _present(self, masks: Tensor, batch: Batch) -> Tensor:
        """y (N,): 1 or 0, nan where neither mask nor grade says."""
        place = self.task.network.labels.index(PPA)
        drawn = masks[:, place].flatten(1).any(dim=1).float()
        return torch.where(batch.known[:, place], drawn, batch.grades[:, 0])

    def _of_labels(self, factor: Tensor) -> Tensor:
        """The factor (N,) of PPA as one of each label (N, L): the disc is always there, so its factor is 1."""
        return torch.stack(
            [factor if x == PPA else torch.ones_like(factor) for x in self.task.network.labels], 1
        )


def _summed(
    scores: dict[str, list[float]], outlined: list[tuple[bool, bool]], graded: list[tuple[float, bool]]
) -> dict[str, float]:
    found, true = [pair[0] for pair in outlined], [pair[1] for pair in outlined]
    figures = {
        **outline_figures(scores[PPA], true),
        **{f"mask_{name}": value for name, value in detection_figures(found, true).items()},
        "dice_od": mean(scores.get("OD", [])),
        "auc": auc(*zip(*graded, strict=True)) if graded else None,
    }
    figures["score"] = mean([figures[name] for name in _CHOSEN])
    return {name: value for name, value in figures.items() if value is not None}
