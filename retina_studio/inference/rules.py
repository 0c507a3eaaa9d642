"""How maps become shapes, as data: `resources/postprocess.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import catalogue, scales
from retina_studio.paths import resources

_HIGHEST = {"least": 1e6, "tolerance": 1.0, "tolerance_px": 100.0, "ellipse_iou": 1.0}


@dataclass(frozen=True)
class ShapeRules:
    """What is made of one label's mask; `resources/postprocess.toml` says what each field means."""

    least: float
    fill_holes: bool
    tolerance: float
    tolerance_px: float
    ellipse_iou: float
    presence: str


@cache
def shape_rules(label: str) -> ShapeRules:
    """The rules of a label, from the application's own file."""
    general, by_label = read_rules(resources() / "postprocess.toml")
    return by_label.get(label, general)


def read_rules(file: Path) -> tuple[ShapeRules, Mapping[str, ShapeRules]]:
    """What a rules file says: of any label, and of those it names.

    Raises:
        RetinaError: it cannot be read, misses a default, has an unknown key or label, or a value out of range.
    """
    try:
        form = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise RetinaError(f"{file} cannot be read ({error}).") from error
    if unknown := sorted(set(form) - {"default", "labels"}):
        raise RetinaError(f"{file.name} has no section {unknown[0]!r}; it has: default, labels.")
    names = {entry.name for entry in fields(ShapeRules)}
    default = _checked(file, form.get("default"))
    if missing := sorted(names - set(default)):
        raise RetinaError(f"{file.name} gives no default for {missing[0]!r}.")
    by_label = {}
    for label, changes in form.get("labels", {}).items():
        if label not in catalogue():
            raise RetinaError(f"{file.name} names the label {label!r}, which does not exist.")
        by_label[label] = ShapeRules(**{**default, **_checked(file, changes)})
    return ShapeRules(**default), by_label


def _checked(file: Path, section: Any) -> dict[str, Any]:
    if not isinstance(section, dict):
        raise RetinaError(f"{file.name} is not written as sections of rules.")
    for key, value in section.items():
        if key == "fill_holes":
            right = isinstance(value, bool)
        elif key == "presence":
            right = value == "" or value in scales()
        elif key in _HIGHEST:
            number = isinstance(value, int | float) and not isinstance(value, bool)
            right = number and 0 <= value <= _HIGHEST[key]
        else:
            known = ", ".join(entry.name for entry in fields(ShapeRules))
            raise RetinaError(f"{file.name} has no rule {key!r}; it has: {known}.")
        if not right:
            raise RetinaError(f"{file.name}: {key} cannot be {value!r}.")
    return section
