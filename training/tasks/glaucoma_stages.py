"""How the four tasks of the model `glaucoma` share their steps: MTL-IO, the summed loss, and one network a task.

Labels are partial as a rule: only images where a task's label is known enter its loss, and a task that no image of the
batch knows makes no step.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from retina_studio.networks.finding import THRESHOLD, main_component
from retina_studio.networks.findings.glaucoma import fovea_of
from retina_studio.networks.mtlio import TASKS
from training.data.batch import Batch
from training.fabric import pooled
from training.losses.glaucoma import focal, fovea_map, pixel_bce, saliency_l1
from training.metrics.common import dice
from training.metrics.glaucoma import frame_distance
from training.metrics.roc import auc
from training.recipe import StageRecipe
from training.stage import TrainingStage
from training.task import StemTask

LABELS = ("OD", "OC")  # in the order of a batch's masks
_FAR = 50.0  # pixels of a 256 frame
_FIGURES = {"OD": "dice_od", "OC": "dice_oc", "fovea": "fovea_px"}

Floats = npt.NDArray[np.float32]


class GlaucomaStage(TrainingStage):
    """What the strategies share: the tasks' losses and figures.

    Args:
        task: owns network and data.
        recipe: of the stage.
        tasks: those that are learnt here, in the order of `TASKS`.
    """

    name: ClassVar[str] = "multitask"
    monitor, lower_is_better = "loss", True  # the sum of the validation losses (models.md 3.4)

    def __init__(self, task: StemTask, recipe: StageRecipe, tasks: Sequence[str]) -> None:
        self.tasks = tuple(tasks)
        super().__init__(task, recipe)
        if self.task.recipe.monitor == "score" and self.monitor == "loss":  # a task alone has its own figure
            self.monitor, self.lower_is_better = "score", False

    def positions(self, split: str) -> list[int]:
        """The images that know any of the tasks' labels."""
        return sorted({n for task in self.tasks for n in self.task.known_to(task, split)})

    def weights(self) -> list[float] | None:
        """Images of rare labels more often, so that every task has about as many in each batch.

        None where all images know all tasks: then each is seen once an epoch, as in the paper.
        """
        positions = self.positions("train")
        known = [set(self.task.known_to(task, "train")) for task in self.tasks]
        if not self.task.recipe.balance or all(len(images) == len(positions) for images in known):
            return None
        return [sum(1 / len(images) for images in known if n in images) for n in positions]

    def learning(self) -> list[tuple[nn.Module | nn.Parameter, float]]:
        """Everything; encoder and classifier with rates of their own where the recipe says."""
        rate = self.recipe.learning_rate
        learning: list[tuple[nn.Module | nn.Parameter, float]] = []
        for branch in dict.fromkeys(self.task.network.branch_of(task) for task in self.tasks):
            learning.append((branch.encoder, self.recipe.backbone_learning_rate or rate))
            learning += [(part, rate) for part in (branch.decoder, branch.heads) if part is not None]
            if branch.classifier is not None:
                learning.append((branch.classifier, self.recipe.head_learning_rate or rate))
        return learning

    def losses(self, batch: Batch, drops: int) -> dict[str, Tensor]:
        """The sum of the tasks' losses, and each of them."""
        del drops
        return self.summed(batch, self.shares(batch))

    def summed(
        self, part: Batch, shares: Mapping[str, float], weights: Mapping[str, float] | None = None
    ) -> dict[str, Tensor]:
        """The (weighted) sum of the losses of the tasks that the batch knows, then each of them without its weight."""
        found = self.losses_of(part, list(shares), shares)
        total = sum(
            (value * (weights[task] if weights else 1.0) for task, value in found.items()), torch.zeros(())
        )
        return {"loss": total, **found}

    def shares(self, batch: Batch) -> dict[str, float]:
        """For each task that is known in the batch, of all processes: images over images that know it.

        A mean over all images of a part, unknown ones as 0, times this factor adds up to the mean over the known images
        of the whole batch, whatever the parts and processes that it is cut into.
        """
        known = pooled(self._known(batch).sum(dim=0).float()).tolist()
        images = len(batch) * self.task.fabric.world_size
        return {task: images / n for task, n in zip(TASKS, known, strict=True) if n and task in self.tasks}

    def losses_of(self, part: Batch, tasks: Sequence[str], shares: Mapping[str, float]) -> dict[str, Tensor]:
        """The losses of some tasks, each from one forward pass that does no more than these need."""
        if not tasks:
            return {}
        logits = self.task.module.logits(part.image, tuple(tasks))
        known = self._known(part)
        return {
            task: torch.where(known[:, TASKS.index(task)], self._each(task, logits[task], part), 0.0).mean()
            * shares[task]
            for task in tasks
        }

    def end(self) -> None:
        """Fit the regression of glaucoma on vCDR."""
        self.task.fit_vcdr()

    def figures(self, batches: Iterator[Batch]) -> dict[str, float]:
        """Each task's loss and their sum; AUC of the classifier, Dice of disc and cup (refined), distance of the fovea
        in a 256 frame. What no image knows is left out.
        """
        losses: dict[str, list[float]] = {task: [] for task in self.tasks}
        outcomes: dict[str, list[Any]] = {task: [] for task in self.tasks}
        for batch in batches:
            logits = self.task.module.logits(batch.image, self.tasks)
            known = self._known(batch)
            for task, answers in logits.items():
                rows = known[:, TASKS.index(task)].nonzero()[:, 0].tolist()
                each = self._each(task, answers, batch).tolist()
                maps = answers.float().sigmoid().cpu().numpy()
                losses[task] += [each[n] for n in rows]
                outcomes[task] += [self._outcome(task, maps[n], batch, n) for n in rows]
        means = {f"loss_{task.lower()}": _mean(values) for task, values in losses.items() if values}
        figures = {"loss": sum(means.values()), **means}
        for task, name in _FIGURES.items():
            if values := outcomes.get(task):
                figures[name] = _mean(values)
        graded = outcomes.get("glaucoma", [])
        area = auc([p for p, _ in graded], [sick for _, sick in graded])
        if area is not None:
            figures["auc"] = area
        return {**figures, "score": _score(figures)}

    def _known(self, batch: Batch) -> Tensor:
        """Which image knows which of `TASKS`: bool (N, 4)."""
        known = [
            ~batch.grades[:, 0].isnan(),
            *batch.known.unbind(dim=1),
            ~batch.points[:, 0].isnan().any(dim=1),
        ]
        return torch.stack(known, dim=1)

    def _each(self, task: str, logits: Tensor, batch: Batch) -> Tensor:
        """A task's loss of every image (N,); of no meaning where its label is unknown, but finite."""
        recipe = self.task.recipe
        if task == "glaucoma":
            return focal(logits, batch.grades[:, 0].nan_to_num(0.0), recipe.focal_gamma)
        if task == "fovea":
            height, width = batch.image.shape[2:]
            target = fovea_map(batch.points[:, 0], height, width, recipe.fovea_variance)
            return pixel_bce(logits, target) if recipe.fovea_loss == "bce" else saliency_l1(logits, target)
        label = LABELS.index(task)
        return pixel_bce(logits, batch.masks[:, label : label + 1])

    def _outcome(self, task: str, answer: Floats, batch: Batch, n: int) -> Any:
        """How one image of a batch went: probability and truth of glaucoma, Dice of a mask, distance of the fovea."""
        if task == "glaucoma":
            return float(answer), bool(batch.grades[n, 0] == 1)
        if task == "fovea":
            x, y = batch.points[n, 0].tolist()
            return frame_distance(
                fovea_of(answer[0], peaked=self.task.network.peaked_fovea), (x, y), answer.shape[1:]
            )
        truth = batch.masks[n, LABELS.index(task)].cpu().numpy() == 1
        return dice(main_component(answer[0] >= THRESHOLD, connectivity=4), truth)


