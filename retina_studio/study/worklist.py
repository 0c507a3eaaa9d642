"""Whose turn an image is: the list that a person works through."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from retina_studio.study.database import Database
from retina_studio.study.records import Grader, ImageRecord, State, WorklistEntry
from retina_studio.study.schema import AssignmentRow
from retina_studio.study.settings import setting_in
from retina_studio.study.versions import Given, is_given, turn

REASONS = ("returned", "overdue", "due today", "due tomorrow", "certification", "top-up")
# The table itself: the object mapper would take half of the time.
_ASSIGNMENT = cast("Table", AssignmentRow.__table__)
_OWN = (
    select(
        _ASSIGNMENT.c.image_id,
        _ASSIGNMENT.c.state,
        _ASSIGNMENT.c.purpose,
        _ASSIGNMENT.c.position,
        _ASSIGNMENT.c.due,
        _ASSIGNMENT.c.note,
        _ASSIGNMENT.c.round,
    )
    .where(_ASSIGNMENT.c.grader_id == bindparam("grader"))
    .order_by(_ASSIGNMENT.c.round)
)


class _Days:
    """What is said of a due date that has come or is near; `tomorrow` is ISO 8601, as due dates are."""

    def __init__(self, today: date) -> None:
        self.tomorrow = (today + timedelta(days=1)).isoformat()
        self.words = {today.isoformat(): "due today", self.tomorrow: "due tomorrow"}


def only_given(session: Session) -> bool:
    """Whether graders see, and may grade, only the images that were given to them."""
    return bool(setting_in(session, "assignment", "free") == "assigned")


def read_worklist(
    database: Database, grader: Grader, images: Sequence[ImageRecord], today: date | None = None
) -> list[WorklistEntry]:
    """The images (all of the study, by name) that a person has to do with, and how far they are with each.

    Where images are assigned, a grader has those given to them, in the order of their own; anybody else has all. Of
    an image that was given again only one round shows (`versions.turn`), and nothing tells that it is not the first.
    """
    with database.reading() as session:
        rows = session.connection().execute(_OWN, {"grader": grader.id}).all()
        all_images = grader.role != "grader" or not only_given(session)
    given: dict[int, Given] = {}
    for row in rows:
        entry = Given(*row)
        before = given.get(entry.image_id)
        if before is not None and entry.purpose == "repeat":
            entry = entry._replace(purpose=before.purpose)
        given[entry.image_id] = entry if before is None else min(before, entry, key=turn)
    days = _Days(today or date.today())
    if all_images:
        return [_entry(image, given.get(image.id), days) for image in images]
    by_id = {image.id: image for image in images}
    own = sorted((entry for entry in given.values() if is_given(entry)), key=lambda entry: entry.position)
    return [_entry(by_id[entry.image_id], entry, days) for entry in own if entry.image_id in by_id]


def _entry(image: ImageRecord, given: Given | None, days: _Days) -> WorklistEntry:
    if given is None:
        return WorklistEntry(image, "open")
    reason = "" if given.state == "submitted" else _reason(given, days)
    state = cast("State", given.state)
    return WorklistEntry(image, state, given.due or "", reason, given.note, 0, given.purpose)


def _reason(given: Given, days: _Days) -> str:
    if given.note:
        return "returned"
    if given.due and given.due <= days.tomorrow:
        return days.words.get(given.due, "overdue")
    return given.purpose if given.purpose in REASONS else ""
