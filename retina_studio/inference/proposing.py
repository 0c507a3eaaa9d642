"""From what a network found to what is proposed to a grader."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from retina_studio.domain.proposal import Proposal, proposal_origin
from retina_studio.domain.shapes import Point, Shape, new_shape
from retina_studio.inference.postprocess import cleaned, components, mean_inside, shape_of
from retina_studio.inference.rules import shape_rules
from retina_studio.networks.finding import Finding

_CAM_SIDE = 128  # pixels of the CAM's longer side: the map is coarse, the canvas enlarges it


@dataclass(frozen=True, eq=False)
class Found:
    """What one model with one weights file found in an image, and the seconds that it took."""

    stem: str
    weights_hash: str
    finding: Finding
    seconds: float


def proposal_of(found: Found, check: Callable[[], None]) -> Proposal:
    """The shapes, scores, grades and maps to offer; `check` is called between shapes, to give up."""
    finding = found.finding
    offered = []
    for shape, score in _shapes(finding, proposal_origin(found.stem, found.weights_hash)):
        check()
        offered.append((shape, score))
    return Proposal(
        model=found.stem,
        weights_hash=found.weights_hash,
        shapes=tuple(shape for shape, _ in offered),
        scores={shape.id: score for shape, score in offered},
        grades={scale: finding.grade(scale) for scale in finding.grades},
        probabilities=finding.grades,
        measures=finding.measures,
        cams={name: finding.frame.overview(cam, _CAM_SIDE) for name, cam in finding.cams.items()},
        seconds=found.seconds,
    )


def _shapes(finding: Finding, origin: str) -> Iterator[tuple[Shape, float]]:
    """A shape and its score for every part of every mask, and for every point that has no mask."""
    for label in finding.labels:
        rules = shape_rules(label)
        mask, probability = cleaned(finding, label, rules), finding.probability(label)
        for rows, columns, part in components(mask):
            geometry = shape_of(part, rules)
            if geometry is not None:
                place = geometry.moved(columns.start, rows.start)
                yield new_shape(label, place, origin), mean_inside(probability[rows, columns], part)
    for label, (x, y) in finding.points.items():
        if label not in finding.maps:
            yield new_shape(label, Point(x, y), origin), 1.0
