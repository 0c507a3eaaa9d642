"""What the model `ppa` says of a photograph."""

from collections.abc import Mapping
from typing import cast

from torch import Tensor, nn

from retina_studio.networks.finding import BACKGROUND, Finding
from retina_studio.networks.ppanet import PPANet
from retina_studio.networks.preprocessing import Frame

SCALE = "ppa"  # the grading scale that the classifier answers


def read_ppa(answers: Mapping[str, Tensor], frame: Frame, network: nn.Module) -> Finding:
    """Disc and atrophy, one class a pixel (models.md 1.4), and the classifier's word on presence where there is one.

    An eye has one disc, so its main component counts; atrophy may lie in several pieces.
    """
    classes = (BACKGROUND, *cast(PPANet, network).labels)
    maps = {label: plane.numpy() for label, plane in zip(classes, answers["masks"][0], strict=True)}
    single = frozenset({"OD"}) & frozenset(classes)
    if SCALE not in answers:
        return Finding(frame, maps=maps, exclusive=True, single=single)
    present = float(answers[SCALE][0])
    return Finding(
        frame,
        maps=maps,
        grades={SCALE: {False: 1 - present, True: present}},
        cams={SCALE: answers["cam"][0, 0].numpy()},
        exclusive=True,
        single=single,
    )
