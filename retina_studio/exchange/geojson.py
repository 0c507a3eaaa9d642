"""GeoJSON: one FeatureCollection an image, NAME.geojson, as QuPath and shapely read it.

Coordinates are image pixels: x to the right, y down, the origin at the top left corner of the top left pixel. They are
not degrees of longitude and latitude, which RFC 7946 knows alone. A feature's label is its property `label`, and
beside it `classification.name` as QuPath writes it. A ring is closed by its first vertex; rings keep the direction
they were drawn in. An ellipse is a polygon and carries its axes under the property `ellipse`; reading takes those
as long as the outline was not changed. Image size and hash, grades, labels answered "none" and the comment are in
the collection, under `retina_studio`.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading, grading_from_dict
from retina_studio.domain.shapes import XY, Ellipse, Geometry, Point, Polygon, Shape
from retina_studio.exchange.checks import check_image, checked, imported
from retina_studio.exchange.files import Form, file_name, read_form, reading, stem_of, write_json
from retina_studio.exchange.layers import Found, Layer
from retina_studio.exchange.outlines import ellipse_ring
from retina_studio.study.records import ImageRecord

_ENDINGS = (".geojson", ".json")


class _Geometry(Form):
    type: str
    coordinates: list[Any]


class _Class(Form):
    name: str = ""


class _Ellipse(Form):
    x: float
    y: float
    a: float
    b: float
    angle: float = 0.0


class _Properties(Form):
    label: str = ""
    classification: _Class | None = None
    ellipse: _Ellipse | None = None


class _Feature(Form):
    type: str
    geometry: _Geometry
    properties: _Properties


class _Extra(Form):
    image: str = ""
    width: int | None = None
    height: int | None = None
    sha256: str = ""
    grades: dict[str, bool | int | str] = Field(default={})
    absent: list[str] = Field(default=[])
    comment: str = ""


class _File(Form):
    type: str
    features: list[_Feature]
    retina_studio: _Extra | None = None


def read_labels(source: Path, _graders: int = 1) -> Iterator[Found]:
    """What each file of a folder says, or the one file.

    Raises:
        RetinaError: a file cannot be read or is no FeatureCollection.
    """
    files = [source]
    if source.is_dir():
        files = sorted(path for path in source.rglob("*") if path.suffix.lower() in _ENDINGS)
    for path in files:
        form = read_form(path, _File)
        if form.type != "FeatureCollection":
            raise RetinaError(f"{path.name} is no FeatureCollection of GeoJSON.")
        named = stem_of(form.retina_studio.image) if form.retina_studio else ""
        names = tuple(dict.fromkeys(name for name in (named, path.stem) if name))
        yield Found(path.name, names, partial(_read, path.name, form))


def _read(place: str, form: _File, image: ImageRecord) -> Grading:
    extra = form.retina_studio or _Extra()
    with reading(place):
        check_image(image, extra.height or image.height, extra.width or image.width, extra.sha256)
        said = {"grades": extra.grades, "absent": extra.absent, "comment": extra.comment}
        grading = grading_from_dict(said)
    shapes: dict[str, Shape] = {}
    for number, feature in enumerate(form.features, start=1):
        with reading(f"{place}, feature {number}"):
            shapes |= imported(_label(feature.properties), _geometries(feature))
    with reading(place):
        return checked(replace(grading, shapes=shapes), image.modality)


def _label(properties: _Properties) -> str:
    return properties.label or (properties.classification.name if properties.classification else "")


def _geometries(feature: _Feature) -> list[Geometry]:
    kind, coordinates = feature.geometry.type, feature.geometry.coordinates
    match kind:
        case "Point":
            return [Point(*_position(coordinates))]
        case "Polygon":
            polygon = _polygon(coordinates)
            given = feature.properties.ellipse
            exact = Ellipse(given.x, given.y, given.a, given.b, given.angle) if given else None
            return [exact if exact and _unchanged(exact, polygon) else polygon]
        case "MultiPolygon":
            return [_polygon(rings) for rings in coordinates]
    raise RetinaError(f"a {kind} cannot be taken: use Point, Polygon or MultiPolygon.")


def _position(value: Any) -> XY:
    """A position of two numbers; a third (a height) says nothing of an image."""
    numbers = list(value)
    if len(numbers) not in {2, 3} or any(
        isinstance(v, bool) or not isinstance(v, int | float) for v in numbers
    ):
        raise RetinaError("a position must be two numbers.")
    return numbers[0] + 0.0, numbers[1] + 0.0


def _polygon(rings: Any) -> Polygon:
    parts = [tuple(_position(position) for position in ring) for ring in rings]
    if not parts:
        raise RetinaError("a polygon has no ring.")
    if any(len(ring) < 4 or ring[0] != ring[-1] for ring in parts):
        raise RetinaError("a ring must have four positions at least and end where it begins.")
    return Polygon(parts[0][:-1], tuple(ring[:-1] for ring in parts[1:]))


def _unchanged(exact: Ellipse, polygon: Polygon) -> bool:
    ring = ellipse_ring(exact)
    same = len(ring) == len(polygon.points) and not polygon.holes
    return same and np.allclose(ring, polygon.points, rtol=0, atol=1e-6)


def write_labels(out: Path, layers: Iterator[Layer]) -> int:
    """Write NAME.geojson for each image; returns the number of images.

    Raises:
        RetinaError: a file cannot be written.
    """
    count = 0
    for layer in layers:
        write_json(out / file_name(layer.image.name, ".geojson"), _file_form(layer))
        count += 1
    return count


def _file_form(layer: Layer) -> dict[str, Any]:
    image, said = layer.image, layer.grading.to_dict()
    del said["shapes"]
    about = {"image": image.name, "width": image.width, "height": image.height, "sha256": image.sha256}
    features = [
        _feature_form(shape, compliant=shape.id not in layer.violating)
        for shape in layer.grading.shapes.values()
    ]
    return {"type": "FeatureCollection", "retina_studio": {**about, **said}, "features": features}


def _feature_form(shape: Shape, *, compliant: bool) -> dict[str, Any]:
    geometry = shape.geometry
    properties: dict[str, Any] = {"label": shape.label, "classification": {"name": shape.label}}
    if not compliant:
        properties["compliant"] = False
    coordinates: Any
    if isinstance(geometry, Point):
        coordinates = [geometry.x, geometry.y]
    elif isinstance(geometry, Ellipse):
        axes = geometry.to_dict()
        properties["ellipse"] = {key: axes[key] for key in ("x", "y", "a", "b", "angle")}
        coordinates = [_closed(ellipse_ring(geometry))]
    else:
        coordinates = [_closed(ring) for ring in geometry.rings]
    kind = "Point" if isinstance(geometry, Point) else "Polygon"
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


def _closed(ring: tuple[XY, ...]) -> list[list[float]]:
    return [list(point) for point in (*ring, ring[0])]
