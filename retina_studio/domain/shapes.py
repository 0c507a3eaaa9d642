"""Shapes: an ellipse, a polygon or a point that carries a label.

Coordinates are floats in image pixels, once and for all: x to the right, y down, the origin at the top left
corner of the top left pixel. Pixel (row r, column c) covers [c, c+1) x [r, r+1); its centre is (c+0.5, r+0.5).
Angles are degrees, from the x axis towards the y axis (clockwise on the screen).
"""

import math
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Literal

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import Kind, label

XY = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom

COORDINATE_LIMIT = 1e6  # no image is a million pixels wide; beyond it lies a broken or hostile file


def _check(values: Sequence[float]) -> None:
    try:
        if math.hypot(*values) <= COORDINATE_LIMIT:  # one pass in C settles nearly all of them
            return
        sound = all(-COORDINATE_LIMIT <= value <= COORDINATE_LIMIT for value in values)
    except (TypeError, ValueError, OverflowError) as error:
        raise RetinaError("A shape's coordinates must be numbers.") from error
    if not sound:
        raise RetinaError("A shape's coordinates must be finite and within a million pixels.")


@dataclass(frozen=True, slots=True)
class Point:
    """A single position, e.g. the fovea or a click at the disc centre."""

    x: float
    y: float
    kind: Literal["point"] = "point"

    def __post_init__(self) -> None:
        _check((self.x, self.y))

    @property
    def box(self) -> Box:
        """Bounding box (left, top, right, bottom)."""
        return (self.x, self.y, self.x, self.y)

    @property
    def centre(self) -> XY:
        """The point itself."""
        return (self.x, self.y)

    def moved(self, dx: float, dy: float) -> "Point":
        """The same point, shifted."""
        return Point(self.x + dx, self.y + dy)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `geometry_from_dict` reads it."""
        return {"kind": self.kind, "x": self.x, "y": self.y}


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Centre, semi-axes `a` and `b` (pixels, > 0) and the angle of `a` in degrees."""

    x: float
    y: float
    a: float
    b: float
    angle: float = 0.0
    kind: Literal["ellipse"] = "ellipse"

    def __post_init__(self) -> None:
        _check((self.x, self.y, self.a, self.b, self.angle))
        if self.a <= 0 or self.b <= 0:
            raise RetinaError("An ellipse needs two axes longer than zero.")

    @property
    def box(self) -> Box:
        """Bounding box (left, top, right, bottom)."""
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        half_width = math.hypot(self.a * cos, self.b * sin)
        half_height = math.hypot(self.a * sin, self.b * cos)
        return (self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height)

    @property
    def centre(self) -> XY:
        """The centre."""
        return (self.x, self.y)

    def moved(self, dx: float, dy: float) -> "Ellipse":
        """The same ellipse, shifted."""
        return replace(self, x=self.x + dx, y=self.y + dy)

    def outline(self, points: int = 64) -> list[XY]:
        """`points` vertices on the ellipse, clockwise on the screen, the first at the end of `a`."""
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        turns = (2 * math.pi * k / points for k in range(points))
        ends = [(self.a * math.cos(t), self.b * math.sin(t)) for t in turns]
        return [(self.x + u * cos - v * sin, self.y + u * sin + v * cos) for u, v in ends]

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `geometry_from_dict` reads it."""
        return {"kind": self.kind, "x": self.x, "y": self.y, "a": self.a, "b": self.b, "angle": self.angle}


@dataclass(frozen=True, slots=True)
class Polygon:
    """A ring of at least three vertices, with any number of holes; the even-odd rule says what is inside."""

    points: tuple[XY, ...]
    holes: tuple[tuple[XY, ...], ...] = ()
    kind: Literal["polygon"] = "polygon"

    def __post_init__(self) -> None:
        for ring in (self.points, *self.holes):
            if len(ring) < 3:
                raise RetinaError("A polygon and each of its holes need at least three vertices.")
            _check(list(chain.from_iterable(ring)))

    @property
    def box(self) -> Box:
        """Bounding box (left, top, right, bottom)."""
        xs, ys = [p[0] for p in self.points], [p[1] for p in self.points]
        return (min(xs), min(ys), max(xs), max(ys))

    @property
    def rings(self) -> tuple[tuple[XY, ...], ...]:
        """The outer ring, then the holes."""
        return (self.points, *self.holes)

    @property
    def centre(self) -> XY:
        """The middle of the bounding box."""
        left, top, right, bottom = self.box
        return ((left + right) / 2, (top + bottom) / 2)

    def moved(self, dx: float, dy: float) -> "Polygon":
        """The same polygon, shifted."""
        shift = tuple(tuple((x + dx, y + dy) for x, y in ring) for ring in self.rings)
        return Polygon(shift[0], shift[1:])

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `geometry_from_dict` reads it."""
        form: dict[str, Any] = {"kind": self.kind, "points": [list(p) for p in self.points]}
        if self.holes:
            form["holes"] = [[list(p) for p in hole] for hole in self.holes]
        return form


