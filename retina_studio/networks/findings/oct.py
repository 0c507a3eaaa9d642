"""What the model `oct` says of a B-scan."""

from collections.abc import Mapping
from typing import cast

import numpy as np
from torch import Tensor, nn

from retina_studio.networks.finding import Finding, Value, class_cams
from retina_studio.networks.octmodel import LESIONS, OctModel
from retina_studio.networks.preprocessing import Frame


def read_oct(answers: Mapping[str, Tensor], frame: Frame, network: nn.Module) -> Finding:
    """Class, lesion and class activation map from the answers (N = 1) of an OctModel.

    The classifier decides first (models.md 5.4): there is a lesion only when the most probable class has one, and its
    label is that class's; every other label is answered with an empty mask. Without a segmenter there are no masks.
    """
    classes = cast(OctModel, network).classes
    probabilities: dict[Value, float] = {
        name: float(p) for name, p in zip(classes, answers["oct"][0], strict=True)
    }
    best = max(classes, key=probabilities.__getitem__)
    cams = class_cams("oct", classes, answers["oct"][0], answers["cam"][0])
    if "masks" not in answers:
        return Finding(frame, grades={"oct": probabilities}, cams=cams)
    found = answers["masks"][0, 0].numpy()
    nothing = np.zeros((1, 1), dtype=np.float32)
    maps = {label: found if name == best else nothing for name, label in LESIONS.items() if name in classes}
    return Finding(frame, maps=maps, grades={"oct": probabilities}, cams=cams)
