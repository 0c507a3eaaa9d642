"""How far what a model offers and what a grader drew cover each other, label by label."""

from collections.abc import Sequence
from dataclasses import dataclass

from retina_studio.domain.agreement import dice_of_areas
from retina_studio.domain.labels import catalogue
from retina_studio.domain.runs import shared_pixels
from retina_studio.domain.shapes import Ellipse, Point, Polygon, Shape


@dataclass(frozen=True)
class Overlap:
    """One label that both have: the Dice of the union masks, and of how many shapes each is made."""

    label: str
    dice: float
    own: int
    offered: int


def overlaps(own: Sequence[Shape], offered: Sequence[Shape], height: int, width: int) -> list[Overlap]:
    """The overlap of every label of areas that both sides have, in the order of the catalogue.

    Pixels of an image of (height, width) are counted exactly, without painting a mask.
    """
    sides = [_areas(own), _areas(offered)]
    labels = [code for code in catalogue() if all(code in side for side in sides)]
    areas: list[Ellipse | Polygon] = []
    layer: list[int] = []
    owner: list[int] = []
    for number, side in enumerate(sides):
        for place, code in enumerate(labels):
            areas += side[code]
            layer += [place] * len(side[code])
            owner += [number] * len(side[code])
    if not labels:
        return []
    shared = shared_pixels(areas, layer, owner, (len(labels), 2), (height, width))
    found = []
    for code, pixels in zip(labels, shared, strict=True):
        dice = dice_of_areas(int(pixels[0, 0]), int(pixels[1, 1]), int(pixels[0, 1]))
        found.append(Overlap(code, dice, len(sides[0][code]), len(sides[1][code])))
    return found


def _areas(shapes: Sequence[Shape]) -> dict[str, list[Ellipse | Polygon]]:
    found: dict[str, list[Ellipse | Polygon]] = {}
    for shape in shapes:
        if not isinstance(shape.geometry, Point):
            found.setdefault(shape.label, []).append(shape.geometry)
    return found
