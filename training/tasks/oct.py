"""The task of the stem `oct`: CM-CNN, then its class activation maps once, then CAM-UNet (models.md 5)."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import scales
from retina_studio.networks.finding import THRESHOLD
from retina_studio.networks.octmodel import LESIONS, NORMAL
from training.data.batch import Batch, batches
from training.data.needs import Needs
from training.losses.oct import DiceForm, Resolution, guiding_mask_loss, mean_of_known, outline_loss
from training.metrics.common import mean
from training.metrics.oct import accuracy, confusion, kappa, outline_figures
from training.recipe import BaseRecipe, StageRecipe
from training.stage import TrainingStage
from training.task import StemTask

NEEDS = Needs("oct", labels=tuple(LESIONS.values()), grades=("oct",))
_LABELS = list(LESIONS)  # the class whose lesion each mask of an example shows


class OctRecipe(BaseRecipe):
    """Numbers for the stem `oct` (models.md 5).

    Attributes:
        mask_loss: at which resolution CM-CNN's mask is compared: "image", or that of its "features".
        dice: of an "image", or as "printed" in the paper's equation 3, which cannot be what was trained.
        classifier: stage 1, CM-CNN.
        segmenter: stage 2, CAM-UNet; not used when the network has none.
    """

    model: Literal["oct"]
    mask_loss: Resolution = "image"
    dice: DiceForm = "image"
    classifier: StageRecipe
    segmenter: StageRecipe


class OctTask(StemTask):
    """Trains both networks of an OctModel, one after the other.

    An image may be known in part: its class without an outline, or an outline without its class. The classifier learns
    from every image whose class is one of the network's; its mask only from those whose lesion is known. The segmenter
    learns from images with a lesion and a known outline of it. A normal image has no lesion, outlined or not.

    Attributes:
        graded: split -> positions of the images whose class is one of the network's.
        outlined: split -> positions of the images with a lesion and a known outline of it.
    """

    recipe_class = OctRecipe

    @classmethod
    def needs(cls, recipe: OctRecipe) -> Needs:
        """The class, and the outlines of every lesion."""
        del recipe
        return NEEDS

    def __init__(self, fabric: Any, network: Any, data: Any, recipe: OctRecipe, folder: Any = None) -> None:
        self.recipe = recipe
        super().__init__(fabric, network, data, recipe, folder)
        self.classes: tuple[str, ...] = network.classes
        self.graded = {split: self._graded(split) for split in data}
        self.outlined = {split: self._outlined(split) for split in data}
        self._check()

    @cached_property
    def stages(self) -> tuple[TrainingStage, ...]:
        """The classifier, and the segmenter where the network has one."""
        classifier = ClassifierStage(self, self.recipe.classifier)
        if self.network.segmenter is None:
            return (classifier,)
        return (classifier, SegmenterStage(self, self.recipe.segmenter))

    @cached_property
    def _places(self) -> Tensor:
        """From the place of a class on the grading scale to its place among the network's; -1 for none."""
        values = scales()["oct"].values
        return torch.tensor([self.classes.index(v) if v in self.classes else -1 for v in values])

    def class_numbers(self, grades: Tensor) -> Tensor:
        """Grades (N, 1) as places among the network's classes, int64 (N,); -1 where unknown or not among them."""
        known = ~grades[:, 0].isnan()
        places = self._places.to(grades.device)[grades[:, 0].nan_to_num().long()]
        return torch.where(known, places, -1)

    def lesions(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The lesion of each image: a mask (N, 1, H, W) 0/1, and whether it is known, bool (N,).

        It is the lesion that belongs to the image's class; of an unknown class, any that the network has.
        """
        numbers = self.class_numbers(batch.grades)
        own = torch.tensor([self.classes.index(name) if name in self.classes else -1 for name in _LABELS])
        own = own.to(numbers.device)
        chosen = (numbers[:, None] == own) & (own >= 0)
        chosen = torch.where(batch.grades.isnan(), (own >= 0) & batch.known, chosen)
        mask = (batch.masks.clamp_min(0) * chosen[..., None, None]).amax(dim=1, keepdim=True)
        normal = self.classes.index(NORMAL) if NORMAL in self.classes else -2
        return mask, (numbers == normal) | (chosen & batch.known).any(dim=1)

    def _graded(self, split: str) -> list[int]:
        data = self.data[split]
        return [n for n in data.with_grade("oct") if self._class_of(split, n) is not None]

    def _outlined(self, split: str) -> list[int]:
        data = self.data[split]
        known = {name: set(data.with_mask(label)) for name, label in LESIONS.items() if name in self.classes}
        pathological = {n for n in self.graded[split] if n in known.get(self._class_of(split, n) or "", ())}
        ungraded = set().union(*known.values()) - set(data.with_grade("oct"))
        return sorted(pathological | {n for n in ungraded if self._shows_lesion(split, n)})

    def _class_of(self, split: str, position: int) -> str | None:
        grade = self.data[split].grade(position, "oct")
        name = None if np.isnan(grade) else str(scales()["oct"].values[int(grade)])
        return name if name in self.classes else None

    def _shows_lesion(self, split: str, position: int) -> bool:
        example = self.data[split].example(position)
        own = torch.tensor([name in self.classes for name in _LABELS])
        return bool((example.masks[own & example.known] == 1).any())

    def _check(self) -> None:
        for split, purpose in (("train", "to learn from"), ("val", "to choose the best epoch by")):
            if not self.graded[split]:
                raise RetinaError(
                    f"No image of the split {split!r} is graded {', '.join(self.classes)} {purpose}: grade B-scans and"
                    " curate again."
                )
            if self.network.segmenter is not None and not self.outlined[split]:
                raise RetinaError(
                    f"No B-scan of the split {split!r} has an outlined lesion {purpose}: outline lesions and curate"
                    " again, or train the classifier alone (network.segmenter=false)."
                )
        names = {self._class_of("train", n) for n in self.graded["train"]}
        if len(names) < 2:
            raise RetinaError(
                f"Every graded B-scan of the split 'train' is {names.pop()}: there is nothing to tell apart."
            )


class ClassifierStage(TrainingStage):
    """Stage 1: CM-CNN learns the class by cross entropy and its guiding mask by BCE + Dice; their sum is minimised."""

    name, monitor = "classifier", "acc"
    task: OctTask

    def positions(self, split: str) -> list[int]:
        """Images whose class is one of the network's."""
        return self.task.graded[split]

    def learning(self) -> list[tuple[nn.Module | nn.Parameter, float]]:
        """All of CM-CNN; its encoder at its own rate."""
        return _rates(self.task.network.classifier, self.recipe)

    def losses(self, batch: Batch, drops: int) -> dict[str, Tensor]:
        """Cross entropy, and the mask's loss over the images whose lesion is known."""
        del drops
        logits, mask = self.task.module.classify(batch.image)
        cross = F.cross_entropy(logits.float(), self.task.class_numbers(batch.grades))
        if mask is None:
            return {"cross_entropy": cross}
        recipe: OctRecipe = self.task.recipe
        target, known = self.task.lesions(batch)
        guiding = mean_of_known(guiding_mask_loss(mask, target, recipe.mask_loss, recipe.dice), known)
        return {"loss": cross + guiding, "cross_entropy": cross, "mask": guiding}

    def figures(self, batches: Iterator[Batch]) -> dict[str, float]:
        """Accuracy and Cohen's kappa of the class."""
        pairs = [
            (self.task.module.classify(b.image)[0].argmax(dim=1), self.task.class_numbers(b.grades))
            for b in batches
        ]
        found, truth = (torch.cat(numbers).cpu().numpy() for numbers in zip(*pairs, strict=True))
        classes = len(self.task.classes)
        figures = {"acc": accuracy(confusion(found, truth, classes)), "kappa": kappa(found, truth, classes)}
        return {name: value for name, value in figures.items() if value is not None}


class SegmenterStage(TrainingStage):
    """Stage 2: CM-CNN is frozen and looks at each image once; CAM-UNet learns the lesion's outline by BCE + Dice."""

    name, monitor = "segmenter", "dice"
    task: OctTask

    def begin(self) -> None:
        """Freeze the classifier, keep its class activation maps, then make the optimiser.

        The maps take 1 KB an image and are made in a pass over the images, so they stay in memory: a file of them could
        only be found again beside another classifier.
        """
        network = self.task.network
        network.freeze(network.classifier)
        super().begin()
        self._cams = {split: self._looked(split) for split in ("train", "val")}

    @torch.no_grad()  # and not inference mode: gradients of the segmenter pass by these maps
    def _looked(self, split: str) -> dict[int, Tensor]:
        positions, device = self.positions(split), self.task.fabric.device
        size = max(self.recipe.batch_size // self.parts, 1)
        cams: dict[int, Tensor] = {}
        self.task.train(False)
        for batch in batches(self.task.data[split], positions, size, seed=0, augment=None, device=device):
            found = self.task.module.look(batch.image).cpu()
            cams.update(zip(batch.index.tolist(), found, strict=True))
        return cams

    def attach(self, split: str) -> Callable[[int], dict[str, Tensor]]:
        """The class activation map of an image, which is flipped with it."""
        cams = self._cams[split]
        return lambda position: {"cam": cams[position]}

    def positions(self, split: str) -> list[int]:
        """Images with a lesion and a known outline of it."""
        return self.task.outlined[split]

    def learning(self) -> list[tuple[nn.Module | nn.Parameter, float]]:
        """All of CAM-UNet; its encoder at its own rate."""
        return _rates(self.task.network.segmenter, self.recipe)

    def losses(self, batch: Batch, drops: int) -> dict[str, Tensor]:
        """BCE + Dice of each image, averaged."""
        del drops
        logits = self.task.module.segment(batch.image, batch.extra["cam"])
        target, _ = self.task.lesions(batch)
        return {"bce_dice": outline_loss(logits, target, self.task.recipe.dice).mean()}

    def figures(self, batches: Iterator[Batch]) -> dict[str, float]:
        """Dice and IoU, averaged over the images, at the input's resolution."""
        rows: list[dict[str, float | None]] = []
        for batch in batches:
            logits = self.task.module.segment(batch.image, batch.extra["cam"])
            found = (logits.float().sigmoid() >= THRESHOLD).cpu().numpy()
            truth = self.task.lesions(batch)[0].bool().cpu().numpy()
            rows += [outline_figures(mask, lesion) for mask, lesion in zip(found, truth, strict=True)]
        return {name: mean([row[name] for row in rows]) or 0.0 for name in ("dice", "iou")}


def _rates(network: nn.Module, recipe: StageRecipe) -> list[tuple[nn.Module | nn.Parameter, float]]:
    """A network's encoder at the backbone's rate, the rest of it at its own."""
    rest: Sequence[nn.Module] = [part for name, part in network.named_children() if name != "encoder"]
    rate = recipe.learning_rate
    encoder = network.get_submodule("encoder")
    return [(encoder, recipe.backbone_learning_rate or rate), *((part, rate) for part in rest)]
