"""CVAT for images 1.1: one XML file for many images.

A polygon is a CVAT polygon vertex by vertex, an ellipse a CVAT ellipse with its rotation (0 to 360 degrees, clockwise
on the screen as ours), a point a CVAT points element. CVAT's polygons have no holes, so one with holes is a mask,
exact to the pixel; so is a polygon that reaches outside of the image, since CVAT keeps every vertex inside it.
Grades, labels answered "none" and the comment are attributes of a tag "image grades" on the image.

Reading takes polygons, ellipses, masks, points (each one becomes a shape) and boxes with a rotation; tracks of
videos are refused. The XML is read by defusedxml, which refuses every document type declaration, so that no entity is
ever expanded or fetched.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

import numpy as np
from defusedxml import ElementTree as SafeXml
from defusedxml.common import DefusedXmlException

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.domain.geometry import Mask
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import catalogue, label, scales
from retina_studio.domain.shapes import XY, Ellipse, Geometry, Point, Polygon, Shape
from retina_studio.exchange.answers import value_of, written
from retina_studio.exchange.checks import MAX_VERTICES, check_image, checked, imported
from retina_studio.exchange.files import read_whole, reading, stem_of
from retina_studio.exchange.layers import Found, Layer
from retina_studio.exchange.raster import crop_of, polygons_of
from retina_studio.study.records import ImageRecord

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TAG = "image grades"
_ABSENT, _COMMENT = "answered none", "comment"


def read_labels(source: Path, _graders: int = 1) -> Iterator[Found]:
    """What a CVAT file says of each of its images.

    Raises:
        RetinaError: it cannot be read, is no CVAT file for images, or declares a document type.
    """
    try:
        root = SafeXml.fromstring(read_whole(source), forbid_dtd=True)
    except DefusedXmlException as error:
        raise RetinaError(
            f"{source.name} declares a document type or entities, which no CVAT file does: it was not read."
        ) from error
    except (Xml.ParseError, ValueError, RecursionError) as error:
        raise RetinaError(f"{source.name} is no XML that can be read: {error}.") from error
    if root.tag != "annotations" or root.find("track") is not None:
        raise RetinaError(f"{source.name} is no file of CVAT for images 1.1.")
    for element in root.findall("image"):
        name = element.get("name", "")
        place = f"{source.name}, {name}"
        yield Found(place, (stem_of(name),), partial(_read, place, element))


def _read(place: str, element: "Element", image: ImageRecord) -> Grading:
    shapes: dict[str, Shape] = {}
    grading = Grading()
    with reading(place):
        check_image(image, int(element.get("height", "")), int(element.get("width", "")))
    for number, part in enumerate(element, start=1):
        with reading(f"{place}, element {number}"):
            code = part.get("label", "")
            if part.tag == "tag" and code == _TAG:
                grading = _with_tag(grading, part)
            elif part.tag in _READERS:
                shapes |= imported(code, _READERS[part.tag](part, image))
            else:
                raise RetinaError(f"a {part.tag} cannot be taken.")
    with reading(place):
        return checked(replace(grading, shapes=shapes), image.modality)


def _with_tag(grading: Grading, tag: "Element") -> Grading:
    for attribute in tag.findall("attribute"):
        name, text = attribute.get("name", ""), attribute.text or ""
        if name == _COMMENT:
            grading = replace(grading, comment=text)
        elif name == _ABSENT:
            codes = frozenset(label(code.strip()).code for code in text.split(",") if code.strip())
            grading = replace(grading, absent=codes)
        elif name in scales() and text:
            grading = grading.with_grade(name, value_of(scales()[name], text))
    return grading


def _number(part: "Element", key: str, default: str | None = None) -> float:
    text = part.get(key, default)
    if text is None:
        raise RetinaError(f"a {part.tag} has no {key}.")
    return float(text)


def _positions(part: "Element") -> tuple[XY, ...]:
    pairs = part.get("points", "").split(";")
    if len(pairs) > MAX_VERTICES:
        raise RetinaError(f"an outline has more than {MAX_VERTICES:,} vertices.")
    points = []
    for pair in pairs:
        x, y = pair.split(",")
        points.append((float(x), float(y)))
    return tuple(points)


def _polygon(part: "Element", _image: ImageRecord) -> list[Geometry]:
    return [Polygon(_positions(part))]


def _points(part: "Element", _image: ImageRecord) -> list[Geometry]:
    return [Point(x, y) for x, y in _positions(part)]


def _ellipse(part: "Element", _image: ImageRecord) -> list[Geometry]:
    x, y, a, b = (_number(part, key) for key in ("cx", "cy", "rx", "ry"))
    return [Ellipse(x, y, a, b, _number(part, "rotation", "0"))]


def _box(part: "Element", _image: ImageRecord) -> list[Geometry]:
    x0, y0, x1, y1 = (_number(part, key) for key in ("xtl", "ytl", "xbr", "ybr"))
    turn = math.radians(_number(part, "rotation", "0"))
    cx, cy, cos, sin = (x0 + x1) / 2, (y0 + y1) / 2, math.cos(turn), math.sin(turn)
    corners = [(x - cx, y - cy) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
    return [Polygon(tuple((cx + u * cos - v * sin, cy + u * sin + v * cos) for u, v in corners))]


def _mask(part: "Element", image: ImageRecord) -> list[Geometry]:
    left, top, width, height = (int(part.get(key, "")) for key in ("left", "top", "width", "height"))
    if (
        min(left, top) < 0
        or min(width, height) < 1
        or left + width > image.width
        or top + height > image.height
    ):
        raise RetinaError("its mask lies outside the image.")
    return list(polygons_of((_from_runs(part.get("rle", ""), height, width), top, left)))


def _from_runs(text: str, height: int, width: int) -> Mask:
    """CVAT's run lengths: of 0 and 1 in turn, 0 first, along the rows of the mask's own box."""
    runs = [int(run) for run in text.split(",")]
    if any(run < 0 for run in runs) or sum(runs) != height * width:
        raise RetinaError(f"its run lengths do not add up to {width} x {height} pixels.")
    inside = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return np.asarray(inside.reshape(height, width), dtype=np.bool_)


_READERS: Mapping[str, Callable[["Element", ImageRecord], list[Geometry]]] = {
    "polygon": _polygon,
    "points": _points,
    "ellipse": _ellipse,
    "box": _box,
    "mask": _mask,
}


def write_labels(out: Path, layers: Iterator[Layer]) -> int:
    """Write one CVAT file of all layers; returns the number of images.

    Raises:
        RetinaError: the file cannot be written.
    """
    root = Xml.Element("annotations")
    Xml.SubElement(root, "version").text = "1.1"
    _add_labels(Xml.SubElement(Xml.SubElement(root, "meta"), "task"))
    count = 0
    for count, layer in enumerate(layers, start=1):
        image = layer.image
        name = _xml_text(image.name + Path(image.file).suffix)
        about = {"id": str(count - 1), "name": name, "width": str(image.width), "height": str(image.height)}
        element = Xml.SubElement(root, "image", about)
        for shape in layer.grading.shapes.values():
            part = _shape_element(shape, image)
            if part is not None:
                compliant = "false" if shape.id in layer.violating else "true"
                Xml.SubElement(part, "attribute", {"name": "compliant"}).text = compliant
                element.append(part)
        _add_tag(element, layer.grading)
    Xml.indent(root)
    write_whole(out, Xml.tostring(root, encoding="utf-8", xml_declaration=True))
    return count


def _add_labels(task: "Element") -> None:
    """What a task needs to take the file: its labels, and the attributes that it may fill in."""
    labels = Xml.SubElement(task, "labels")
    for code, entry in catalogue().items():
        element = Xml.SubElement(labels, "label")
        Xml.SubElement(element, "name").text = code
        Xml.SubElement(element, "color").text = entry.colour
        _add_attribute(Xml.SubElement(element, "attributes"), "compliant", "checkbox", "true\nfalse")
    element = Xml.SubElement(labels, "label")
    Xml.SubElement(element, "name").text = _TAG
    attributes = Xml.SubElement(element, "attributes")
    for scale in scales().values():
        _add_attribute(attributes, scale.code, "select", "\n".join(["", *map(written, scale.values)]))
    for name in (_ABSENT, _COMMENT):
        _add_attribute(attributes, name, "text", "")


def _add_attribute(attributes: "Element", name: str, kind: str, values: str) -> None:
    element = Xml.SubElement(attributes, "attribute")
    for key, text in (("name", name), ("mutable", "False"), ("input_type", kind), ("values", values)):
        Xml.SubElement(element, key).text = text


def _add_tag(element: "Element", grading: Grading) -> None:
    said = {code: written(value) for code, value in grading.grades.items()}
    if grading.absent:
        said[_ABSENT] = ",".join(sorted(grading.absent))
    if grading.comment:
        said[_COMMENT] = _xml_text(grading.comment)
    if said:
        tag = Xml.SubElement(element, "tag", {"label": _TAG, "source": "manual"})
        for name, text in said.items():
            Xml.SubElement(tag, "attribute", {"name": name}).text = text


def _xml_text(text: str) -> str:
    """Text without the signs that XML 1.0 cannot hold: control characters and lone surrogates become U+FFFD."""
    allowed = (
        0x20 <= ord(sign) < 0xD800 or 0xE000 <= ord(sign) < 0xFFFE or ord(sign) > 0xFFFF for sign in text
    )
    return "".join(
        sign if good or sign in "\t\n" else "\ufffd" for sign, good in zip(text, allowed, strict=True)
    )


def _shape_element(shape: Shape, image: ImageRecord) -> "Element | None":
    """None for an area with holes that covers no pixel's centre: CVAT cannot say it."""
    about = {"label": shape.label, "source": "manual", "occluded": "0", "z_order": "0"}
    geometry = shape.geometry
    if isinstance(geometry, Point):
        return Xml.Element("points", {**about, "points": f"{geometry.x!r},{geometry.y!r}"})
    if isinstance(geometry, Ellipse):
        axes = {"cx": geometry.x, "cy": geometry.y, "rx": geometry.a, "ry": geometry.b}
        turned = {"rotation": repr(geometry.angle % 360.0)}
        return Xml.Element("ellipse", {**about, **{key: repr(v) for key, v in axes.items()}, **turned})
    left, top, right, bottom = geometry.box
    if not geometry.holes and left >= 0 and top >= 0 and right <= image.width and bottom <= image.height:
        points = ";".join(f"{x!r},{y!r}" for x, y in geometry.points)
        return Xml.Element("polygon", {**about, "points": points})
    return _mask_element(geometry, image, about)


def _mask_element(geometry: Polygon, image: ImageRecord, about: Mapping[str, str]) -> "Element | None":
    crop, top, left = crop_of(geometry, image.height, image.width)
    if not crop.size:
        return None
    flat = crop.ravel()
    changes = np.flatnonzero(np.diff(flat.astype(np.int8))) + 1
    runs = np.diff([0, *changes.tolist(), flat.size]).tolist()
    runs = [0, *runs] if flat[0] else runs
    place = {"left": left, "top": top, "width": crop.shape[1], "height": crop.shape[0]}
    numbers = {key: str(value) for key, value in place.items()}
    return Xml.Element("mask", {**about, "rle": ", ".join(map(str, runs)), **numbers})
