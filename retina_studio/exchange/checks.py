"""What every imported grading must satisfy, whatever file it comes from."""

from collections.abc import Iterable

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import Modality, label, scales
from retina_studio.domain.shapes import Geometry, Shape, new_shape


def imported(code: str, geometries: Iterable[Geometry]) -> dict[str, Shape]:
    """Shapes of origin "imported" by id. The ids are fresh: one file may be imported for several graders.

    Raises:
        RetinaError: there is no such label, or it cannot be of that kind.
    """
    known = label(code).code
    return {shape.id: shape for shape in (new_shape(known, g, "imported") for g in geometries)}


def checked(grading: Grading, modality: Modality) -> Grading:
    """The same grading.

    Raises:
        RetinaError: a label or grade belongs to the other modality, or a label is drawn and also answered "none".
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
    return grading
