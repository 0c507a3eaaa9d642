"""What the model `lesion` says of a photograph."""

from collections.abc import Mapping

from torch import Tensor, nn

from retina_studio.networks.finding import Finding, class_cams
from retina_studio.networks.lesion import LesionMultiTask
from retina_studio.networks.lesionnet import LESIONS
from retina_studio.networks.preprocessing import Frame


def read_lesion(answers: Mapping[str, Tensor], frame: Frame, network: nn.Module) -> Finding:
    """Lesion masks, presences and the DR grade, from the answers (N = 1) of a LesionMultiTask network.

    What training never knew is left out: a lesion without a map was not looked for, and without a trained grader
    there is no DR grade.

    Raises:
        TypeError: another network.
    """
    if not isinstance(network, LesionMultiTask):
        raise TypeError(
            f"A lesion finding is read from a LesionMultiTask, not from a {type(network).__name__}."
        )
    taught = {label: place for place, label in enumerate(LESIONS) if network.lesionnet.taught[place] > 0}
    grades = answers["dr"][0]
    graded = bool(network.graded)
    return Finding(
        frame,
        maps={label: answers["lesions"][0, place].numpy() for label, place in taught.items()},
        grades={"dr": {grade: float(p) for grade, p in enumerate(grades)}} if graded else {},
        measures={
            f"presence_{label}": float(answers["presence"][0, place]) for label, place in taught.items()
        },
        cams=class_cams("dr", range(len(grades)), grades, answers["cam"][0]) if graded else {},
    )
