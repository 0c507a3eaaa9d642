"""Events of the work on gradings: given, begun, edited, submitted, opened again, returned."""

from collections.abc import Callable, Mapping
from typing import Any

from retina_studio.study.checks.events import MADE_BY, Event, Replay
from retina_studio.study.checks.ledger import Row
from retina_studio.study.checks.shape_rows import apply_edit

# Of a grading row: image, grader and round of its assignment.
PLACE = ("its image", "its grader", "its round")
_NOT_GIVEN: Row = {"purpose": "", "position": 0, "given": "", "due": None, "note": ""}
_EMPTY: Row = {
    "grades": {},
    "absent": [],
    "comment": "",
    "submitted": None,
    "signature": "",
    "revealed": None,
}


def assign(replay: Replay, event: Event) -> None:
    """An image is given to a grader, perhaps one they were shown the proposals of before."""
    columns = {key: event.detail[key] for key in ("purpose", "position", "given", "due")}
    key = (event.number("image"), event.number("grader"), event.detail["round"])
    row = replay.write(event, "assignment", *key, **columns)
    for name, value in {"state": "open", "revision": 0, "note": ""}.items():
        row.setdefault(name, value)


def withdraw(replay: Replay, event: Event) -> None:
    """A grader who leaves does not have an image any more that they had not begun."""
    key = (event.number("image"), event.number("grader"), event.detail["round"])
    replay.ledger.at("assignment", *key)
    replay.ledger.drop("assignment", *key)


def edit(replay: Replay, event: Event) -> None:
    """An edit; those that were undone before it can be redone no more."""
    grading_id, grading = _grading(replay, event)
    _count_up(replay, event, grading, state="in progress")
    _apply(replay, event, grading_id, event.detail, back=False)
    edits = _part(replay, "edit", grading_id)
    if edits and edits[-1][2] == "undone":  # one that was undone is the last, or one after it is
        for entry in edits:
            entry[2] = "discarded" if entry[2] == "undone" else entry[2]
    sequence = edits[-1][0] + 1 if edits else 1
    edits.append([sequence, event.id, "applied", event.detail.get("token"), event.id])


def undo(replay: Replay, event: Event) -> None:
    """An edit is taken back."""
    _step(replay, event, "undone")


def redo(replay: Replay, event: Event) -> None:
    """An edit that was taken back is made again."""
    _step(replay, event, "applied")


def submit(replay: Replay, event: Event) -> None:
    """Handed in and signed; older trails know no signatures, and not the time in the row."""
    grading_id, grading = _grading(replay, event)
    _count_up(replay, event, grading, state="submitted", note="")
    row = replay.write(event, "grading", grading_id)
    if "signature" in event.detail:
        row.update(signature=event.detail["signature"], submitted=event.detail["signature"]["at"])
    else:
        row.pop("submitted", None)


def reopen(replay: Replay, event: Event) -> None:
    """The next version, which begins as a copy of the one before."""
    grading = _next_version(replay, event)
    _count_up(replay, event, grading, state="in progress")


def return_it(replay: Replay, event: Event) -> None:
    """A new version for the grader to correct, with a comment."""
    grading = _next_version(replay, event)
    _count_up(replay, event, grading, state="returned", note=event.detail["comment"])


def reveal(replay: Replay, event: Event) -> None:
    """The proposals were shown; that changes a grading only where it makes it."""
    grading_id, grading = _grading(replay, event)
    if "started" in event.detail:
        _count_up(replay, event, grading)
    replay.write(event, "grading", grading_id, revealed=event.detail["at"])


def reject(replay: Replay, event: Event) -> None:
    """Proposed shapes were rejected; a second time changes nothing."""
    grading_id, grading = _grading(replay, event)
    _count_up(replay, event, grading, state="in progress")
    detail = event.detail
    rejected = _part(replay, "rejection", grading_id)
    known = {(proposal, shape) for proposal, shape, _ in rejected}
    for shape in detail["shapes"] if "shapes" in detail else [detail["shape"]]:
        if (detail["proposal"], shape) not in known:
            rejected.append([detail["proposal"], shape, event.id])


