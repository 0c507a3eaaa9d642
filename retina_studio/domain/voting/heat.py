"""Where graders disagree: a map to lay over the image."""

import math
from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt

from retina_studio.domain.geometry import paint
from retina_studio.domain.grading import Answer, Grading
from retina_studio.domain.labels import catalogue
from retina_studio.domain.shapes import Ellipse, Geometry, Point, Polygon

_LEAST = 1.0  # pixels of the map: a smaller shape would fall between its pixels
_CLICK = 0.02  # of the map's longer side: the radius that stands for a point


def disagreement(
    gradings: Mapping[str, Grading],
    height: int,
    width: int,
    labels: Collection[str] | None = None,
    side: int = 512,
) -> npt.NDArray[np.float32]:
    """How much the graders disagree at each place, the most over the labels.

    Of a share p of graders who marked a place with a label it is 4 p (1 - p): 0 where all say the same, 1 where they
    are evenly split. A grader who said nothing of a label is not counted for it.

    Args:
        gradings: by grader.
        height: of the image, pixels.
        width: of the image, pixels.
        labels: those to look at; None = all.
        side: the map's longer side; it is never larger than the image.

    Returns:
        float32 (h, w), covering the image.
    """
    scale = min(1.0, side / max(height, width))
    shape = max(round(height * scale), 1), max(round(width * scale), 1)
    heat = np.zeros(shape, dtype=np.float32)
    for code in labels if labels is not None else catalogue():
        asked = [g for g in gradings.values() if g.answer(code) is not Answer.SILENT]
        if len(asked) < 2 or all(g.answer(code) is Answer.NONE for g in asked):
            continue
        counts = np.zeros(shape, dtype=np.float32)
        for grading in asked:
            mask = np.zeros(shape, dtype=np.bool_)
            for drawn in grading.labelled(code):
                paint(mask, _scaled(drawn.geometry, shape[1] / width, shape[0] / height, _CLICK * max(shape)))
            counts += mask
        share = counts / np.float32(len(asked))
        np.maximum(heat, 4 * share * (1 - share), out=heat)
    return heat


def _scaled(geometry: Geometry, across: float, down: float, click: float) -> Geometry:
    """A geometry in the pixels of the map; the two factors differ by the rounding of its sides only."""
    x, y = geometry.centre[0] * across, geometry.centre[1] * down
    left, top, right, bottom = geometry.box
    if isinstance(geometry, Point):
        radius = max(click, _LEAST)
        return Ellipse(x, y, radius, radius)
    if max((right - left) * across, (bottom - top) * down) < 2 * _LEAST:
        return Ellipse(x, y, _LEAST, _LEAST)
    if isinstance(geometry, Ellipse):
        mean = math.sqrt(across * down)
        return Ellipse(
            x, y, max(geometry.a * mean, _LEAST / 2), max(geometry.b * mean, _LEAST / 2), geometry.angle
        )
    rings = tuple(tuple((u * across, v * down) for u, v in ring) for ring in geometry.rings)
    return Polygon(rings[0], rings[1:])
