"""Run the vote over a study, and keep what it settled."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any, cast

from pydantic_core import from_json
from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.voting.outcome import Outcome, outcome_from_dict
from retina_studio.domain.voting.rules import VoteRules, default_rules, vote_rules_from_dict
from retina_studio.study import audit
from retina_studio.study.cases import Case, bases, parts, read_cases
from retina_studio.study.records import ImageRecord
from retina_studio.study.schema import ConsensusRow, ImageRow, now
from retina_studio.study.study import Study
from retina_studio.study.tally import Tally, cores, tally_all

_BATCH = 200  # images that are committed, and read, together
_FEW = 200  # so many images are voted on before worker processes have started
_REPORT = 16  # images between two calls of `progress`
_CONSENSUS = cast("Table", ConsensusRow.__table__)
_KEPT = ("state", "outcome", "settled", "basis", "agreement")


@dataclass(frozen=True)
class VoteReport:
    """Where the images of a study stand after a vote, how many were voted on, and how long that took."""

    settled: int
    adjudication: int
    waiting: int
    recomputed: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        return asdict(self)


def vote_rules(study: Study) -> VoteRules:
    """The rules that this study votes by: its setting "vote", else the program's.

    Raises:
        RetinaError: the setting names a rule that this version does not know.
    """
    usual = default_rules()
    return vote_rules_from_dict({**usual.to_dict(), **study.setting("vote", {})})


def submitted_gradings(study: Study, image: ImageRecord) -> dict[str, Grading]:
    """The gradings of an image that vote, by grader name (cases.voting says which)."""
    rules = vote_rules(study)
    with study.database.reading() as session:
        cases = read_cases(session, rules, [image.id])
    return cases[0].load_gradings() if cases else {}


def run_vote(
    study: Study,
    rules: VoteRules | None = None,
    progress: Callable[[int, int], bool] | None = None,
    workers: int | None = None,
    check: Callable[[], None] | None = None,
) -> VoteReport:
    """Vote on every image whose gradings, decisions or rules changed since the last vote.

    What was voted on is kept batch by batch: a vote that is stopped, or killed, goes on where it was.

    Args:
        study: to vote on.
        rules: instead of the study's own.
        progress: called with (images done, images to do); False stops after what is done.
        workers: processes to vote with; None = one for each core, where there are images enough.
        check: called as often, and may raise to give the vote up.

    Raises:
        RetinaError: an image's gradings are damaged (all others were voted on), or the study cannot be written.
    """
    started = time.monotonic()
    rules = rules or vote_rules(study)
    changed, waiting = _changes(study, rules)
    for part in parts(waiting, _BATCH):
        with study.database.transaction() as session:
            forget_outcomes(session, part)
    if workers is None:
        workers = cores() if len(changed) >= _FEW else 1
    recomputed, problems = 0, []
    with closing(tally_all(_cases(study, rules, changed), rules, workers)) as tallies:
        for batch in _batches(tallies, len(changed), progress, check):
            problems += [found for found in batch if found.problem]
            recomputed += _keep(study, rules, [found for found in batch if not found.problem])
    if problems:
        raise RetinaError(_sentence(study, problems))
    return _report(study, recomputed, time.monotonic() - started)


def due(study: Study) -> int:
    """How many images the next vote would look at: graded, decided or ruled otherwise since the last one.

    Raises:
        RetinaError: as `vote_rules`.
    """
    changed, waiting = _changes(study, vote_rules(study))
    return len(changed) + len(waiting)


def stored_outcome(study: Study, image: ImageRecord) -> Outcome | None:
    """What the last vote settled for an image; None where it waits for graders or no vote was run."""
    with study.database.reading() as session:
        form = session.scalar(select(ConsensusRow.outcome).where(ConsensusRow.image_id == image.id))
    return None if form is None else outcome_from_dict(from_json(form))


def outcomes(study: Study) -> Iterator[tuple[ImageRecord, Outcome]]:
    """The stored outcome of every image that has one, by image name; a few are in memory at a time."""
    for part in parts(study.images(), _BATCH):
        with study.database.reading() as session:
            kept = select(ConsensusRow.image_id, ConsensusRow.outcome)
            kept = kept.where(ConsensusRow.image_id.in_([image.id for image in part]))
            forms = dict(session.execute(kept).all())
        for image in part:
            if image.id in forms:
                yield image, outcome_from_dict(from_json(forms[image.id]))


def put_outcomes(session: Session, found: Sequence[Tally]) -> list[tuple[str, dict[str, Any]]]:
    """Write outcomes in the caller's transaction; what is kept already stays as it is.

    Returns:
        The events (subject, detail) "vote" that the caller records, last of all: each tells all of its row but the
        two texts, and of these the hashes.
    """
    images = [entry.image for entry in found]
    columns = (ConsensusRow.image_id, *(getattr(ConsensusRow, name) for name in _KEPT))
    rows = session.execute(select(*columns).where(ConsensusRow.image_id.in_(images)))
    before = {row.image_id: row for row in rows}
    at, forms, events = now(), [], []
    for entry in found:
        old = before.get(entry.image)
        form = {key: getattr(entry, key) for key in ("state", "outcome", "basis", "agreement")}
        if old is not None and all(getattr(old, key) == value for key, value in form.items()):
            continue
        form["settled"] = old.settled if old is not None and old.outcome == entry.outcome else at
        forms.append({"image_id": entry.image, **form})
        hashes = {key: _sha256(form[key]) for key in ("outcome", "agreement")}
        told = None if old is None else {"state": old.state, "basis": old.basis}
        events.append((f"image:{entry.image}", {**form, **hashes, "before": told}))
    if forms:
        session.connection().execute(_upsert(session), forms)
    return events


def forget_outcomes(session: Session, images: Sequence[int]) -> None:
    """Take away, in the caller's transaction, the outcomes of images that wait for graders again."""
    columns = (ConsensusRow.image_id, ConsensusRow.state, ConsensusRow.basis)
    rows = session.execute(select(*columns).where(ConsensusRow.image_id.in_(images))).all()
    session.execute(delete(ConsensusRow).where(ConsensusRow.image_id.in_(images)))
    events = [
        (f"image:{image}", {"state": "waiting", "before": {"state": state, "basis": basis}})
        for image, state, basis in rows
    ]
    audit.record_all(session, "system", "vote", events)


