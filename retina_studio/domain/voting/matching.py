"""Which of several graders' lesions are one: matched as objects, one to one.

The result does not depend on the order of the graders or of their shapes: both are put in an order made of what was
drawn. Two shapes of one grader are never one lesion, except where one of the others drew in one what this one drew in
pieces (`_join_pieces`).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely
from scipy.optimize import linear_sum_assignment

from retina_studio.domain.facts import boxes_of
from retina_studio.domain.shapes import Geometry, Point, Polygon, Shape
from retina_studio.domain.voting.forms import forms_of
from retina_studio.domain.voting.rules import VoteRules

_Floats = npt.NDArray[np.float64]
_INSIDE = 0.5  # a piece lies in a larger lesion with at least this share of its area


@dataclass
class Group:
    """One lesion as several graders drew it.

    Attributes:
        shapes: grader -> their shape, which says where the lesion is.
        pieces: grader -> shapes that support it, but were drawn in another number of parts: they do not shape it.
    """

    shapes: dict[str, tuple[Shape, ...]]
    pieces: dict[str, tuple[Shape, ...]] = field(default_factory=dict)

    @property
    def graders(self) -> set[str]:
        """Who drew it, in one or in pieces."""
        return self.shapes.keys() | self.pieces.keys()

    @property
    def label(self) -> str:
        """What all of them drew it as."""
        return next(iter(self.shapes.values()))[0].label

    def drawn(self) -> dict[str, tuple[Shape, ...]]:
        """All that was drawn of it, by grader in the order of their names."""
        return {n: self.shapes.get(n, ()) + self.pieces.get(n, ()) for n in sorted(self.graders)}


@dataclass(frozen=True)
class _Objects:
    """Every grader's lesions, in an order that only their content decides.

    `same[n]` are the shapes of one grader with the very same label and geometry: one object. `owner` numbers the
    graders.
    """

    same: list[tuple[Shape, ...]]
    names: list[str]
    owner: npt.NDArray[np.intp]
    areas: _Floats
    score: _Floats  # (N, N): how alike two are, 0 = not the same lesion
    overlap: _Floats  # (N, N): the area they share, square pixels


def match(drawn: Mapping[str, Sequence[Shape]], rules: VoteRules) -> list[Group]:
    """The lesions, each with who drew it, from top to bottom; those of different labels are different lesions.

    Args:
        drawn: every grader's shapes.
        rules: what counts as the same lesion.
    """
    objects = _objects(drawn, rules)
    groups = _merged(_assigned(objects), objects)
    found = _join_pieces(groups, objects, rules)
    return sorted(found, key=_place)


def _place(group: Group) -> tuple[float, float]:
    first, *_ = group.drawn().values()
    x, y = first[0].geometry.centre
    return y, x


def _content(twins: Sequence[Shape]) -> tuple[object, ...]:
    """What a shape is, in a form that can be put in order."""
    code, geometry = twins[0].label, twins[0].geometry
    if isinstance(geometry, Polygon):
        return code, "polygon", geometry.rings
    if isinstance(geometry, Point):
        return code, "point", geometry.x, geometry.y
    return code, "ellipse", geometry.x, geometry.y, geometry.a, geometry.b, geometry.angle


def _objects(drawn: Mapping[str, Sequence[Shape]], rules: VoteRules) -> _Objects:
    by_grader: list[tuple[str, list[tuple[Shape, ...]]]] = []
    for name, shapes in drawn.items():
        same: dict[tuple[str, Geometry], list[Shape]] = defaultdict(list)
        for shape in shapes:
            same[shape.label, shape.geometry].append(shape)
        by_grader.append((name, [tuple(twins) for twins in sorted(same.values(), key=_content)]))
    # Who drew most comes first: their lesions are the seeds that the others' are assigned to.
    by_grader.sort(key=lambda entry: (-len(entry[1]), [_content(twins) for twins in entry[1]], entry[0]))
    flat = [twins for _, lesions in by_grader for twins in lesions]
    owner = np.repeat(np.arange(len(by_grader)), [len(lesions) for _, lesions in by_grader])
    areas, score, overlap = _compare([twins[0] for twins in flat], owner, rules)
    return _Objects(flat, [name for name, _ in by_grader], owner, areas, score, overlap)


def _compare(
    shapes: Sequence[Shape], owner: npt.NDArray[np.intp], rules: VoteRules
) -> tuple[_Floats, _Floats, _Floats]:
    """(areas (N,), how alike (N, N), shared area (N, N)) of the shapes of different graders.

    Alike are two shapes by their overlap (IoU), or by their centres where their sizes allow (`VoteRules`); the mean of
    the IoU and of how near the centres are makes the better of two candidates.
    """
    geometries = [shape.geometry for shape in shapes]
    # A click stands for a lesion of the smallest size.
    sizes = np.array([isinstance(geometry, Point) for geometry in geometries]) * rules.match_pixels
    forms = forms_of(geometries)
    areas = np.where(sizes > 0, np.pi / 4 * sizes**2, shapely.area(forms))
    diameters = 2 * np.sqrt(areas / np.pi)
    centres = shapely.get_coordinates(shapely.centroid(forms))
    count = len(geometries)
    score, overlap = np.zeros((count, count)), np.zeros((count, count))
    codes = np.unique([shape.label for shape in shapes], return_inverse=True)[1]
    may_be_one = (owner[:, None] < owner) & (codes[:, None] == codes)
    first, second = np.nonzero(may_be_one & _near(boxes_of(geometries), diameters, rules))
    if not first.size:
        return areas, score, overlap
    shared = shapely.area(shapely.intersection(forms[first], forms[second]))
    iou = shared / np.maximum(areas[first] + areas[second] - shared, 1e-12)
    apart = np.hypot(*(centres[first] - centres[second]).T)
    limit = np.maximum(rules.match_distance * (diameters[first] + diameters[second]) / 2, rules.match_pixels)
    smaller = np.minimum(diameters[first], diameters[second])
    alike = smaller >= rules.match_size * np.maximum(diameters[first], diameters[second])
    clicked = sizes[first] + sizes[second] > 0
    clicked[clicked] = shapely.intersects(forms[first[clicked]], forms[second[clicked]])
    same = (iou >= rules.match_iou) | ((apart <= limit) & alike) | clicked
    nearness = np.clip(1 - apart / np.maximum(limit, 1e-12), 0, 1)
    value = np.where(same, np.maximum((iou + nearness) / 2, 1e-6), 0.0)
    score[first, second] = score[second, first] = value
    overlap[first, second] = overlap[second, first] = shared
    return areas, score, overlap


def _near(boxes: _Floats, diameters: _Floats, rules: VoteRules) -> npt.NDArray[np.bool_]:
    """Whether the boxes of each two shapes (N, N), widened by half the distance allowed, overlap."""
    reach = np.maximum(rules.match_distance * diameters, rules.match_pixels) / 2
    low, high = boxes[:, :2] - reach[:, None], boxes[:, 2:] + reach[:, None]
    begins_before = (low[:, None, 0] <= high[:, 0]) & (low[:, None, 1] <= high[:, 1])
    near: npt.NDArray[np.bool_] = begins_before & begins_before.T
    return near


_Members = list[list[int]]  # per group, the numbers of its objects


def _assigned(objects: _Objects) -> _Members:
    """The graders' objects assigned to the groups so far, one grader after the other, at the best total score.

    An object is alike to a group by the mean over its members, at least half of which must match it.
    """
    groups: _Members = []
    for owner in range(len(objects.names)):
        own = np.flatnonzero(objects.owner == owner)
        taken: set[int] = set()
        if groups:
            likeness = np.stack([_likeness(objects.score[group][:, own]) for group in groups])
            for row, column in zip(*linear_sum_assignment(likeness, maximize=True), strict=True):
                if likeness[row, column] > 0:
                    groups[row].append(int(own[column]))
                    taken.add(int(own[column]))
        groups += [[int(index)] for index in own if int(index) not in taken]
    return groups


def _likeness(scores: _Floats) -> _Floats:
    """Of the scores (members, objects): the mean of each object, 0 where fewer than half of the members match."""
    enough = 2 * np.count_nonzero(scores, axis=0) >= len(scores)
    likeness: _Floats = scores.mean(axis=0) * enough
    return likeness


def _merged(groups: _Members, objects: _Objects) -> _Members:
    """Groups of different graders that are alike as groups are one: the lesion between two may come last."""
    group_of = {index: number for number, group in enumerate(groups) for index in group}
    pairs = zip(*np.nonzero(np.triu(objects.score)), strict=True)
    candidates = {(group_of[i], group_of[j]) for i, j in pairs if group_of[i] != group_of[j]}
    scored = []
    for one, other in candidates:
        scores = objects.score[np.ix_(groups[one], groups[other])]
        if 2 * np.count_nonzero(scores) >= scores.size:
            scored.append((-float(scores.mean()), sorted((min(groups[one]), min(groups[other]))), one, other))
    merged = [list(group) for group in groups]
    touched: set[int] = set()
    for _, _, one, other in sorted(scored):
        owners = objects.owner[merged[one] + merged[other]]
        if {one, other} & touched or len(set(owners.tolist())) < len(owners):
            continue
        merged[one] += merged[other]
        merged[other] = []
        touched |= {one, other}
    return [group for group in merged if group]


def _join_pieces(members: _Members, objects: _Objects, rules: VoteRules) -> list[Group]:
    """The groups, after what one grader drew in one and another in pieces was brought together.

    The view of more graders gives the shape, at a tie the finer one: lesions are counted. Whoever drew otherwise
    supports it with what they drew.
    """
    home = np.empty(len(objects.same), dtype=np.intp)  # the group that an object shapes
    for number, group in enumerate(members):
        home[group] = number
    support: dict[int, set[int]] = defaultdict(set)  # group -> the objects that only support it
    for large, divided in _divided(objects, rules):
        pieces = divided[home[divided] != _APART]
        if home[large] == _APART or len(pieces) < 2:
            continue
        whole = np.setdiff1d(np.flatnonzero(home == home[large]), pieces)
        apart = pieces[home[pieces] != home[large]]
        if len(whole) > max((np.count_nonzero(home == home[piece]) for piece in apart), default=1):
            _join(pieces, home, int(home[large]), support)
        else:
            _divide(whole, pieces, home, int(home[large]), support)
    numbers = sorted(set(home.tolist()) - {_APART})
    return [_group(np.flatnonzero(home == number), sorted(support[number]), objects) for number in numbers]


_Indices = npt.NDArray[np.intp]
_APART = -1  # the group of an object that shapes none: it supports others


def _join(pieces: _Indices, home: _Indices, group: int, support: dict[int, set[int]]) -> None:
    """The pieces support the group of the one shape round them; so does what supported groups that end by that."""
    left = set(home[pieces].tolist()) - {group}
    home[pieces] = _APART
    support[group] |= set(pieces.tolist())
    for number in left - set(home.tolist()):
        support[group] |= support.pop(number, set())


def _divide(
    whole: _Indices, pieces: _Indices, home: _Indices, group: int, support: dict[int, set[int]]
) -> None:
    """The one shape supports every piece's group, and its own ends; pieces that were in it get their own."""
    inside = pieces[home[pieces] == group]
    home[inside] = home.max() + 1 + np.arange(len(inside))
    home[whole] = _APART
    ended = support.pop(group, set())
    for number in set(home[pieces].tolist()):
        support[number] |= set(whole.tolist()) | ended


