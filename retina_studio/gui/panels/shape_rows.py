"""What the shape list says of one shape: its size, and where it lies on the retina. Qt-free; worked out row by row."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from retina_studio.domain.labels import catalogue
from retina_studio.domain.measures import Areas, areas_of
from retina_studio.domain.retina_map import QUADRANTS, RetinaMap
from retina_studio.domain.shapes import Ellipse, Point, Polygon, Shape
from retina_studio.gui.words import marked, tr, tr_data

_KINDS = {Ellipse: marked("ellipse"), Polygon: marked("polygon"), Point: marked("point")}
_SHORT = {  # quadrants and fields of the ETDRS grid, in a narrow column; the tip says them in full
    "superotemporal": marked("ST"),
    "superonasal": marked("SN"),
    "inferotemporal": marked("IT"),
    "inferonasal": marked("IN"),
    "centre": marked("centre"),
    "inner superior": marked("in. sup."),
    "inner nasal": marked("in. nas."),
    "inner inferior": marked("in. inf."),
    "inner temporal": marked("in. tem."),
    "outer superior": marked("out. sup."),
    "outer nasal": marked("out. nas."),
    "outer inferior": marked("out. inf."),
    "outer temporal": marked("out. tem."),
    "outside": marked("outside"),
}
_FIELDS = tuple(_SHORT)[4:]
_FULL = (
    marked("superotemporal"),
    marked("superonasal"),
    marked("inferotemporal"),
    marked("inferonasal"),
    marked("inner superior"),
    marked("inner nasal"),
    marked("inner inferior"),
    marked("inner temporal"),
    marked("outer superior"),
    marked("outer nasal"),
    marked("outer inferior"),
    marked("outer temporal"),
    marked("outside"),
)


@dataclass(frozen=True)
class Column:
    """One column: its heading, what its tip says, the words of a cell, and what a cell is sorted by."""

    title: str
    tip: str
    words: Callable[[Shape, RetinaMap], str]
    order: Callable[[Shape, RetinaMap], float]


def kind_of(shape: Shape) -> str:
    """ "ellipse", "polygon" or "point"."""
    return tr_data(_KINDS[type(shape.geometry)])


def size_of(shape: Shape) -> str:
    """Axes of an ellipse, width and height of a polygon; nothing of a point."""
    form = shape.geometry
    if isinstance(form, Ellipse):
        return f"{2 * form.a:.0f} × {2 * form.b:.0f}"
    if isinstance(form, Polygon):
        left, top, right, bottom = form.box
        return f"{right - left:.0f} × {bottom - top:.0f}"
    return ""


def area_in_words(areas: Areas) -> str:
    """The area in the best unit known."""
    if not areas.pixels:
        return ""
    if areas.disc_areas is not None:
        return f"{areas.disc_areas:.3g} DA"
    if areas.mm2 is not None:
        return f"{areas.mm2:.3g} mm²"
    return f"{areas.pixels:.0f} px²"


def told(shape: Shape, where: RetinaMap) -> str:
    """All of it, for a tip."""
    x, y = shape.geometry.centre
    title = tr_data(catalogue()[shape.label].title)
    lines = [f"{title}, {kind_of(shape)}, {shape.origin}"]
    areas = areas_of(shape.geometry, where)
    if areas.pixels:
        units = [f"{areas.pixels:.0f} px²"]
        units += [] if areas.disc_areas is None else [tr("{area} disc areas", area=f"{areas.disc_areas:.3g}")]
        units += [] if areas.mm2 is None else [f"{areas.mm2:.3g} mm²"]
        lines.append(tr("Area: {units}", units=", ".join(units)))
    quadrant, field, distance = where.quadrant(x, y), where.etdrs_field(x, y), where.to_fovea(x, y)
    if quadrant:
        lines.append(tr("Quadrant about the fovea: {name}", name=tr_data(quadrant)))
    if field:
        lines.append(tr("ETDRS field: {name}", name=tr_data(field)))
    if distance is not None:
        lines.append(tr("{distance} disc diameters from the fovea", distance=f"{distance:.2f}"))
    return "\n".join(lines)


def _quadrant(shape: Shape, where: RetinaMap) -> str:
    found = where.quadrant(*shape.geometry.centre)
    return tr_data(_SHORT[found]) if found else ""


def _field(shape: Shape, where: RetinaMap) -> str:
    found = where.etdrs_field(*shape.geometry.centre)
    return tr_data(_SHORT[found]) if found else ""


def _distance(shape: Shape, where: RetinaMap) -> str:
    found = where.to_fovea(*shape.geometry.centre)
    return "" if found is None else f"{found:.1f}"


def _extent(shape: Shape, _: RetinaMap) -> float:
    left, top, right, bottom = shape.geometry.box
    return max(right - left, bottom - top)


def _place_in(names: Iterable[str], found: str | None) -> float:
    known = tuple(names)
    return known.index(found) if found in known else len(known)


COLUMNS: tuple[Column, ...] = (
    Column(
        marked("Label"),
        marked("Label"),
        lambda shape, _: shape.label,
        lambda shape, _: _place_in(catalogue(), shape.label),
    ),
    Column(marked("Size"), marked("Size in image pixels"), lambda shape, _: size_of(shape), _extent),
    Column(
        marked("Quad."),
        marked("Quadrant about the fovea"),
        _quadrant,
        lambda shape, where: _place_in(QUADRANTS, where.quadrant(*shape.geometry.centre)),
    ),
    Column(
        marked("Field"),
        marked("Field of the ETDRS grid"),
        _field,
        lambda shape, where: _place_in(_FIELDS, where.etdrs_field(*shape.geometry.centre)),
    ),
    Column(
        marked("DD"),
        marked("Distance to the fovea in disc diameters"),
        _distance,
        lambda shape, where: -1.0 if (d := where.to_fovea(*shape.geometry.centre)) is None else d,
    ),
    Column(
        marked("Area"),
        marked("Area in disc areas (DA), mm² or square pixels, whichever is known"),
        lambda shape, where: area_in_words(areas_of(shape.geometry, where)),
        lambda shape, where: areas_of(shape.geometry, where).pixels,
    ),
)


def ordered(
    ids: Iterable[str], shapes: Mapping[str, Shape], where: RetinaMap, column: int, descending: bool
) -> list[str]:
    """The ids in the order of a column; equals stay in drawing order."""
    order = COLUMNS[column].order
    return sorted(ids, key=lambda key: order(shapes[key], where), reverse=descending)
