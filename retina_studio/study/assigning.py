"""Who grades what: images are given to graders by a plan, or taken by them one by one.

Both lock the graders' rows first, so that two of them at once never give an image once too often.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.informative import RANDOM_SHARE, placed
from retina_studio.study import audit
from retina_studio.study.certification import certified_ids
from retina_studio.study.informative import read_merits
from retina_studio.study.planning import Candidate, chance_rank, due_date, plan, shuffled
from retina_studio.study.records import Grader, ImageRecord, require_role
from retina_studio.study.schema import (
    AssignmentRow,
    CertificationImageRow,
    GraderRow,
    ImageRow,
    now,
)
from retina_studio.study.settings import put_setting, setting_in
from retina_studio.study.study import Study, image_record
from retina_studio.study.versions import assignment_event

Order = Literal["shuffled", "informative"]
_CHUNK = 2000  # rows between two reports of progress
_TRIES, _PAUSE = 200, 0.02  # at an image of the pool while others hold theirs; seconds between
_ASSIGNMENT = cast("Table", AssignmentRow.__table__)
_GRADER = cast("Table", GraderRow.__table__)
# Showing a grader the proposals makes an assignment too: neither given nor begun.
_UNTOUCHED = (_ASSIGNMENT.c.round == 0) & (_ASSIGNMENT.c.purpose == "") & (_ASSIGNMENT.c.state == "open")
_VOTES = (
    (_ASSIGNMENT.c.round == 0)
    & (_ASSIGNMENT.c.purpose != "certification")
    & ~_UNTOUCHED
    & (_GRADER.c.role == "grader")
    & (_GRADER.c.left.is_(None) | (_ASSIGNMENT.c.state == "submitted"))
)
_HELD = (
    select(_ASSIGNMENT.c.image_id, _ASSIGNMENT.c.grader_id)
    .join(_GRADER, _GRADER.c.id == _ASSIGNMENT.c.grader_id)
    .where(_VOTES)
)
_KNOWN_ANSWER = select(CertificationImageRow.image_id)
_FOUND_BY_PLAN = ("purpose", "position", "given", "due")
_TAKE_OVER = (
    update(_ASSIGNMENT)
    .where(_ASSIGNMENT.c.id == bindparam("key"))
    .values({name: bindparam(f"new_{name}") for name in _FOUND_BY_PLAN})
)


@dataclass(frozen=True)
class AssignReport:
    """What `assign` did.

    Attributes:
        given: how many assignments were made.
        complete: how many images have as many graders as was asked for.
        short: the names of the others: there are not enough graders for them.
        by_grader: how many were given now, by grader name.
    """

    given: int
    complete: int
    short: tuple[str, ...]
    by_grader: Mapping[str, int]


def assign(
    study: Study,
    per_image: int = 3,
    seed: int | None = None,
    due: str | None = None,
    who: str = "system",
    graders: Sequence[Grader] | None = None,
    progress: Callable[[int, int], object] | None = None,
    order: Order = "shuffled",
) -> AssignReport:
    """Give every image to so many graders; whatever is given stays, only what is missing is added.

    The same call is the top-up for new images and for graders who left. From then on graders see only what was
    given to them (setting `assignment`). Images of certification sets are not given: their answer is known.

    Args:
        study: the study.
        per_image: how many graders each image is to have.
        seed: what the shuffling starts from, the study's own from now on; None = as it is (`assignment_seed`, or 0).
        due: ISO date by which the new ones are wanted.
        who: who gives them, for the audit trail.
        graders: only these are given new ones; None = all active graders (certified ones, where the study asks).
        progress: called with (assignments written, all).
        order: of the new ones in each grader's list: shuffled, or what teaches most first (domain/informative.py).

    Raises:
        RetinaError: nobody can be given images, one of `graders` cannot, or a number or the date is wrong.
    """
    _check(per_image, seed)
    due = due_date(due) if due is not None else None

    def give() -> AssignReport:
        with study.database.transaction() as session:
            _lock_graders(session)
            able = _able(session, graders)
            chosen = setting_in(session, "assignment_seed", 0) if seed is None else seed
            given = _Given(session)
            pairs = plan(given.images, sorted(able), per_image, chosen)
            places = shuffled(pairs, chosen, given.last_position)
            if order == "informative":
                places = _by_merit(session, places, chosen)
            rows = _rows(pairs, places, given, due)
            _write(session, rows, given.untouched, progress)
            put_setting(session, "assignment_seed", chosen, who)
            put_setting(session, "assignment", "assigned", who)
            audit.record_all(session, who, "assign", [assignment_event(row) for row in rows])
        return _report(pairs, given, able, per_image)

    return study.database.retried(give)  # a grader may begin one of these images at this moment


def preview(
    study: Study, per_image: int = 3, seed: int | None = None, graders: Sequence[Grader] | None = None
) -> AssignReport:
    """What `assign` would do with the same numbers now; nothing is written. Raises as `assign`."""
    _check(per_image, seed)
    with study.database.reading() as session:
        able = _able(session, graders)
        chosen = setting_in(session, "assignment_seed", 0) if seed is None else seed
        given = _Given(session)
        return _report(plan(given.images, sorted(able), per_image, chosen), given, able, per_image)


def _check(per_image: int, seed: int | None) -> None:
    if per_image < 1:
        raise RetinaError("An image needs at least one grader: ask for 1 or more per image.")
    if seed is not None and seed < 0:
        raise RetinaError("A seed is a whole number, 0 or more.")


def _lock_graders(session: Session, *some: Grader) -> None:
    """Lock all people's rows, or some people's, until the end of the transaction.

    NO KEY UPDATE waits for another who gives images, and not for a grader's first edit, which refers to these rows.
    """
    rows = select(GraderRow.id).order_by(GraderRow.id)
    if some:
        rows = rows.where(GraderRow.id.in_([grader.id for grader in some]))
    session.execute(rows.with_for_update(key_share=True))


def _able(session: Session, wanted: Sequence[Grader] | None) -> dict[int, str]:
    """The graders who can be given images, id -> name."""
    rows = select(GraderRow.id, GraderRow.name).where(GraderRow.role == "grader", GraderRow.left.is_(None))
    if wanted is not None:
        rows = rows.where(GraderRow.id.in_([grader.id for grader in wanted]))
    able = dict(session.execute(rows).all())
    if setting_in(session, "certification_required", default=False):
        certified = certified_ids(session)
        able = {key: name for key, name in able.items() if key in certified}
    for grader in wanted or ():
        if grader.id not in able:
            raise RetinaError(
                f"{grader.name} cannot be given images: only graders who are in the study can, and certified ones "
                "where it asks for that."
            )
    if not able:
        raise RetinaError("Nobody can be given images: add graders to the study, or certify them, first.")
    return able


class _Given:
    """What was given before: the images as candidates, and each grader's last position."""

    def __init__(self, session: Session) -> None:
        connection = session.connection()
        held: dict[int, set[int]] = {}
        for image, grader in connection.execute(_HELD):
            held.setdefault(image, set()).add(grader)
        self.last_position: dict[int, int] = {}
        self.untouched: dict[tuple[int, int], int] = {}
        had: dict[int, set[int]] = {}
        columns = (_ASSIGNMENT.c.id, _ASSIGNMENT.c.image_id, _ASSIGNMENT.c.grader_id, _ASSIGNMENT.c.position)
        for key, image, grader, position, untouched in connection.execute(select(*columns, _UNTOUCHED)):
            self.last_position[grader] = max(self.last_position.get(grader, 0), position)
            if untouched:
                self.untouched[image, grader] = key
            else:
                had.setdefault(image, set()).add(grader)
        self.begun = had.keys()
        self.names: dict[int, str] = {}
        self.images: list[Candidate] = []
        facts = (ImageRow.id, ImageRow.name, ImageRow.modality, ImageRow.eye, ImageRow.patient)
        known = select(*facts).where(ImageRow.id.not_in(_KNOWN_ANSWER)).order_by(ImageRow.id)
        for key, name, modality, eye, patient in session.execute(known):
            self.names[key] = name
            image = Candidate(key, (modality, eye), patient, held.get(key, ()), had.get(key, ()))
            self.images.append(image)


