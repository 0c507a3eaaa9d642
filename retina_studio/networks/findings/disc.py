"""What the model `disc` says of a photograph."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from torch import Tensor, nn

from retina_studio.networks.finding import Finding
from retina_studio.networks.locseg import LocSeg
from retina_studio.networks.preprocessing import Frame


def read_disc(answers: Mapping[str, Tensor], frame: Frame, network: nn.Module) -> Finding:
    """Mask and centre of the disc, and where the localiser looked, from the answers (N = 1) of a LocSeg network.

    A network that was trained without the localiser says nothing of the centre.
    """
    maps, single = {"OD": answers["masks"][0, 0].numpy()}, frozenset({"OD"})
    if not cast(LocSeg, network).localises:
        return Finding(frame, maps=maps, single=single)
    x, y = frame.points_to_image(answers["centre"][0].numpy() * max(frame.size))
    return Finding(
        frame,
        maps=maps,
        points={"OD": (float(x), float(y))},
        cams={"OD": answers["cam"][0, 0].numpy()},
        single=single,
    )


def focused_disc(whole: Finding, near: Finding) -> Finding:
    """The closer look's outline, and its middle as the centre where the localiser learnt to say one."""
    if "OD" not in whole.points:
        return near
    rows, columns = near.mask("OD").nonzero()
    centre = (float(columns.mean()) + 0.5, float(rows.mean()) + 0.5)
    return replace(near, points={"OD": centre})
