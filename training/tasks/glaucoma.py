"""The task of the stem `glaucoma`: disc, cup, fovea and glaucoma in one network (Pascal et al. 2022; models.md 3)."""

from functools import cached_property
from typing import Annotated, Any, Literal

import torch
from pydantic import Field, PositiveFloat, model_validator
from sklearn.linear_model import LogisticRegression

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.findings.glaucoma import ratio_of
from retina_studio.networks.mtlio import TASKS
from training.data.needs import Needs
from training.recipe import BaseRecipe, NotNegative, StageRecipe
from training.stage import TrainingStage
from training.task import StemTask
from training.tasks.glaucoma_balancing import GradNormStage, PCGradStage
from training.tasks.glaucoma_stages import ALONE, LABELS, GlaucomaStage, IndependentStage, SummedStage

TaskName = Literal["glaucoma", "OD", "OC", "fovea"]

_TOGETHER: dict[str, type[GlaucomaStage]] = {
    "mtl_io": IndependentStage,
    "sum": SummedStage,
    "gradnorm": GradNormStage,
    "pcgrad": PCGradStage,
}
_LABEL_OF = {"glaucoma": "a glaucoma grade", "OD": "an OD mask", "OC": "an OC mask", "fovea": "a fovea point"}


class GlaucomaRecipe(BaseRecipe):
    """Numbers for the stem `glaucoma` (models.md 3).

    Attributes:
        strategy: "mtl_io" (the paper's), or what it is compared with: "sum" of the losses and one optimiser,
            "gradnorm", "pcgrad", or "stl", a network of its own for every task, trained one after the other.
        tasks: those that are learnt.
        focal_gamma: of the classifier's focal loss.
        fovea_loss: "l1" (the paper's) or "bce" of the saliency; L1 lets the whole map fade first, and only after
            hundreds of steps, with an Adam of its own, does it come back.
        fovea_variance: of the fovea's map, in square pixels of a 256 x 256 frame.
        gradnorm_alpha, gradnorm_rate: how strongly GradNorm equalises, and the learning rate of its weights.
        monitor: what chooses the best epoch: "loss" is the sum of the validation losses (the paper's), "score" the mean
            of both Dice, the area under the classifier's curve and how near the fovea is found, of what is known. The
            loss of a few graded images soon says more of overconfidence than of all else.
        balance: where labels are partial, draw images so that each task has about as many in every batch.
        multitask: the one stage; with "stl" the numbers of each of the four.
    """

    model: Literal["glaucoma"]
    strategy: Literal["mtl_io", "sum", "stl", "gradnorm", "pcgrad"] = "mtl_io"
    tasks: Annotated[tuple[TaskName, ...], Field(min_length=1)] = ("glaucoma", "OD", "OC", "fovea")
    focal_gamma: NotNegative = 2.0
    fovea_loss: Literal["l1", "bce"] = "l1"
    fovea_variance: PositiveFloat = 50.0
    gradnorm_alpha: NotNegative = 0.5
    gradnorm_rate: PositiveFloat = 0.025
    monitor: Literal["loss", "score"] = "loss"
    balance: bool = True
    multitask: StageRecipe

    @model_validator(mode="before")
    @classmethod
    def _separate(cls, form: Any) -> Any:
        """The strategy decides whether the tasks share a network."""
        if not isinstance(form, dict) or not isinstance(form.get("network", {}), dict):
            return form
        separate = form.get("strategy") == "stl"
        network = {name: value for name, value in form.get("network", {}).items() if name != "separate"}
        return {**form, "network": {**network, "separate": True} if separate else network}


class GlaucomaTask(StemTask):
    """Trains an MTL-IO network by one of the strategies.

    Raises:
        RetinaError: no image says anything of any task, or a strategy cannot be had.
    """

    recipe_class = GlaucomaRecipe

    @classmethod
    def needs(cls, recipe: GlaucomaRecipe) -> Needs:
        """Masks of disc and cup, the fovea's point, the glaucoma grade."""
        del recipe
        return Needs("fundus", labels=LABELS, points=("fovea",), grades=("glaucoma",))

    def __init__(
        self, fabric: Any, network: Any, data: Any, recipe: GlaucomaRecipe, folder: Any = None
    ) -> None:
        self.recipe = recipe
        super().__init__(fabric, network, data, recipe, folder)
        self.taught = self._taught()
        taught = torch.tensor([task in self.taught for task in TASKS], dtype=torch.uint8)
        self.network.taught.copy_(taught)
        _ = self.stages  # made now: what is wrong with a strategy is said before the run starts

    @cached_property
    def stages(self) -> tuple[TrainingStage, ...]:
        """One for all tasks, or one for each task's own network."""
        numbers = self.recipe.multitask
        if self.recipe.strategy == "stl":
            return tuple(ALONE[task](self, numbers) for task in self.taught)
        return (_TOGETHER[self.recipe.strategy](self, numbers, self.taught),)

    def known_to(self, task: str, split: str) -> list[int]:
        """Positions of the images of a split that know the label of a task."""
        data = self.data[split]
        if task == "glaucoma":
            return data.with_grade(task)
        return data.with_point(task) if task == "fovea" else data.with_mask(task)

    def fit_vcdr(self) -> None:
        """Fit the logistic regression of glaucoma on vCDR to the training split's own masks and grades (models.md 3.5).

        Left out, with a notice, where no images say both, or all say the same.
        """
        data = self.data["train"]
        known = set.intersection(*(set(self.known_to(task, "train")) for task in ("glaucoma", *LABELS)))
        ratios, sick = [], []
        for position in sorted(known):
            disc, cup = data.example(position).masks.numpy() == 1
            if (ratio := ratio_of(disc, cup)) is not None:
                ratios.append([ratio])
                sick.append(data.grade(position, "glaucoma") == 1)
        if len(set(sick)) < 2:
            self.notices.append(
                "No regression of glaucoma on vCDR: it takes training images with disc, cup and a glaucoma grade, both "
                "sick and healthy. The classifier's probability stands alone."
            )
            return
        fitted = LogisticRegression().fit(ratios, sick)
        self.network.vcdr_slope.fill_(float(fitted.coef_[0, 0]))
        self.network.vcdr_intercept.fill_(float(fitted.intercept_[0]))

    def _taught(self) -> tuple[str, ...]:
        """The tasks that the recipe wants and the training images know, in the order of `TASKS`."""
        wanted: list[str] = [task for task in TASKS if task in self.recipe.tasks]
        taught = [task for task in wanted if self.known_to(task, "train")]
        for task in wanted:
            if task not in taught:
                self.notices.append(
                    f"No image of the split 'train' has {_LABEL_OF[task]}: the model will say nothing of it."
                )
        self._check(wanted, taught)
        return tuple(taught)

    def _check(self, wanted: list[str], taught: list[str]) -> None:
        """A shared network needs labels of some task in both splits, a task's own network those of its task."""
        chosen_by = [task for task in taught if self.known_to(task, "val")]
        for split, there in (("train", taught), ("val", chosen_by)):
            missing = [task for task in taught or wanted if task not in there]
            if not there or (missing and self.recipe.strategy == "stl"):
                labels = " or ".join(_LABEL_OF[task] for task in missing)
                raise RetinaError(
                    f"No image of the split {split!r} has {labels}: grade or outline, and curate again."
                )
