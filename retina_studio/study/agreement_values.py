"""What the agreement of a study says: plain values, ready for a table, a chart or a file."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from retina_studio.study.estimates import Estimate


@dataclass(frozen=True)
class LabelAgreement:
    """How far one grader's drawings of one label agree with the consensus.

    Attributes:
        grader: name, or number where it is blinded.
        label: code.
        dice: mean over the images where grader or consensus has the label.
        iou: likewise.
        found: objects of the consensus that the grader drew, over all images.
        missed: those the grader did not draw.
        extra: what the grader drew and the consensus has not.
        sensitivity: found of all in the consensus.
        precision: found of all the grader drew.
    """

    grader: str
    label: str
    dice: Estimate
    iou: Estimate
    found: int
    missed: int
    extra: int
    sensitivity: Estimate
    precision: Estimate


@dataclass(frozen=True)
class ScaleAgreement:
    """How far all graders agree on one scale: the share (0 to 1) of pairs of graders, and Fleiss' kappa."""

    scale: str
    percent: Estimate
    kappa: Estimate


@dataclass(frozen=True)
class GradeAgreement:
    """How far two agree on one scale (percent: the share, 0 to 1, of images); Cohen's kappa, plain and quadratic.

    `second` is "consensus" where a grader is compared with it.
    """

    first: str
    second: str
    scale: str
    percent: Estimate
    kappa: Estimate
    quadratic: Estimate


@dataclass(frozen=True)
class Overlap:
    """The mean Dice of two graders' drawings of one label; or of one grader's two, where it is of repeats."""

    first: str
    second: str
    label: str
    dice: Estimate


@dataclass(frozen=True)
class DriftPoint:
    """One grader's agreement with the consensus over one week or month.

    Attributes:
        grader: name or number.
        start: ISO date of the period's first day.
        gradings: submitted in it.
        dice: mean over anatomy (labels that are voted as one area); None where none was drawn.
        agreement: share of the grades that are the consensus's; None where none is settled.
    """

    grader: str
    start: str
    gradings: int
    dice: float | None
    agreement: float | None


@dataclass(frozen=True)
class GradingTime:
    """How long a grader works on an image, in seconds from the first edit to the submission, without pauses."""

    grader: str
    gradings: int
    median: float
    lower_quartile: float
    upper_quartile: float


@dataclass(frozen=True)
class RevealChanges:
    """In how many of a grader's submitted gradings proposals were shown, and what was changed afterwards.

    Attributes:
        grader: name, or number where it is blinded.
        revealed: gradings, with all their versions, in which proposals were shown.
        changed: of them, those that are not now what they were at that moment.
        rate: the share of the changed ones.
        blind: of the revealed ones, those that were submitted before.
        shapes_added: over all of them; what was added and taken out again does not count, nor below.
        shapes_removed: likewise.
        shapes_changed: likewise.
        grades_changed: likewise; also those that were first given then, or taken back.
    """

    grader: str
    revealed: int
    changed: int
    rate: Estimate
    blind: int = 0
    shapes_added: int = 0
    shapes_removed: int = 0
    shapes_changed: int = 0
    grades_changed: int = 0


@dataclass(frozen=True)
class StudyAgreement:
    """How far the graders of a study agree, as of the last vote.

    Attributes:
        study: its id.
        at: when this was computed, UTC, ISO 8601.
        images: that the vote settled or gave to the adjudicator.
        gradings: that voted on them.
        blind: whether numbers stand for the graders' names.
        period: of the drift, "week" or "month".
        graders: everybody named below.
        labels: each grader's drawings against the consensus.
        scales: all graders together.
        pairs: grades of every two graders who graded the same images.
        overlaps: drawings of every two graders.
        consensus: each grader's grades against the consensus.
        drift: over time.
        times: per image.
        reveals: changes after proposals were shown.
        repeat_grades: each grader's grades against their own of a hidden repeat.
        repeat_overlaps: likewise the drawings.
    """

    study: str
    at: str
    images: int
    gradings: int
    blind: bool
    period: Literal["week", "month"]
    graders: tuple[str, ...]
    labels: tuple[LabelAgreement, ...]
    scales: tuple[ScaleAgreement, ...]
    pairs: tuple[GradeAgreement, ...]
    overlaps: tuple[Overlap, ...]
    consensus: tuple[GradeAgreement, ...]
    drift: tuple[DriftPoint, ...]
    times: tuple[GradingTime, ...]
    reveals: tuple[RevealChanges, ...]
    repeat_grades: tuple[GradeAgreement, ...]
    repeat_overlaps: tuple[Overlap, ...]

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        return asdict(self)
