"""What a network says of one image: what evaluation and inference share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt
from torch import Tensor

from retina_studio.networks.preprocessing import Frame

THRESHOLD = 0.5  # of a probability, `>=`, as everywhere (models.md 0)
BACKGROUND = "background"  # the map that belongs to no label, where classes exclude each other

FloatMap = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Value = bool | int | str


@dataclass(frozen=True, eq=False)
class Finding:
    """A network's answers for one image. Maps lie over the network's input; methods carry them to the image.

    Attributes:
        frame: how the image lies in the network's input.
        maps: label -> probability (h, w) 0..1, of any resolution.
        points: label -> (x, y), image pixels.
        grades: grading scale -> value -> probability.
        measures: further numbers by name, e.g. "vcdr".
        cams: grading scale or label -> class activation map (h, w) 0..1, of any resolution; of a scale with several
            classes that of the most probable one, and as "scale=value" that of each.
        exclusive: one class a pixel: the most probable map wins, `BACKGROUND` among them.
        single: labels of which an image has one: the main component is kept and its holes are filled.
        inside: label -> the label that contains it; what lies outside is cut off.
        whole: of a second, closer look the frame of the first; None where there was one look.
        thresholds: label -> the probability from which on a pixel belongs to it; one half where not named. Of an
            exclusive label with a threshold the background's probability does not count, the other labels' do.
    """

    frame: Frame
    maps: Mapping[str, FloatMap] = field(default_factory=dict)
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    grades: Mapping[str, Mapping[Value, float]] = field(default_factory=dict)
    measures: Mapping[str, float] = field(default_factory=dict)
    cams: Mapping[str, FloatMap] = field(default_factory=dict)
    exclusive: bool = False
    single: frozenset[str] = frozenset()
    inside: Mapping[str, str] = field(default_factory=dict)
    whole: Frame | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)

    @property
    def whole_frame(self) -> Frame:
        """How the whole image lies in the network's input: the frame in which distances are told."""
        return self.whole or self.frame

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that have a map."""
        return tuple(label for label in self.maps if label != BACKGROUND)

    def probability(self, label: str) -> FloatMap:
        """The probability (H, W) of a label at the resolution of the image; 0 outside the field of view."""
        return self.frame.map_to_image(self.maps[label])

    def mask(self, label: str) -> Mask:
        """The mask (H, W) of a label at the resolution of the image; empty when nothing is found."""
        found = self._chosen(label)
        if label in self.inside:
            found &= self.mask(self.inside[label])
        return main_component(found) if label in self.single else found

    def grade(self, scale: str) -> Value:
        """The most probable value of a grading scale."""
        probabilities = self.grades[scale]
        return max(probabilities, key=probabilities.__getitem__)

    def _chosen(self, label: str) -> Mask:
        probability = self.probability(label)
        if not self.exclusive:
            return probability >= self.thresholds.get(label, THRESHOLD)
        own = label in self.thresholds
        found = probability >= self.thresholds[label] if own else probability > 0
        for other in self.maps:
            if other != label and not (own and other == BACKGROUND):
                found &= probability > self.probability(other)
        return found


def class_cams(
    scale: str, classes: Sequence[Value], probabilities: Tensor, cams: Tensor
) -> dict[str, FloatMap]:
    """The maps (K, h, w) of a scale's K classes by name, that of the most probable one (K,) first."""
    best = cams[int(probabilities.argmax())].numpy()
    return {scale: best, **{f"{scale}={name}": cam.numpy() for name, cam in zip(classes, cams, strict=True)}}


def main_component(mask: Mask, connectivity: int = 8) -> Mask:
    """The largest connected component of a mask (H, W) with its holes filled; empty stays empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    kept = np.zeros_like(mask, dtype=np.bool_)
    if rows.size == 0:
        return kept
    window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask[window].astype(np.uint8), connectivity=connectivity
    )
    largest = labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    contours, _ = cv2.findContours(largest.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(largest.shape, dtype=np.uint8)
    kept[window] = cv2.drawContours(filled, contours, -1, 1, cv2.FILLED) > 0
    return kept
