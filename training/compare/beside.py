"""A comparison system in a model's place: what a run takes instead of the model's own row, recipe and task."""

from dataclasses import replace
from typing import Any

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import scales
from retina_studio.networks.table import ModelSpec
from training.compare.network import ComparedNetwork
from training.compare.reading import READERS
from training.compare.table import system
from training.compare.tasks import COMPARISONS
from training.recipe import BaseRecipe
from training.tasks import TaskSpec, task_spec


def compared_row(row: ModelSpec, recipe: BaseRecipe, name: str) -> tuple[ModelSpec, BaseRecipe]:
    """The row and recipe of a comparison system that stands in a model's place.

    Preprocessing, data, budget and augmentation stay the model's; options of the model's network mean nothing to it,
    and it starts from ImageNet only if the recipe does and there are such weights for its encoder.

    Args:
        row: of the model.
        recipe: of the model.
        name: of the comparison system.

    Raises:
        RetinaError: no such system, or the model does not answer what it answers.
    """
    kind, task = system(name).kind, COMPARISONS[row.stem]
    classes = _classes(row, recipe)
    if kind != "segmentation" and not classes:
        raise RetinaError(f"{name} answers a grade, and the model {row.stem} has none to compare with.")
    options: dict[str, Any] = {"system": name, "size": row.size, "labels": [*task.labels], "classes": classes}
    options["reduced"] = {**row.options, **recipe.network}.get("grader_size", 0)
    compared = replace(
        row,
        title=f"{name}, compared with {row.stem} ({row.size})",
        network=ComparedNetwork,
        options=options,
        read=READERS[row.stem],
        answers={
            "masks": f"probabilities of {', '.join(task.labels)}",
            "classes": "probability of each class",
        },
        variants={},
    )
    backbone = system(name).backbone[row.size == "compact"]
    return compared, recipe.model_copy(
        update={"network": {}, "pretrained": recipe.pretrained and bool(backbone)}
    )


def compared_spec(stem: str) -> TaskSpec:
    """How a comparison system is trained and measured in the place of a stem: its own task, the stem's evaluation."""
    return replace(task_spec(stem), task=COMPARISONS[stem])


def _classes(row: ModelSpec, recipe: BaseRecipe) -> list[Any]:
    """The values that a classifier tells apart; of an OCT model those of its network."""
    if row.stem == "oct":
        return list({**row.options, **recipe.network}["classes"])
    scale = COMPARISONS[row.stem].scale
    return list(scales()[scale].values) if scale else []