class SummedStage(GlaucomaStage):
    """The usual way: one optimiser on the sum of the losses (equation 1)."""

    def step(self, batch: Batch, drops: int) -> tuple[int, dict[str, float]]:
        """One step with the gradients of the sum."""
        del drops
        (stepper,) = self.steppers
        shares = self.shares(batch)
        if not shares:
            return len(batch), {}
        values = self.in_parts(batch, lambda part: self.summed(part, shares), stepper)
        stepper.step()
        return len(batch), values


class IndependentStage(GlaucomaStage):
    """MTL-IO (equation 3): one independent optimiser a task over all parameters, one step after the other.

    An optimiser leaves alone what its task's loss does not reach, because gradients are set to None, not to 0.
    """

    moments = 8  # two of each of four Adams

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """One for each task."""
        return [self.optimiser_of(self.learning()) for _ in self.tasks]

    def step(self, batch: Batch, drops: int) -> tuple[int, dict[str, float]]:
        """For each task in order: a forward pass with the weights that the one before left, and its own step."""
        del drops
        shares = self.shares(batch)
        values: dict[str, float] = {}
        for task, stepper in zip(self.tasks, self.steppers, strict=True):
            if task in shares:
                own = partial(self.losses_of, tasks=(task,), shares=shares)
                values |= self.in_parts(batch, own, stepper)
                stepper.step()
        return len(batch), values


class _Alone(SummedStage):
    """One task's own network (STL); its own figure chooses the best epoch (models.md 3.4)."""

    alone: ClassVar[str]

    def __init__(self, task: StemTask, recipe: StageRecipe) -> None:
        super().__init__(task, recipe, (self.alone,))


class GlaucomaAlone(_Alone):
    """The classifier's network, by AUC; by its loss where the validation split has no such curve."""

    name, alone, monitor, lower_is_better = "glaucoma", "glaucoma", "auc", False

    def __init__(self, task: StemTask, recipe: StageRecipe) -> None:
        super().__init__(task, recipe)
        data = self.task.data["val"]
        if len({data.grade(n, "glaucoma") for n in self.positions("val")}) < 2:
            self.monitor, self.lower_is_better = "loss", True


class DiscAlone(_Alone):
    """The disc's network, by Dice."""

    name, alone, monitor, lower_is_better = "disc", "OD", "dice_od", False


class CupAlone(_Alone):
    """The cup's network, by Dice."""

    name, alone, monitor, lower_is_better = "cup", "OC", "dice_oc", False


class FoveaAlone(_Alone):
    """The fovea's network, by distance."""

    name, alone, monitor, lower_is_better = "fovea", "fovea", "fovea_px", True


ALONE: dict[str, type[_Alone]] = {
    stage.alone: stage for stage in (GlaucomaAlone, DiscAlone, CupAlone, FoveaAlone)
}


def _score(figures: Mapping[str, float]) -> float:
    """The mean of what is known: both Dice, the area under the curve, and 1 at the fovea to 0 from `_FAR` on."""
    parts = [figures[name] for name in ("dice_od", "dice_oc", "auc") if name in figures]
    if "fovea_px" in figures:
        parts.append(max(0.0, 1 - figures["fovea_px"] / _FAR))
    return _mean(parts) if parts else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
