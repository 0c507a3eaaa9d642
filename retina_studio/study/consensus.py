"""Run the vote over a study and keep what it settled."""

import json

from sqlalchemy import select

from retina_studio.domain.grading import Grading
from retina_studio.domain.vote import THREE_GRADERS, Outcome, VoteRules, vote
from retina_studio.study import audit
from retina_studio.study.records import ImageRecord
from retina_studio.study.schema import AssignmentRow, ConsensusRow, GraderRow, GradingRow, now
from retina_studio.study.session import load_grading
from retina_studio.study.study import Study


def submitted_gradings(study: Study, image: ImageRecord) -> dict[str, Grading]:
    """Each grader's newest submitted grading of an image, by grader name; nobody else votes."""
    newest: dict[str, Grading] = {}
    with study.database.reading() as session:
        rows = session.execute(
            select(GraderRow.name, GradingRow)
            .join(AssignmentRow, AssignmentRow.id == GradingRow.assignment_id)
            .join(GraderRow, GraderRow.id == AssignmentRow.grader_id)
            .where(
                AssignmentRow.image_id == image.id,
                GradingRow.submitted.is_not(None),
                GraderRow.role == "grader",
            )
            .order_by(GraderRow.id, GradingRow.version)
        )
        latest = dict(rows.all())  # a later version replaces an earlier one
        for name, row in latest.items():
            newest[name] = load_grading(session, row)
    return newest


def run_vote(study: Study, rules: VoteRules = THREE_GRADERS) -> dict[str, Outcome]:
    """Vote on every image and keep each outcome that is not waiting; returns all outcomes by image name."""
    outcomes = {}
    for image in study.images():
        size = (image.height, image.width)
        outcome = vote(submitted_gradings(study, image), image.modality, size, rules)
        outcomes[image.name] = outcome
        _keep(study, image, outcome)
    return outcomes


def _keep(study: Study, image: ImageRecord, outcome: Outcome) -> None:
    with study.database.transaction() as session:
        kept = session.get(ConsensusRow, image.id)
        if outcome.state == "waiting":
            if kept is not None:
                session.delete(kept)
                audit.record(session, "system", "vote", f"image:{image.id}", {"state": "waiting"})
            return
        form = json.dumps(outcome.to_dict(), sort_keys=True)
        if kept is not None and kept.outcome == form:
            return
        session.merge(ConsensusRow(image_id=image.id, state=outcome.state, outcome=form, settled=now()))
        audit.record(session, "system", "vote", f"image:{image.id}", outcome.to_dict())
