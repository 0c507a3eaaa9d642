"""Edits that unite, carve, divide, convert, copy and relabel shapes: each is one `ChangeShapes` with its title.

A shape that falls into parts keeps its id with the largest; each further part is a new shape of the same label.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely

from retina_studio.domain import combine
from retina_studio.domain.edits import ChangeShapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import area, contains, to_shapely
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import label
from retina_studio.domain.shapes import XY, Box, Ellipse, Geometry, Point, Polygon, Shape, new_shape

Shapes = Sequence[Shape]


def in_parts(shape: Shape, parts: Sequence[Geometry]) -> tuple[Shape, ...]:
    """The shape with the first of these geometries, and new shapes with the others; a single label has one only."""
    first, *others = parts
    further = () if label(shape.label).single else [new_shape(shape.label, g, shape.origin) for g in others]
    return (shape.with_geometry(first), *further)


def named(verb: str, shapes: Shapes) -> str:
    """A title for the history: the verb, and the label or how many shapes."""
    return f"{verb} {shapes[0].label}" if len(shapes) == 1 else f"{verb} {len(shapes)} shapes"


def within_frame(edit: ChangeShapes, width: float, height: float) -> ChangeShapes:
    """The edit with every geometry that it adds or changes clipped to the image's frame (pixels).

    Raises:
        RetinaError: a shape would lie wholly outside.
    """
    old = {shape.id: shape.geometry for shape in edit.before}
    after: list[Shape] = []
    for shape in edit.after:
        unchanged = shape.geometry == old.get(shape.id)
        parts = [shape.geometry] if unchanged else combine.clipped(shape.geometry, width, height)
        if not parts:
            raise RetinaError("This shape lies outside the image; draw it on the image.")
        after.extend((shape,) if parts[0] is shape.geometry else in_parts(shape, parts))
    return edit if tuple(after) == edit.after else replace(edit, after=tuple(after))


def unite(shapes: Shapes) -> ChangeShapes:
    """Shapes of one label that touch become one; those that touch no other stay as they are.

    Raises:
        RetinaError: fewer than two shapes, several labels, a point, or no two of them touch.
    """
    if len(shapes) < 2:
        raise RetinaError("Select two or more shapes to unite.")
    if len({shape.label for shape in shapes}) > 1:
        raise RetinaError("Only shapes of one label can be united: give them one label first.")
    before: list[Shape] = []
    after: list[Shape] = []
    boxes = _boxes(shapes)
    for part in combine.united([shape.geometry for shape in shapes]):
        inside = [shapes[row] for row in _near(boxes, part.box) if _holds(part, shapes[row].geometry)]
        if len(inside) > 1:
            before += inside
            after.append(max(inside, key=_size).with_geometry(part))
    if not after:
        raise RetinaError("These shapes do not touch each other: there is nothing to unite.")
    return ChangeShapes(tuple(before), tuple(after), named("Unite", before))


def subtract(shapes: Shapes) -> ChangeShapes:
    """The largest shape loses what the others cover; the others stay.

    Raises:
        RetinaError: fewer than two shapes, a point, they do not overlap, or nothing would be left.
    """
    if len(shapes) < 2:
        raise RetinaError("Select the shape to keep, and the smaller ones to subtract from it.")
    kept, *others = sorted(shapes, key=_size, reverse=True)
    touching = [other.geometry for other in others if _meets(kept.geometry, other.geometry)]
    if not touching:
        raise RetinaError("These shapes do not overlap: there is nothing to subtract.")
    after = in_parts(kept, combine.subtracted(kept.geometry, touching))
    codes = ", ".join(dict.fromkeys(other.label for other in others))
    return ChangeShapes((kept,), after, f"Subtract {codes} from {kept.label}")


def convert(shapes: Shapes) -> ChangeShapes:
    """Ellipses become polygons and polygons ellipses.

    Raises:
        RetinaError: no shapes, or a point among them.
    """
    if not shapes:
        raise RetinaError("Select the shapes to convert first.")
    after = tuple(shape.with_geometry(_converted(shape.geometry)) for shape in shapes)
    return ChangeShapes(tuple(shapes), after, named("Convert", shapes))


def divide(shape: Shape, line: Sequence[XY]) -> ChangeShapes:
    """A shape cut along a line.

    Raises:
        RetinaError: its label may be drawn once only, or the line does not divide it.
    """
    if label(shape.label).single:
        raise RetinaError(f"There can be only one {shape.label}: it cannot be split.")
    return ChangeShapes(
        (shape,), in_parts(shape, combine.split(shape.geometry, line)), named("Split", [shape])
    )


def add_area(shape: Shape, swept: Polygon) -> ChangeShapes | None:
    """A shape with an area added to it; None when the area does not touch it."""
    if isinstance(shape.geometry, Point) or not _meets(shape.geometry, swept):
        return None
    parts = combine.united([shape.geometry, swept])
    return ChangeShapes((shape,), (shape.with_geometry(parts[0]),), f"Brush {shape.label}")


def carve(shapes: Shapes, swept: Polygon) -> ChangeShapes | None:
    """Shapes with an area taken out of them; what is covered wholly is removed. None when nothing is touched."""
    areas = [shape for shape in shapes if not isinstance(shape.geometry, Point)]
    near = [areas[row] for row in _near(_boxes(areas), swept.box)]
    forms = [to_shapely(shape.geometry) for shape in near]
    stroke = to_shapely(swept)
    shapely.prepare(stroke)  # asked hundreds of times where lesions are many
    touched, covered = shapely.intersects(stroke, forms), shapely.contains_properly(stroke, forms)
    before = [near[row] for row in np.flatnonzero(touched)]
    edge = [near[row] for row in np.flatnonzero(touched & ~covered)]
    rests = combine.carved([shape.geometry for shape in edge], swept)
    after = [part for shape, rest in zip(edge, rests, strict=True) if rest for part in in_parts(shape, rest)]
    return ChangeShapes(tuple(before), tuple(after), named("Erase", before)) if before else None


def cut_hole(shape: Shape, ring: Sequence[XY]) -> ChangeShapes:
    """A shape with a hole; an ellipse becomes a polygon.

    Raises:
        RetinaError: the ring lies outside the shape, covers it, or encloses no area.
    """
    parts = combine.with_hole(combine.as_polygon(shape.geometry), ring)
    return ChangeShapes((shape,), in_parts(shape, parts), f"Cut a hole in {shape.label}")


def fill_holes(shapes: Shapes) -> ChangeShapes:
    """Shapes without their holes.

    Raises:
        RetinaError: none of them has a hole.
    """
    holed = [s for s in shapes if isinstance(s.geometry, Polygon) and s.geometry.holes]
    if not holed:
        raise RetinaError("None of the selected shapes has a hole.")
    after = tuple(shape.with_geometry(_filled(shape.geometry)) for shape in holed)
    return ChangeShapes(tuple(holed), after, named("Fill holes of", holed))


def duplicate(shapes: Shapes, dx: float, dy: float) -> ChangeShapes:
    """Copies of shapes, shifted by (dx, dy) pixels.

    Raises:
        RetinaError: no shapes, or one whose label may be drawn once only.
    """
    if not shapes:
        raise RetinaError("Select the shapes to duplicate first.")
    _refuse_singles(shapes)
    after = tuple(new_shape(shape.label, shape.geometry.moved(dx, dy)) for shape in shapes)
    return ChangeShapes((), after, named("Duplicate", shapes))


def relabel(grading: Grading, shapes: Shapes, label_code: str) -> ChangeShapes:
    """Shapes with another label; a shape that held a single label already makes way.

    Raises:
        RetinaError: nothing to change, several shapes for a single label, or a kind that the label cannot have.
    """
    changing = [shape for shape in shapes if shape.label != label_code]
    if not changing:
        raise RetinaError(
            f"The selected shapes are {label_code} already."
            if shapes
            else "Select the shapes to relabel first."
        )
    old: list[Shape] = []
    if label(label_code).single:
        if len(changing) > 1:
            raise RetinaError(f"There can be only one {label_code}: select one shape.")
        old = grading.labelled(label_code)
    after = tuple(replace(shape, label=label_code) for shape in changing)
    return ChangeShapes((*changing, *old), after, f"{named('Relabel', changing)} to {label_code}")


def _refuse_singles(shapes: Shapes) -> None:
    for shape in shapes:
        if label(shape.label).single:
            raise RetinaError(f"There can be only one {shape.label}: it cannot be duplicated.")


def _converted(geometry: Geometry) -> Geometry:
    change: Callable[[Geometry], Geometry] = (
        combine.as_polygon if isinstance(geometry, Ellipse) else combine.as_ellipse
    )
    return change(geometry)


def _filled(geometry: Geometry) -> Geometry:
    return Polygon(geometry.points) if isinstance(geometry, Polygon) else geometry


def _meets(first: Geometry, second: Geometry) -> bool:
    return bool(to_shapely(first).intersects(to_shapely(second)))


def _holds(part: Polygon, geometry: Geometry) -> bool:
    """Whether one of the parts of a union came from a geometry among others."""
    if isinstance(geometry, Polygon):
        spot = to_shapely(geometry).representative_point()
        return contains(part, float(spot.x), float(spot.y))
    return contains(part, *geometry.centre)


def _boxes(shapes: Shapes) -> npt.NDArray[np.float64]:
    """The bounding boxes (N, 4) of shapes."""
    return np.array([shape.geometry.box for shape in shapes], dtype=np.float64).reshape(-1, 4)


def _near(boxes: npt.NDArray[np.float64], box: Box) -> npt.NDArray[np.intp]:
    """The rows whose boxes meet a box: all but a few of tens of thousands do not."""
    left, top, right, bottom = box
    apart = (boxes[:, 0] > right) | (boxes[:, 2] < left) | (boxes[:, 1] > bottom) | (boxes[:, 3] < top)
    return np.flatnonzero(~apart)


def _size(shape: Shape) -> float:
    return area(shape.geometry)
