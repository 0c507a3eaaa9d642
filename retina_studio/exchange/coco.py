"""COCO JSON: one file for many images, as pycocotools reads it.

Categories are the catalogue, numbered in its order from 1. A polygon without holes is a COCO polygon, vertex by vertex.
Ellipses and polygons with holes are uncompressed RLE, exact to the pixel, and carry their exact geometry under the key
`retina_studio`; reading uses it where it still has the same pixels. A point is an annotation with one keypoint.
`area` is in pixels for RLE and in square pixels for polygons. `iscrowd` is always 0: no shape is a crowd.
Grades, labels answered "none" and the comment are in the image's entry, under `retina_studio`, with the hash of the
image, by which labels of another image of the same name are refused.

Reading takes polygons, uncompressed and compressed RLE, and keypoints; the parts of one annotation become one
shape each. An annotation with nothing but a box is refused, since a box is no outline.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import area
from retina_studio.domain.grading import Grading, grading_from_dict
from retina_studio.domain.labels import Modality, catalogue, label
from retina_studio.domain.shapes import (
    Ellipse,
    Geometry,
    Point,
    Polygon,
    Shape,
    geometry_from_dict,
)
from retina_studio.exchange.checks import MAX_VERTICES, check_image, checked, imported
from retina_studio.exchange.files import Form, read_form, reading, stem_of, write_json
from retina_studio.exchange.layers import Found, Layer
from retina_studio.exchange.raster import crop_of, polygons_of, same_pixels
from retina_studio.exchange.rle import decode_rle, encode_rle
from retina_studio.study.records import ImageRecord


@dataclass(frozen=True)
class CocoImage:
    """One image to write: its name, the file name other programs look for, its size in pixels, and its grading.

    `sha256` is the image's; `violating` are the ids of the shapes that do not comply with the consensus grade.
    """

    name: str
    file_name: str
    height: int
    width: int
    grading: Grading
    sha256: str = ""
    violating: frozenset[str] = frozenset()


_Ring = Annotated[list[float], Field(max_length=2 * MAX_VERTICES)]


class _Rle(Form):
    size: tuple[int, int]
    counts: list[int] | str


class _Extra(Form):
    geometry: dict[str, Any] | None = None
    grades: dict[str, bool | int | str] = Field(default={})
    absent: list[str] = Field(default=[])
    comment: str = ""
    sha256: str = ""


class _Image(Form):
    id: int
    file_name: str
    height: int
    width: int
    retina_studio: _Extra | None = None


class _Category(Form):
    id: int
    name: str


class _Annotation(Form):
    id: int
    image_id: int
    category_id: int
    segmentation: list[_Ring] | _Rle = Field(default=[])
    keypoints: list[float] = Field(default=[])
    retina_studio: _Extra | None = None


class _File(Form):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category]


@dataclass(frozen=True)
class CocoFile:
    """A COCO file that was read; `load_coco` makes it. `images` maps each image name to its entry."""

    path: Path
    images: Mapping[str, _Image]
    annotations: Mapping[int, list[_Annotation]]
    categories: Mapping[int, str]

    def read(self, name: str, height: int, width: int, modality: Modality) -> Grading:
        """What the file says of one image, as shapes with origin "imported".

        Raises:
            RetinaError: it is of another size, or a label, annotation or grade cannot be taken. The sentence names the
                file and the annotation.
        """
        image = self.images[name]
        if (image.height, image.width) != (height, width):
            raise RetinaError(
                f"{self.path.name}: {name} has {image.width} x {image.height} pixels there, "
                f"the image has {width} x {height}."
            )
        extra = image.retina_studio or _Extra()
        with reading(f"{self.path.name}, {name}"):
            said = {"grades": extra.grades, "absent": extra.absent, "comment": extra.comment}
            grading = grading_from_dict(said)
        shapes: dict[str, Shape] = {}
        for annotation in self.annotations.get(image.id, ()):
            with reading(f"{self.path.name}, annotation {annotation.id}"):
                if annotation.category_id not in self.categories:
                    raise RetinaError(f"there is no category {annotation.category_id}.")
                code = self.categories[annotation.category_id]
                shapes |= imported(code, _geometries(annotation, height, width))
        with reading(f"{self.path.name}, {name}"):
            return checked(replace(grading, shapes=shapes), modality)

    def read_image(self, name: str, image: ImageRecord) -> Grading:
        """What the file says of an image of the study. Raises as `read`, also where it was another image."""
        extra = self.images[name].retina_studio
        with reading(f"{self.path.name}, {name}"):
            check_image(image, image.height, image.width, extra.sha256 if extra else "")
        return self.read(name, image.height, image.width, image.modality)


def read_labels(source: Path, _graders: int = 1) -> Iterator[Found]:
    """What a COCO file says of each of its images. Raises as `load_coco`."""
    coco = load_coco(source)
    for name in coco.images:
        yield Found(f"{source.name}, {name}", (name,), partial(coco.read_image, name))


def load_coco(path: Path) -> CocoFile:
    """Open a COCO file. No image it names is opened.

    Raises:
        RetinaError: not readable, not COCO, two images or categories share a number or a name, or an annotation
            belongs to no image.
    """
    form = read_form(path, _File)
    with reading(path.name):
        by_name = _unique((stem_of(image.file_name), image) for image in form.images)
        _unique((str(image.id), image) for image in form.images)
        categories = _unique((str(category.id), category) for category in form.categories)
    by_image: dict[int, list[_Annotation]] = defaultdict(list)
    for annotation in form.annotations:
        by_image[annotation.image_id].append(annotation)
    if strays := by_image.keys() - {image.id for image in form.images}:
        raise RetinaError(f"{path.name}: there are annotations of image {min(strays)}, but no such image.")
    return CocoFile(path, by_name, dict(by_image), {c.id: c.name for c in categories.values()})


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise RetinaError(f"{key} is there twice.")
        found[key] = value
    return found


def write_labels(out: Path, layers: Iterator[Layer]) -> int:
    """Write one COCO file of all layers; returns the number of images. Raises as `write_coco`."""
    return write_coco(out, (_coco_image(layer) for layer in layers))


def _coco_image(layer: Layer) -> CocoImage:
    image, violating = layer.image, layer.violating
    picture = image.name + Path(image.file).suffix
    return CocoImage(image.name, picture, image.height, image.width, layer.grading, image.sha256, violating)


def write_coco(path: Path, images: Iterable[CocoImage]) -> int:
    """Write one COCO file; returns the number of images.

    Raises:
        RetinaError: the file cannot be written.
    """
    numbers = {code: number for number, code in enumerate(catalogue(), start=1)}
    entries: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image_id, image in enumerate(images, start=1):
        entries.append(_image_form(image_id, image))
        for shape in image.grading.shapes.values():
            form = _annotation_form(shape.geometry, image.height, image.width)
            if shape.id in image.violating:
                form.setdefault("retina_studio", {})["compliant"] = False
            form |= {"id": len(annotations) + 1, "image_id": image_id, "category_id": numbers[shape.label]}
            annotations.append(form)
    categories = [_category_form(number, code) for code, number in numbers.items()]
    info = {"description": "Retina Studio", "version": "1"}
    write_json(path, {"info": info, "images": entries, "annotations": annotations, "categories": categories})
    return len(entries)


def _image_form(number: int, image: CocoImage) -> dict[str, Any]:
    said = image.grading.to_dict()
    del said["shapes"]
    if image.sha256:
        said["sha256"] = image.sha256
    return {
        "id": number,
        "file_name": image.file_name,
        "height": image.height,
        "width": image.width,
        "retina_studio": said,
    }


def _category_form(number: int, code: str) -> dict[str, Any]:
    form: dict[str, Any] = {"id": number, "name": code, "supercategory": label(code).modality}
    if "point" in label(code).kinds:
        form |= {"keypoints": [code], "skeleton": []}
    return form


def _annotation_form(geometry: Geometry, height: int, width: int) -> dict[str, Any]:
    x0, y0, x1, y1 = geometry.box
    form: dict[str, Any] = {"bbox": [x0, y0, x1 - x0, y1 - y0], "area": 0.0, "iscrowd": 0, "segmentation": []}
    if isinstance(geometry, Point):
        return form | {"keypoints": [geometry.x, geometry.y, 2], "num_keypoints": 1}
    if isinstance(geometry, Polygon) and not geometry.holes:
        flat = [value for point in geometry.points for value in point]
        return form | {"area": area(geometry), "segmentation": [flat]}
    crop, top, left = crop_of(geometry, height, width)
    counts = encode_rle(crop, top, left, height, width)
    return form | {
        "bbox": [float(left), float(top), float(crop.shape[1]), float(crop.shape[0])],
        "area": float(crop.sum()),
        "segmentation": {"size": [height, width], "counts": counts},
        "retina_studio": {"geometry": geometry.to_dict()},
    }


def _geometries(annotation: _Annotation, height: int, width: int) -> list[Geometry]:
    segmentation, keypoints = annotation.segmentation, annotation.keypoints
    if isinstance(segmentation, _Rle):
        return _from_rle(segmentation, annotation.retina_studio, height, width)
    if segmentation:
        return [_polygon(flat) for flat in segmentation]
    if len(keypoints) == 3:
        return [Point(keypoints[0], keypoints[1])]
    raise RetinaError("it has no outline: a box alone is not taken.")


def _polygon(flat: list[float]) -> Polygon:
    if len(flat) % 2:
        raise RetinaError("a polygon has an odd number of coordinates.")
    return Polygon(tuple(zip(flat[0::2], flat[1::2], strict=True)))


def _from_rle(rle: _Rle, extra: _Extra | None, height: int, width: int) -> list[Geometry]:
    if rle.size != (height, width):
        raise RetinaError(f"its mask is for {rle.size[1]} x {rle.size[0]} pixels.")
    crop = decode_rle(rle.counts, height, width)
    if extra is not None and extra.geometry is not None:
        exact = geometry_from_dict(extra.geometry)
        if isinstance(exact, Ellipse | Polygon) and same_pixels(exact, crop, height, width):
            return [exact]
    return list(polygons_of(crop))
