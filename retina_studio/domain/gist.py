"""What a proposal says in short, and what several models say of one image together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from retina_studio.domain.labels import GradeValue
from retina_studio.domain.proposal import Proposal


@dataclass(frozen=True)
class Gist:
    """Enough to tell how sure models are, and of what; no outlines, no maps.

    Attributes:
        grades: grading scale -> the most probable value.
        probabilities: grading scale -> value -> probability.
        labels: label -> how many shapes have it, and the mean doubt in them: 0 for a score of 0 or 1, 1 for one of 0.5.
    """

    grades: Mapping[str, GradeValue] = field(default_factory=dict)
    probabilities: Mapping[str, Mapping[GradeValue, float]] = field(default_factory=dict)
    labels: Mapping[str, tuple[int, float]] = field(default_factory=dict)


def gist_of(proposal: Proposal) -> Gist:
    """A proposal in short."""
    doubts: dict[str, list[float]] = {}
    for shape in proposal.shapes:
        score = proposal.scores.get(shape.id, 1.0)
        doubts.setdefault(shape.label, []).append(1 - abs(2 * score - 1))
    labels = {label: (len(found), sum(found) / len(found)) for label, found in sorted(doubts.items())}
    return Gist(proposal.grades, proposal.probabilities, labels)


def joined(gists: Iterable[Gist]) -> Gist:
    """What several models say of one image: of a scale or label that several answer, the last one's word."""
    grades: dict[str, GradeValue] = {}
    probabilities: dict[str, Mapping[GradeValue, float]] = {}
    labels: dict[str, tuple[int, float]] = {}
    for gist in gists:
        grades |= gist.grades
        probabilities |= gist.probabilities
        labels |= gist.labels
    return Gist(grades, probabilities, labels)
