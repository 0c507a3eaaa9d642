"""How far the graders of a study agree: with the consensus, with each other, with themselves, and over time.

Everything comes from what the vote stored with each image and from the tables: no pixel is looked at again, but for
the few hidden repeats.
"""

from collections.abc import Callable

from retina_studio.study.agreement_figures import (
    consensus_agreements,
    drift,
    label_agreements,
    overlaps,
    pair_agreements,
    scale_agreements,
)
from retina_studio.study.agreement_habits import grading_times, repeat_agreements
from retina_studio.study.agreement_names import blinded
from retina_studio.study.agreement_reveals import reveal_changes
from retina_studio.study.agreement_tables import read_tables
from retina_studio.study.agreement_values import StudyAgreement
from retina_studio.study.consensus import vote_rules
from retina_studio.study.schema import now
from retina_studio.study.study import Study

_STEPS = 8  # of equal length to whoever waits: reading the images, then the figures


def study_agreement(
    study: Study, progress: Callable[[int, int], bool] | None = None, *, blind: bool = False
) -> StudyAgreement:
    """The agreement as of the last vote.

    Args:
        study: to look at.
        progress: called with (steps done, all); it may raise to give the work up.
        blind: put numbers in place of the graders' names, in an order that is not the one they joined in.

    Raises:
        RetinaError: the study cannot be read.
    """

    def step(done: int) -> None:
        if progress is not None:
            progress(done, _STEPS)

    tables = read_tables(study.database, vote_rules(study).version)
    step(1)
    labels = label_agreements(tables)
    step(2)
    drawn = overlaps(tables)
    step(3)
    pairs = pair_agreements(tables)
    step(4)
    together, settled = scale_agreements(tables), consensus_agreements(tables)
    step(5)
    period, points = drift(tables)
    times = grading_times(study.database)
    step(6)
    reveals = reveal_changes(study.database)
    repeated, redrawn = repeat_agreements(study)
    step(7)
    found = StudyAgreement(
        study=study.id,
        at=now(),
        images=len(tables.images),
        gradings=int(tables.gradings.sum()),
        blind=blind,
        period=period,
        graders=tables.graders,
        labels=tuple(labels),
        scales=tuple(together),
        pairs=tuple(pairs),
        overlaps=tuple(drawn),
        consensus=tuple(settled),
        drift=tuple(points),
        times=tuple(times),
        reveals=tuple(reveals),
        repeat_grades=tuple(repeated),
        repeat_overlaps=tuple(redrawn),
    )
    step(_STEPS)
    return blinded(found, study) if blind else found
