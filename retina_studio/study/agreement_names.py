"""Whose figures an agreement shows, and under which names."""

import random
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any

from retina_studio.study.agreement_values import StudyAgreement
from retina_studio.study.study import Study


def blinded(found: StudyAgreement, study: Study, keep: Collection[str] = ()) -> StudyAgreement:
    """With numbers in place of names, but for those to `keep`, and nothing in the order that the names had.

    Args:
        found: of the study, with names.
        study: whose people get the numbers: the same ones each time while nobody joins.
        keep: names that stay.
    """
    names = sorted({grader.name for grader in study.graders()} | set(found.graders))
    random.Random(study.id).shuffle(names)  # noqa: S311 - no secret: who knows the names can count gradings
    numbers = {name: name if name in keep else f"Grader {number}" for number, name in enumerate(names, 1)}
    changed: dict[str, Any] = {"graders": tuple(sorted(map(numbers.__getitem__, found.graders), key=_turn))}
    for entry in fields(found):
        rows = getattr(found, entry.name)
        if entry.name in changed or not isinstance(rows, tuple):
            continue
        changed[entry.name] = tuple(sorted((_renamed(row, numbers) for row in rows), key=_turns))
    return replace(found, blind=True, **changed)


def concerning(found: StudyAgreement, grader: str) -> StudyAgreement:
    """Only what says something of one grader, and of all of them together."""
    changed: dict[str, Any] = {
        entry.name: tuple(row for row in getattr(found, entry.name) if grader in _names(row))
        for entry in fields(found)
        if isinstance(getattr(found, entry.name), tuple) and entry.name not in {"graders", "scales"}
    }
    return replace(found, **changed)


def _renamed(row: Any, numbers: Mapping[str, str]) -> Any:
    if hasattr(row, "grader"):
        return replace(row, grader=numbers[row.grader])
    if not hasattr(row, "first"):
        return row
    first, second = numbers[row.first], numbers.get(row.second, row.second)
    if row.second in numbers:  # two graders agree as much either way round
        first, second = sorted((first, second), key=_turn)
    return replace(row, first=first, second=second)


def _names(row: Any) -> list[str]:
    return [getattr(row, name) for name in ("grader", "first", "second") if hasattr(row, name)]


def _turns(row: Any) -> list[tuple[int, str]]:
    return [_turn(name) for name in _names(row)]


def _turn(name: str) -> tuple[int, str]:
    """Grader 2 comes before Grader 10."""
    return (len(name), name)
