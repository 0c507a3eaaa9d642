"""Held-out figures of a disc network, at the photographs' own resolution, by the code that inference runs."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.disc import DiscFinding, find_disc
from retina_studio.networks.locseg import LocSeg
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.store.entries import Entry
from retina_studio.store.read import Snapshot
from training.data import LABEL, answered, disc_centre
from training.metrics import deviation, dice, mean, median


@dataclass(frozen=True)
class ImageFigures:
    """One image's figures; None where the image does not say, or the localiser was not trained.

    Attributes:
        dice: of the mask, at the photograph's resolution.
        centre_se_px2: squared error of the centre, mean over both coordinates, in input pixels.
        centre_error_px: distance of the centre from the true one, in input pixels.
        centre_error_dd: the same in disc diameters of this image (diameter of a circle with the mask's area).
    """

    name: str
    dice: float | None
    centre_se_px2: float | None
    centre_error_px: float | None
    centre_error_dd: float | None


def evaluate(
    network: LocSeg, spec: Preprocessing, snapshot: Snapshot, split: str, *, localiser: bool = True
) -> dict[str, Any]:
    """Figures of every fundus image of a split that has an OD mask or point, and what sums them up.

    Raises:
        RetinaError: the split has no such image, or the snapshot is damaged.
    """
    entries = answered(snapshot, split)
    if not entries:
        raise RetinaError(
            f"No image of the split {split!r} of {snapshot.path} says anything of the disc (OD)."
        )
    figures = [_one(network, spec, snapshot, entry, localiser) for entry in entries]
    return {
        "split": split,
        "images": len(figures),
        "images_with_mask": sum(f.dice is not None for f in figures),
        **_summary(figures),
        "per_image": [asdict(figure) for figure in figures],
    }


def _one(
    network: LocSeg, spec: Preprocessing, snapshot: Snapshot, entry: Entry, localiser: bool
) -> ImageFigures:
    finding = find_disc(network, snapshot.pixels(entry.index), spec)
    truth = snapshot.mask(entry.index, LABEL) == 255 if LABEL in entry.labels else None
    score = None if truth is None else dice(finding.mask, truth)
    centre = disc_centre(snapshot, entry) if localiser else None
    if centre is None:
        return ImageFigures(entry.name, score, None, None, None)
    offset = _input_offset(finding, centre)
    diameter = 2 * math.sqrt(int(truth.sum()) / math.pi) if truth is not None and truth.any() else None
    distance = math.dist(finding.centre, centre)
    return ImageFigures(
        name=entry.name,
        dice=score,
        centre_se_px2=float(np.square(offset).mean()),
        centre_error_px=float(np.hypot(*offset)),
        centre_error_dd=distance / diameter if diameter else None,
    )


def _input_offset(finding: DiscFinding, centre: tuple[float, float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    found, true = finding.frame.points_to_network([finding.centre, centre])
    return np.asarray(found - true)


def _summary(figures: list[ImageFigures]) -> Mapping[str, float | None]:
    scores = [f.dice for f in figures]
    pixels = [f.centre_error_px for f in figures]
    diameters = [f.centre_error_dd for f in figures]
    return {
        "dice_mean": mean(scores),
        "dice_sd": deviation(scores),
        "dice_median": median(scores),
        "centre_mse_px2": mean([f.centre_se_px2 for f in figures]),
        "centre_error_px": mean(pixels),
        "centre_error_px_median": median(pixels),
        "centre_error_dd": mean(diameters),
        "centre_error_dd_median": median(diameters),
    }
