"""What is evaluated: a weights file, or a network that has learnt nothing."""

from dataclasses import dataclass
from pathlib import Path

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.locseg import LocSeg
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import load_weights
from training.recipe import read_recipe, shipped_recipe
from training.run import chosen, fresh_network


@dataclass(frozen=True, eq=False)
class Subject:
    """A network in evaluation mode with its preprocessing.

    Attributes:
        localiser: whether the localiser head belongs to what is measured.
        weights_hash: SHA-256 of the file; None for fresh weights.
    """

    network: LocSeg
    preprocessing: Preprocessing
    size: str
    localiser: bool
    weights_hash: str | None


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
    return Subject(
        loaded.network, header.preprocessing, header.size, "localiser" in header.stages, loaded.hash
    )


def fresh_subject(model: str, size: str, recipe_file: Path | None) -> Subject:
    """The network that a recipe starts from.

    Raises:
        RetinaError, ValueError: no such model or recipe.
    """
    spec = model_spec(model, size)
    recipe = read_recipe(recipe_file or shipped_recipe(model, size))
    preprocessing, _ = chosen(spec, recipe)
    return Subject(fresh_network(spec, recipe).eval(), preprocessing, size, True, None)
