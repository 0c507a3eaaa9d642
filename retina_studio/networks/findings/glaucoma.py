"""What the model `glaucoma` says of a photograph (models.md 3.5)."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from retina_studio.networks.finding import THRESHOLD, Finding, FloatMap, Mask, main_component
from retina_studio.networks.mtlio import MAPS, MTLIO, TASKS
from retina_studio.networks.preprocessing import Frame

SEEN = 0.1  # of 0..1: a saliency map that peaks below it shows no fovea, e.g. outside the photograph
NEAREST = 1.4  # disc diameters between the middle of a disc and its fovea; they lie some 2.5 apart
_TINY = 1e-7


def read_glaucoma(answers: Mapping[str, Tensor], frame: Frame, network: nn.Module) -> Finding:
    """Disc, cup, fovea, vCDR and glaucoma from the answers (N = 1) of an MTL-IO network.

    Says nothing of a task that had no labels to learn from. The probability of glaucoma is the mean of the
    classifier's and of the vCDR regression's; the classifier's alone where no disc is found or nothing is fitted.
    Measures: "vcdr", "glaucoma_classifier", "glaucoma_vcdr" (the two probabilities) and "fovea_peak".
    """
    learnt = cast(MTLIO, network)
    taught = {task for task, had in zip(TASKS, learnt.taught.tolist(), strict=True) if had}
    planes = dict(zip(MAPS, (*answers["masks"][0].numpy(), answers["fovea"][0, 0].numpy()), strict=True))
    maps: dict[str, FloatMap] = {label: planes[label] for label in ("OD", "OC") if label in taught}
    points: dict[str, tuple[float, float]] = {}
    measures: dict[str, float] = {}
    probabilities: dict[str, float] = {}
    if "fovea" in taught:
        measures["fovea_peak"] = float(planes["fovea"].max())
        place = fovea_of(planes["fovea"], peaked=learnt.peaked_fovea)
        beside = learnt.peaked_fovea and "OD" in maps and _is_beside(place, maps["OD"])
        if measures["fovea_peak"] >= SEEN and not beside:
            x, y = frame.points_to_image(place)
            points["fovea"] = (float(x), float(y))
    if "glaucoma" in taught:
        probabilities["glaucoma_classifier"] = float(answers["glaucoma"][0])
    if len(maps) == 2 and (ratio := vcdr(maps["OD"], maps["OC"], soft=learnt.soft_vcdr)) is not None:
        measures["vcdr"] = ratio
        slope, intercept = float(learnt.vcdr_slope), float(learnt.vcdr_intercept)
        if math.isfinite(slope) and math.isfinite(intercept):
            probabilities["glaucoma_vcdr"] = 1 / (1 + math.exp(-(slope * ratio + intercept)))
    sick = sum(probabilities.values()) / len(probabilities) if probabilities else None
    return Finding(
        frame,
        maps=maps,
        points=points,
        grades={} if sick is None else {"glaucoma": {False: 1 - sick, True: sick}},
        measures=measures | probabilities,
        cams={"glaucoma": answers["cam"][0, 0].numpy()} if "glaucoma" in taught else {},
        single=frozenset({"OD", "OC"}),
        inside={"OC": "OD"},
    )


def focused_glaucoma(whole: Finding, near: Finding) -> Finding:
    """Disc, cup, ratio and glaucoma of the closer look; the fovea of the whole image."""
    peak = {name: whole.measures[name] for name in ("fovea_peak",) if name in whole.measures}
    return replace(near, points=whole.points, measures={**near.measures, **peak})


def _is_beside(place: tuple[float, float], disc: FloatMap) -> bool:
    """Whether a place lies nearer to the disc's middle than a fovea does, as where a crop shows the disc alone."""
    rows, columns = np.nonzero(main_component(disc >= THRESHOLD, connectivity=4))
    if not rows.size:
        return False
    diameter = float(np.ptp(rows)) + 1
    off = math.hypot(place[0] - columns.mean() - 0.5, place[1] - rows.mean() - 0.5)
    return off < NEAREST * diameter


def fovea_of(saliency: FloatMap, *, peaked: bool) -> tuple[float, float]:
    """The fovea (x, y) of a map (h, w): its centre of mass; for `peaked` that of what reaches half the peak."""
    return centre_of_mass(saliency * (saliency >= saliency.max() / 2) if peaked else saliency)


def centre_of_mass(values: FloatMap) -> tuple[float, float]:
    """The centre (x, y) of a map (h, w) in its pixels, the middle of the first at 0.5; no threshold, no filter."""
    total = float(values.sum(dtype=np.float64)) + _TINY
    height, width = values.shape
    x = float(values.sum(axis=0, dtype=np.float64) @ (np.arange(width) + 0.5))
    y = float(values.sum(axis=1, dtype=np.float64) @ (np.arange(height) + 0.5))
    return x / total, y / total


def vcdr(disc: FloatMap, cup: FloatMap, *, soft: bool = False) -> float | None:
    """The vertical cup-to-disc ratio of two probability maps (h, w); None where no disc is found.

    Refined: thresholded, the largest 4-connected component with its holes filled, the cup inside the disc. An empty
    map stays empty; the authors' code makes it all foreground.

    Args:
        disc, cup: probabilities.
        soft: heights of the probabilities themselves, as in the authors' code.
    """
    outline = main_component(disc >= THRESHOLD, connectivity=4)
    if not outline.any():
        return None
    if soft:
        return _height(cup) / _height(disc)
    return ratio_of(outline, main_component((cup >= THRESHOLD) & outline, connectivity=4))


def ratio_of(disc: Mask, cup: Mask) -> float | None:
    """The cup's height over the disc's, of two masks (h, w); None without a disc.

    A height is the largest sum of a column (models.md 3.5).
    """
    return _height(cup) / _height(disc) if disc.any() else None


def _height(values: npt.NDArray[np.generic]) -> float:
    return float(values.sum(axis=0, dtype=np.float64).max())
