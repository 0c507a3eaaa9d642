"""labelme JSON (versions 5 and 6): one file an image, NAME.json.

labelme knows polygons and points, but neither ellipses nor holes. An ellipse is written as the polygon of its
64-vertex outline. A polygon with holes is written as labelme's `mask` shape, exact to the pixel: joining ring and
hole by a cut would move the border, because labelme fills outlines inclusively. (With no pixel inside it
is written as its outer ring.) Both carry their exact geometry under the key `retina_studio`, which labelme keeps;
reading uses it as long as the shape was not changed, else what labelme shows.

Grades and labels answered "none" are image flags, e.g. "dr=2" and "MA=none", each ticked when true. The comment and
the hash of the image are under the key `retina_studio` of the file. Reading also takes rectangles and circles; other
kinds are refused.
"""

import base64
import binascii
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.domain.geometry import Mask
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import Modality, Scale, labels_of, scales_of
from retina_studio.domain.shapes import (
    XY,
    Ellipse,
    Geometry,
    Point,
    Polygon,
    Shape,
    geometry_from_dict,
)
from retina_studio.exchange.checks import MAX_VERTICES, check_image, checked, imported
from retina_studio.exchange.files import Form, file_name, read_form, reading, stem_of, write_json
from retina_studio.exchange.layers import Found, Layer
from retina_studio.exchange.png import decode_mask, encode_png
from retina_studio.exchange.raster import crop_of, polygons_of, same_pixels
from retina_studio.study.records import ImageRecord

_VERSION = "5.5.0"  # the version of labelme whose file format this is


class _Extra(Form):
    geometry: dict[str, Any] | None = None
    comment: str = ""
    sha256: str = ""


class _Shape(Form):
    label: str
    points: list[tuple[float, float]] = Field(max_length=MAX_VERTICES)
    shape_type: str = "polygon"
    mask: str | None = None
    retina_studio: _Extra | None = None


class _File(Form):
    shapes: list[_Shape]
    imagePath: str = ""  # noqa: N815
    imageHeight: int | None = None  # noqa: N815
    imageWidth: int | None = None  # noqa: N815
    flags: dict[str, Any] | None = None
    retina_studio: _Extra | None = None


@dataclass(frozen=True)
class LabelmeFile:
    """A labelme file that was read. `names` are the image names it may be about: by its imagePath, by its own name."""

    path: Path
    names: tuple[str, ...]
    form: _File

    def read(self, height: int, width: int, modality: Modality) -> Grading:
        """The grading in it, of shapes with origin "imported".

        Raises:
            RetinaError: it is of another image size, or a label, shape or grade in it cannot be taken. The sentence
                names the file and the shape.
        """
        form, name = self.form, self.path.name
        if (form.imageHeight or height, form.imageWidth or width) != (height, width):
            raise RetinaError(
                f"{name} is for an image of {form.imageWidth} x {form.imageHeight} pixels, "
                f"the image has {width} x {height}."
            )
        comment = form.retina_studio.comment if form.retina_studio else ""
        shapes: dict[str, Shape] = {}
        for number, entry in enumerate(form.shapes, start=1):
            with reading(f"{name}, shape {number}"):
                shapes |= imported(entry.label, _geometries(entry, height, width))
        with reading(name):
            grading = Grading(shapes, comment=comment)
            return checked(_with_flags(grading, form.flags or {}, modality), modality)

    def read_image(self, image: ImageRecord) -> Grading:
        """The grading of an image of the study. Raises as `read`, also where it was another image."""
        extra = self.form.retina_studio
        with reading(self.path.name):
            check_image(image, image.height, image.width, extra.sha256 if extra else "")
        return self.read(image.height, image.width, image.modality)


def read_labels(source: Path, _graders: int = 1) -> Iterator[Found]:
    """What each file of a folder says, or the one file. Raises as `load_labelme`."""
    for path in sorted(source.rglob("*.json")) if source.is_dir() else [source]:
        labelme = load_labelme(path)
        yield Found(path.name, labelme.names, labelme.read_image)


def write_labels(out: Path, layers: Iterator[Layer]) -> int:
    """Write a file for each image, with its picture beside it: a path back into the study would tell folder names.

    Raises:
        RetinaError: a file cannot be written.
    """
    count = 0
    for layer in layers:
        count += 1
        image = layer.image
        picture = file_name(image.name, Path(image.file).suffix)
        extra = {"comment": layer.grading.comment, "sha256": image.sha256}
        form = _file_form(picture, layer.grading, image.height, image.width, image.modality, extra)
        for shape, entry in zip(layer.grading.shapes.values(), form["shapes"], strict=True):
            entry["flags"] = {"not compliant": True} if shape.id in layer.violating else {}
        write_json(out / file_name(image.name, ".json"), form)
        write_whole(out / picture, layer.picture().read_bytes())
    return count


def load_labelme(path: Path) -> LabelmeFile:
    """Open a labelme file. The image it names is never opened.

    Raises:
        RetinaError: not readable, or not a labelme file.
    """
    form = read_form(path, _File)
    names = dict.fromkeys(name for name in (stem_of(form.imagePath), path.stem) if name)
    return LabelmeFile(path, tuple(names), form)


