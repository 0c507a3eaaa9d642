"""What the study hands out: plain values, so that no caller holds a database row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from retina_studio.domain.edits import Edit
from retina_studio.domain.labels import Modality
from retina_studio.domain.proposal import Proposal

Role = Literal["grader", "adjudicator", "engineer"]
ROLES: tuple[Role, ...] = ("grader", "adjudicator", "engineer")
State = Literal["open", "in progress", "submitted", "returned"]
Decision = Literal["accepted", "edited", "rejected"]


@dataclass(frozen=True)
class ImageRecord:
    """One image of the study; `eye` is "OD", "OS" or "" and `split` train, val, test or ""."""

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
    """One edit of a grading; `undone` ones wait to be redone."""

    edit: Edit
    undone: bool


@dataclass(frozen=True, eq=False)
class StoredProposal:
    """A proposal kept in the study, and what one grader decided of its shapes (none decided: not a key)."""

    id: int
    proposal: Proposal
    decisions: Mapping[str, Decision]
