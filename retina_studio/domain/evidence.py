"""What a class activation map (CAM) says of an image: smooth evidence, and outlines of where it is strong."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.geometry import Mask, simplified, vectorise
from retina_studio.domain.shapes import Polygon

FloatMap = npt.NDArray[np.float32]
_SIDE = 512  # cells to which a map is enlarged, so that its levels are smooth lines
_SPECK = 0.0004  # of the map's area: what is smaller is no outline
_TOLERANCE = 1.2  # cells that a simplified outline may leave the level


@dataclass(frozen=True)
class Evidence:
    """An outline in image pixels, and the mean evidence (0..1) inside it."""

    outline: Polygon
    score: float


def smooth(cam: FloatMap) -> FloatMap:
    """A map (h, w) in 0..1, enlarged to about 512 cells a side without the steps of its coarse cells."""
    factor = max(1, round(_SIDE / max(cam.shape)))
    size = (cam.shape[1] * factor, cam.shape[0] * factor)
    large = cv2.resize(np.asarray(cam, dtype=np.float32), size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(cv2.GaussianBlur(large, (0, 0), factor / 2), 0.0, 1.0), dtype=np.float32)


def outlines_above(cam: FloatMap, level: float, width: float, height: float) -> list[Evidence]:
    """Where a map (h, w) over an image of (width, height) pixels is at least `level`: the largest area first.

    Areas that touch at a corner only are two. Specks are left out; the outlines are as coarse as the map.
    """
    evidence = smooth(cam)
    strong = (evidence >= level).astype(np.uint8)
    across, down = width / strong.shape[1], height / strong.shape[0]
    count, parts, stats, _ = cv2.connectedComponentsWithStats(strong, connectivity=4)
    found = []
    for number in sorted(range(1, count), key=lambda part: -stats[part, cv2.CC_STAT_AREA]):
        left, top, wide, high, cells = (int(value) for value in stats[number])
        if cells < _SPECK * strong.size:
            break
        rows, columns = slice(top, top + high), slice(left, left + wide)
        inside: Mask = parts[rows, columns] == number
        (outline,) = vectorise(inside, top, left)
        score = float(evidence[rows, columns][inside].mean())
        found.append(Evidence(_scaled(simplified(outline, _TOLERANCE), across, down), score))
    return found


def _scaled(polygon: Polygon, across: float, down: float) -> Polygon:
    rings = [tuple((x * across, y * down) for x, y in ring) for ring in polygon.rings]
    return Polygon(rings[0], tuple(rings[1:]))
