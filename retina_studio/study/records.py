"""What the study hands out: plain values, so that no caller holds a database row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import Modality
from retina_studio.domain.proposal import Proposal

Role = Literal["grader", "adjudicator", "engineer"]
ROLES: tuple[Role, ...] = ("grader", "adjudicator", "engineer")
State = Literal["open", "in progress", "submitted", "returned"]
Decision = Literal["accepted", "edited", "rejected"]


class ChangedElsewhereError(RetinaError):
    """The grading in the study is newer than the one that is open; that one was loaded again."""


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
    """A person who grades; one who left the study is not `active` any more, and their gradings stay."""

    id: int
    name: str
    role: Role
    active: bool = True
    has_passphrase: bool = False


def require_role(grader: Grader, *roles: Role) -> None:
    """Refuse what only some roles may do.

    Raises:
        RetinaError: the person has none of these roles, or has left the study.
    """
    if grader.role not in roles:
        allowed = " or ".join(_an(role) for role in roles)
        raise RetinaError(f"Only {allowed} may do this: {grader.name} is {_an(grader.role)} here.")
    if not grader.active:
        raise RetinaError(f"{grader.name} has left this study: do it as somebody who is in it.")


def _an(role: Role) -> str:
    return f"an {role}" if role[0] in "aeiou" else f"a {role}"


@dataclass(frozen=True)
class WorklistEntry:
    """An image and how far one grader is with it.

    Attributes:
        due: ISO date it is wanted by, or "".
        reason: why it stands out, one of `worklist.REASONS`, or "".
        note: why it was returned for correction, until it is submitted again.
        round: 0, also of a hidden repeat: nothing here tells a grader that it is one.
        purpose: why it was given: "initial", "top-up", "taken", "certification", or "" where nobody gave it.
        informative: why it stands where it does in an order by what images teach, or "".
    """

    image: ImageRecord
    state: State
    due: str = ""
    reason: str = ""
    note: str = ""
    round: int = 0
    purpose: str = ""
    informative: str = ""


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