def _by_merit(
    session: Session, places: Mapping[tuple[int, int], int], seed: int
) -> dict[tuple[int, int], int]:
    """The same places of each grader, but what teaches most stands first, and a share of them by chance."""
    found = read_merits(session)
    share = setting_in(session, "random_share", RANDOM_SHARE)
    lists = defaultdict(list)
    for image, grader in sorted(places, key=places.__getitem__):
        lists[grader].append(image)
    made = {}
    for grader, images in lists.items():
        numbers = (places[image, grader] for image in images)
        for entry, number in zip(placed(images, found, f"{seed}/{grader}", share), numbers, strict=True):
            made[entry.image, grader] = number
    return made


def _rows(
    pairs: Sequence[tuple[int, int]], places: Mapping[tuple[int, int], int], given: _Given, due: str | None
) -> list[dict[str, Any]]:
    at = now()
    return [
        _row(pair, "top-up" if pair[0] in given.begun else "initial", places[pair], at, due) for pair in pairs
    ]


def _row(place: tuple[int, int], purpose: str, position: int, at: str, due: str | None) -> dict[str, Any]:
    image, grader = place
    return {
        "image_id": image,
        "grader_id": grader,
        "state": "open",
        "revision": 0,
        "round": 0,
        "purpose": purpose,
        "position": position,
        "given": at,
        "due": due,
    }


