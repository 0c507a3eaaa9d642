"""What retraining knows of each model, as data: `resources/retraining.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import catalogue, scales
from retina_studio.paths import resources


@dataclass(frozen=True)
class ModelNeeds:
    """One model; `resources/retraining.toml` says what each field means."""

    modality: str
    labels: tuple[str, ...]
    points: tuple[str, ...]
    grades: tuple[str, ...]
    grown: int
    changes: tuple[str, ...]
    images: float
    images_per_second: float
    memory_mb: float


@cache
def all_needs() -> Mapping[str, ModelNeeds]:
    """Stem -> what retraining knows of the model, from the application's own file."""
    return read_needs(resources() / "retraining.toml")


def model_needs(stem: str) -> ModelNeeds:
    """Of one model.

    Raises:
        RetinaError: there is no such model.
    """
    if stem not in all_needs():
        raise RetinaError(f"There is no model {stem!r} to retrain; there is: {', '.join(all_needs())}.")
    return all_needs()[stem]


@cache
def fewest_test_images() -> int:
    """How many test images the gate asks for (`resources/gate.toml`, which the training module checks as a whole)."""
    return int(tomllib.loads((resources() / "gate.toml").read_text("utf-8"))["default"]["fewest_images"])


def read_needs(file: Path) -> Mapping[str, ModelNeeds]:
    """What a file says.

    Raises:
        RetinaError: it cannot be read, misses a key, or has one that is not known or has a wrong value.
    """
    try:
        form = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RetinaError(f"{file} cannot be read ({error}).") from error
    return {stem: _needs(file, stem, section) for stem, section in form.items()}


def _needs(file: Path, stem: str, section: Any) -> ModelNeeds:
    names = {entry.name for entry in fields(ModelNeeds)}
    if not isinstance(section, dict) or set(section) != names:
        wrong = sorted(names ^ set(section))[0] if isinstance(section, dict) else stem
        raise RetinaError(f"{file.name}: {stem} lacks or does not know {wrong!r}.")
    lists = {key: section[key] for key in ("labels", "points", "grades", "changes")}
    if any(not isinstance(v, list) or not all(isinstance(e, str) for e in v) for v in lists.values()):
        raise RetinaError(f"{file.name}: {stem} must list labels, points, grades and changes as texts.")
    known = {*catalogue(), *scales()}
    if unknown := [
        code for key in ("labels", "points", "grades") for code in lists[key] if code not in known
    ]:
        raise RetinaError(f"{file.name}: {stem} names {unknown[0]!r}, which does not exist.")
    for key in ("grown", "images", "images_per_second", "memory_mb"):
        if isinstance(section[key], bool) or not isinstance(section[key], int | float) or section[key] <= 0:
            raise RetinaError(f"{file.name}: {key} of {stem} cannot be {section[key]!r}.")
    return ModelNeeds(**{**section, **{key: tuple(value) for key, value in lists.items()}})
