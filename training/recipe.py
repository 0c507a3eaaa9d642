"""Recipes: the numbers of one training run, from TOML, checked before anything starts."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    field_validator,
)

from retina_studio.domain.errors import RetinaError
from training.augment import Augmentation

Share = Annotated[float, Field(ge=0, le=1)]

RECIPES = Path(__file__).parent / "recipes"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AugmentRecipe(_Strict):
    """Magnitudes of the random changes; `Augmentation` says what each means."""

    flip: Share = 0.0
    rotate: Annotated[float, Field(ge=0, le=180)] = 0.0
    shift: Share = 0.0
    zoom: tuple[PositiveFloat, PositiveFloat] = (1.0, 1.0)
    brightness: Share = 0.0
    contrast: Share = 0.0
    gamma: Annotated[float, Field(ge=1, le=4)] = 1.0

    @field_validator("zoom")
    @classmethod
    def _in_order(cls, zoom: tuple[float, float]) -> tuple[float, float]:
        if zoom[0] > zoom[1]:
            raise ValueError("the smallest zoom comes first")
        return zoom

    def build(self) -> Augmentation:
        """The augmentation with these magnitudes."""
        return Augmentation(**self.model_dump())


class StageRecipe(_Strict):
    """One stage of training.

    Attributes:
        epochs: at most so many.
        patience: stop after so many epochs without a better validation figure.
        batch_size: images a step.
        optimiser, learning_rate, weight_decay: as torch names them.
        head_learning_rate: of the localiser's linear layer, where it differs.
        schedule: of the learning rate over the stage; "cosine" falls to 0 at its end, by time when that is bounded.
        warmup: steps over which the learning rate rises from 0.
        share: of the time that is left, when the run is bounded by time (in proportion to the other stages).
        augment: random changes of the training images.
    """

    epochs: PositiveInt
    patience: PositiveInt
    batch_size: PositiveInt
    optimiser: Literal["rmsprop", "adam"]
    learning_rate: PositiveFloat
    head_learning_rate: PositiveFloat | None = None
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    schedule: Literal["constant", "cosine"] = "constant"
    warmup: Annotated[int, Field(ge=0)] = 0
    share: PositiveFloat = 1.0
    augment: AugmentRecipe = AugmentRecipe()


class DiscRecipe(_Strict):
    """Numbers for the stem `disc` (models.md 4).

    Attributes:
        seed: of weights, order, augmentation and dropout.
        precision: as lightning.fabric names it, e.g. "32-true", "16-mixed", "bf16-mixed".
        network: options of the network that differ from the model table.
        preprocessing: fields that differ from the model table.
        dice_epsilon: added to both sides of the soft Dice ratio.
        localiser, decoder: the two stages. Without pre-training the decoder's numbers train the whole network.
    """

    model: Literal["disc"]
    size: Literal["paper", "compact"]
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    precision: str = "32-true"
    network: dict[str, Any] = {}
    preprocessing: dict[str, Any] = {}
    dice_epsilon: PositiveFloat = 1.0
    localiser: StageRecipe
    decoder: StageRecipe


def shipped_recipe(stem: str, size: str) -> Path:
    """The file of the recipe that comes with the application.

    Raises:
        RetinaError: there is none for this stem and size.
    """
    path = RECIPES / f"{stem}-{size}.toml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in RECIPES.glob("*.toml")))
        raise RetinaError(f"There is no recipe for the model {stem!r} in size {size!r}; there is: {known}.")
    return path


def read_recipe(path: Path) -> DiscRecipe:
    """Read and check a recipe.

    Raises:
        RetinaError: in one sentence, the first thing that is wrong with it and where.
    """
    try:
        form = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RetinaError(f"The recipe {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RetinaError(f"The recipe {path} is not valid TOML: {error}.") from error
    try:
        return DiscRecipe.model_validate(form)
    except ValidationError as error:
        raise RetinaError(f"The recipe {path}: {_first_fault(error)}") from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"there is no key {place!r}; take it out or correct its name."
    if fault["type"] == "missing":
        return f"the key {place!r} is missing."
    return f"{place!r} is wrong ({fault['msg']})."
