"""Certification: images with known answers, given to graders to show what they can do, and how they did.

A set and its answers are kept in the study and are shown to no grader. A candidate has its images in the worklist like
any other; what they submit of them never votes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading, grading_from_dict
from retina_studio.domain.labels import Modality
from retina_studio.study import audit
from retina_studio.study.database import Database
from retina_studio.study.loading import load_grading
from retina_studio.study.planning import due_date, shuffled
from retina_studio.study.records import Grader
from retina_studio.study.schema import (
    AssignmentRow,
    CertificationImageRow,
    CertificationResultRow,
    CertificationRow,
    GraderRow,
    ImageRow,
    now,
)
from retina_studio.study.scoring import Test, check_marks, passes, score, usual_marks
from retina_studio.study.versions import assignment_event, newest_version

if TYPE_CHECKING:  # which imports the sessions, and these score
    from retina_studio.study.study import Study

PURPOSE = "certification"


@dataclass(frozen=True)
class Certification:
    """A set of images with known answers, by image name, and what a grader must reach on it (`scoring.check_marks`)."""

    name: str
    images: tuple[str, ...]
    marks: Mapping[str, float]
    created: str


@dataclass(frozen=True)
class CertificationResult:
    """How a grader did on a set; `scores` by the keys of its marks ("dice OD", "kappa dr", "sensitivity MA", ...)."""

    certification: str
    grader: str
    passed: bool
    scores: Mapping[str, float]
    at: str


def make_certification(
    study: "Study",
    name: str,
    references: Mapping[str, Grading] | Grader,
    marks: Mapping[str, float] | None = None,
    who: str = "system",
) -> Certification:
    """Keep a set of images with known answers.

    Args:
        study: the study.
        name: of the set.
        references: image name -> the known answer; or a person, whose submitted gradings are the answers.
        marks: what a grader must reach, as {"kappa dr": 0.7, "dice OD": 0.9, ...}; None = the usual, for all that the
            answers speak of.
        who: who makes it, for the audit trail.

    Raises:
        RetinaError: the name is taken or empty, an image does not exist, a mark is wrong, or nothing is known.
    """
    name = name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise RetinaError("A certification set's name must have 1 to 100 printable characters.")
    check_marks(marks or {})
    with study.database.transaction() as session:
        if session.scalar(select(CertificationRow.id).where(CertificationRow.name == name)) is not None:
            raise RetinaError(f"There is a certification set {name!r} already: choose another name.")
        answers = _submitted_by(session, references) if isinstance(references, Grader) else dict(references)
        if not answers:
            raise RetinaError(f"The certification set {name!r} has no image with a known answer.")
        rows = session.execute(select(ImageRow.name, ImageRow.id, ImageRow.modality))
        images = {image: (key, cast("Modality", modality)) for image, key, modality in rows}
        if unknown := sorted(answers.keys() - images.keys()):
            raise RetinaError(f"There is no image {unknown[0]!r} in this study.")
        asked = marks or usual_marks([(answer, images[image][1]) for image, answer in answers.items()])
        if not asked:
            raise RetinaError(f"The known answers of {name!r} hold no grade and no outline to compare with.")
        forms = {images[image][0]: answer.to_dict() for image, answer in answers.items()}
        created = _keep(session, name, asked, forms, who)
    return Certification(name, tuple(sorted(answers)), asked, created)


def _keep(
    session: Session, name: str, marks: Mapping[str, float], forms: Mapping[int, Mapping[str, Any]], who: str
) -> str:
    row = CertificationRow(name=name, marks=json.dumps(marks, sort_keys=True), created=now())
    session.add(row)
    session.flush()
    for image_id, form in sorted(forms.items()):
        reference = json.dumps(form, sort_keys=True)
        session.add(CertificationImageRow(certification_id=row.id, image_id=image_id, reference=reference))
    references = {str(key): form for key, form in forms.items()}
    detail = {"name": name, "marks": dict(marks), "created": row.created, "references": references}
    audit.record(session, who, "make certification", f"certification:{row.id}", detail)
    return row.created


def _submitted_by(session: Session, person: Grader) -> dict[str, Grading]:
    rows = session.execute(
        select(ImageRow.name, AssignmentRow.id)
        .join(ImageRow, ImageRow.id == AssignmentRow.image_id)
        .where(
            AssignmentRow.grader_id == person.id,
            AssignmentRow.round == 0,
            AssignmentRow.purpose != PURPOSE,
            AssignmentRow.state == "submitted",
        )
    )
    answers = {}
    for image, assignment_id in rows.all():
        newest = newest_version(session, assignment_id)
        if newest is not None:
            answers[image] = load_grading(session, newest)
    return answers


def certifications(study: "Study") -> list[Certification]:
    """The sets of a study, in the order they were made."""
    with study.database.reading() as session:
        rows = session.scalars(select(CertificationRow).order_by(CertificationRow.id)).all()
        names: dict[int, list[str]] = {}
        images = (
            select(CertificationImageRow.certification_id, ImageRow.name)
            .join(ImageRow, ImageRow.id == CertificationImageRow.image_id)
            .order_by(ImageRow.name)
        )
        for key, image in session.execute(images):
            names.setdefault(key, []).append(image)
    return [
        Certification(row.name, tuple(names.get(row.id, ())), json.loads(row.marks), row.created)
        for row in rows
    ]


def give_certification(
    study: "Study", name: str, graders: Sequence[Grader], due: str | None = None, who: str = "system"
) -> int:
    """Put the images of a set into graders' worklists, shuffled; returns how many were given.

    Who had the set before and submitted all of it gets it again; what is still open is not given twice.

    Raises:
        RetinaError: there is no such set, somebody has left the study, or the date is none.
    """
    due = due_date(due) if due is not None else None
    with study.database.transaction() as session:
        row = _set_named(session, name)
        images = session.scalars(
            select(CertificationImageRow.image_id)
            .where(CertificationImageRow.certification_id == row.id)
            .order_by(CertificationImageRow.image_id)
        ).all()
        given = []
        for grader in graders:
            locked = select(GraderRow.id).where(GraderRow.id == grader.id, GraderRow.left.is_(None))
            if session.scalar(locked.with_for_update(key_share=True)) is None:
                raise RetinaError(f"{grader.name} has left this study, and is given nothing.")
            given += _new_rounds(session, row.id, grader, images, due)
        session.add_all(given)
        session.flush()
        events = []
        for assignment in given:
            subject, detail = assignment_event(vars(assignment))
            events.append((subject, {**detail, "certification": name}))
        audit.record_all(session, who, "assign", events)
    return len(given)


def _new_rounds(
    session: Session, set_id: int, grader: Grader, images: Sequence[int], due: str | None
) -> list[AssignmentRow]:
    rows = session.scalars(select(AssignmentRow).where(AssignmentRow.grader_id == grader.id)).all()
    last = max((row.position for row in rows), default=0)
    rounds: dict[int, int] = {}
    for row in rows:
        rounds[row.image_id] = max(rounds.get(row.image_id, -1), row.round)
    pending = {row.image_id for row in rows if row.purpose == PURPOSE and row.state != "submitted"}
    wanted = [(image, grader.id) for image in images if image not in pending]
    places = shuffled(wanted, set_id, {grader.id: last})
    return [
        AssignmentRow(
            image_id=image,
            grader_id=grader.id,
            state="open",
            revision=0,
            round=rounds.get(image, -1) + 1,
            purpose=PURPOSE,
            position=place,
            given=now(),
            due=due,
            note="",
        )
        for (image, _), place in places.items()
    ]


def score_certification(database: Database, grader: Grader) -> list[CertificationResult]:
    """Score every set of which this person has submitted all images since it was scored last; keeps the results.

    `GradingSession.submit` calls it.

    Raises:
        RetinaError: what is stored is damaged, or nothing could be written.
    """
    with database.reading() as session:
        sets = session.scalars(select(CertificationRow).order_by(CertificationRow.id)).all()
        since = {row.id: _last_scored(session, row.id, grader) for row in sets}
        done = [(row, _complete(session, row.id, grader, since[row.id])) for row in sets]
    results = []
    for row, tests in done:
        if tests:
            marks = json.loads(row.marks)
            scores = score(tests, marks)  # outside any transaction: it takes a while
            with database.transaction() as session:
                # The person's row is locked, so that two windows do not both keep a result.
                session.execute(
                    select(GraderRow.id).where(GraderRow.id == grader.id).with_for_update(key_share=True)
                )
                if _last_scored(session, row.id, grader) == since[row.id]:
                    results.append(_keep_result(session, row, grader, scores, passed=passes(scores, marks)))
    return results


def _last_scored(session: Session, set_id: int, grader: Grader) -> str:
    last = select(func.max(CertificationResultRow.at)).where(
        CertificationResultRow.certification_id == set_id, CertificationResultRow.grader_id == grader.id
    )
    return session.scalar(last) or ""


def _complete(session: Session, set_id: int, grader: Grader, since: str) -> list[Test]:
    """What a person submitted of a set, beside its answers; none while something is missing or nothing is new."""
    known = session.execute(
        select(CertificationImageRow.reference, ImageRow)
        .join(ImageRow, ImageRow.id == CertificationImageRow.image_id)
        .where(CertificationImageRow.certification_id == set_id)
        .order_by(ImageRow.id)
    ).all()
    given = session.scalars(
        select(AssignmentRow)
        .where(AssignmentRow.grader_id == grader.id, AssignmentRow.purpose == PURPOSE)
        .order_by(AssignmentRow.round)
    ).all()
    newest = {row.image_id: row for row in given}  # a later round replaces an earlier one
    own = [newest.get(image.id) for _, image in known]
    if any(row is None or row.state != "submitted" for row in own):
        return []
    versions = [newest_version(session, row.id) for row in own if row is not None]
    if all(version is None or (version.submitted or "") <= since for version in versions):
        return []
    return [
        Test(
            grading_from_dict(json.loads(reference)),
            load_grading(session, version),
            cast("Modality", image.modality),
            (image.height, image.width),
        )
        for (reference, image), version in zip(known, versions, strict=True)
        if version is not None
    ]


def _keep_result(
    session: Session, row: CertificationRow, grader: Grader, scores: Mapping[str, float], *, passed: bool
) -> CertificationResult:
    result = CertificationResultRow(
        certification_id=row.id,
        grader_id=grader.id,
        passed=passed,
        scores=json.dumps(scores, sort_keys=True),
        at=now(),
    )
    session.add(result)
    session.flush()
    detail = {
        "result": result.id,
        "certification": row.id,
        "grader": grader.id,
        "passed": passed,
        "scores": scores,
        "at": result.at,
    }
    audit.record(session, "system", "certify", f"certification:{row.id}/grader:{grader.id}", detail)
    return CertificationResult(row.name, grader.name, passed, scores, result.at)


def certification_results(study: "Study") -> list[CertificationResult]:
    """All results, oldest first."""
    with study.database.reading() as session:
        rows = session.execute(
            select(CertificationRow.name, GraderRow.name, CertificationResultRow)
            .join(CertificationRow, CertificationRow.id == CertificationResultRow.certification_id)
            .join(GraderRow, GraderRow.id == CertificationResultRow.grader_id)
            .order_by(CertificationResultRow.id)
        ).all()
    return [
        CertificationResult(name, grader, row.passed, json.loads(row.scores), row.at)
        for name, grader, row in rows
    ]


def certified_ids(session: Session) -> set[int]:
    """The ids of the graders who passed a set the last time they did it."""
    rows = session.execute(
        select(
            CertificationResultRow.certification_id,
            CertificationResultRow.grader_id,
            CertificationResultRow.passed,
        ).order_by(CertificationResultRow.id)
    )
    newest = {(key, grader): passed for key, grader, passed in rows}
    return {grader for (_, grader), passed in newest.items() if passed}


def certified_graders(study: "Study") -> set[str]:
    """The names of the graders who passed a set the last time they did it."""
    with study.database.reading() as session:
        ids = certified_ids(session)
        return set(session.scalars(select(GraderRow.name).where(GraderRow.id.in_(ids))).all())


def is_certified_on(session: Session, image_id: int) -> bool:
    """Whether the answer to an image is known, so that no grader may see what others say of it."""
    known = select(CertificationImageRow.image_id).where(CertificationImageRow.image_id == image_id)
    return session.execute(known).first() is not None


def _set_named(session: Session, name: str) -> CertificationRow:
    row = session.scalars(select(CertificationRow).where(CertificationRow.name == name)).one_or_none()
    if row is None:
        known = ", ".join(session.scalars(select(CertificationRow.name))) or "none yet"
        raise RetinaError(f"There is no certification set {name!r} (there are: {known}).")
    return row