def _divided(objects: _Objects, rules: VoteRules) -> Iterator[tuple[int, _Indices]]:
    """(an object, the objects of one other grader that say together what it says in one), the largest object first.

    Each piece lies in it, and their union overlaps it as matched lesions do, and better than any one of them.
    """
    inside = objects.overlap >= np.maximum(_INSIDE * objects.areas, 1e-9)
    inside &= objects.areas < objects.areas[:, None]
    several = np.flatnonzero(np.count_nonzero(inside, axis=1) > 1)
    for large in several[np.argsort(-objects.areas[several], kind="stable")]:
        found = np.flatnonzero(inside[large])
        for owner in np.unique(objects.owner[found]):
            pieces = found[objects.owner[found] == owner]
            shared, areas = objects.overlap[large, pieces], objects.areas[pieces]
            together = shared.sum() / (objects.areas[large] + areas.sum() - shared.sum())
            single = shared / (objects.areas[large] + areas - shared)
            if together >= rules.match_iou and together > single.max():
                yield int(large), pieces


def _group(indices: _Indices, support: Sequence[int], objects: _Objects) -> Group:
    owners = objects.owner.tolist()
    shapes = {objects.names[owners[index]]: objects.same[index] for index in indices.tolist()}
    pieces: dict[str, tuple[Shape, ...]] = {}
    for index in support:
        name = objects.names[owners[index]]
        pieces[name] = pieces.get(name, ()) + objects.same[index]
    return Group(shapes, pieces)
