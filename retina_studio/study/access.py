"""Who sees whose gradings, and under which name."""

import hashlib
import hmac
from collections.abc import Iterable
from string import ascii_uppercase

from sqlalchemy import select
from sqlalchemy.orm import Session

from retina_studio.domain.grading import Grading
from retina_studio.study.certification import is_certified_on
from retina_studio.study.loading import load_grading
from retina_studio.study.records import Grader, ImageRecord
from retina_studio.study.schema import AssignmentRow, GraderRow, GradingRow
from retina_studio.study.study import Study
from retina_studio.study.versions import current_assignment, newest_version


def visible_gradings(study: Study, viewer: Grader, image: ImageRecord) -> dict[str, Grading]:
    """The gradings of an image that a person may see, by grader name.

    Their own as it stands, always (of a hidden repeat, the repeat alone). Others' submitted ones: an adjudicator or
    engineer at once; a grader only while their own is submitted, so that they judge before they see, and never of an
    image of a certification set: one of them is its known answer.

    Raises:
        RetinaError: what is stored is damaged.
    """
    seen: dict[str, Grading] = {}
    with study.database.reading() as session:
        own = current_assignment(session, image.id, viewer.id)
        done = own is not None and own.state == "submitted" and not is_certified_on(session, image.id)
        if viewer.role != "grader" or done:
            seen |= _submitted(session, image, viewer)
        newest = newest_version(session, own.id) if own is not None else None
        if newest is not None:
            seen[viewer.name] = load_grading(session, newest)
    return seen


def own_grading(study: Study, image: ImageRecord, grader: Grader) -> Grading | None:
    """What a person says of an image, submitted or not; None where nothing. Never a hidden repeat or a certification.

    Raises:
        RetinaError: what is stored is damaged.
    """
    with study.database.reading() as session:
        newest = session.scalars(
            select(GradingRow)
            .join(AssignmentRow, AssignmentRow.id == GradingRow.assignment_id)
            .where(
                AssignmentRow.image_id == image.id,
                AssignmentRow.grader_id == grader.id,
                AssignmentRow.round == 0,
                AssignmentRow.purpose != "certification",
                AssignmentRow.state != "open",
            )
            .order_by(GradingRow.version.desc())
            .limit(1)
        ).one_or_none()
        return load_grading(session, newest) if newest is not None else None


def _submitted(session: Session, image: ImageRecord, viewer: Grader) -> dict[str, Grading]:
    """What others submitted of an image; neither repeats nor what was done for a certificate."""
    rows = session.execute(
        select(GraderRow.name, AssignmentRow.id)
        .join(GraderRow, GraderRow.id == AssignmentRow.grader_id)
        .where(
            AssignmentRow.image_id == image.id,
            AssignmentRow.grader_id != viewer.id,
            AssignmentRow.state == "submitted",
            AssignmentRow.round == 0,
            AssignmentRow.purpose != "certification",
        )
        .order_by(GraderRow.id)
    ).all()
    gradings = {}
    for name, assignment_id in rows:
        newest = newest_version(session, assignment_id)
        if newest is not None:
            gradings[name] = load_grading(session, newest)
    return gradings


def blinded_names(study: Study, image: ImageRecord, names: Iterable[str]) -> dict[str, str]:
    """The letter under which each grader of an image is shown: A, B, C ...

    Shuffled from image to image, so that nobody is recognised by their letter, and the same each time the image is
    opened: everybody who has the image, or is named, has their own letter, whoever of them has submitted by now.
    """
    with study.database.reading() as session:
        having = select(GraderRow.name).join(AssignmentRow, AssignmentRow.grader_id == GraderRow.id)
        involved = set(
            session.scalars(having.where(AssignmentRow.image_id == image.id, GraderRow.role == "grader"))
        )
    wanted = set(names)

    def turn(name: str) -> bytes:
        return hmac.digest(study.pseudonym_key.encode(), f"{image.id}/{name}".encode(), hashlib.sha256)

    letters = {name: _letter(number) for number, name in enumerate(sorted(involved | wanted, key=turn))}
    return {name: letters[name] for name in sorted(wanted, key=turn)}


def _letter(number: int) -> str:
    count = len(ascii_uppercase)
    return (
        ascii_uppercase[number] if number < count else _letter(number // count - 1) + _letter(number % count)
    )