Geometry = Point | Ellipse | Polygon


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry with a label. `id` is unique in a study; `origin` says where it came from.

    `origin` is "drawn", "imported", or "proposal:STEM:WEIGHTS_HASH" for a proposal that a grader accepted.
    """

    label: str
    geometry: Geometry
    id: str
    origin: str = "drawn"

    def __post_init__(self) -> None:
        if self.geometry.kind not in label(self.label).kinds:
            raise RetinaError(f"{self.label} cannot be a {self.geometry.kind}.")

    def with_geometry(self, geometry: Geometry) -> "Shape":
        """The same shape with another geometry."""
        return replace(self, geometry=geometry)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `shape_from_dict` reads it."""
        return {
            "id": self.id,
            "label": self.label,
            "origin": self.origin,
            "geometry": self.geometry.to_dict(),
        }


def new_shape(label_code: str, geometry: Geometry, origin: str = "drawn") -> Shape:
    """A shape with a fresh id."""
    return Shape(label_code, geometry, uuid.uuid4().hex, origin)


def _floats(*values: Any) -> list[float]:
    try:
        return [value + 0.0 for value in values]
    except (TypeError, OverflowError) as error:
        raise RetinaError("A shape's coordinates must be numbers.") from error


def _ring(value: Any) -> tuple[XY, ...]:
    try:
        # Adding zero makes a float of an integer, and refuses text, in a third of the time of float().
        return tuple([(x + 0.0, y + 0.0) for x, y in value])
    except (TypeError, ValueError, OverflowError) as error:
        raise RetinaError("A polygon's vertices must be pairs of numbers.") from error


def geometry_from_dict(form: Mapping[str, Any]) -> Geometry:
    """The geometry written by `to_dict`.

    Raises:
        RetinaError: unknown kind, missing fields, or numbers out of range.
    """
    kind: Kind | Any = form.get("kind")
    try:
        if kind == "point":
            x, y = _floats(form["x"], form["y"])
            return Point(x, y)
        if kind == "ellipse":
            x, y, a, b, angle = _floats(*(form[key] for key in "xyab"), form.get("angle", 0.0))
            return Ellipse(x, y, a, b, angle)
        if kind == "polygon":
            return Polygon(_ring(form["points"]), tuple(_ring(hole) for hole in form.get("holes", ())))
    except (KeyError, TypeError) as error:
        raise RetinaError(f"A {kind} is written wrongly: {error}.") from error
    raise RetinaError(f"A shape of kind {kind!r} is unknown; use point, ellipse or polygon.")


def shape_from_dict(form: Mapping[str, Any]) -> Shape:
    """The shape written by `Shape.to_dict`.

    Raises:
        RetinaError: as `geometry_from_dict`, or an unknown label.
    """
    try:
        geometry = geometry_from_dict(form["geometry"])
        origin = sys.intern(str(form.get("origin", "drawn")))  # one text for tens of thousands of shapes
        return Shape(label(form["label"]).code, geometry, str(form["id"]), origin)
    except (KeyError, TypeError, AttributeError) as error:
        raise RetinaError(f"A shape is written wrongly: {error}.") from error
