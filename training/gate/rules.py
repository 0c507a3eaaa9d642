"""The gate's numbers, as data: `resources/gate.toml`, which says what each means."""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, PositiveInt, ValidationError

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.lesionnet import LESIONS
from retina_studio.networks.octmodel import CLASSES
from retina_studio.paths import resources
from training.experiments.figures import FIGURES
from training.experiments.statistics import Figure, Row
from training.recipe import NotNegative, Share, Strict, first_fault


class ModelRules(Strict):
    """What is asked of one model's candidates."""

    primary: Annotated[tuple[str, ...], Field(min_length=1)]
    tolerance: dict[str, NotNegative]


class _Defaults(Strict):
    fewest_images: PositiveInt
    fewest_of_figure: PositiveInt
    least_rise: NotNegative
    most_lost: Share


class GateRules(Strict):
    """The whole file."""

    default: _Defaults
    models: dict[str, ModelRules]


def read_rules(file: Path | None = None) -> GateRules:
    """The rules of a file; without one, the application's own.

    Raises:
        RetinaError: it cannot be read, has an unknown key, model or figure, or a value out of range.
    """
    file = file or resources() / "gate.toml"
    try:
        rules = GateRules.model_validate(tomllib.loads(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RetinaError(f"{file} cannot be read ({error}).") from error
    except ValidationError as error:
        raise RetinaError(f"The rules {file.name}: {first_fault(error)}") from error
    for stem, model in rules.models.items():
        if stem not in FIGURES:
            raise RetinaError(
                f"The rules {file.name} name the model {stem!r}; there is: {', '.join(FIGURES)}."
            )
        known = figures_of(stem)
        for name in (*model.primary, *model.tolerance):
            if name not in known:
                raise RetinaError(
                    f"The rules {file.name}: {stem} has no figure {name!r}; it has: {', '.join(known)}."
                )
    return rules


def figures_of(stem: str) -> Mapping[str, Figure]:
    """The figures that the gate may ask of a model, by name: those of the comparisons, and each class by itself."""
    if stem != "oct":
        return FIGURES[stem]
    return {
        **FIGURES[stem],
        **{f"recall_{name}": Figure(f"B-scans of {name} found so", _found(name)) for name in CLASSES},
    }


def _found(name: str) -> Callable[[Row], tuple[float, ...] | None]:
    def read(row: Row) -> tuple[float, ...] | None:
        return (float(row["found"] == name),) if row["truth"] == name and row["found"] is not None else None

    return read


def shows(name: str, row: Row, stem: str) -> bool:
    """Whether an image counts towards the fewest that must tell a figure: one lesion's F1 asks for that lesion."""
    label = name.rpartition("_")[2]
    if stem != "lesion" or label not in LESIONS:
        return True
    hits, _, missed = row["pixels"].get(label, (0, 0, 0))
    return bool(hits + missed)
