"""What is trained or measured: a model's row, its recipe, and the network they make."""

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.find import find
from retina_studio.networks.frozen import Freezes
from retina_studio.networks.postprocess import PLAIN, Postprocess
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.table import ModelSpec, model_spec
from retina_studio.networks.weights import load_weights
from training.evaluation.driver import Find
from training.recipe import BaseRecipe, read_recipe, recipe_from, shipped_recipe
from training.tasks import task_spec

# Of a recipe that weights carry: which images it chose and favoured by their names, in another snapshot, and ImageNet.
_OF_ANOTHER_RUN: dict[str, Any] = {"only": "*", "favour": {}, "fraction": 1.0, "pretrained": False}


@dataclass(frozen=True, eq=False)
class Subject:
    """A network with its row and preprocessing; `weights_hash` is the SHA-256 of its file, None for fresh weights."""

    row: ModelSpec
    network: Freezes
    preprocessing: Preprocessing
    weights_hash: str | None = None
    postprocess: Postprocess = PLAIN

    @property
    def find(self) -> Find:
        """The model on one image."""
        return lambda pixels: find(self.row, self.network, pixels, self.preprocessing, self.postprocess)


def weights_subject(file: Path, model: str) -> Subject:
    """The network of a weights file.

    Raises:
        WeightsError: the file cannot be used.
        RetinaError: it is for another model.
    """
    loaded = load_weights(file)
    header = loaded.header
    if header.stem != model:
        raise RetinaError(f"{file} is for the model {header.stem}, not {model}.")
    row = model_spec(header.stem, header.size)
    return Subject(row, loaded.network, header.preprocessing, loaded.hash, header.postprocess)


def fresh_subject(model: str, size: str, recipe_file: Path | None) -> Subject:
    """The network that a recipe starts from, without pretrained weights.

    Raises:
        RetinaError, ValueError: no such model or recipe.
    """
    row, recipe = row_and_recipe(model, size, recipe_file)
    preprocessing, _ = chosen(row, recipe)
    return Subject(row, fresh_network(row, recipe).eval(), preprocessing)


def row_and_recipe(
    model: str, size: str, file: Path | None, changes: tuple[str, ...] = ()
) -> tuple[ModelSpec, BaseRecipe]:
    """The model's row, and its recipe with changes: the file's, or the shipped one.

    Raises:
        RetinaError, ValueError: no such model or recipe, or a recipe for another model.
    """
    row = model_spec(model, size)
    path = file or shipped_recipe(model, size)
    recipe = read_recipe(path, task_spec(model).recipe, changes)
    if (recipe.model, recipe.size) != (model, size):
        raise RetinaError(f"The recipe {path} is for {recipe.model} {recipe.size}, not {model} {size}.")
    return row, recipe


def recipe_of(file: Path, model: str, size: str, changes: tuple[str, ...]) -> tuple[ModelSpec, BaseRecipe]:
    """The row and recipe with which weights are trained further: those that they carry, with changes.

    Raises:
        WeightsError: the file cannot be used.
        RetinaError: it is for another model or size, or carries no recipe that is known here.
    """
    header = load_weights(file).header
    if (header.stem, header.size) != (model, size):
        raise RetinaError(
            f"{file} cannot start this run: it holds {header.stem} {header.size}, not {model} {size}."
        )
    same = {"network": dict(header.options), "preprocessing": header.preprocessing.to_dict()}
    form = copy.deepcopy({**header.recipe, **_OF_ANOTHER_RUN, **same})
    return model_spec(model, size), recipe_from(
        form, task_spec(model).recipe, changes, f"The recipe of {file}"
    )


def fresh_network(row: ModelSpec, recipe: BaseRecipe) -> Freezes:
    """The network of a recipe as it starts: its weights follow from the seed.

    Raises:
        ValueError: the recipe's numbers fit no network.
    """
    torch.manual_seed(recipe.seed)
    return row.build(*chosen(row, recipe))


def start_from(file: Path, row: ModelSpec, recipe: BaseRecipe, network: Freezes) -> str:
    """Put the weights of a file into a network that is to be trained further; their SHA-256.

    Raises:
        WeightsError: the file cannot be used.
        RetinaError: it is for another network.
    """
    loaded = load_weights(file)
    header = loaded.header
    _, options = chosen(row, recipe)
    if (header.stem, header.size, header.options) != (row.stem, row.size, options):
        raise RetinaError(
            f"{file} cannot start this run: it holds {header.stem} {header.size} with other options of the network."
        )
    try:
        network.load_state_dict(loaded.network.state_dict())
    except RuntimeError as error:
        raise RetinaError(f"{file} cannot start this run: its network has another input size.") from error
    return loaded.hash


def chosen(row: ModelSpec, recipe: BaseRecipe) -> tuple[Preprocessing, dict[str, Any]]:
    """Preprocessing and network options: the recipe's over the model table's.

    Raises:
        ValueError: the recipe names something that does not exist.
    """
    preprocessing = Preprocessing.from_dict({**row.preprocessing.to_dict(), **recipe.preprocessing})
    return preprocessing, {**row.options, **recipe.network}
