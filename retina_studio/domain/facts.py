"""What the live check asks of a grading, worked out at most once for all its rules."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from retina_studio.domain.grading import Grading
from retina_studio.domain.measures import vcdr_of
from retina_studio.domain.retina_map import RetinaMap, landmarks_of
from retina_studio.domain.rules import Guideline, ImageFrame
from retina_studio.domain.shapes import Ellipse, Geometry, Point, Polygon, Shape

Boxes = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Facts:
    """A grading of an image, with the guideline it is checked by."""

    grading: Grading
    frame: ImageFrame
    guideline: Guideline

    @cached_property
    def shapes(self) -> list[Shape]:
        """All shapes, in drawing order."""
        return list(self.grading.shapes.values())

    @cached_property
    def boxes(self) -> Boxes:
        """The bounding boxes (N, 4) of `shapes`: left, top, right, bottom."""
        return _BOXES.of([shape.geometry for shape in self.shapes])

    @cached_property
    def by_label(self) -> dict[str, list[Shape]]:
        """The shapes of each label that is drawn, in drawing order."""
        groups: dict[str, list[Shape]] = defaultdict(list)
        for shape in self.shapes:
            groups[shape.label].append(shape)
        return dict(groups)

    def drawn(self, *labels: str) -> list[Shape]:
        """The shapes of some labels."""
        if len(labels) == 1:
            return self.by_label.get(labels[0], [])
        return [shape for code in labels for shape in self.by_label.get(code, ())]

    @cached_property
    def _landmarks(self) -> Grading:
        """Disc, cup and fovea alone: looked through often, and few."""
        return Grading({shape.id: shape for shape in self.drawn("OD", "OC", "fovea")})

    def counted(self, labels: Iterable[str]) -> str:
        """How many of each of these labels are drawn, in words."""
        return self.guideline.counted({code: len(self.by_label[code]) for code in labels})

    @cached_property
    def ungradable(self) -> bool:
        """Whether the grader called the image ungradable: then nothing is asked of it."""
        return self.grading.grades.get("gradability") == "ungradable"

    @cached_property
    def dr(self) -> int | None:
        """The DR grade; None where it is not given, or the image is ungradable."""
        grade = self.grading.grades.get("dr")
        return int(grade) if grade is not None and not self.ungradable else None

    @cached_property
    def map(self) -> RetinaMap:
        """Places on the retina."""
        return RetinaMap(landmarks_of(self._landmarks, self.frame.eye))

    @cached_property
    def vcdr(self) -> float | None:
        """The vertical cup-disc ratio."""
        return vcdr_of(self._landmarks)

    @cached_property
    def least_per_quadrant(self) -> int | None:
        """The intraretinal haemorrhages in the quadrant that has fewest of them.

        Quadrants lie about the fovea, or about the disc where no fovea is marked; None without both, or where
        temporal is not known.
        """
        boxes = self.boxes[[shape.label == "iHE" for shape in self.shapes]]
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2
        counts = self.map.quadrant_counts(middles) or self.map.quadrant_counts(middles, about="disc")
        return min(counts.values()) if counts else None


def boxes_of(geometries: Sequence[Geometry]) -> Boxes:
    """The bounding boxes (N, 4) of many geometries: left, top, right, bottom, as `Geometry.box` gives them."""
    boxes = np.empty((len(geometries), 4))
    kinds = np.fromiter((_KINDS[type(g)] for g in geometries), np.int8, len(geometries))
    if (kinds == _KINDS[Point]).any():
        points = [g for g in geometries if isinstance(g, Point)]
        boxes[kinds == _KINDS[Point]] = [g.box for g in points]
    if (kinds == _KINDS[Ellipse]).any():
        boxes[kinds == _KINDS[Ellipse]] = _ellipse_boxes([g for g in geometries if isinstance(g, Ellipse)])
    if (kinds == _KINDS[Polygon]).any():
        boxes[kinds == _KINDS[Polygon]] = _polygon_boxes([g for g in geometries if isinstance(g, Polygon)])
    return boxes


class LastBoxes:
    """The boxes of the geometries asked for last: an edit changes a few of tens of thousands.

    Geometries are told by identity; those of the last call are kept alive, so that no other can have their address.
    """

    def __init__(self) -> None:
        self._kept: tuple[list[Geometry], _Ids, Boxes] = ([], np.empty(0, np.int64), np.empty((0, 4)))

    def of(self, geometries: list[Geometry]) -> Boxes:
        """The boxes (N, 4), in order. One assignment at the end: two threads at worst work one out twice."""
        ids = np.fromiter(map(id, geometries), np.int64, len(geometries))
        _, old_ids, old_boxes = self._kept
        boxes = np.empty((len(ids), 4))
        shared = min(len(ids), len(old_ids))
        boxes[:shared] = old_boxes[:shared]
        rest = np.flatnonzero(
            np.append(ids[:shared] != old_ids[:shared], np.ones(len(ids) - shared, np.bool_))
        )
        if len(rest) and len(old_ids):  # at another place, where one before it was deleted
            order = np.argsort(old_ids)
            places = order[np.minimum(np.searchsorted(old_ids, ids[rest], sorter=order), len(order) - 1)]
            known = old_ids[places] == ids[rest]
            boxes[rest[known]] = old_boxes[places[known]]
            rest = rest[~known]
        boxes[rest] = boxes_of([geometries[index] for index in rest])
        self._kept = (geometries, ids, boxes)
        return boxes


_Ids = npt.NDArray[np.int64]
_BOXES = LastBoxes()
_KINDS = {Point: 0, Ellipse: 1, Polygon: 2}
_ELLIPSE_NUMBERS = attrgetter("x", "y", "a", "b", "angle")


def _ellipse_boxes(ellipses: list[Ellipse]) -> Boxes:
    numbers = np.fromiter(chain.from_iterable(map(_ELLIPSE_NUMBERS, ellipses)), np.float64, 5 * len(ellipses))
    x, y, a, b, angle = numbers.reshape(-1, 5).T
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    half_width, half_height = np.hypot(a * cos, b * sin), np.hypot(a * sin, b * cos)
    return np.column_stack([x - half_width, y - half_height, x + half_width, y + half_height])


def _polygon_boxes(polygons: list[Polygon]) -> Boxes:
    rings = [polygon.points for polygon in polygons]
    lengths = np.fromiter(map(len, rings), np.intp, len(rings))
    flat = chain.from_iterable(chain.from_iterable(rings))
    vertices = np.fromiter(flat, np.float64, 2 * int(lengths.sum())).reshape(-1, 2)
    starts = np.cumsum(lengths) - lengths
    return np.hstack([np.minimum.reduceat(vertices, starts), np.maximum.reduceat(vertices, starts)])
