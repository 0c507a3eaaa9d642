"""The vote on image grades."""

from collections import Counter
from collections.abc import Mapping

from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import GradeValue, Modality, Scale, scales_of
from retina_studio.domain.voting.outcome import Item
from retina_studio.domain.voting.poll import new_item

Votes = dict[str, dict[str, GradeValue]]
GRADABILITY, UNGRADABLE = "gradability", "ungradable"


def votes_of(gradings: Mapping[str, Grading], modality: Modality) -> Votes:
    """Every answer, scale -> grader -> value; a scale nobody graded is left out."""
    votes: Votes = {}
    for scale in scales_of(modality):
        given = {name: g.grades[scale.code] for name, g in gradings.items() if scale.code in g.grades}
        if given:
            votes[scale.code] = given
    return votes


def vote_grades(votes: Votes, modality: Modality, needed: int) -> tuple[dict[str, GradeValue], list[Item]]:
    """The settled grades, and an item for each scale without a majority.

    A scale that is not voted (`Scale.voted`) settles and stops nothing. Where a majority calls the image ungradable,
    nothing else is asked: the grades that a minority gave are no dispute.
    """
    settled: dict[str, GradeValue] = {}
    items = []
    for scale in scales_of(modality):
        given = votes.get(scale.code)
        if not given or not scale.voted:
            continue
        value = _majority(given, needed)
        if value is None:
            items.append(_disputed(scale, given))
        else:
            settled[scale.code] = value
    if settled.get(GRADABILITY) == UNGRADABLE:
        return {GRADABILITY: UNGRADABLE}, []
    return settled, items


def _majority(given: Mapping[str, GradeValue], needed: int) -> GradeValue | None:
    """The one value that enough graders gave; None where none is, or two are (2:2 where two are enough)."""
    enough = [value for value, number in Counter(given.values()).items() if number >= needed]
    return enough[0] if len(enough) == 1 else None


def _disputed(scale: Scale, given: Mapping[str, GradeValue]) -> Item:
    answers = sorted(
        given.values(), key=scale.values.index
    )  # not in the graders' order: it would tell who said what
    said = ", ".join(scale.title_of(answer) for answer in answers)
    return new_item("grade", scale.code, scale.title, f"no majority ({said})", given)
