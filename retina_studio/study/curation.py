"""Curate: vote, then write every settled image into one immutable snapshot."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic_core import from_json
from sqlalchemy import func, select

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.image_agreement import ImageAgreement, image_agreement_from_dict
from retina_studio.domain.shapes import Point, Shape
from retina_studio.domain.voting.decisions import Decision
from retina_studio.domain.voting.outcome import ConsensusShape, Outcome, outcome_from_dict
from retina_studio.domain.voting.planes import consensus_planes
from retina_studio.domain.voting.rules import VoteRules
from retina_studio.images.read import read_image
from retina_studio.store.curated import CuratedImage
from retina_studio.store.write import write_snapshot
from retina_studio.study.cases import parts, read_cases
from retina_studio.study.consensus import run_vote, vote_rules
from retina_studio.study.pseudonyms import (
    blind_agreement,
    blind_decision,
    blind_gradings,
    blind_shape,
    blind_votes,
    pseudonyms_of,
)
from retina_studio.study.records import ImageRecord
from retina_studio.study.schema import AuditRow, ConsensusRow, StudyRow
from retina_studio.study.splitting import SHARES, STRATA, Signs, signs_of, split_patients, split_seed
from retina_studio.study.study import Study
from retina_studio.study.tally import settle

_BATCH = 16  # images whose gradings are read together


def curate(
    study: Study,
    out: Path,
    rules: VoteRules | None = None,
    progress: Callable[[int], object] | None = None,
) -> str:
    """Write the snapshot of every settled image; returns its content hash.

    Args:
        study: to curate.
        out: the file to write (NAME.h5), or a folder where it is named by its content (`store.write`).
        rules: of the vote, instead of the study's own.
        progress: called with the number of images written so far; it may raise to give the work up.

    Raises:
        RetinaError: nothing is settled yet, a patient is in two splits, or the file cannot be written.
    """
    keep_out_of_study(study, out)
    rules = rules or vote_rules(study)
    report = run_vote(study, rules)
    signs = _settled_signs(study)
    settled = [image for image in study.images() if image.id in signs]
    if not settled:
        raise RetinaError(
            f"Nothing is settled yet: {report.waiting} of {report.waiting + report.adjudication} images wait for "
            f"graders, {report.adjudication} for the adjudicator."
        )
    splits = split_patients(study, settled, signs)
    head, rows = trail_end(study)
    split = {"by": "patient", "shares": SHARES, "strata": list(STRATA), "seed": split_seed(study)}
    return write_snapshot(
        out,
        _curated(study, settled, splits, rules),
        study_id=study.id,
        rules={"vote": rules.to_dict(), "split": split},
        audit_head=head,
        audit_rows=rows,
        progress=progress,
    )


def trail_end(study: Study) -> tuple[str, int]:
    """The hash of the last row of the study's audit trail, and how many rows it has."""
    with study.database.reading() as session:
        rows = select(func.count()).select_from(AuditRow).scalar_subquery()
        head, count = session.execute(select(StudyRow.audit_head, rows)).one()
    return head, count


def keep_out_of_study(study: Study, out: Path) -> None:
    """Refuse to write into the study's own folder.

    Raises:
        RetinaError: `out` lies in it.
    """
    if out.resolve().is_relative_to(study.folder.resolve()):
        raise RetinaError(f"{out} lies inside the study itself: choose a place outside {study.folder}.")


