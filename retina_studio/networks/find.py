"""Run a model on one image: the one way, for evaluation and inference."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from retina_studio.networks.field import Box
from retina_studio.networks.finding import Finding
from retina_studio.networks.focus import LABEL, focus_box
from retina_studio.networks.postprocess import PLAIN, Postprocess
from retina_studio.networks.preprocessing import Preprocessing, as_input, preprocess
from retina_studio.networks.table import ModelSpec


@torch.inference_mode()
def find(
    row: ModelSpec,
    network: nn.Module,
    pixels: npt.NDArray[np.uint8],
    spec: Preprocessing,
    postprocess: Postprocess = PLAIN,
) -> Finding:
    """What a network says of one image, RGB (H, W, 3) or grey (H, W), uint8; of a disc after a second, closer look.

    Args:
        row: of the model table.
        network: of that row, in evaluation mode.
        pixels: the image.
        spec: the preprocessing that the network was trained with.
        postprocess: the thresholds and temperatures that were chosen for its weights.

    Raises:
        PreprocessingError: not such an array.
    """
    whole = postprocess.applied(_look(row, network, pixels, spec))
    if not spec.focus or row.focused is None:
        return whole
    box = focus_box(whole, spec.focus)
    # Where the disc fills the picture already, the first look is as good as a second.
    near = whole if box is None else postprocess.applied(_look(row, network, pixels, spec, box))
    if LABEL not in near.maps or not near.mask(LABEL).any():
        return whole
    return replace(row.focused(whole, near), whole=whole.frame)


def _look(
    row: ModelSpec,
    network: nn.Module,
    pixels: npt.NDArray[np.uint8],
    spec: Preprocessing,
    box: Box | None = None,
) -> Finding:
    prepared, frame = preprocess(pixels, spec, box)
    image = as_input(prepared, spec).to(next(network.parameters()).device)
    answers = {name: answer.float().cpu() for name, answer in network(image).items()}
    return row.read(answers, frame, network)
