"""Backups of a study while several processes edit it, each restored and checked."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from retina_studio.study.backup import backup, restore
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems
from tests.survival.small_study import small_study
from tests.survival.victims import Victim, grade_on_server

_EDITORS = 4
Says = Callable[[str], object]


def measure(folder: Path, count: int, says: Says = print, seed: int = 9) -> dict[str, Any]:
    """So many backups, one after the other, while editors work; each must be of one moment, and a whole study."""
    chance = random.Random(seed)
    small_study(folder, _EDITORS).close()
    place = folder / "study"
    editors = [
        Victim(grade_on_server(place, f"eye{number}", chance.random()), folder / f"told{number}")
        for number in range(_EDITORS)
    ]
    faults: list[str] = []
    rows = [0]
    try:
        for editor in editors:
            editor.wait_for(1)
        with Study.open(place) as study:
            for number in range(count):
                rows.append(backup(study, folder / f"backup{number}").audit_rows)
                if number % 10 == 0:
                    says(f"backups: {number} of {count}")
    finally:
        told = [editor.kill() for editor in editors]
    for number in range(count):
        restore(folder / f"backup{number}", folder / f"again{number}")
        with Study.open(folder / f"again{number}") as again:
            faults += [f"backup {number}: {problem}" for problem in study_problems(again)]
    if rows != sorted(rows):
        faults.append("a later backup holds less than an earlier one")
    return {
        "backups": count,
        "editors": _EDITORS,
        "edits_meanwhile": sum(sum("has" in step for step in steps) - 1 for steps in told),
        "audit_rows": rows[-1],
        "faults": faults,
    }
