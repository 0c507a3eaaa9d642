"""The `masks` format: a folder with LABEL/IMAGE_NAME.png, the image's size, 0 outside and 255 inside.

An empty mask is the explicit answer "none"; no mask is no answer. Points are in `points.csv` of the folder, with the
columns image, label, x, y (image pixels). Reading takes any value but zero as inside, finds label folders whatever
their case, and takes the centre of gravity of a mask of a point label (fovea) as the point. Each component of a mask
becomes one polygon with its holes, so that the shapes give back exactly the pixels; a mask of the disc in
several parts therefore becomes several shapes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.domain.geometry import Mask, paint
from retina_studio.domain.grading import Answer, Grading
from retina_studio.domain.labels import Modality, catalogue, label
from retina_studio.domain.shapes import Point, Shape, new_shape
from retina_studio.exchange.checks import checked, imported
from retina_studio.exchange.files import csv_rows, csv_table, file_name, read_whole, reading
from retina_studio.exchange.layers import Found, Layer, Planes
from retina_studio.exchange.png import decode_mask, encode_png
from retina_studio.exchange.raster import geometries_of
from retina_studio.study.records import ImageRecord

POINTS_FILE = "points.csv"
_COLUMNS = ["image", "label", "x", "y"]


@dataclass(frozen=True)
class MaskFolder:
    """What a folder holds; `list_masks` makes it.

    Attributes:
        planes: image name -> label -> PNG file.
        points: image name -> label -> the point given in `points.csv`.
        ignored: sub-folders that are not named like a label.
    """

    planes: Mapping[str, Mapping[str, Path]]
    points: Mapping[str, Mapping[str, Point]]
    ignored: tuple[str, ...]

    @property
    def images(self) -> list[str]:
        """The names of the images it says something of, sorted."""
        return sorted(self.planes.keys() | self.points.keys())

    def read(self, name: str, height: int, width: int, modality: Modality) -> Grading:
        """What the folder says of one image, as shapes of origin "imported" and labels answered "none".

        Raises:
            RetinaError: a mask is unreadable or of another size, a point lies outside the image, a label belongs to the
                other modality, or is both drawn and "none". The sentence names the file.
        """
        shapes: dict[str, Shape] = {}
        absent = set()
        for code, path in self.planes.get(name, {}).items():
            with reading(str(path)):
                mask = _read_mask(path, height, width)
                if not mask.any():
                    absent.add(code)
                shapes |= imported(code, geometries_of(code, mask))
        for code, point in self.points.get(name, {}).items():
            with reading(f"{POINTS_FILE}, {name}"):
                if not (0 <= point.x <= width and 0 <= point.y <= height):
                    raise RetinaError(f"the point of {code} lies outside the {width} x {height} pixels.")
                shapes |= imported(code, [point])
        with reading(f"{name} in the masks folder"):
            return checked(Grading(shapes, absent=frozenset(absent)), modality)

    def read_image(self, name: str, image: ImageRecord) -> Grading:
        """What the folder says of an image of the study. Raises as `read`."""
        return self.read(name, image.height, image.width, image.modality)


def read_labels(source: Path, _graders: int = 1) -> Iterator[Found]:
    """What a masks folder says of each image. Raises as `list_masks`."""
    folder = list_masks(source)
    for name in folder.images:
        yield Found(f"{source.name}, {name}", (name,), partial(folder.read_image, name))


def write_labels(out: Path, layers: Iterator[Layer]) -> int:
    """Write the planes of each image, exact ones where the layer has them, and `points.csv`.

    Raises:
        RetinaError: a file cannot be written.
    """
    points: list[tuple[str, Grading]] = []
    for layer in layers:
        image, grading = layer.image, layer.grading
        write_planes(out, image.name, layer_planes(layer))
        only = {key: s for key, s in grading.shapes.items() if isinstance(s.geometry, Point)}
        points.append((image.name, Grading(only)))
    write_points(out, points)
    return len(points)


def layer_planes(layer: Layer) -> Planes:
    """The planes of a layer: its own where it has exact ones, else those of its grading."""
    if layer.planes is not None:
        return layer.planes
    return planes_of(layer.grading, layer.image.height, layer.image.width)


def list_masks(folder: Path) -> MaskFolder:
    """Look through a masks folder; no mask is opened yet.

    Raises:
        RetinaError: it cannot be read, has no folder named like a label and no points, one image has two masks of one
            label (folders that differ in case), or `points.csv` is written wrongly.
    """
    codes = {code.lower(): code for code in catalogue()}
    planes: dict[str, dict[str, Path]] = {}
    ignored, found = [], False
    try:
        for sub in sorted(path for path in folder.iterdir() if path.is_dir()):
            code = codes.get(sub.name.lower())
            if code is None:
                ignored.append(sub.name)
                continue
            found = True
            for path in sorted(p for p in sub.iterdir() if p.suffix.lower() == ".png"):
                other = planes.setdefault(path.stem, {}).setdefault(code, path)
                if other != path:
                    raise RetinaError(f"{other} and {path} are both the mask of {code}: keep one.")
    except OSError as error:
        raise RetinaError(f"{folder} cannot be read: {error.strerror or error}.") from error
    points_file = folder / POINTS_FILE
    if not found and not points_file.is_file():
        raise RetinaError(f"{folder} has no folder named like a label ({', '.join(catalogue())}).")
    points = _read_points(points_file) if points_file.is_file() else {}
    return MaskFolder(planes, points, tuple(ignored))


def read_masks(folder: Path, name: str, height: int, width: int, modality: Modality) -> Grading:
    """What a masks folder says of one image; for many images keep the `list_masks` of it."""
    return list_masks(folder).read(name, height, width, modality)


def write_masks(folder: Path, name: str, grading: Grading, height: int, width: int) -> None:
    """Write the `planes_of` a grading; `write_points` writes its points.

    Raises:
        RetinaError: a file cannot be written, or the name would lead into another folder.
    """
    write_planes(folder, name, planes_of(grading, height, width))


def planes_of(grading: Grading, height: int, width: int) -> dict[str, npt.NDArray[np.uint8]]:
    """A plane (H, W) of 0 and 255 for each label that a grading answers: drawn, or "none" as an empty one.

    A label that has only a point gets no plane.
    """
    planes = {}
    for code in catalogue():
        mask = _plane(grading, code, height, width)
        if mask is not None:
            planes[code] = mask.astype(np.uint8) * np.uint8(255)
    return planes


def _plane(grading: Grading, code: str, height: int, width: int) -> Mask | None:
    if grading.answer(code) is Answer.NONE:
        return np.zeros((height, width), dtype=np.bool_)
    areas = [s.geometry for s in grading.labelled(code) if not isinstance(s.geometry, Point)]
    mask = grading.mask(code, height, width)
    if areas and not mask.any():
        # Too small to hold a pixel's centre: an empty plane would say "none", so the pixel around it is set.
        for geometry in areas:
            paint(mask, Point(*geometry.centre))
    return mask if mask.any() else None


def write_planes(folder: Path, name: str, planes: Mapping[str, npt.NDArray[np.uint8]]) -> None:
    """Write the planes (H, W) of an image as they are, label by label.

    Raises:
        RetinaError: a file cannot be written, or the name would lead into another folder.
    """
    for code, plane in planes.items():
        write_whole(folder / label(code).code / file_name(name, ".png"), encode_png(plane))


def write_points(folder: Path, gradings: Iterable[tuple[str, Grading]]) -> None:
    """Write `points.csv` with every point of (image name, grading) pairs; no new file when there is none."""
    rows = [
        [name, shape.label, float(shape.geometry.x), float(shape.geometry.y)]
        for name, grading in gradings
        for shape in grading.shapes.values()
        if isinstance(shape.geometry, Point)
    ]
    if rows or (folder / POINTS_FILE).exists():
        write_whole(folder / POINTS_FILE, csv_table([_COLUMNS, *rows]))


def _read_mask(path: Path, height: int, width: int) -> Mask:
    content = read_whole(path)
    try:
        return decode_mask(content, height, width)
    except RetinaError as error:
        raise RetinaError(f"{error}.") from error


def _read_points(path: Path) -> dict[str, dict[str, Point]]:
    points: dict[str, dict[str, Point]] = {}
    with reading(path.name):
        rows = csv_rows(read_whole(path))
        if not rows or rows[0] != _COLUMNS:
            raise ValueError(f"its first line is not {','.join(_COLUMNS)}")
        for line, row in enumerate(rows[1:], start=2):
            with reading(f"line {line}"):
                name, code, x, y = row
                shape = new_shape(label(code).code, Point(float(x), float(y)))
                if shape.label in points.setdefault(name, {}):
                    raise ValueError(f"{name} has two points of {shape.label}")
                points[name][shape.label] = Point(float(x), float(y))
    return points