def _write(
    session: Session,
    rows: Sequence[dict[str, Any]],
    untouched: Mapping[tuple[int, int], int],
    progress: Callable[[int, int], object] | None = None,
) -> None:
    connection = session.connection()
    new = [row for row in rows if (row["image_id"], row["grader_id"]) not in untouched]
    for start in range(0, len(new), _CHUNK):
        connection.execute(insert(_ASSIGNMENT), new[start : start + _CHUNK])
        if progress:
            progress(min(start + _CHUNK, len(new)), len(rows))
    there = [row for row in rows if (row["image_id"], row["grader_id"]) in untouched]
    values = [
        {
            "key": untouched[row["image_id"], row["grader_id"]],
            **{f"new_{name}": row[name] for name in _FOUND_BY_PLAN},
        }
        for row in there
    ]
    if values:
        connection.execute(_TAKE_OVER, values)


def _report(
    pairs: Sequence[tuple[int, int]], given: _Given, able: Mapping[int, str], per_image: int
) -> AssignReport:
    new = Counter(image for image, _ in pairs)
    short = [image.id for image in given.images if len(image.held) + new[image.id] < per_image]
    names = tuple(sorted(given.names[key] for key in short))
    by_grader = Counter(able[grader] for _, grader in pairs)
    return AssignReport(len(pairs), len(given.images) - len(short), names, dict(by_grader))


def take_next(study: Study, grader: Grader, per_image: int = 3) -> ImageRecord | None:
    """Give a grader one image more from the pool: those that are nearest to `per_image` graders come first.

    None when there is none left that they could take.

    Raises:
        RetinaError: the person is no active grader, is not certified where the study asks for that, or too many others
            take images at this moment.
    """
    require_role(grader, "grader")
    for _ in range(_TRIES):
        with study.database.transaction() as session:
            _lock_graders(session, grader)
            _able(session, [grader])
            pool = _pool(session, grader, per_image)
            image_id = next((key for key in pool if _locked(session, key, per_image)), None)
            if image_id is not None:
                _take(session, grader, image_id)
                taken = image_record(session.get_one(ImageRow, image_id))
        if image_id is not None:
            return taken
        if not pool:
            return None
        time.sleep(_PAUSE)
    raise RetinaError("Too many people take images at this moment: try again.")


def _pool(session: Session, grader: Grader, per_image: int) -> list[int]:
    """The images that lack graders and that this one never had, in the order to offer them."""
    held = _HELD.subquery()
    count = func.count(held.c.grader_id)
    own = select(_ASSIGNMENT.c.image_id).where(_ASSIGNMENT.c.grader_id == grader.id, ~_UNTOUCHED)
    rows = session.execute(
        select(ImageRow.id, count)
        .outerjoin(held, held.c.image_id == ImageRow.id)
        .where(ImageRow.id.not_in(own), ImageRow.id.not_in(_KNOWN_ANSWER))
        .group_by(ImageRow.id)
        .having(count < per_image)
    )
    seed = setting_in(session, "assignment_seed", 0)

    def turn(row: tuple[int, int]) -> tuple[int, bytes]:
        key, graders = row
        return -graders, chance_rank(seed, f"{grader.id}/{key}")

    return [key for key, _ in sorted(rows, key=turn)]


def _locked(session: Session, image_id: int, per_image: int) -> bool:
    """Whether the image is ours until the end of the transaction, and still lacks a grader."""
    lock = select(ImageRow.id).where(ImageRow.id == image_id)
    if session.scalar(lock.with_for_update(key_share=True, skip_locked=True)) is None:
        return False
    # Counted again: between the look at the pool and the lock another may have taken the last place.
    held = _HELD.where(_ASSIGNMENT.c.image_id == image_id).subquery()
    return (session.scalar(select(func.count()).select_from(held)) or 0) < per_image


def _take(session: Session, grader: Grader, image_id: int) -> None:
    own = _ASSIGNMENT.c.grader_id == grader.id
    last = session.scalar(select(func.max(_ASSIGNMENT.c.position)).where(own)) or 0
    row = _row((image_id, grader.id), "taken", last + 1, now(), None)
    there = session.scalar(
        select(_ASSIGNMENT.c.id).where(own, _ASSIGNMENT.c.image_id == image_id, _UNTOUCHED)
    )
    _write(session, [row], {} if there is None else {(image_id, grader.id): there})
    audit.record(session, grader.name, "assign", *assignment_event(row))
