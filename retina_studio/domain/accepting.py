"""Several proposed shapes taken into a grading in one step."""

from collections.abc import Sequence

from retina_studio.domain.edits import ChangeShapes
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import label
from retina_studio.domain.shapes import Shape


def acceptance_of(grading: Grading, shapes: Sequence[Shape]) -> ChangeShapes | None:
    """The one edit that takes proposed shapes into a grading; None where nothing is left to take.

    What is there already stays: of a label that may be drawn once only, the first of these shapes is taken, and that
    only where the grading has none. Nothing that a person drew is replaced by many at once.
    """
    had = {shape.label for shape in grading.shapes.values()}
    taken: dict[str, Shape] = {}
    for shape in shapes:
        if shape.id in grading.shapes or (label(shape.label).single and shape.label in had):
            continue
        taken[shape.id] = shape
        had.add(shape.label)
    if not taken:
        return None
    labels = {shape.label for shape in taken.values()}
    what = labels.pop() if len(labels) == 1 else "shapes"
    count = "" if len(taken) == 1 else f"{len(taken)} "
    return ChangeShapes((), tuple(taken.values()), f"Accept {count}proposed {what}")
