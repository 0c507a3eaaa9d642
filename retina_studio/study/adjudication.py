"""Adjudication: what the vote left open, and what an adjudicator makes of it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import from_json
from sqlalchemy import select
from sqlalchemy.orm import Session

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import label
from retina_studio.domain.voting.decisions import Decision
from retina_studio.domain.voting.outcome import Item, Outcome, outcome_from_dict
from retina_studio.domain.voting.rules import VoteRules
from retina_studio.domain.voting.settling import check_decision
from retina_studio.study import audit
from retina_studio.study.cases import Case, bases, read_cases
from retina_studio.study.consensus import put_outcomes, vote_rules
from retina_studio.study.json_parts import json_part
from retina_studio.study.people import present
from retina_studio.study.records import Grader, ImageRecord, require_role
from retina_studio.study.schema import ConsensusRow, DecisionRow, ImageRow, now
from retina_studio.study.study import Study
from retina_studio.study.tally import settle, tally_of

_TRIES = 5  # somebody else may decide another item of the image at the same moment


@dataclass(frozen=True)
class QueueEntry:
    """An image that waits for the adjudicator: how many items are open, and one sentence for each; none is settled."""

    image: ImageRecord
    open_items: int
    reasons: tuple[str, ...]


def queue(study: Study, *, settled: bool = False) -> list[QueueEntry]:
    """The images in adjudication as of the last vote, by name; `settled`: those that are settled too."""
    with study.database.reading() as session:
        rows = session.execute(
            select(ConsensusRow.image_id, json_part(session, ConsensusRow.outcome, "reasons")).where(
                ConsensusRow.state == "adjudication"
            )
        )
        reasons = {image: tuple(from_json(text)) for image, text in rows}
        if settled:
            ids = session.scalars(select(ConsensusRow.image_id).where(ConsensusRow.state == "settled"))
            reasons |= dict.fromkeys(ids, ())
    if not reasons:
        return []
    found = [image for image in study.images() if image.id in reasons]
    return [QueueEntry(image, len(reasons[image.id]), reasons[image.id]) for image in found]


def tell_names_shown(study: Study, image: ImageRecord, adjudicator: Grader) -> None:
    """Record that an adjudicator has seen who graded an image: decisions made since are not blind.

    Raises:
        RetinaError: the person is no adjudicator, or nothing could be written.
    """
    require_role(adjudicator, "adjudicator")
    with study.database.transaction() as session:
        audit.record(session, adjudicator.name, "show names", f"image:{image.id}", {})


def decide(
    study: Study,
    image: ImageRecord,
    adjudicator: Grader,
    decision: Decision,
    rules: VoteRules | None = None,
) -> Outcome:
    """Settle one disputed item and vote on the image again; an earlier decision of the item is withdrawn.

    Args:
        study: the image is in.
        image: to decide on.
        adjudicator: who decides.
        decision: what was decided; its `by` and `at` are filled in.
        rules: of the vote, where they are not the study's own.

    Returns:
        The outcome with the decision in it.

    Raises:
        RetinaError: the person is no adjudicator, the item is not (or no longer) disputed, the decision does not fit
            it, a reason is missing where the study wants one, or nothing could be written.
    """
    made = replace(decision, by=adjudicator.name, at=now())
    if not made.reason.strip() and study.setting("reason_required", False):
        raise RetinaError("This study wants a reason for every decision: say why.")

    def change(case: Case, settled: VoteRules) -> list[Decision]:
        item = _item(image, _outcome(study, case, settled), made.item)
        check_decision(item, made)
        _check(item, made, image)
        return [*(old for old in case.load_decisions() if old.item != made.item), made]

    return _change(study, image, adjudicator, rules, _Step("decide", made.item, made), change)


def withdraw(
    study: Study, image: ImageRecord, adjudicator: Grader, item_key: str, rules: VoteRules | None = None
) -> Outcome:
    """Take the decision of an item back, and vote on the image again; the decision stays on record as withdrawn.

    Raises:
        RetinaError: the person is no adjudicator, nothing is decided there, or nothing could be written.
    """

    def change(case: Case, _: VoteRules) -> list[Decision]:
        decisions = case.load_decisions()
        left = [decision for decision in decisions if decision.item != item_key]
        if len(left) == len(decisions):
            raise RetinaError(
                f"Nothing was decided of this item of {image.name}, so nothing can be withdrawn."
            )
        return left

    return _change(study, image, adjudicator, rules, _Step("withdraw decision", item_key), change)


@dataclass(frozen=True)
class _Step:
    """What is done to an item: "decide" with what was decided, or "withdraw decision"."""

    what: str
    item: str
    made: Decision | None = None


class _MovedError(Exception):
    """The image's gradings or decisions are not what they were a moment ago."""


