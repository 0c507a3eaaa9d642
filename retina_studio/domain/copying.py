"""Copied shapes: what the clipboard holds, and what pasting makes of it on another image or the other eye."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from retina_studio.domain.combine import mirrored
from retina_studio.domain.edits import ChangeShapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import label
from retina_studio.domain.shape_edits import named
from retina_studio.domain.shapes import Ellipse, Geometry, Point, Polygon, Shape, new_shape, shape_from_dict

_APART = 12.0  # pixels between a shape and its copy on the same place


@dataclass(frozen=True)
class Copied:
    """Shapes with the width and height (pixels) and the eye ("OD", "OS" or "") of the image they come from."""

    shapes: tuple[Shape, ...]
    width: int
    height: int
    eye: str

    def to_json(self) -> str:
        """A text that `copied_from_json` reads; it names no image and no patient."""
        form = {"width": self.width, "height": self.height, "eye": self.eye}
        return json.dumps({**form, "shapes": [shape.to_dict() for shape in self.shapes]})


def copied_from_json(text: str) -> Copied:
    """What `Copied.to_json` has written.

    Raises:
        RetinaError: it is something else.
    """
    try:
        form: dict[str, Any] = json.loads(text)
        shapes = tuple(shape_from_dict(entry) for entry in form["shapes"])
        width, height = int(form["width"]), int(form["height"])
    except (ValueError, KeyError, TypeError) as error:
        raise RetinaError("The clipboard holds no shapes: copy some first.") from error
    if width < 1 or height < 1:
        raise RetinaError("The clipboard holds shapes of an image without a size: copy them again.")
    return Copied(shapes, width, height, str(form.get("eye", "")))


def paste(
    copied: Copied, grading: Grading, frame: tuple[int, int], codes: Collection[str], *, mirror: bool = False
) -> ChangeShapes:
    """The edit that adds copies to a grading whose image has this frame (width, height) and these label codes.

    The same coordinates when the frames agree; else one scale for both directions (pixels are square), centre
    on centre. A copy that would lie exactly on a shape is shifted; a single label's old shape is replaced.

    Raises:
        RetinaError: there are no shapes, or a label that this image cannot have.
    """
    if not copied.shapes:
        raise RetinaError("The clipboard holds no shapes: copy some first.")
    if strange := sorted({shape.label for shape in copied.shapes} - set(codes)):
        raise RetinaError(f"{strange[0]} cannot be drawn on this image: it belongs to the other modality.")
    forms = [_placed(shape.geometry, copied, frame, mirror=mirror) for shape in copied.shapes]
    there = {(shape.label, shape.geometry) for shape in grading.shapes.values()}
    pairs = [(shape.label, form) for shape, form in zip(copied.shapes, forms, strict=True)]
    singles = {code for code, _ in pairs if label(code).single}
    hidden = any(code not in singles and (code, form) in there for code, form in pairs)
    shift = _APART if hidden else 0.0
    added = tuple(
        new_shape(code, form if code in singles else form.moved(shift, shift)) for code, form in pairs
    )
    replaced = tuple(shape for shape in grading.shapes.values() if shape.label in singles)
    return ChangeShapes(replaced, added, named("Paste mirrored" if mirror else "Paste", added))


def _placed(geometry: Geometry, copied: Copied, frame: tuple[int, int], *, mirror: bool) -> Geometry:
    if mirror:
        geometry = mirrored(geometry, copied.width)
    if (copied.width, copied.height) == frame:
        return geometry
    scale = min(frame[0] / copied.width, frame[1] / copied.height)
    dx, dy = (frame[0] - copied.width * scale) / 2, (frame[1] - copied.height * scale) / 2
    return _scaled(geometry, scale).moved(dx, dy)


def _scaled(geometry: Geometry, scale: float) -> Geometry:
    if isinstance(geometry, Point):
        return Point(geometry.x * scale, geometry.y * scale)
    if isinstance(geometry, Ellipse):
        return replace(
            geometry,
            x=geometry.x * scale,
            y=geometry.y * scale,
            a=geometry.a * scale,
            b=geometry.b * scale,
        )
    rings = [tuple((x * scale, y * scale) for x, y in ring) for ring in geometry.rings]
    return Polygon(rings[0], tuple(rings[1:]))
