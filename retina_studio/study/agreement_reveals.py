"""What graders change after proposals were shown to them, exactly, from the audit trail."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from retina_studio.domain.edits import (
    ChangeShapes,
    Edit,
    JointEdit,
    SetAbsent,
    SetComment,
    SetGrade,
    edit_from_dict,
)
from retina_studio.study.agreement_habits import worked_on
from retina_studio.study.agreement_values import RevealChanges
from retina_studio.study.cases import parts
from retina_studio.study.database import Database
from retina_studio.study.estimates import ratios
from retina_studio.study.schema import AuditRow, EditRow, GradingRow

_PART = 500  # gradings, or audit rows, that are asked for at once
_SEED = 21
_KINDS = ("shapes_added", "shapes_removed", "shapes_changed", "grades_changed")


@dataclass
class _Seen:
    """One submitted grading, with all its versions, in which proposals were shown at `since`."""

    grader: str
    since: str
    blind: bool = False
    steps: list[tuple[int, Edit, bool]] = field(default_factory=list)  # audit row, edit, whether taken back


def reveal_changes(database: Database) -> list[RevealChanges]:
    """Of the submitted gradings in which proposals were shown, what was changed afterwards, by grader.

    Every edit, undo and redo that the audit trail has after the showing counts, in any version; what they come to
    together is compared with what the grading was at that moment.
    """
    with database.reading() as session:
        seen, version_of = _read_seen(session)
        for assignment, step in (*_edits(session, seen, version_of), *_steps(session, seen, version_of)):
            seen[assignment].steps.append(step)
    by_grader = defaultdict(list)
    for entry in seen.values():
        by_grader[entry.grader].append(entry)
    return [_summed(grader, found) for grader, found in sorted(by_grader.items())]


def _read_seen(session: Session) -> tuple[dict[int, _Seen], dict[int, int]]:
    """By assignment; and the assignment of each of their versions."""
    shown = select(GradingRow.assignment_id).where(GradingRow.revealed.is_not(None))
    wanted = worked_on(GradingRow.id, GradingRow.submitted, GradingRow.revealed)
    versions = defaultdict(list)
    graders, version_of = {}, {}
    for assignment, grader, *version in session.execute(wanted.where(GradingRow.assignment_id.in_(shown))):
        versions[assignment].append(version)
        graders[assignment], version_of[version[0]] = grader, assignment
    seen = {}
    for assignment, found in versions.items():
        since = min(revealed for _, _, revealed in found if revealed)
        blind = any(submitted and submitted <= since for _, submitted, _ in found)
        seen[assignment] = _Seen(graders[assignment], since, blind)
    return seen, version_of


_Step = tuple[int, tuple[int, Edit, bool]]  # assignment, and one of the steps of its grading


def _edits(session: Session, seen: Mapping[int, _Seen], version_of: Mapping[int, int]) -> Iterator[_Step]:
    for some in parts(version_of, _PART):
        since = min(seen[version_of[version]].since for version in some)
        rows = session.execute(
            select(EditRow.grading_id, AuditRow.id, AuditRow.at, AuditRow.detail)
            .join(AuditRow, AuditRow.id == EditRow.audit_id)
            .where(EditRow.grading_id.in_(some), AuditRow.at > since)
        )
        for version, key, at, detail in rows:
            assignment = version_of[version]
            if at > seen[assignment].since:
                yield assignment, (key, edit_from_dict(json.loads(detail)), False)


def _steps(session: Session, seen: Mapping[int, _Seen], version_of: Mapping[int, int]) -> Iterator[_Step]:
    """What was undone and made again after the showing, whenever it was made first."""
    since = min((entry.since for entry in seen.values()), default=None)
    if since is None:
        return
    rows = session.execute(
        select(AuditRow.id, AuditRow.at, AuditRow.what, AuditRow.subject, AuditRow.detail).where(
            AuditRow.what.in_(("undo", "redo")), AuditRow.at > since
        )
    )
    found = []
    for key, at, what, subject, detail in rows:
        assignment = version_of.get(int(subject.rpartition(":")[2]))
        if assignment is not None and at > seen[assignment].since:
            found.append((assignment, key, what == "undo", int(json.loads(detail)["edit"])))
    edits = _edits_by_row(session, {edit for *_, edit in found})
    yield from ((assignment, (key, edits[edit], back)) for assignment, key, back, edit in found)


def _edits_by_row(session: Session, keys: Collection[int]) -> dict[int, Edit]:
    edits: dict[int, Edit] = {}
    for some in parts(keys, _PART):
        rows = session.execute(select(AuditRow.id, AuditRow.detail).where(AuditRow.id.in_(some)))
        edits |= {key: edit_from_dict(json.loads(detail)) for key, detail in rows}
    return edits


def _summed(grader: str, found: list[_Seen]) -> RevealChanges:
    nets = [_net(entry) for entry in found]
    column = np.array([bool(net) for net in nets], dtype=np.float64)[:, None]
    rate = ratios(column, np.ones_like(column), _SEED)[0]
    total: Counter[str] = sum(nets, Counter())
    blind = sum(entry.blind for entry in found)
    counts = {kind: total[kind] for kind in _KINDS}
    return RevealChanges(grader, len(found), sum(map(bool, nets)), rate, blind, **counts)


def _net(entry: _Seen) -> Counter[str]:
    """What the steps come to together, by kind."""
    first: dict[tuple[str, str], Any] = {}
    last: dict[tuple[str, str], Any] = {}
    for _, edit, back in sorted(entry.steps, key=lambda step: step[0]):
        for key, before, after in _changes(edit, back):
            first.setdefault(key, before)
            last[key] = after
    return Counter(_kind(key, first[key], last[key]) for key in last if first[key] != last[key])


_Change = tuple[tuple[str, str], Any, Any]


def _changes(edit: Edit, back: bool) -> Iterator[_Change]:
    """(what, before, after) of everything that an edit touches, in the order in which it is made or taken back."""
    if isinstance(edit, JointEdit):
        for part in reversed(edit.edits) if back else edit.edits:
            yield from _changes(part, back)
        return
    if isinstance(edit, ChangeShapes):
        before, after = ({shape.id: shape for shape in some} for some in (edit.before, edit.after))
        ids = {**before, **after}
        changes: list[_Change] = [(("shape", key), before.get(key), after.get(key)) for key in ids]
    elif isinstance(edit, SetGrade):
        changes = [(("grade", edit.scale), edit.before, edit.after)]
    elif isinstance(edit, SetAbsent):
        changes = [(("none", edit.label), not edit.absent, edit.absent)]
    elif isinstance(edit, SetComment):
        changes = [(("comment", ""), edit.before, edit.after)]
    else:
        raise TypeError(f"{type(edit).__name__} is no edit that this part of the program knows")
    for key, old, new in changes:
        yield (key, new, old) if back else (key, old, new)


def _kind(key: tuple[str, str], before: Any, after: Any) -> str:
    if key[0] != "shape":
        return "grades_changed" if key[0] == "grade" else key[0]
    if before is None:
        return "shapes_added"
    return "shapes_removed" if after is None else "shapes_changed"
