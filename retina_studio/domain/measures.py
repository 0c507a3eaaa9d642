"""Clinical measures of masks and shapes."""

import math
from dataclasses import dataclass

import numpy as np

from retina_studio.domain.geometry import Mask, area
from retina_studio.domain.grading import Grading
from retina_studio.domain.retina_map import Landmarks, RetinaMap
from retina_studio.domain.shapes import Geometry, Point


def vertical_extent(mask: Mask) -> int:
    """Rows from the topmost to the bottommost pixel of a mask (H, W); 0 when it is empty."""
    rows = np.flatnonzero(mask.any(axis=1))
    return int(rows[-1] - rows[0] + 1) if rows.size else 0


def vertical_cup_disc_ratio(disc: Mask, cup: Mask) -> float | None:
    """vCDR: the cup's height over the disc's (models.md 3.5); None without a disc."""
    height = vertical_extent(disc)
    return vertical_extent(cup) / height if height else None


def vcdr_of(grading: Grading) -> float | None:
    """vCDR from the outlines themselves, without pixels; None unless both disc and cup are outlined."""
    disc, cup = _height(grading, "OD"), _height(grading, "OC")
    return cup / disc if disc and cup else None


def _height(grading: Grading, label: str) -> float:
    """From the highest to the lowest position of a label's outlines; 0 where nothing is outlined."""
    outlines = [shape.geometry for shape in grading.labelled(label)]
    boxes = [outline.box for outline in outlines if not isinstance(outline, Point)]
    return max(box[3] for box in boxes) - min(box[1] for box in boxes) if boxes else 0.0


@dataclass(frozen=True)
class Areas:
    """One area in three units: square pixels, disc areas and mm2; None where the unit is not known."""

    pixels: float
    disc_areas: float | None
    mm2: float | None


def areas_of(geometry: Geometry, retina_map: RetinaMap) -> Areas:
    """The area of a shape.

    A disc area is that of the outline drawn for the disc. Square millimetres need the camera's pixel spacing: from an
    assumed disc they would only repeat the disc areas with false precision.
    """
    pixels = area(geometry)
    disc, spacing = retina_map.landmarks.disc_area, retina_map.spacing
    return Areas(
        pixels, pixels / disc if disc else None, pixels * spacing[0] * spacing[1] if spacing else None
    )


def disc_fovea_distance(landmarks: Landmarks) -> float | None:
    """From the disc centre to the fovea in disc diameters; None unless both are drawn and the disc is outlined.

    Usually about 2.5 (2.3 to 2.75 in most eyes).
    """
    if landmarks.disc is None or landmarks.fovea is None or landmarks.disc_diameter is None:
        return None
    return math.dist(landmarks.disc, landmarks.fovea) / landmarks.disc_diameter
