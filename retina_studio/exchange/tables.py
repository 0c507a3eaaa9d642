"""A table of grades and measurements: a row for each image and grader, and for the consensus.

Out: image, grader, patient (the pseudonym), eye, modality, width, height; the image grades; for each label LABEL_answer
(drawn, none, or nothing where nothing was said), and where it was answered LABEL_count (shapes), LABEL_area_px (pixels
inside, each counted once), LABEL_area_mm2 (where the camera's pixel spacing is known), LABEL_not_compliant (shapes
that the consensus grade does not allow), and the number of shapes in each quadrant about the fovea (see
domain/retina_map.py); of a point its x and y; vcdr (models.md 3.5) and disc_fovea_dd (disc diameters). A blank says
not known. Comments are free text that may name somebody, and stay in the study.

In: the column image, and the columns named like a grading scale; a blank grades nothing, and other columns are
passed over. One row an image: rows of several graders are refused, since they are imported for one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.domain.grading import Answer, Grading
from retina_studio.domain.labels import Label, catalogue, scales
from retina_studio.domain.measures import disc_fovea_distance, vcdr_of
from retina_studio.domain.retina_map import QUADRANTS, RetinaMap, landmarks_of
from retina_studio.domain.shapes import Point, Shape
from retina_studio.exchange.answers import value_of, written
from retina_studio.exchange.checks import checked
from retina_studio.exchange.files import csv_rows, csv_table, read_whole, reading, stem_of
from retina_studio.exchange.layers import Found, Layer
from retina_studio.exchange.raster import crop_of
from retina_studio.study.records import ImageRecord

_ABOUT = ("image", "grader", "patient", "eye", "modality", "width", "height")
_AREA = ("count", "area_px", "area_mm2", "not_compliant", *QUADRANTS)
_PLACE = ("x", "y")
_LAST = ("vcdr", "disc_fovea_dd")


def write_labels(out: Path, layers: Iterator[Layer]) -> int:
    """Write the table; returns the number of images.

    Raises:
        RetinaError: the file cannot be written.
    """
    rows: list[Sequence[object]] = []
    images = set()
    for layer in layers:
        images.add(layer.image.id)
        rows.append(_row(layer))
    write_whole(out, csv_table([_columns(), *rows]))
    return len(images)


def _columns() -> list[str]:
    of_labels = [
        f"{code}_{part}" for code, entry in catalogue().items() for part in ("answer", *_parts(entry))
    ]
    return [*_ABOUT, *scales(), *of_labels, *_LAST]


def _parts(entry: Label) -> tuple[str, ...]:
    return _PLACE if entry.is_point else _AREA


def _row(layer: Layer) -> list[object]:
    image, grading = layer.image, layer.grading
    retina = RetinaMap(landmarks_of(grading, image.eye), image.spacing)
    cells: list[object] = [image.name, layer.grader, image.patient, image.eye, image.modality]
    cells += [image.width, image.height]
    cells += [written(grading.grades[code]) if code in grading.grades else "" for code in scales()]
    for code, entry in catalogue().items():
        answer = grading.answer(code) if entry.modality == image.modality else Answer.SILENT
        cells.append("" if answer is Answer.SILENT else answer.value)
        if answer is Answer.SILENT or (answer is Answer.NONE and entry.is_point):
            cells += [""] * len(_parts(entry))
        elif entry.is_point:
            cells += grading.labelled(code)[0].geometry.centre
        else:
            cells += _areas(layer, code, retina)
    ratio, distance = vcdr_of(grading), disc_fovea_distance(retina.landmarks)
    return [*cells, "" if ratio is None else ratio, "" if distance is None else distance]


def _areas(layer: Layer, code: str, retina: RetinaMap) -> list[object]:
    shapes = layer.grading.labelled(code)
    pixels, spacing = _pixels(layer, code, shapes), layer.image.spacing
    quadrants = retina.quadrant_counts([shape.geometry.centre for shape in shapes])
    return [
        len(shapes),
        pixels,
        pixels * spacing[0] * spacing[1] if spacing else "",
        sum(shape.id in layer.violating for shape in shapes),
        *(quadrants.values() if quadrants else [""] * len(QUADRANTS)),
    ]


def _pixels(layer: Layer, code: str, shapes: list[Shape]) -> int:
    image = layer.image
    if layer.planes is not None and code in layer.planes:
        return int(np.count_nonzero(layer.planes[code]))
    outlines = [shape.geometry for shape in shapes if not isinstance(shape.geometry, Point)]
    if len(outlines) == 1:
        return int(crop_of(outlines[0], image.height, image.width)[0].sum())
    return int(layer.grading.mask(code, image.height, image.width).sum()) if outlines else 0


@dataclass(frozen=True)
class _Row:
    place: str
    cells: dict[str, str]

    def read(self, image: ImageRecord) -> Grading:
        grading = Grading()
        with reading(self.place):
            for code, text in self.cells.items():
                if text.strip():
                    grading = grading.with_grade(code, value_of(scales()[code], text))
            return checked(grading, image.modality)


def read_labels(source: Path, _graders: int = 1) -> Iterator[Found]:
    """The grades in a table.

    Raises:
        RetinaError: it cannot be read, has no column `image` or no column named like a scale, or a row is of another
            length.
    """
    with reading(source.name):
        rows = csv_rows(read_whole(source))
        columns = [column.strip() for column in rows[0]] if rows else []
        graded = [column for column in columns if column in scales()]
        if "image" not in columns or not graded:
            raise RetinaError(f"its first line must name image and one of {', '.join(scales())}.")
        if len(set(columns)) != len(columns):
            raise RetinaError("a column is there twice.")
    for line, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        place = f"{source.name}, line {line}"
        if len(row) != len(columns):
            raise RetinaError(f"{place} has {len(row)} cells, and the first line {len(columns)}.")
        cells = dict(zip(columns, row, strict=True))
        found = _Row(place, {code: cells[code] for code in graded})
        names = dict.fromkeys((cells["image"], stem_of(cells["image"])))
        yield Found(place, tuple(names), found.read)
