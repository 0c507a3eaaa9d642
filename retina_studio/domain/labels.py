"""The label catalogue and the grading scales, read from `resources/*.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from retina_studio.domain.errors import RetinaError
from retina_studio.paths import resources

Modality = Literal["fundus", "oct"]
Kind = Literal["ellipse", "polygon", "point"]
GradeValue = bool | int | str


@dataclass(frozen=True)
class Label:
    """One entry of the catalogue; `resources/labels.toml` says what each field means."""

    code: str
    title: str
    modality: Modality
    kinds: tuple[Kind, ...]
    colour: str
    outline: Literal["single", "double"]
    single: bool
    answered_by: str
    key: str

    @property
    def is_point(self) -> bool:
        """Whether only a point may carry this label (the fovea)."""
        return self.kinds == ("point",)


@dataclass(frozen=True)
class Scale:
    """One image grade: its allowed values in order, with a title and a hint (or "") for each.

    `resources/grades.toml` says what each field means.
    """

    code: str
    title: str
    group: str
    modality: tuple[Modality, ...]
    values: tuple[GradeValue, ...]
    titles: tuple[str, ...]
    hints: tuple[str, ...]
    when: str
    required: bool
    voted: bool

    def asked(self, grades: Mapping[str, GradeValue]) -> bool:
        """Whether it is asked beside these grades: its condition `when` holds, or it was answered already.

        An answer stays in sight when its condition changes, so that it can be taken back.
        """
        if not self.when or self.code in grades:
            return True
        code, _, values = self.when.partition("=")
        return code in grades and _written(grades[code]) in values.split("|")

    def check(self, value: GradeValue) -> None:
        """Refuse a value that is not on this scale (`True` is not 1 here).

        Raises:
            RetinaError: naming the scale and its values.
        """
        if not any(value == v and isinstance(value, bool) == isinstance(v, bool) for v in self.values):
            allowed = ", ".join(str(v) for v in self.values)
            raise RetinaError(f"{value!r} is not a {self.title} grade; use one of: {allowed}.")

    def title_of(self, value: GradeValue) -> str:
        """What the panel shows for a value."""
        return self.titles[self.values.index(value)]


def _written(value: GradeValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(name: str, table: str, keys: set[str]) -> list[dict[str, Any]]:
    path: Path = resources() / name
    with path.open("rb") as file:
        entries: list[dict[str, Any]] = tomllib.load(file).get(table, [])
    for entry in entries:
        if set(entry) != keys:
            wrong = ", ".join(sorted(set(entry) ^ keys))
            raise RetinaError(f"{name}: entry {entry.get('code', '?')!r} has wrong or missing keys: {wrong}.")
    return entries


@cache
def catalogue() -> Mapping[str, Label]:
    """All labels by code, in the order of the label panel."""
    entries = _read("labels.toml", "label", set(Label.__dataclass_fields__))
    labels = {}
    for entry in entries:
        label = Label(**{**entry, "kinds": tuple(entry["kinds"])})
        if label.modality not in get_args(Modality) or not set(label.kinds) <= set(get_args(Kind)):
            raise RetinaError(f"labels.toml: label {label.code!r} has an unknown modality or kind.")
        labels[label.code] = label
    return MappingProxyType(labels)


@cache
def scales() -> Mapping[str, Scale]:
    """All grading scales by code, in the order of the grading panel."""
    entries = _read("grades.toml", "scale", set(Scale.__dataclass_fields__))
    lists = ("modality", "values", "titles", "hints")
    built = [Scale(**{**entry, **{key: tuple(entry[key]) for key in lists}}) for entry in entries]
    known = {scale.code: scale for scale in built}
    for scale in built:
        _check_scale(scale, known)
    return MappingProxyType(known)


def _check_scale(scale: Scale, known: Mapping[str, Scale]) -> None:
    where = f"grades.toml: scale {scale.code!r}"
    if not len(scale.values) == len(scale.titles) == len(scale.hints):
        raise RetinaError(f"{where} needs one title and one hint for each value.")
    if not scale.when:
        return
    code, _, values = scale.when.partition("=")
    answers = {_written(value) for value in known[code].values} if code in known else set()
    if not set(values.split("|")) <= answers:
        raise RetinaError(f"{where} is asked when {scale.when!r}, which is no answer on another scale.")


def label(code: str) -> Label:
    """The label with this code, compared without regard to case.

    Raises:
        RetinaError: no such label.
    """
    known = catalogue()
    if code in known:
        return known[code]
    for candidate in known.values():
        if candidate.code.lower() == code.lower():
            return candidate
    raise RetinaError(f"There is no label {code!r}; the catalogue has: {', '.join(known)}.")


def labels_of(modality: Modality) -> list[Label]:
    """The labels of one modality, in the order of the label panel."""
    return [entry for entry in catalogue().values() if entry.modality == modality]


def scales_of(modality: Modality) -> list[Scale]:
    """The grading scales of one modality, in the order of the grading panel."""
    return [scale for scale in scales().values() if modality in scale.modality]
