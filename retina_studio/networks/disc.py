"""From the network's map to the disc of the photograph: what evaluation and inference share."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from retina_studio.networks.locseg import LocSeg
from retina_studio.networks.preprocessing import Frame, Preprocessing, as_input, preprocess

THRESHOLD = 0.5  # of the probability, `>=`, as everywhere (models.md 0)

FloatMap = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class DiscFinding:
    """What the network says of one photograph.

    Attributes:
        probability: (H, W) at the resolution of the photograph.
        mask: (H, W) the disc: thresholded, main component, holes filled; empty when nothing reaches the threshold.
        centre: (x, y) of the localiser, image pixels.
        bottleneck: (1, K, h, w) the encoder's last features, which the CAM needs.
        frame: how the photograph lies in the network's input.
    """

    probability: FloatMap
    mask: Mask
    centre: tuple[float, float]
    bottleneck: Tensor
    frame: Frame


@torch.no_grad()
def find_disc(network: LocSeg, pixels: npt.NDArray[np.uint8], spec: Preprocessing) -> DiscFinding:
    """Run the network on one photograph, RGB (H, W, 3) or grey (H, W).

    Raises:
        PreprocessingError: not such an array.
    """
    grey, frame = preprocess(pixels, spec)
    image = torch.from_numpy(as_input(grey)).to(next(network.parameters()).device)
    features = network.encoder(image)
    centre, logits = network.localiser(features[-1]), network.decoder(features)
    probability = frame.map_to_image(logits.float().sigmoid()[0, 0].cpu().numpy())
    position = frame.points_to_image(centre[0].float().cpu().numpy() * network.unit)
    x, y = float(position[0]), float(position[1])
    return DiscFinding(probability, main_component(probability >= THRESHOLD), (x, y), features[-1], frame)


def main_component(mask: Mask) -> Mask:
    """The largest 8-connected component of a mask (H, W) with its holes filled; empty stays empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    kept = np.zeros_like(mask, dtype=np.bool_)
    if rows.size == 0:
        return kept
    window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask[window].astype(np.uint8), connectivity=8)
    largest = labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    contours, _ = cv2.findContours(largest.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(largest.shape, dtype=np.uint8)
    kept[window] = cv2.drawContours(filled, contours, -1, 1, cv2.FILLED) > 0
    return kept