def write_labelme(
    folder: Path, name: str, image_path: str, grading: Grading, height: int, width: int, modality: Modality
) -> Path:
    """Write NAME.json into a folder; `image_path` is where labelme finds the image, relative to it.

    Raises:
        RetinaError: the file cannot be written, or the name would lead into another folder.
    """
    form = _file_form(image_path, grading, height, width, modality, {"comment": grading.comment})
    path = folder / file_name(name, ".json")
    write_json(path, form)
    return path


def _file_form(
    image_path: str, grading: Grading, height: int, width: int, modality: Modality, extra: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "flags": _flags(grading, modality),
        "shapes": [_shape_form(shape, height, width) for shape in grading.shapes.values()],
        "imagePath": image_path,
        "imageData": None,
        "imageHeight": height,
        "imageWidth": width,
        "retina_studio": dict(extra),
    }


def _shape_form(shape: Shape, height: int, width: int) -> dict[str, Any]:
    geometry = shape.geometry
    form: dict[str, Any] = {
        "label": shape.label,
        "points": [list(point) for point in _outline(geometry)],
        "group_id": None,
        "description": "",
        "shape_type": "point" if isinstance(geometry, Point) else "polygon",
        "flags": {},
        "mask": None,
    }
    if isinstance(geometry, Ellipse) or (isinstance(geometry, Polygon) and geometry.holes):
        form["retina_studio"] = {"geometry": geometry.to_dict()}
    if isinstance(geometry, Polygon) and geometry.holes:
        crop, top, left = crop_of(geometry, height, width)
        if crop.size:
            rows, columns = crop.shape
            form["shape_type"] = "mask"
            form["points"] = [[float(left), float(top)], [left + columns - 1.0, top + rows - 1.0]]
            form["mask"] = base64.b64encode(encode_png(crop.astype(np.uint8))).decode()
    return form


def _outline(geometry: Geometry) -> list[XY]:
    if isinstance(geometry, Point):
        return [(geometry.x, geometry.y)]
    return geometry.outline() if isinstance(geometry, Ellipse) else list(geometry.points)


def _geometries(entry: _Shape, height: int, width: int) -> list[Geometry]:
    exact = None
    if entry.retina_studio and entry.retina_studio.geometry:
        exact = geometry_from_dict(entry.retina_studio.geometry)
    if entry.shape_type == "mask":
        crop = _mask_of(entry, height, width)
        if exact is not None and same_pixels(exact, crop, height, width):
            return [exact]
        return list(polygons_of(crop))
    if exact is not None and _unchanged(exact, entry.points):
        return [exact]
    return [_geometry(entry)]


def _unchanged(exact: Geometry, points: list[XY]) -> bool:
    outline = _outline(exact)
    return len(outline) == len(points) and np.allclose(outline, points, rtol=0, atol=1e-6)


def _geometry(entry: _Shape) -> Geometry:
    points = entry.points
    match entry.shape_type, len(points):
        case "point", 1:
            return Point(*points[0])
        case "rectangle", 2:
            (x0, y0), (x1, y1) = points
            return Polygon(((x0, y0), (x1, y0), (x1, y1), (x0, y1)))
        case "circle", 2:
            radius = math.dist(*points)
            return Ellipse(*points[0], radius, radius)
        case (("polygon" | "rectangle" | "oriented_rectangle"), _):
            return Polygon(tuple(points))
    raise RetinaError(f"a {entry.shape_type} with {len(points)} points cannot be taken.")


def _mask_of(entry: _Shape, height: int, width: int) -> tuple[Mask, int, int]:
    if len(entry.points) != 2 or entry.mask is None:
        raise RetinaError("a mask needs its two corners and its picture.")
    (x0, y0), (x1, y1) = entry.points
    left, top, right, bottom = (round(v) for v in (x0, y0, x1, y1))
    if not (0 <= left <= right < width and 0 <= top <= bottom < height):
        raise RetinaError("its mask lies outside the image.")
    try:
        content = base64.b64decode(entry.mask, validate=True)
        return decode_mask(content, bottom - top + 1, right - left + 1), top, left
    except (binascii.Error, RetinaError) as error:
        raise RetinaError(f"its mask cannot be taken: {error}.") from error


def _flags(grading: Grading, modality: Modality) -> dict[str, bool]:
    """Every answer that can be given, ticked or not, so that labelme shows them all."""
    flags = {
        _flag(scale, index): _same(grading.grades.get(scale.code), value)
        for scale in scales_of(modality)
        for index, value in enumerate(scale.values)
    }
    return flags | {f"{entry.code}=none": entry.code in grading.absent for entry in labels_of(modality)}


def _flag(scale: Scale, index: int) -> str:
    value = scale.values[index]
    return f"{scale.code}={str(value).lower() if isinstance(value, bool) else value}"


def _same(given: object, value: object) -> bool:
    return type(given) is type(value) and given == value


def _with_flags(grading: Grading, flags: Mapping[str, Any], modality: Modality) -> Grading:
    for scale in scales_of(modality):
        ticked = [v for i, v in enumerate(scale.values) if flags.get(_flag(scale, i)) is True]
        if len(ticked) > 1:
            raise RetinaError(f"two grades of {scale.title} are ticked: leave one.")
        for value in ticked:
            grading = grading.with_grade(scale.code, value)
    for entry in labels_of(modality):
        if flags.get(f"{entry.code}=none") is True:
            grading = grading.with_absent(entry.code, absent=True)
    return grading