@dataclass(frozen=True, eq=False)
class Consensus:
    """What was settled for one image, and all it was made of.

    Attributes:
        image: which one.
        gradings: those that voted, by grader name.
        decisions: of the adjudicator.
        outcome: of the vote and the decisions.
        agreement: of the graders with the consensus and with each other.
        masks: label -> plane (H, W) of 255 inside, 127 inside but not compliant, 0; all zero is the answer "none".
        entries: the consensus as vectors, points too, with who drew what of each.
    """

    image: ImageRecord
    gradings: Mapping[str, Grading]
    decisions: tuple[Decision, ...]
    outcome: Outcome
    agreement: ImageAgreement
    masks: Mapping[str, npt.NDArray[np.uint8]]
    entries: tuple[ConsensusShape, ...]

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The consensus as plain shapes."""
        return tuple(entry.shape for entry in self.entries)


def settled_consensus(study: Study, image: ImageRecord, rules: VoteRules | None = None) -> Consensus | None:
    """The consensus of an image as its submitted gradings stand now; None where it is not settled.

    Raises:
        RetinaError: a grading is damaged in the database.
    """
    return next(_settled(study, [image], rules or vote_rules(study)), None)


def _settled(study: Study, images: Iterable[ImageRecord], rules: VoteRules) -> Iterator[Consensus]:
    """The consensus of every image that is settled; the stored outcome where it is still that of the gradings."""
    for part in parts(images, _BATCH):
        ids = [image.id for image in part]
        with study.database.reading() as session:
            cases = {case.image: case for case in read_cases(session, rules, ids)}
            wanted = select(
                ConsensusRow.image_id, ConsensusRow.basis, ConsensusRow.outcome, ConsensusRow.agreement
            )
            rows = session.execute(wanted.where(ConsensusRow.image_id.in_(ids)))
            kept = {image: (basis, texts) for image, basis, *texts in rows}
        for image in part:
            case = cases.get(image.id)
            if case is None or len(case.gradings) < rules.graders:
                continue
            basis, texts = kept.get(image.id, ("", []))
            if basis == case.basis:
                outcome, agreement = outcome_from_dict(from_json(texts[0])), texts[1]
            else:  # graded or decided anew since the vote
                outcome, agreement = settle(case, rules)
            if outcome.state == "settled":
                yield Consensus(
                    image,
                    case.load_gradings(),
                    tuple(case.load_decisions()),
                    outcome,
                    image_agreement_from_dict(from_json(agreement)),
                    consensus_planes(outcome, image.height, image.width),
                    (*outcome.shapes, *_points(image, outcome)),
                )


def _points(image: ImageRecord, outcome: Outcome) -> Iterator[ConsensusShape]:
    """The points as shapes, after the areas; how they came about is known, of which shapes not."""
    for code, (x, y) in outcome.points.items():
        shape = Shape(code, Point(x, y), f"consensus-{image.id}-{code}", "consensus")
        yield ConsensusShape(shape, {}, outcome.point_rules.get(code, ""))


def _settled_signs(study: Study) -> dict[int, Signs]:
    """Image id -> what its stratum is made of, for every settled image."""
    with study.database.reading() as session:
        rows = session.execute(
            select(ConsensusRow.image_id, ConsensusRow.outcome)
            .where(ConsensusRow.state == "settled")
            .execution_options(yield_per=500)
        )
        signs = {}
        for image, text in rows:
            form = from_json(text)
            signs[image] = signs_of(form["grades"], form["labels"])
    return signs


def _curated(
    study: Study, images: Sequence[ImageRecord], splits: Mapping[str, str], rules: VoteRules
) -> Iterator[CuratedImage]:
    pseudonyms = pseudonyms_of(study)
    for found in _settled(study, images, rules):
        image = found.image
        yield CuratedImage(
            name=image.name,
            pixels=read_image(study.image_file(image)),
            modality=image.modality,
            eye=image.eye,
            patient=image.patient,
            split=splits[image.patient],
            source_sha256=image.sha256,
            masks=found.masks,
            points=found.outcome.points,
            grades=found.outcome.grades,
            shapes=tuple(blind_shape(entry, pseudonyms) for entry in found.entries),
            votes=blind_votes(found.outcome, pseudonyms),
            decisions=tuple(blind_decision(decision, pseudonyms) for decision in found.decisions),
            agreement=blind_agreement(found.agreement, pseudonyms).to_dict(),
            layers=blind_gradings(found.gradings, pseudonyms),
        )
