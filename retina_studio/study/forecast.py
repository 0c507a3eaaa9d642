"""What a snapshot of the study would hold now: read, and nothing decided or written."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic_core import from_json
from sqlalchemy import select

from retina_studio.domain.labels import GradeValue
from retina_studio.study.cases import voting
from retina_studio.study.consensus import vote_rules
from retina_studio.study.loading import go_on
from retina_studio.study.records import ImageRecord
from retina_studio.study.schema import AssignmentRow, ConsensusRow, GraderRow, PatientSplitRow
from retina_studio.study.splitting import decide, patients_of, signs_of, split_seed
from retina_studio.study.study import Study


@dataclass(frozen=True)
class SettledImage:
    """One image that the last vote, or an adjudicator after it, settled.

    Attributes:
        image: which.
        split: where its patient is, or would be put.
        labels: label -> "mask", "point" or "none", as in `Outcome`.
        points: labels that have a position.
        grades: scale -> value.
        settled: since when the outcome is as it is (UTC, ISO 8601).
        graders: whose gradings it was made of.
        dice: of each two graders' drawings of each label that both answered.
    """

    image: ImageRecord
    split: str
    labels: Mapping[str, str]
    points: frozenset[str]
    grades: Mapping[str, GradeValue]
    settled: str
    graders: tuple[str, ...]
    dice: tuple[float, ...]


def settled_images(study: Study, check: Callable[[], None] = go_on) -> list[SettledImage]:
    """Every settled image, by name; a patient who has no split yet gets the one that the next snapshot would decide.

    `check` is called now and then, and may raise to give it up.

    Raises:
        RetinaError: a patient was imported under two splits, or the study cannot be read.
    """
    by_id = {image.id: image for image in study.images()}
    columns = (ConsensusRow.image_id, ConsensusRow.outcome, ConsensusRow.settled, ConsensusRow.agreement)
    forms = {}
    with study.database.reading() as session:
        wanted = select(*columns).where(ConsensusRow.state == "settled").execution_options(yield_per=200)
        for key, outcome, settled, agreement in session.execute(wanted):
            check()
            form = from_json(outcome)
            pairs = [dice for *_, scores in from_json(agreement).get("pairs", []) for dice in scores.values()]
            kept = {name: form[name] for name in ("grades", "labels", "points")}
            forms[key] = (kept, settled, tuple(pairs))
        graders = defaultdict(list)
        version = vote_rules(study).version
        for key, name in session.execute(voting(AssignmentRow.image_id, GraderRow.name, version=version)):
            graders[key].append(name)
        splits = dict(session.execute(select(PatientSplitRow.patient, PatientSplitRow.split)).all())
    signs = {key: signs_of(form["grades"], form["labels"]) for key, (form, *_) in forms.items()}
    patients = patients_of([by_id[key] for key in forms], signs)
    splits |= decide(patients, splits, split_seed(study))
    return [
        SettledImage(
            image=image,
            split=splits[image.patient],
            labels=form["labels"],
            points=frozenset(form["points"]),
            grades=form["grades"],
            settled=settled,
            graders=tuple(sorted(graders[key])),
            dice=pairs,
        )
        for key, image in by_id.items()
        if key in forms
        for form, settled, pairs in [forms[key]]
    ]
