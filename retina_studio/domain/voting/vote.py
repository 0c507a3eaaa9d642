"""The vote: what the submitted gradings of one image settle, and what is left to the adjudicator.

Rules (design.md; the papers' protocol, models.md 7): every image goes to several graders, three by default.

- An image grade is settled by a strict majority of them; a tie, a split or silence goes to the adjudicator. A scale
  that is not voted (a grader's certainty) settles and stops nothing. Of an image that a majority calls ungradable
  nothing else is asked.
- Anatomy (`VoteRules.whole`) is one area: the pixels that a majority marked, or STAPLE. A point is the median of the
  points that lie near each other, if they are a majority.
- Lesions are matched as objects; what a majority drew is accepted, the rest is queued for the adjudicator.
- A lesion that the settled grade does not allow is kept and marked (`ConsensusShape.compliant`).
"""

from collections.abc import Mapping, Sequence

from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import Modality, labels_of
from retina_studio.domain.voting.anatomy import vote_anatomy
from retina_studio.domain.voting.cleaning import cleaned
from retina_studio.domain.voting.decisions import Decision
from retina_studio.domain.voting.grades import GRADABILITY, UNGRADABLE, vote_grades, votes_of
from retina_studio.domain.voting.lesions import vote_lesions
from retina_studio.domain.voting.outcome import Outcome
from retina_studio.domain.voting.poll import Ballot, Poll
from retina_studio.domain.voting.rules import THREE_GRADERS, VoteRules
from retina_studio.domain.voting.settling import decided, decided_grades, latest

__all__ = ["vote"]


def vote(
    gradings: Mapping[str, Grading],
    modality: Modality,
    size: tuple[int, int],
    rules: VoteRules = THREE_GRADERS,
    decisions: Sequence[Decision] = (),
) -> Outcome:
    """Settle what a majority agrees on, and what an adjudicator decided. The graders' order does not matter.

    Args:
        gradings: each grader's name with a submitted grading.
        modality: of the image.
        size: height and width of the image.
        rules: when it is settled, and how.
        decisions: the adjudicator's; one whose item is no longer disputed in the same words is left aside.

    Raises:
        RetinaError: a decision does not fit its item (`settling.check_decision`).
    """
    if len(gradings) < rules.graders:
        return Outcome("waiting", reasons=(f"{len(gradings)} of {rules.graders} gradings submitted",))
    ordered = {name: gradings[name] for name in sorted(gradings)}
    by_item = latest(decisions)
    votes = votes_of(ordered, modality)
    grades, disputes = vote_grades(votes, modality, rules.needed(len(ordered)))
    items, chosen = decided_grades(disputes, by_item)
    grades |= chosen
    if grades.get(GRADABILITY) == UNGRADABLE:
        kept = tuple(item for item in items if item.code == GRADABILITY)
        return Outcome("settled", {GRADABILITY: UNGRADABLE}, votes, items=kept)
    disputed = frozenset(item.code for item in items if item.decision is None)
    poll = Poll(ordered, modality, size, rules, grades, disputed)
    ballots = [decided(ballot, by_item) for ballot in _ballots(poll)]
    items += [item for ballot in ballots for item in ballot.items]
    reasons = tuple(f"{item.title}: {item.reason}" for item in items if item.decision is None)
    return Outcome(
        state="adjudication" if reasons else "settled",
        grades=grades,
        votes=votes,
        labels={ballot.code: ballot.kind for ballot in ballots if ballot.kind},
        points={ballot.code: ballot.point for ballot in ballots if ballot.point},
        point_rules={ballot.code: ballot.point_rule for ballot in ballots if ballot.point},
        shapes=cleaned(tuple(shape for ballot in ballots for shape in ballot.shapes), grades, rules),
        items=tuple(items),
        reasons=reasons,
    )


def _ballots(poll: Poll) -> list[Ballot]:
    """What came of every label, in the catalogue's order."""
    entries = labels_of(poll.modality)
    whole = [entry for entry in entries if entry.single or entry.code in poll.rules.whole]
    ballots = [vote_anatomy(poll, entry) for entry in whole]
    ballots += vote_lesions(poll, [entry for entry in entries if entry not in whole])
    order = [entry.code for entry in entries]
    return sorted(ballots, key=lambda ballot: order.index(ballot.code))
