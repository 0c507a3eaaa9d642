"""Which settled images a model can learn from: what training asks of a snapshot (training/data/needs.py)."""

from retina_studio.domain.labels import GradeValue, catalogue
from retina_studio.retraining.needs import ModelNeeds
from retina_studio.study.forecast import SettledImage


def useful_labels(found: SettledImage) -> frozenset[str]:
    """The labels whose mask is an answer.

    Where a grade says that there are lesions but none of the labels that it answers is drawn, the image was graded and
    not outlined: its "none" says nothing.
    """
    masks = {code for code, kind in found.labels.items() if kind in ("mask", "none")}
    drawn = {code for code, kind in found.labels.items() if kind == "mask"}
    for scale, value in found.grades.items():
        answered = {code for code, label in catalogue().items() if label.answered_by == scale}
        if _says_lesions(value) and not answered & drawn:
            masks -= answered
    return frozenset(masks)


def useful_to(needs: ModelNeeds, found: SettledImage) -> bool:
    """Whether an image answers anything that a model learns or is measured by."""
    if found.image.modality != needs.modality:
        return False
    masks = useful_labels(found)
    places = masks | found.points
    return bool(masks & {*needs.labels} or places & {*needs.points} or {*found.grades} & {*needs.grades})


def _says_lesions(value: GradeValue) -> bool:
    return value != "normal" if isinstance(value, str) else value > 0
