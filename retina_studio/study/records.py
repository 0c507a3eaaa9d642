"""What the study hands out: plain values, so that no caller holds a database row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from retina_studio.domain.labels import Modality
from retina_studio.domain.proposal import Proposal

Role = Literal["grader", "adjudicator", "engineer"]
ROLES: tuple[Role, ...] = ("grader", "adjudicator", "engineer")
State = Literal["open", "in progress", "submitted", "returned"]
Decision = Literal["accepted", "edited", "rejected"]


@dataclass(frozen=True)
class ImageRecord:
    """One image of the study; `eye` is "OD", "OS" or "" and `split` train, val, test or "".

    Attributes:
        spacing: millimetres per pixel (x, y), where the file said it.
        acquired: ISO date, shifted by the patient's own secret number of days; "" where unknown.
        volume: the same keyed id for every B-scan (or page) of one file; "" for a single image.
        bscan: its place in the volume, from 1; 0 for a single image.
        bscans: how many the volume has; 0 for a single image.
    """

    id: int
    name: str
    file: str
    sha256: str
    modality: Modality
    eye: str
    patient: str
    split: str
    width: int
    height: int
    spacing: tuple[float, float] | None = None
    acquired: str = ""
    volume: str = ""
    bscan: int = 0
    bscans: int = 0


@dataclass(frozen=True)
class Grader:
    """A person who grades."""

    id: int
    name: str
    role: Role


@dataclass(frozen=True)
class WorklistEntry:
    """An image and how far one grader is with it."""

    image: ImageRecord
    state: State


@dataclass(frozen=True)
class HistoryEntry:
    """One edit of a grading by its title; `undone` ones wait to be redone; `made` is when, ISO 8601 in UTC."""

    title: str
    undone: bool
    made: str


@dataclass(frozen=True, eq=False)
class StoredProposal:
    """A proposal kept in the study, and what one grader decided of its shapes (none decided: not a key)."""

    id: int
    proposal: Proposal
    decisions: Mapping[str, Decision]
