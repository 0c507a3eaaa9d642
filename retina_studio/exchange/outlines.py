"""Ellipses and holes for the formats that know only rings of vertices."""

import math
from collections.abc import Sequence

import numpy as np

from retina_studio.domain.shapes import XY, Ellipse, Polygon

SAG = 0.02  # pixels between an ellipse and its polygon at most
_FEWEST, _MOST = 24, 2000

Ring = tuple[XY, ...]


def ellipse_ring(ellipse: Ellipse) -> Ring:
    """Vertices on an ellipse, so many that no chord is further than `SAG` pixels from it.

    A chord of an n-gon inscribed in a circle of radius a lies a (1 - cos(pi / n)) inside it at most.
    """
    longer = max(ellipse.a, ellipse.b)
    wanted = math.pi / math.acos(max(1 - SAG / longer, 0.0))
    return tuple(ellipse.outline(min(max(math.ceil(wanted), _FEWEST), _MOST)))


def joined(polygon: Polygon) -> Ring:
    """One ring that goes into each hole and back along a cut: the even-odd rule fills exactly the same."""
    ring = list(polygon.points)
    for hole in polygon.holes:
        at = int(np.argmin(np.hypot(*(np.array(ring) - hole[0]).T)))
        ring[at + 1 : at + 1] = [*hole, hole[0], ring[at]]
    return tuple(ring)


def parted(ring: Sequence[XY]) -> Polygon:
    """The polygon with holes that `joined` made a ring of; a ring without cuts is taken as it is.

    A cut is an edge that the ring goes along and comes back on, with a loop between. Taking it out changes nothing
    of what the even-odd rule fills.
    """
    path: list[XY] = []
    edges: dict[tuple[XY, XY], int] = {}  # where in the path an edge begins
    holes = []
    for vertex in ring:
        start = edges.get((vertex, path[-1])) if path else None
        if start is None or len(path) - start < 5:
            if path:
                edges[path[-1], vertex] = len(path) - 1
            path.append(vertex)
            continue
        holes.append(tuple(path[start + 1 : -1]))
        for number in range(start, len(path) - 1):
            edges.pop((path[number], path[number + 1]), None)
        del path[start + 1 :]
    if len(path) < 3:
        return Polygon(tuple(ring))
    return Polygon(tuple(path), tuple(holes))
