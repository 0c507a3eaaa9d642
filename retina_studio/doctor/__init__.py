"""What this installation has and lacks, line by line, and what to do about it."""

from collections.abc import Iterator
from pathlib import Path

from . import installed, machine, places
from .finding import Finding, State

__all__ = ["Finding", "State", "findings"]


def findings(study: Path | None = None) -> Iterator[Finding]:
    """Everything that was looked at; with a study's folder, its file system and database too.

    Raises:
        RetinaError: the folder is no study.
    """
    of_study = list(places.study_place(study)) if study is not None else []
    yield from installed.versions()
    yield from installed.extras()
    yield machine.device()
    yield machine.memory()
    yield machine.display()
    yield machine.clock()
    yield from places.writable_folders()
    yield from installed.weights()
    yield from of_study
