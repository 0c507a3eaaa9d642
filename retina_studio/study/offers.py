"""What models offered for an image, as it is kept, and what a grader made of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from retina_studio.domain.edits import ChangeShapes, Edit
from retina_studio.domain.gist import gist_of
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import label
from retina_studio.domain.proposal import Proposal
from retina_studio.domain.shapes import Shape
from retina_studio.study import audit
from retina_studio.study.database import Database
from retina_studio.study.offered_forms import CONTENT, columns_of, gist_content, load_proposal
from retina_studio.study.records import Decision, ImageRecord, StoredProposal
from retina_studio.study.schema import GistRow, ProposalRow, RejectionRow, now


@dataclass(frozen=True, eq=False)
class Offered:
    """The proposals of an image, oldest first, and which shapes (proposal id, shape id) a grader rejected."""

    rows: Sequence[ProposalRow]
    rejected: frozenset[tuple[int, str]]

    def beside(self, grading: Grading) -> list[StoredProposal]:
        """With what this grading made of each shape: it is in the grading as it was offered, edited, or rejected."""
        return [self._decided(row, grading) for row in self.rows]

    @property
    def says_anything(self) -> bool:
        """Whether there is a shape, a grade or a map in them."""
        return any(
            row.shapes != "[]" or row.grades != "{}" or row.cams != "{}" or row.cam for row in self.rows
        )

    def _decided(self, row: ProposalRow, grading: Grading) -> StoredProposal:
        proposal = load_proposal(row)
        decisions: dict[str, Decision] = {}
        for shape in proposal.shapes:
            kept = grading.shapes.get(shape.id)
            if kept is not None:
                decisions[shape.id] = "accepted" if kept == shape else "edited"
            elif (row.id, shape.id) in self.rejected:
                decisions[shape.id] = "rejected"
        return StoredProposal(row.id, proposal, decisions)


def read_offered(database: Database, image: ImageRecord, grading_id: int | None) -> Offered:
    """What was offered for an image, and what one version of a grading rejected of it."""
    refused = select(RejectionRow.proposal_id, RejectionRow.shape_id).where(
        RejectionRow.grading_id == grading_id
    )
    with database.reading() as session:
        rows = session.scalars(_offered(image)).all()
        return Offered(rows, frozenset((number, shape) for number, shape in session.execute(refused)))


def has_offers(session: Session, image: ImageRecord) -> bool:
    """Whether models offered something for an image, in the caller's transaction."""
    return session.scalar(select(ProposalRow.id).where(ProposalRow.image_id == image.id).limit(1)) is not None


def acceptance(grading: Grading, stored: StoredProposal, shape_id: str) -> Edit:
    """The edit that takes a proposed shape into a grading, and a single label's old shape out."""
    shape = next(shape for shape in stored.proposal.shapes if shape.id == shape_id)
    replaced: tuple[Shape, ...] = ()
    if label(shape.label).single:
        replaced = tuple(grading.labelled(shape.label))
    return ChangeShapes(replaced, (shape,), f"Accept proposed {shape.label}")


def put_rejections(session: Session, proposal_id: int, grading_id: int, shape_ids: Sequence[str]) -> None:
    """Record the rejection of these shapes of a proposal; a second time changes nothing."""
    known = session.scalars(
        select(RejectionRow.shape_id).where(
            RejectionRow.proposal_id == proposal_id, RejectionRow.grading_id == grading_id
        )
    )
    new = dict.fromkeys(shape_ids).keys() - set(known)
    session.add_all(RejectionRow(proposal_id=proposal_id, grading_id=grading_id, shape_id=key) for key in new)


def add_proposal(database: Database, image: ImageRecord, proposal: Proposal) -> int:
    """Keep what a model offered for an image; the same weights' earlier offer stays. Returns its id.

    Several processes may offer the same at once: one of them writes, the others are told its id.
    """
    columns, gist = columns_of(proposal), gist_content(gist_of(proposal))
    return database.retried(lambda: _add(database, image, columns, gist))


def _add(database: Database, image: ImageRecord, columns: Mapping[str, Any], gist: str) -> int:
    with database.transaction() as session:
        same = select(ProposalRow.id).where(
            ProposalRow.image_id == image.id,
            ProposalRow.model == columns["model"],
            ProposalRow.weights_hash == columns["weights_hash"],
        )
        kept = session.scalar(same)
        if kept is not None:
            return kept
        row = ProposalRow(image_id=image.id, created=now(), **columns)
        session.add(row)
        session.flush()
        session.add(GistRow(proposal_id=row.id, image_id=image.id, model=row.model, content=gist))
        digests = {name: audit.digest(getattr(row, name)) for name in CONTENT}
        detail = {
            "model": row.model,
            "weights": row.weights_hash,
            "shapes": len(json.loads(row.shapes)),
            "proposal": row.id,
            "seconds": row.seconds,
            "created": row.created,
            "sha256": {**digests, "gist": audit.digest(gist)},
        }
        audit.record(session, "system", "propose", f"image:{image.id}", detail)
        return row.id


def proposals_of(database: Database, image: ImageRecord) -> list[Proposal]:
    """What models offered for an image, oldest first."""
    with database.reading() as session:
        rows = session.scalars(_offered(image)).all()
    return [load_proposal(row) for row in rows]


def images_with_proposal(database: Database, model: str, weights_hash: str) -> frozenset[int]:
    """The ids of the images for which a model with these weights offered something, if only that there is nothing."""
    wanted = select(ProposalRow.image_id).where(
        ProposalRow.model == model, ProposalRow.weights_hash == weights_hash
    )
    with database.reading() as session:
        return frozenset(session.scalars(wanted))


def _offered(image: ImageRecord) -> Select[ProposalRow]:
    return select(ProposalRow).where(ProposalRow.image_id == image.id).order_by(ProposalRow.id)
