"""What every imported grading must satisfy, whatever file it comes from."""

from collections.abc import Iterable

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import Modality, label, scales
from retina_studio.domain.shapes import Geometry, Polygon, Shape, new_shape
from retina_studio.study.records import ImageRecord

MAX_VERTICES = 1_000_000  # of one shape; the outline of every second pixel of a large photograph
MAX_SHAPES = 100_000  # of one grading


def imported(code: str, geometries: Iterable[Geometry]) -> dict[str, Shape]:
    """Shapes of origin "imported" by id. The ids are fresh: one file may be imported for several graders.

    Raises:
        RetinaError: there is no such label, it cannot be of that kind, or a shape has too many vertices.
    """
    known = label(code).code
    shapes = {shape.id: shape for shape in (new_shape(known, g, "imported") for g in geometries)}
    for shape in shapes.values():
        geometry = shape.geometry
        if isinstance(geometry, Polygon) and sum(len(ring) for ring in geometry.rings) > MAX_VERTICES:
            raise RetinaError(
                f"An outline of {known} has more than {MAX_VERTICES:,} vertices, which no lesion has."
            )
    return shapes


def checked(grading: Grading, modality: Modality) -> Grading:
    """The same grading.

    Raises:
        RetinaError: a label or grade belongs to the other modality, a label is drawn and also answered "none", or
            there are too many shapes.
    """
    drawn = {shape.label for shape in grading.shapes.values()}
    for code in sorted(drawn | grading.absent):
        if label(code).modality != modality:
            raise RetinaError(f"{code} is not a label of {modality} images.")
    for scale in grading.grades:
        if modality not in scales()[scale].modality:
            raise RetinaError(f"{scales()[scale].title} is not a grade of {modality} images.")
    if both := sorted(drawn & grading.absent):
        raise RetinaError(f'{both[0]} is drawn and also answered "none": take one back.')
    if len(grading.shapes) > MAX_SHAPES:
        raise RetinaError(f"There are more than {MAX_SHAPES:,} shapes, which no image has.")
    return grading


def check_image(image: ImageRecord, height: int, width: int, sha256: str = "") -> None:
    """Whether labels are of this image: by its size, and where the file tells it, by the content of the image.

    Raises:
        RetinaError: they are of another one.
    """
    if (height, width) != (image.height, image.width):
        raise RetinaError(
            f"its labels are for {width} x {height} pixels and {image.name} has "
            f"{image.width} x {image.height}: they are of another image."
        )
    if sha256 and sha256 != image.sha256:
        raise RetinaError(f"its labels were drawn on another image than {image.name}, by its content.")


def check_inside(image: ImageRecord, grading: Grading) -> None:
    """Whether every shape touches the image.

    Raises:
        RetinaError: one lies wholly outside.
    """
    for shape in grading.shapes.values():
        left, top, right, bottom = shape.geometry.box
        if right < 0 or bottom < 0 or left > image.width or top > image.height:
            raise RetinaError(
                f"A {shape.label} lies wholly outside {image.name} ({image.width} x {image.height} pixels): "
                "these labels are of another image."
            )
