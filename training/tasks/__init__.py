"""What each model's training is made of: one row a stem."""

from dataclasses import dataclass

from retina_studio.domain.errors import RetinaError
from training.evaluation.disc import DiscEvaluation
from training.evaluation.driver import Evaluation
from training.evaluation.glaucoma import GlaucomaEvaluation
from training.evaluation.lesion import LesionEvaluation
from training.evaluation.oct import OctEvaluation
from training.evaluation.ppa import PpaEvaluation
from training.recipe import BaseRecipe
from training.task import StemTask
from training.tasks.disc import DiscRecipe, DiscTask
from training.tasks.glaucoma import GlaucomaRecipe, GlaucomaTask
from training.tasks.lesion import LesionRecipe, LesionTask
from training.tasks.oct import OctRecipe, OctTask
from training.tasks.ppa import PpaRecipe, PpaTask


@dataclass(frozen=True)
class TaskSpec:
    """One row.

    Attributes:
        recipe: the class of its recipes.
        task: the class of its task.
        evaluation: what is measured of it.
    """

    recipe: type[BaseRecipe]
    task: type[StemTask]
    evaluation: Evaluation


TASKS: dict[str, TaskSpec] = {
    "ppa": TaskSpec(PpaRecipe, PpaTask, PpaEvaluation()),
    "disc": TaskSpec(DiscRecipe, DiscTask, DiscEvaluation()),
    "lesion": TaskSpec(LesionRecipe, LesionTask, LesionEvaluation()),
    "glaucoma": TaskSpec(GlaucomaRecipe, GlaucomaTask, GlaucomaEvaluation()),
    "oct": TaskSpec(OctRecipe, OctTask, OctEvaluation()),
}


def task_spec(stem: str) -> TaskSpec:
    """The row of a stem.

    Raises:
        RetinaError: naming what there is.
    """
    if stem not in TASKS:
        raise RetinaError(f"There is no model {stem!r} to train; there is: {', '.join(TASKS)}.")
    return TASKS[stem]
