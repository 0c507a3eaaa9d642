"""Check a whole study: the database, the audit trail, every image file, and each grading against its history."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from retina_studio.domain.edits import edit_from_dict
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.images.deidentify import sha256
from retina_studio.study.audit import chain_problems
from retina_studio.study.schema import AuditRow, EditRow, GradingRow
from retina_studio.study.session import load_grading
from retina_studio.study.study import Study


def study_problems(study: Study) -> list[str]:
    """What does not fit, one sentence each; empty when the study is whole."""
    problems = study.database.problems()
    if problems:
        return problems
    for image in study.images():
        try:
            if sha256(study.image_file(image).read_bytes()) != image.sha256:
                problems.append(f"The file of image {image.name} was changed.")
        except OSError:
            problems.append(f"The file of image {image.name} is missing.")
    with study.database.reading() as session:
        problems += chain_problems(session)
        for row in session.scalars(select(GradingRow).order_by(GradingRow.id)).all():
            problems += _grading_problems(session, row)
    return problems


def _grading_problems(session: Session, row: GradingRow) -> list[str]:
    """Replay the edits of a version from the one before it; the stored grading must come out."""
    try:
        stored = load_grading(session, row)
        if stored != _replayed(session, row):
            return [
                f"Grading {row.id} is not what its history of edits makes: it was changed outside the program."
            ]
    except (RetinaError, ValueError) as error:
        return [f"Grading {row.id} cannot be read: {error}"]
    return []


def _replayed(session: Session, row: GradingRow) -> Grading:
    before = session.scalars(
        select(GradingRow).where(
            GradingRow.assignment_id == row.assignment_id, GradingRow.version == row.version - 1
        )
    ).one_or_none()
    grading = _replayed(session, before) if before else Grading()
    details = session.scalars(
        select(AuditRow.detail)
        .join(EditRow, EditRow.audit_id == AuditRow.id)
        .where(EditRow.grading_id == row.id, EditRow.state == "applied")
        .order_by(EditRow.sequence)
    )
    for detail in details:
        grading = edit_from_dict(json.loads(detail)).apply(grading)
    return grading
