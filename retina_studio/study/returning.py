"""Returned for correction: a submitted grading goes back to its grader with a comment, as a new version."""

from sqlalchemy import select

from retina_studio.domain.errors import RetinaError
from retina_studio.study import audit
from retina_studio.study.consensus import forget_outcomes
from retina_studio.study.people import present
from retina_studio.study.records import Grader, ImageRecord, require_role
from retina_studio.study.schema import AssignmentRow
from retina_studio.study.study import Study
from retina_studio.study.versions import newest_version, next_version


def return_for_correction(
    study: Study, image: ImageRecord, grader_name: str, comment: str, who: Grader
) -> None:
    """Give a submitted grading back to its grader; it does not vote until it is submitted again.

    What the vote had settled for the image is taken away: it rested on that grading. What was submitted stays as it
    was: the grader goes on in a copy. The comment shows until they submit. Only gradings that vote are returned: a
    hidden repeat or a certification must stay the grader's own.

    Args:
        study: the study.
        image: which image.
        grader_name: whose grading of it.
        comment: what to correct.
        who: the adjudicator or engineer who returns it.

    Raises:
        RetinaError: not an adjudicator or engineer, no comment, or it is not submitted.
    """
    require_role(who, "adjudicator", "engineer")
    comment = comment.strip()
    if not comment:
        raise RetinaError("Say in a comment what is to be corrected.")
    grader = study.grader(grader_name)
    if not grader.active:
        raise RetinaError(f"{grader.name} has left this study and corrects nothing more.")
    with study.database.transaction() as session:
        require_role(present(session, who), "adjudicator", "engineer")
        row = session.scalars(
            select(AssignmentRow)
            .where(
                AssignmentRow.image_id == image.id,
                AssignmentRow.grader_id == grader.id,
                AssignmentRow.round == 0,
                AssignmentRow.purpose != "certification",
            )
            .with_for_update(key_share=True)
        ).one_or_none()
        if row is None or row.state != "submitted":
            raise RetinaError(f"{grader.name} has not submitted a grading of {image.name}.")
        old = newest_version(session, row.id)
        if old is None:
            raise RetinaError(
                f"The grading of {image.name} by {grader.name} is lost: restore the study from a backup."
            )
        grading_id, copied = next_version(session, old)
        # Counted up, so that a window that shows the old version finds out.
        row.revision += 1
        row.state, row.note = "returned", comment
        detail = {**copied, "grader": grader.name, "comment": comment}
        audit.record(session, who.name, "return", f"image:{image.id}/grading:{grading_id}", detail)
        forget_outcomes(session, [image.id])
