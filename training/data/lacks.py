"""What a snapshot lacks for a training: no answers, nothing drawn, only one grade."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from training.data.needs import Needs

_USE = {"train": "there is nothing to learn it from", "val": "no epoch can be chosen by it"}
_MEASURED = "its figures will say nothing"


@dataclass
class MaskCount:
    """The images of one split by what their mask plane of one label says.

    Attributes:
        drawn: planes with something inside.
        none: planes of zeros: the answer "none".
        noncompliant: planes whose only content does not comply with the settled grade (127).
        not_outlined: planes of zeros of images that were graded to have lesions, none of which is drawn: unknown.
        unanswered: images without a plane.
        share: of the pixels of the drawn planes, how many lie inside.
    """

    drawn: int = 0
    none: int = 0
    noncompliant: int = 0
    not_outlined: int = 0
    unanswered: int = 0
    share: float = 0.0

    @property
    def known(self) -> int:
        """Planes that are an answer."""
        return self.drawn + self.none + self.noncompliant


@dataclass(frozen=True)
class Fault:
    """Something that is wrong, or that should be known.

    Attributes:
        fatal: whether a training with these needs cannot come to anything.
        sentence: what, where, and what follows or is to be done.
    """

    fatal: bool
    sentence: str


def lacks(
    store: str,
    needs: Needs,
    images: Mapping[str, int],
    masks: Mapping[str, Mapping[str, MaskCount]],
    points: Mapping[str, Mapping[str, int]],
    grades: Mapping[str, Mapping[str, Mapping[str, int]]],
) -> Iterator[Fault]:
    """What each split lacks; the counts are those of an `Audit`.

    One label, point or scale may be missing: what a model cannot do without, its task says. Where nothing at all is
    left to learn from or to choose by, that is fatal.
    """
    for split, count in images.items():
        learns = split == "train"
        if not count:
            sentence = (
                f"{store} has no {needs.modality} image in the split {split!r}: curate with more images."
            )
            yield Fault(split != "test", sentence)
            continue
        found = [
            *_masks(split, masks[split]),
            *_points(split, points[split]),
            *_grades(split, grades[split]),
        ]
        yield from (Fault(False, sentence) for sentence in found)
        answered = (
            any(mask.drawn if learns else mask.known for mask in masks[split].values())
            or any(points[split].values())
            or any(len(_graded(counts)) > learns for counts in grades[split].values())
        )
        if split != "test" and not answered:
            wanted = ", ".join(dict.fromkeys((*needs.labels, *needs.points, *needs.grades)))
            purpose = "to learn from" if learns else "to choose the best epoch by"
            yield Fault(
                True,
                f"No image of the split {split!r} of {store} has an answer {purpose} ({wanted}): annotate such images "
                "and curate again.",
            )


def _masks(split: str, masks: Mapping[str, MaskCount]) -> Iterator[str]:
    consequence = _USE.get(split, _MEASURED)
    for label, count in masks.items():
        if not count.known:
            yield f"No image of the split {split!r} has an answered mask of {label}: {consequence}."
        elif not count.drawn:
            only = "only 127, against the settled grade" if count.noncompliant else 'always the answer "none"'
            yield f"No image of the split {split!r} has {label} drawn ({only}): {consequence}."
        if count.noncompliant and count.drawn:
            yield (
                f"In {count.noncompliant} images of the split {split!r} all {label} drawn is against the settled grade "
                "(127)."
            )
        if count.not_outlined:
            yield (
                f"{count.not_outlined} images of the split {split!r} are graded to have lesions and none is drawn: "
                f"what they say of {label} is not used."
            )


def _points(split: str, points: Mapping[str, int]) -> Iterator[str]:
    consequence = _USE.get(split, _MEASURED)
    for label, count in points.items():
        if not count:
            yield f"No image of the split {split!r} says where {label} lies: {consequence}."


def _grades(split: str, grades: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    consequence = _USE.get(split, _MEASURED)
    for scale, counts in grades.items():
        graded = _graded(counts)
        if not graded:
            yield f"No image of the split {split!r} has a {scale} grade: {consequence}."
        elif len(graded) == 1:
            yield f"Every {scale} grade of the split {split!r} is {graded[0]}: {consequence}."


def _graded(counts: Mapping[str, int]) -> list[str]:
    return [value for value in counts if value]
