"""Recipes: the numbers of one training run, from TOML, checked before anything starts."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    field_validator,
    model_validator,
)

from retina_studio.domain.errors import RetinaError
from training.augment import Augmentation

Share = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]

RECIPES = Path(__file__).parent / "recipes"


class Strict(BaseModel):
    """A table of a recipe: unknown keys are errors, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AugmentRecipe(Strict):
    """Magnitudes of the random changes; `Augmentation` says what each means."""

    flip: Share = 0.0
    flip_vertical: Share = 0.0
    rotate: Annotated[float, Field(ge=0, le=180)] = 0.0
    shift: Share = 0.0
    zoom: tuple[PositiveFloat, PositiveFloat] = (1.0, 1.0)
    crop: tuple[PositiveFloat, PositiveFloat] = (1.0, 1.0)
    brightness: Share = 0.0
    contrast: Share = 0.0
    saturation: Share = 0.0
    gamma: Annotated[float, Field(ge=1, le=4)] = 1.0
    window: PositiveInt | None = None
    foreground: Share = 0.5

    @field_validator("zoom", "crop")
    @classmethod
    def _in_order(cls, ends: tuple[float, float]) -> tuple[float, float]:
        if ends[0] > ends[1]:
            raise ValueError("the smaller number comes first")
        return ends

    def build(self) -> Augmentation:
        """The augmentation with these magnitudes."""
        return Augmentation(**self.model_dump())


class StageRecipe(Strict):
    """One stage of training.

    Attributes:
        epochs: at most so many.
        patience: stop after so many validations without a better figure.
        batch_size: images a step (and a process, with several).
        accumulate: parts into which a step's batch is cut, one after the other, where memory is short.
        optimiser, learning_rate, momentum, weight_decay: as torch names them; `momentum` is beta1 of Adam.
        backbone_learning_rate: of an encoder that started from ImageNet, where it differs.
        head_learning_rate: of a head, where it differs (the stage says which).
        schedule: of the learning rate: "cosine" falls to 0 at the end of the stage, by time when that is bounded;
            "plateau" divides by 10 after `drop_after` validations without a better figure; "steps" divides by 10 at the
            shares `drop_at` of the stage.
        warmup: steps over which the learning rate rises from 0.
        share: of the time that is left, when the run is bounded by time (in proportion to the other stages).
        validate_every: steps between validations; such a round counts as an epoch. None: once all images were seen.
        drop_last: leave out a last batch that is not full (batch statistics of one image are none).
        augment: random changes of the training images.
    """

    epochs: PositiveInt
    patience: PositiveInt
    batch_size: PositiveInt
    accumulate: PositiveInt = 1
    optimiser: Literal["rmsprop", "adam", "adamw", "sgd"]
    learning_rate: PositiveFloat
    backbone_learning_rate: PositiveFloat | None = None
    head_learning_rate: PositiveFloat | None = None
    momentum: Annotated[float, Field(ge=0, lt=1)] | None = None
    weight_decay: NotNegative = 0.0
    schedule: Literal["constant", "cosine", "plateau", "steps"] = "constant"
    drop_after: PositiveInt | None = None
    drop_at: tuple[Share, ...] = ()
    warmup: Annotated[int, Field(ge=0)] = 0
    share: PositiveFloat = 1.0
    validate_every: PositiveInt | None = None
    drop_last: bool = False
    augment: AugmentRecipe = AugmentRecipe()

    @model_validator(mode="after")
    def _schedule_is_whole(self) -> "StageRecipe":
        if (self.schedule == "plateau") != (self.drop_after is not None):
            raise ValueError('schedule = "plateau" and drop_after belong together')
        if (self.schedule == "steps") != bool(self.drop_at):
            raise ValueError('schedule = "steps" and drop_at belong together')
        return self


class BaseRecipe(Strict):
    """What every recipe has; each stem adds its stages and open choices.

    Attributes:
        model, size: the row of the model table.
        seed: of weights, order, augmentation and dropout.
        precision: as lightning.fabric names it, e.g. "32-true", "16-mixed", "bf16-mixed".
        pretrained: whether the encoder starts from ImageNet.
        network: options of the network that differ from the model table.
        preprocessing: fields that differ from the model table.
        only: a glob; images whose names do not match take no part.
        favour: glob -> how many times as often training images with such names are drawn, where many images were made
            and few are real; the first that matches counts.
        fraction: share of the training images that takes part; a smaller share lies inside a larger one.
        deterministic: whether torch may use no algorithm whose results differ from run to run.
    """

    model: str
    size: Literal["paper", "compact"]
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    precision: str = "32-true"
    pretrained: bool = False
    network: dict[str, Any] = {}
    preprocessing: dict[str, Any] = {}
    only: str = "*"
    favour: dict[str, PositiveFloat] = {}
    fraction: Annotated[float, Field(gt=0, le=1)] = 1.0
    deterministic: bool = True


R = TypeVar("R", bound=BaseRecipe)


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


def read_recipe(path: Path, kind: type[R], changes: Sequence[str] = ()) -> R:
    """Read and check a recipe, with changes like `decoder.learning_rate=1e-3` (the value is TOML, or a plain word).

    Raises:
        RetinaError: in one sentence, the first thing that is wrong with it and where.
    """
    try:
        form = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RetinaError(f"The recipe {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RetinaError(f"The recipe {path} is not valid TOML: {error}.") from error
    return recipe_from(form, kind, changes, f"The recipe {path}")


def recipe_from(form: dict[str, Any], kind: type[R], changes: Sequence[str], whose: str) -> R:
    """Check a recipe's form, with changes as `read_recipe` takes them; the sentences begin with `whose` it is.

    Raises:
        RetinaError: the first thing that is wrong with it and where.
    """
    for change in changes:
        _change(form, change)
    try:
        return kind.model_validate(form)
    except ValidationError as error:
        raise RetinaError(f"{whose}: {first_fault(error)}") from error


def first_fault(error: ValidationError) -> str:
    """What is wrong first, in a sentence that follows the file's name."""
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"there is no key {place!r}; take it out or correct its name."
    if fault["type"] == "missing":
        return f"the key {place!r} is missing."
    return f"{place!r} is wrong ({fault['msg']})."


def as_toml(recipe: BaseRecipe) -> str:
    """The recipe as it was used, as TOML that `read_recipe` reads."""
    return _table(recipe.model_dump(mode="json", exclude_none=True), "")


def _change(form: dict[str, Any], change: str) -> None:
    key, sign, text = change.partition("=")
    if not sign or not key.strip():
        raise RetinaError(f"A change of the recipe is written KEY=VALUE, not {change!r}.")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    *tables, last = key.strip().split(".")
    for name in tables:
        form = form.setdefault(name, {})
        if not isinstance(form, dict):
            raise RetinaError(f"The recipe has no table {name!r} for the change {change!r}.")
    form[last] = value


def _table(values: Mapping[str, Any], name: str) -> str:
    plain = [f"{_key(key)} = {_value(v)}\n" for key, v in values.items() if not isinstance(v, dict) or name]
    tables = [_table(v, key) for key, v in values.items() if isinstance(v, dict) and not name]
    return "".join([f"\n[{name}]\n" if name else "", *plain, *tables])


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(v)}" for key, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    return json.dumps(value)