def _change(
    study: Study,
    image: ImageRecord,
    adjudicator: Grader,
    rules: VoteRules | None,
    step: _Step,
    change: Callable[[Case, VoteRules], list[Decision]],
) -> Outcome:
    """Vote with the changed decisions, and keep both in one transaction."""
    require_role(adjudicator, "adjudicator")
    rules = rules or vote_rules(study)
    for _ in range(_TRIES):
        case = _case(study, image, rules)
        decisions = [json.dumps(entry.to_dict(), sort_keys=True) for entry in change(case, rules)]
        outcome, agreement = settle(replace(case, decisions=tuple(decisions)), rules)
        try:
            _keep(study, rules, adjudicator, case, step, (outcome, agreement))
        except _MovedError:
            continue
        return outcome
    raise RetinaError(f"{image.name} is being decided on by somebody else: look at it again in a moment.")


def _case(study: Study, image: ImageRecord, rules: VoteRules) -> Case:
    with study.database.reading() as session:
        cases = read_cases(session, rules, [image.id])
    if not cases or len(cases[0].gradings) < rules.graders:
        raise RetinaError(f"{image.name} waits for graders: there is nothing to decide yet.")
    return cases[0]


def _outcome(study: Study, case: Case, rules: VoteRules) -> Outcome:
    """The outcome of a case as it stands: the one that is kept, if it was made of the same."""
    with study.database.reading() as session:
        kept = session.execute(
            select(ConsensusRow.basis, ConsensusRow.outcome).where(ConsensusRow.image_id == case.image)
        ).one_or_none()
    if kept is not None and kept.basis == case.basis:
        return outcome_from_dict(from_json(kept.outcome))
    return settle(case, rules)[0]


def _item(image: ImageRecord, outcome: Outcome, key: str) -> Item:
    for item in outcome.items:
        if item.key == key:
            return item
    raise RetinaError(
        f"The gradings of {image.name} changed since this was shown, or it is not disputed: look at the image again."
    )


def _check(item: Item, made: Decision, image: ImageRecord) -> None:
    if len(made.geometries) > 1 and label(item.code).single:
        raise RetinaError(f"{item.title} is one shape: draw it once.")
    for geometry in made.geometries:
        left, top, right, bottom = geometry.box
        if left > image.width or right < 0 or top > image.height or bottom < 0:
            raise RetinaError(f"{item.title} was drawn outside of {image.name}: draw it inside.")


def _keep(
    study: Study,
    rules: VoteRules,
    adjudicator: Grader,
    case: Case,
    step: _Step,
    settled: tuple[Outcome, str],
) -> None:
    with study.database.transaction() as session:
        require_role(present(session, adjudicator), "adjudicator")
        session.execute(select(ImageRow.id).where(ImageRow.id == case.image).with_for_update(key_share=True))
        if _basis(session, rules, case.image) != case.basis:
            raise _MovedError
        before = _withdraw(session, case.image, step.item)
        after = None if step.made is None else _add(session, case.image, adjudicator, step.made)
        basis = _basis(session, rules, case.image)
        events = put_outcomes(session, [replace(tally_of(case, *settled), basis=basis)])
        detail = {"item": step.item, "before": before, "after": after}
        reason = {} if step.made is None else {"reason": step.made.reason}
        audit.record(session, adjudicator.name, step.what, f"image:{case.image}", {**detail, **reason})
        audit.record_all(session, "system", "vote", events)


def _basis(session: Session, rules: VoteRules, image: int) -> str:
    found = bases(session, rules, [image])
    return found[image].digest if image in found else ""


def _withdraw(session: Session, image: int, item: str) -> list[dict[str, Any]]:
    """Withdraw the active decisions of an item; returns them as they were."""
    rows: Sequence[DecisionRow] = session.scalars(
        select(DecisionRow).where(
            DecisionRow.image_id == image, DecisionRow.item == item, DecisionRow.state == "active"
        )
    ).all()
    for row in rows:
        row.state = "withdrawn"
    session.flush()
    return [_told(row) for row in rows]


def _add(session: Session, image: int, adjudicator: Grader, made: Decision) -> dict[str, Any]:
    row = DecisionRow(
        image_id=image,
        item=made.item,
        action=made.action,
        detail=json.dumps(made.to_dict(), sort_keys=True),
        reason=made.reason,
        grader_id=adjudicator.id,
        at=made.at,
        state="active",
    )
    session.add(row)
    session.flush()
    return _told(row)


def _told(row: DecisionRow) -> dict[str, Any]:
    """What the audit trail tells of a decision: enough to write its row again."""
    return {"id": row.id, "grader": row.grader_id, "decision": json.loads(row.detail)}
