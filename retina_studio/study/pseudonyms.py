"""What leaves the study says who graded by pseudonym: "grader-3", by the row of the study, never by name."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from retina_studio.domain.grading import Grading
from retina_studio.domain.image_agreement import ImageAgreement
from retina_studio.domain.voting.decisions import Decision
from retina_studio.domain.voting.outcome import ConsensusShape, Outcome
from retina_studio.study.study import Study

Pseudonyms = Mapping[str, str]  # name -> pseudonym


def pseudonyms_of(study: Study) -> dict[str, str]:
    """Of everybody who is or was in the study: their role there and number."""
    return {grader.name: f"{grader.role}-{grader.id}" for grader in study.graders()}


def blind_gradings(gradings: Mapping[str, Grading], pseudonyms: Pseudonyms) -> dict[str, Grading]:
    """The gradings by pseudonym. A comment is free text and may name somebody: it stays in the study."""
    return {pseudonyms[name]: replace(grading, comment="") for name, grading in gradings.items()}


def blind_shape(entry: ConsensusShape, pseudonyms: Pseudonyms) -> ConsensusShape:
    """A consensus shape with its members by pseudonym."""
    members = {pseudonyms[name]: ids for name, ids in entry.members.items()}
    return replace(entry, members=members, rule=blind_rule(entry.rule, pseudonyms))


def blind_decision(decision: Decision, pseudonyms: Pseudonyms) -> Decision:
    """A decision by pseudonym; the reason is free text, as a comment is."""
    grader = pseudonyms[decision.grader] if decision.grader else ""
    return replace(decision, grader=grader, by=pseudonyms.get(decision.by, ""), reason="")


def blind_votes(outcome: Outcome, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Who said what: answers by scale, how each label and point was settled, and what was disputed; JSON-ready."""
    return {
        "votes": {
            scale: {pseudonyms[name]: value for name, value in given.items()}
            for scale, given in outcome.votes.items()
        },
        "labels": dict(outcome.labels),
        "point_rules": {code: blind_rule(rule, pseudonyms) for code, rule in outcome.point_rules.items()},
        "items": [
            {
                "key": item.key,
                "kind": item.kind,
                "code": item.code,
                "title": item.title,
                "reason": item.reason,
                "answers": {pseudonyms[name]: answer for name, answer in item.answers.items()},
            }
            for item in outcome.items
        ],
    }


def blind_rule(rule: str, pseudonyms: Pseudonyms) -> str:
    """How a point came about: "median of 2/3, without NAME, NAME" says whose lay too far away."""
    settled, without, names = rule.partition(", without ")
    if not without:
        return rule
    known = "|".join(re.escape(name) for name in sorted(pseudonyms, key=len, reverse=True))
    found = re.fullmatch(rf"(?:{known})(?:, (?:{known}))*", names)
    if not found:
        return settled
    blind = [pseudonyms[name] for name in re.findall(rf"(?:^|, )({known})(?=, |$)", names)]
    return f"{settled}, without {', '.join(blind)}"


def blind_agreement(agreement: ImageAgreement, pseudonyms: Pseudonyms) -> ImageAgreement:
    """The agreement by pseudonym."""
    return ImageAgreement(
        {pseudonyms[name]: scores for name, scores in agreement.graders.items()},
        {(pseudonyms[one], pseudonyms[other]): scores for (one, other), scores in agreement.pairs.items()},
        {pseudonyms[name]: distances for name, distances in agreement.points.items()},
    )