def _grading(replay: Replay, event: Event) -> tuple[int, Row]:
    """The grading that an event is about; made, where it is the first one."""
    grading_id = event.number("grading")
    row = replay.ledger.get("grading", grading_id)
    if row is not None:
        return grading_id, row
    image, started = event.number("image"), event.detail.get("started")
    if started is None:  # an older trail: the one grading that this person had of the image
        place = (image, replay.graders[event.who], 0)
        if replay.ledger.get("assignment", *place) is None:
            replay.write(event, "assignment", *place, **_NOT_GIVEN)
        columns: Row = {}
    else:
        place = (image, started["grader"], started["round"])
        if replay.ledger.get("assignment", *place) is None:
            replay.write(event, "assignment", *place, state="open", revision=0, **_NOT_GIVEN)
        replay.write(event, "assignment", *place, id=started["assignment"])
        columns = {"created": started["created"], "assignment_id": started["assignment"]}
    row = replay.write(event, "grading", grading_id, version=1, **_EMPTY, **columns)
    row.update(zip(PLACE, place, strict=True))
    return grading_id, row


def _count_up(replay: Replay, event: Event, grading: Row, **columns: Any) -> None:
    """One more change of the assignment; of an older trail's it is not known where the count began."""
    row = replay.write(event, "assignment", *(grading[name] for name in PLACE), **columns)
    if "revision" in row:
        row["revision"] += 1


def _apply(replay: Replay, event: Event, grading_id: int, form: Row, *, back: bool) -> None:
    grading = replay.write(event, "grading", grading_id)
    shapes = _row(replay, "shape", grading_id)
    apply_edit(grading, shapes, form, event.id, back=back)


def _step(replay: Replay, event: Event, state: str) -> None:
    grading_id, grading = _grading(replay, event)
    _count_up(replay, event, grading)
    form = replay.detail_of(event.detail["edit"])
    _apply(replay, event, grading_id, form, back=state == "undone")
    for entry in reversed(_part(replay, "edit", grading_id)):
        if entry[1] == event.detail["edit"]:
            entry[2], entry[4] = state, event.id
            return
    raise LookupError("no such edit")


def _next_version(replay: Replay, event: Event) -> Row:
    old_id, new_id, detail = event.detail["from"], event.number("grading"), event.detail
    old = replay.ledger.at("grading", old_id)
    kept = ("grades", "absent", "comment", "assignment_id", *PLACE)
    columns = {**_EMPTY, **{name: old[name] for name in kept if name in old}, "version": detail["version"]}
    if "created" in detail:
        columns["created"] = detail["created"]
    shapes = {key: list(entry) for key, entry in _row(replay, "shape", old_id).items()}
    rejected = [list(entry) for entry in _part(replay, "rejection", old_id)]
    replay.ledger.put("shape", new_id, row=shapes)
    replay.ledger.put("rejection", new_id, row={"all": rejected})
    new = replay.write(event, "grading", new_id, **columns)
    new[MADE_BY] = event.id
    return new


def _row(replay: Replay, table: str, grading_id: int) -> Row:
    """All rows of a table that belong to a grading, as one row of the ledger."""
    row = replay.ledger.get(table, grading_id)
    if row is None:
        row = {}
        replay.ledger.put(table, grading_id, row=row)
    return row


def _part(replay: Replay, table: str, grading_id: int) -> list[list[Any]]:
    entries: list[list[Any]] = _row(replay, table, grading_id).setdefault("all", [])
    return entries


GRADING_WORK: Mapping[str, Callable[[Replay, Event], None]] = {
    "assign image/grader": assign,
    "withdraw image/grader": withdraw,
    "edit image/grading": edit,
    "undo image/grading": undo,
    "redo image/grading": redo,
    "submit image/grading": submit,
    "reopen image/grading": reopen,
    "return image/grading": return_it,
    "reveal image/grading": reveal,
    "reject image/grading": reject,
}
