"""Experiment files: which runs make up a grid, and what is read off them. TOML, checked before anything starts."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PositiveFloat, ValidationError, model_validator

from retina_studio.domain.errors import RetinaError
from training.compare.table import system
from training.experiments.figures import FIGURES
from training.recipe import Strict, first_fault

SHIPPED = Path(__file__).parent
_NAME = r"^[a-z0-9][a-z0-9.+-]*$"  # it becomes a folder

Change = bool | int | float | str | list[Any]


class Arm(Strict):
    """One way of training.

    Attributes:
        title: what people read.
        changes: of the recipe, by dotted keys, over those of the whole experiment.
        system: a comparison system in the model's place; "" for the model itself.
        fractions: where this arm has others than the experiment, e.g. only the whole.
        paper: the paper's own figures of this arm, by figure.
    """

    title: str
    changes: dict[str, Change] = Field(default={})
    system: str = ""
    fractions: tuple[Annotated[float, Field(gt=0, le=1)], ...] | None = None
    paper: dict[str, float] = Field(default={})

    @model_validator(mode="after")
    def _system_exists(self) -> "Arm":
        if self.system and not system(self.system).build:
            raise ValueError(f"the system {self.system} is a way of training: use changes")
        return self


class Experiment(Strict):
    """A grid of arms, fractions of the data and seeds.

    Attributes:
        title: what people read.
        claim: what the paper says, in a sentence that the first figure can confirm; "" for none.
        arm: the arm that the claim is about; it is measured against `reference`.
        reference: the arm that all others are tested against.
        model, size: the row of the model table.
        recipe: a recipe in place of the shipped one, beside the experiment's file.
        changes: of the recipe, for all arms.
        seeds: one run each.
        fractions: shares of the training data.
        fraction_of: the key of the recipe that takes the share: "fraction" of the images, or e.g. "mask_fraction".
        seconds: bound on the training time of one run; None for none.
        figures: what the table shows, by the names of `FIGURES`; the first decides the claim.
        notes: what a reader must know of the data.
    """

    title: str
    claim: str = ""
    arm: str = ""
    reference: str
    model: str
    size: Literal["paper", "compact"] = "compact"
    recipe: str = ""
    changes: dict[str, Change] = Field(default={})
    seeds: Annotated[tuple[Annotated[int, Field(ge=0, lt=2**31)], ...], Field(min_length=1)]
    fractions: Annotated[tuple[Annotated[float, Field(gt=0, le=1)], ...], Field(min_length=1)] = (1.0,)
    fraction_of: str = "fraction"
    seconds: PositiveFloat | None = None
    figures: Annotated[tuple[str, ...], Field(min_length=1)]
    notes: str = ""
    arms: Annotated[dict[Annotated[str, Field(pattern=_NAME)], Arm], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_exist(self) -> "Experiment":
        if self.model not in FIGURES:
            raise ValueError(f"there is no model {self.model!r}")
        for figure in self.figures:
            if figure not in FIGURES[self.model]:
                raise ValueError(
                    f"{self.model} has no figure {figure!r}; it has: {', '.join(FIGURES[self.model])}"
                )
        for arm in filter(None, (self.reference, self.arm)):
            if arm not in self.arms:
                raise ValueError(f"there is no arm {arm!r}")
        if bool(self.claim) != bool(self.arm):
            raise ValueError("claim and arm belong together")
        return self

    def cells(self) -> Iterator["Cell"]:
        """All runs: whole seeds first, so that a stopped experiment already compares."""
        for seed in self.seeds:
            for name, arm in self.arms.items():
                for fraction in arm.fractions or self.fractions:
                    yield Cell(name, fraction, seed)


@dataclass(frozen=True)
class Cell:
    """One run of the grid."""

    arm: str
    fraction: float
    seed: int

    @property
    def folder(self) -> str:
        """Where it lies, below the experiment's folder."""
        share = "" if self.fraction == 1 else f"-{self.fraction * 100:g}pc"
        return f"runs/{self.arm}{share}-seed{self.seed}"


def changes_of(experiment: Experiment, cell: Cell) -> Mapping[str, Change]:
    """What a cell changes of the recipe."""
    changes = {**experiment.changes, **experiment.arms[cell.arm].changes, "seed": cell.seed}
    if cell.fraction != 1:
        changes[experiment.fraction_of] = cell.fraction
    return changes


def read_experiment(file: Path | str) -> Experiment:
    """Read and check an experiment: a file, or the name of a shipped one.

    Raises:
        RetinaError: in one sentence, the first thing that is wrong with it and where.
    """
    path = experiment_file(file)
    try:
        return Experiment.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise RetinaError(f"The experiment {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RetinaError(f"The experiment {path} is not valid TOML: {error}.") from error
    except ValidationError as error:
        raise RetinaError(f"The experiment {path}: {first_fault(error)}") from error


def experiment_file(file: Path | str) -> Path:
    """The path of an experiment: as it stands, or of the shipped one of that name.

    Raises:
        RetinaError: naming what there is.
    """
    path = Path(file)
    if path.suffix == ".toml":
        return path
    shipped = SHIPPED / f"{file}.toml"
    if not shipped.is_file():
        raise RetinaError(
            f"There is no experiment {str(file)!r}; there is: {', '.join(shipped_experiments())}, or a .toml file."
        )
    return shipped


def shipped_experiments() -> tuple[str, ...]:
    """The names of the experiments that come with the application."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))