def _changes(study: Study, rules: VoteRules) -> tuple[list[int], list[int]]:
    """(ids of the images to vote on, of those that have an outcome though they wait for graders again)."""
    with study.database.reading() as session:
        current = bases(session, rules)
        kept = dict(session.execute(select(ConsensusRow.image_id, ConsensusRow.basis)).all())
    enough = {image: basis.digest for image, basis in current.items() if basis.gradings >= rules.graders}
    changed = [image for image, digest in enough.items() if kept.get(image) != digest]
    return sorted(changed), sorted(image for image in kept if image not in enough)


def _cases(study: Study, rules: VoteRules, images: Sequence[int]) -> Iterator[Case]:
    for part in parts(images, _BATCH):
        with study.database.reading() as session:
            cases = read_cases(session, rules, part)
        yield from (case for case in cases if len(case.gradings) >= rules.graders)


def _batches(
    tallies: Iterator[Tally],
    total: int,
    progress: Callable[[int, int], bool] | None,
    check: Callable[[], None] | None,
) -> Iterator[list[Tally]]:
    """What is to be committed together; stops where `progress` says so."""
    batch: list[Tally] = []
    for done, found in enumerate(tallies, 1):
        batch.append(found)
        if len(batch) == _BATCH:
            yield batch
            batch = []
        if done % _REPORT and done != total:
            continue
        if check is not None:
            check()
        if progress is not None and not progress(done, total):
            break
    if batch:
        yield batch


def _keep(study: Study, rules: VoteRules, found: Sequence[Tally]) -> int:
    """Commit a batch; what was graded or decided anew meanwhile is left to the next vote. Returns how many."""
    if not found:
        return 0
    with study.database.transaction() as session:
        current = bases(session, rules, [entry.image for entry in found])
        fresh = [entry for entry in found if entry.image in current]
        fresh = [entry for entry in fresh if current[entry.image].digest == entry.basis]
        audit.record_all(session, "system", "vote", put_outcomes(session, fresh))
    return len(fresh)


def _upsert(session: Session) -> Any:
    """Insert or replace: another vote may have kept the same image a moment ago."""
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(_CONSENSUS)
    changes = {name: statement.excluded[name] for name in _KEPT}
    return statement.on_conflict_do_update(index_elements=["image_id"], set_=changes)


def _report(study: Study, recomputed: int, seconds: float) -> VoteReport:
    with study.database.reading() as session:
        by_state = select(ConsensusRow.state, func.count()).group_by(ConsensusRow.state)
        counts = dict(session.execute(by_state).all())
        images = session.scalar(select(func.count()).select_from(ImageRow)) or 0
    settled, adjudication = counts.get("settled", 0), counts.get("adjudication", 0)
    return VoteReport(settled, adjudication, images - settled - adjudication, recomputed, seconds)


def _sentence(study: Study, problems: Sequence[Tally]) -> str:
    names = {image.id: image.name for image in study.images()}
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"Image {names[problems[0].image]} was not voted on{more}: {problems[0].problem}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
