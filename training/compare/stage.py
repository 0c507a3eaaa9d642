"""The one stage in which a comparison system is trained, whatever it answers."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from retina_studio.networks.finding import THRESHOLD
from training.data.batch import Batch
from training.losses.oct import mean_of_known
from training.metrics.common import dice, mean
from training.recipe import StageRecipe
from training.stage import TrainingStage
from training.task import StemTask


class ComparisonStage(TrainingStage):
    """All of the network learns, by the loss that the model's paper gives its baselines.

    The best epoch is chosen by the mean of what is answered: Dice of the masks on the validation images, and the
    figure by which the model's own classifier is chosen.
    """

    name, monitor = "comparison", "score"

    def __init__(self, task: StemTask, recipe: StageRecipe) -> None:
        super().__init__(task, recipe)
        # Batch statistics of one image are none: some systems have pooled theirs to a single pixel.
        several = len(self.positions("train")) > recipe.batch_size
        if several and not recipe.drop_last:
            self.recipe = recipe.model_copy(update={"drop_last": True})
            super().__init__(task, self.recipe)

    def positions(self, split: str) -> list[int]:
        """Images that say something of what the system answers."""
        network = self.task.network
        chosen: set[int] = set()
        if network.masked:
            chosen.update(self.task.mask_positions(split))
        if network.classified:
            chosen.update(self.task.class_positions(split))
        return sorted(chosen)

    def weights(self) -> list[float] | None:
        """As the model's own stage draws."""
        weights: list[float] | None = self.task.draws(self.positions("train"))
        return weights

    def learning(self) -> list[tuple[nn.Module | nn.Parameter, float]]:
        """Everything; an encoder that started from ImageNet at its own rate."""
        network, rate = self.task.network, self.recipe.learning_rate
        started = network.pretrainable() if self.task.recipe.pretrained else []
        inside = {id(p) for part in started for p in part.parameters()}
        rest = nn.ParameterList([p for p in network.parameters() if id(p) not in inside])
        slow = self.recipe.backbone_learning_rate or rate
        return [*((part, slow) for part in started), (rest, rate)]

    def losses(self, batch: Batch, drops: int) -> dict[str, Tensor]:
        """The sum of the masks' and the classes' loss; of an ABN the attention branch's too."""
        del drops
        task: Any = self.task
        logits = task.module.logits(batch.image)
        parts: dict[str, Tensor] = {}
        if "masks" in logits:
            parts["masks"] = task.mask_loss(logits["masks"].float(), *task.masks(batch))
        for name in ("classes", "attention"):
            if name in logits:
                numbers = task.numbers(batch)
                # An unknown class is any class, and does not count.
                each = task.class_loss(logits[name].float(), numbers.clamp_min(0))
                parts[name] = mean_of_known(each, numbers >= 0)
        return {"loss": torch.stack(list(parts.values())).sum(), **parts}

    def figures(self, batches: Iterator[Batch]) -> dict[str, float]:
        """Dice of the masks and the figure of the classes, at the input's size, and their mean."""
        task: Any = self.task
        scores: list[float] = []
        answers: list[Tensor] = []
        truths: list[Tensor] = []
        for batch in self._parts(batches):
            logits = task.module.logits(batch.image)
            if "masks" in logits:
                scores += _dice_of(logits["masks"], *task.masks(batch))
            if "classes" in logits:
                answers.append(logits["classes"].float().softmax(dim=1).cpu())
                truths.append(task.numbers(batch).cpu())
        figures: dict[str, float | None] = {"dice": mean(scores)}
        if answers:
            found, truth = torch.cat(answers), torch.cat(truths)
            known = truth >= 0
            figures |= task.class_figures(found[known], truth[known])
        chosen = [figures[name] for name in ("dice", task.class_monitor) if figures.get(name) is not None]
        figures["score"] = mean(chosen) or 0.0
        return {name: value for name, value in figures.items() if value is not None}

    def _parts(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """Trained on windows, a batch of whole images would need many times the memory of a training step."""
        for batch in batches:
            yield from batch.parts(len(batch) if self.augmentation.window else 1)


def _dice_of(logits: Tensor, masks: Tensor, known: Tensor) -> list[float]:
    """Dice of each image and label that is known."""
    found = (logits.float().sigmoid() >= THRESHOLD).cpu().numpy()
    truth = (masks > 0).cpu().numpy()
    return [dice(found[n, label], truth[n, label]) for n, label in known.nonzero().tolist()]
