"""YOLO segmentation, as Ultralytics reads it: data.yaml, labels/NAME.txt, images/NAME.

A line is a class number and a ring of vertices, x over the width and y over the height. Only areas can be said: points,
grades, labels answered "none" and the comment are lost. An ellipse becomes a polygon within 0.02 pixels of it; an
area that reaches outside the image becomes the outline of its pixels. A hole is joined to its outer ring by a cut, in
and out along the same edge; the even-odd rule fills it exactly as before, and reading parts it again.
Reading takes the class names of data.yaml, which must be labels of the catalogue. An empty file answers nothing,
since it cannot tell "none" from "not looked at". A line of four numbers (a box) is refused: a box is no outline.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import label, labels_of
from retina_studio.domain.shapes import XY, Ellipse, Geometry, Point, Polygon, Shape
from retina_studio.exchange.checks import MAX_VERTICES, checked, imported
from retina_studio.exchange.files import file_name, read_whole, reading
from retina_studio.exchange.layers import Found, Layer
from retina_studio.exchange.outlines import ellipse_ring, joined, parted
from retina_studio.exchange.raster import crop_of, polygons_of
from retina_studio.study.records import ImageRecord

DATA_FILE = "data.yaml"
_MAX_NAMES = 10_000
_ENTRY = re.compile(r"\s+(?:-|(\d+)\s*:)\s*(.+)")


def read_labels(source: Path, _graders: int = 1) -> Iterator[Found]:
    """What each file below labels/ says.

    Raises:
        RetinaError: it is no folder with data.yaml and labels/, or the class names cannot be read.
    """
    data, folder = source / DATA_FILE, source / "labels"
    if not data.is_file() or not folder.is_dir():
        raise RetinaError(f"{source} must be a folder with {DATA_FILE} and labels/.")
    with reading(DATA_FILE):
        names = _class_names(read_whole(data).decode())
    for path in sorted(folder.rglob("*.txt")):
        yield Found(path.name, (path.stem,), partial(_read, path, names))


def _class_names(text: str) -> dict[int, str]:
    """The class names by number, of the few ways in which YAML can say them."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("names:")]
    if len(starts) != 1:
        raise RetinaError("it must have one entry `names:`.")
    rest = _plain(lines[starts[0]].removeprefix("names:"))
    if rest:
        if not re.fullmatch(r"\[.*\]", rest):
            raise RetinaError("its names cannot be read: write one a line.")
        return {number: _plain(name) for number, name in enumerate(rest[1:-1].split(","))}
    names: dict[int, str] = {}
    for line in lines[starts[0] + 1 :]:
        entry = _ENTRY.fullmatch(line)
        if entry is None:
            if line.strip():
                break
            continue
        names[int(entry[1] or len(names))] = _plain(entry[2])
        if len(names) > _MAX_NAMES:
            raise RetinaError("it has too many names.")
    return names


def _plain(text: str) -> str:
    return text.partition(" #")[0].strip().strip("'\"")


def _read(path: Path, names: Mapping[int, str], image: ImageRecord) -> Grading:
    shapes: dict[str, Shape] = {}
    with reading(path.name):
        lines = read_whole(path).decode().splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        with reading(f"{path.name}, line {number}"):
            code, ring = _ring(line, names, image)
            shapes |= imported(code, [parted(ring)])
    with reading(path.name):
        return checked(Grading(shapes), image.modality)


def _ring(line: str, names: Mapping[int, str], image: ImageRecord) -> tuple[str, list[XY]]:
    first, *numbers = line.split()
    if int(first) not in names:
        raise RetinaError(f"there is no class {int(first)} in {DATA_FILE}.")
    if len(numbers) < 6 or len(numbers) % 2:
        raise RetinaError("an outline needs three pairs of numbers at least: a box alone is not taken.")
    if len(numbers) > 2 * MAX_VERTICES:
        raise RetinaError(f"an outline has more than {MAX_VERTICES:,} vertices.")
    values = [float(number) for number in numbers]
    if not all(-1e-6 <= value <= 1 + 1e-6 for value in values):
        raise RetinaError("its coordinates must be shares of the image, from 0 to 1.")
    pairs = zip(values[0::2], values[1::2], strict=True)
    return names[int(first)], [(x * image.width, y * image.height) for x, y in pairs]


def write_labels(out: Path, layers: Iterator[Layer]) -> int:
    """Write the labels and the picture of each image, and data.yaml with the classes of its modality.

    Raises:
        RetinaError: a file cannot be written, or the images are of both modalities.
    """
    count, modality = 0, None
    for count, layer in enumerate(layers, start=1):
        image = layer.image
        if modality not in {None, image.modality}:
            raise RetinaError("YOLO has one list of classes: export photographs and B-scans apart.")
        modality = image.modality
        codes = [entry.code for entry in labels_of(modality) if not entry.is_point]
        if count == 1:
            _write_data(out, codes)
        write_whole(out / "labels" / file_name(image.name, ".txt"), _lines(layer, codes).encode())
        picture = file_name(image.name, Path(image.file).suffix)
        write_whole(out / "images" / picture, layer.picture().read_bytes())
    return count


def _write_data(out: Path, codes: list[str]) -> None:
    names = [f"  {number}: {json.dumps(label(code).code)}" for number, code in enumerate(codes)]
    text = "\n".join(["path: .", "train: images", "val: images", "names:", *names, ""])
    write_whole(out / DATA_FILE, text.encode())


def _lines(layer: Layer, codes: list[str]) -> str:
    width, height = layer.image.width, layer.image.height
    lines = []
    for shape in layer.grading.shapes.values():
        for polygon in _inside(shape.geometry, height, width):
            numbers = " ".join(f"{x / width:.10f} {y / height:.10f}" for x, y in joined(polygon))
            lines.append(f"{codes.index(shape.label)} {numbers}\n")
    return "".join(lines)


def _inside(geometry: Geometry, height: int, width: int) -> list[Polygon]:
    """An area that lies inside the image vertex by vertex; of one that reaches outside the outline of its pixels."""
    if isinstance(geometry, Point):
        return []
    polygon = Polygon(ellipse_ring(geometry)) if isinstance(geometry, Ellipse) else geometry
    if all(0 <= x <= width and 0 <= y <= height for ring in polygon.rings for x, y in ring):
        return [polygon]
    return polygons_of(crop_of(polygon, height, width))
