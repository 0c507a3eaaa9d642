"""Where a position lies on the retina, in the coordinates that disc and fovea give.

Conventions, the same wherever the program names a place:

- An image is shown as the examiner sees the fundus: superior is up; temporal is left in a right eye (OD) and right in
  a left eye (OS).
- With disc and fovea both known, the horizontal is the line through them (as OCT grids are aligned, "FoDi", after
  Garway-Heath 2000) and temporal is the way from the disc to the fovea, whatever eye was entered. With one of them,
  the horizontal is the image's and temporal follows from the eye.
- Quadrants are bounded by the horizontal and the vertical through the fovea (or the disc), as in the fields of the
  Early Treatment Diabetic Retinopathy Study (ETDRS Report 10, 1991). The horizontal itself counts as superior, the
  vertical as temporal.
- The ETDRS grid has circles of 1, 3 and 6 mm diameter about the fovea; the two rings are split by the diagonals at
  45 degrees (ETDRS Report 10).
- Clock hours about the disc are read like a clock face laid on the image, for either eye: 12 is up, 3 is right. They
  are not turned with the disc-fovea line. Nasal is 3 o'clock in a right eye and 9 o'clock in a left eye.
- Without the camera's pixel spacing a disc is taken to be 1.8 mm tall (vertical diameter 1.88 mm in Quigley 1990;
  1.8 mm and 2.54 mm2 is the reading centres' standard disc since AREDS2).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from retina_studio.domain.geometry import area, to_shapely
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import XY, Ellipse, Point, Polygon

DISC_MM = 1.8  # vertical diameter of the standard disc
QUADRANTS = ("superotemporal", "superonasal", "inferotemporal", "inferonasal")
ETDRS_RADII_MM = (0.5, 1.5, 3.0)
_TEMPORAL = {"OD": (-1.0, 0.0), "OS": (1.0, 0.0)}
_RINGS = ("inner", "outer")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Landmarks:
    """What is known of disc and fovea, in image pixels.

    Attributes:
        disc: centre of the disc.
        disc_diameter: its vertical diameter, the extent that the cup-disc ratio uses.
        fovea: position of the fovea.
        eye: "OD", "OS" or "" (unknown).
        disc_area: area of the disc's outline, square pixels.
    """

    disc: XY | None
    disc_diameter: float | None
    fovea: XY | None
    eye: str
    disc_area: float | None = None


def landmarks_of(grading: Grading, eye: str) -> Landmarks:
    """The landmarks that a grading draws.

    The disc is the first outline labelled OD; where there is none, a point labelled OD gives its centre only.
    """
    fovea = next((shape.geometry.centre for shape in grading.labelled("fovea")), None)
    discs = [shape.geometry for shape in grading.labelled("OD")]
    outline = next((disc for disc in discs if not isinstance(disc, Point)), None)
    if outline is None:
        return Landmarks(discs[0].centre if discs else None, None, fovea, eye)
    _, top, _, bottom = outline.box
    middle, size = _middle_and_area(outline)
    if bottom <= top or size <= 0:  # an outline without extent
        return Landmarks(outline.centre, None, fovea, eye)
    return Landmarks(middle, bottom - top, fovea, eye, size)


def _middle_and_area(outline: Ellipse | Polygon) -> tuple[XY, float]:
    if isinstance(outline, Ellipse):
        return outline.centre, area(outline)
    form = to_shapely(outline)
    return (form.centroid.x, form.centroid.y), float(form.area)


@dataclass(frozen=True)
class RetinaMap:
    """Names positions by their place on the retina. An answer is None where the landmarks do not give it.

    Attributes:
        landmarks: disc and fovea.
        spacing: mm per pixel (x, y), where the camera stated it.
    """

    landmarks: Landmarks
    spacing: tuple[float, float] | None = None

    @property
    def mm_per_pixel(self) -> float | None:
        """From the spacing (the geometric mean, so that areas are exact), else from a disc of `DISC_MM`."""
        if self.spacing is not None:
            return math.sqrt(self.spacing[0] * self.spacing[1])
        diameter = self.landmarks.disc_diameter
        return None if diameter is None else DISC_MM / diameter

    @cached_property
    def axis_angle(self) -> float | None:
        """Angle of the way from disc to fovea, radians from the x axis towards the y axis (down)."""
        temporal = self._from_disc_to_fovea
        return None if temporal is None else math.atan2(temporal[1], temporal[0])

    @cached_property
    def temporal(self) -> XY | None:
        """Unit vector towards temporal."""
        return self._from_disc_to_fovea or _TEMPORAL.get(self.landmarks.eye)

    @cached_property
    def superior(self) -> XY:
        """Unit vector towards superior: at right angles to `temporal`, on the upper side of the image."""
        x, y = self.temporal or (1.0, 0.0)
        # With the fovea exactly above or below the disc, "up" does not choose: take a right eye's sense of turning.
        return (y, -x) if x > 0 else (-y, x)

    @cached_property
    def _from_disc_to_fovea(self) -> XY | None:
        disc, fovea = self.landmarks.disc, self.landmarks.fovea
        if disc is None or fovea is None or disc == fovea:
            return None
        dx, dy = fovea[0] - disc[0], fovea[1] - disc[1]
        length = math.hypot(dx, dy)
        return (dx / length, dy / length)

    def quadrant(self, x: float, y: float) -> str | None:
        """One of `QUADRANTS`, about the fovea."""
        return self._quadrant(x, y, self.landmarks.fovea)

    def disc_quadrant(self, x: float, y: float) -> str | None:
        """One of `QUADRANTS`, about the disc centre."""
        return self._quadrant(x, y, self.landmarks.disc)

    def _quadrant(self, x: float, y: float, centre: XY | None) -> str | None:
        if centre is None or self.temporal is None:
            return None
        (tx, ty), (sx, sy) = self.temporal, self.superior
        dx, dy = x - centre[0], y - centre[1]
        return QUADRANTS[2 * (dx * sx + dy * sy < 0) + (dx * tx + dy * ty < 0)]

    def quadrant_counts(
        self, positions: Floats | Sequence[XY], about: str = "fovea"
    ) -> dict[str, int] | None:
        """How many of many positions (N, 2) lie in each of `QUADRANTS`; `about` is "fovea" or "disc"."""
        centre = self.landmarks.fovea if about == "fovea" else self.landmarks.disc
        if centre is None or self.temporal is None:
            return None
        (tx, ty), (sx, sy) = self.temporal, self.superior
        dx, dy = (np.asarray(positions, dtype=np.float64).reshape(-1, 2) - centre).T
        numbers = 2 * (dx * sx + dy * sy < 0) + (dx * tx + dy * ty < 0)
        counts = np.bincount(numbers, minlength=len(QUADRANTS))
        return dict(zip(QUADRANTS, counts.tolist(), strict=True))

    def etdrs_field(self, x: float, y: float) -> str | None:
        """The field of the ETDRS grid: "centre", "inner superior" ... "outer temporal", or "outside".

        None without fovea and scale, or where nasal cannot be told from temporal.
        """
        radii, fovea = self.etdrs_radii(), self.landmarks.fovea
        if radii is None or fovea is None:
            return None
        dx, dy = x - fovea[0], y - fovea[1]
        distance = math.hypot(dx, dy)
        if distance <= radii[0]:
            return "centre"
        if distance > radii[2]:
            return "outside"
        sector = self._sector(dx, dy)
        return None if sector is None else f"{_RINGS[distance > radii[1]]} {sector}"

    def _sector(self, dx: float, dy: float) -> str | None:
        up = dx * self.superior[0] + dy * self.superior[1]
        along = -dx * self.superior[1] + dy * self.superior[0]  # at right angles to it, either way
        if abs(up) > abs(along):
            return "superior" if up > 0 else "inferior"
        if self.temporal is None:
            return None
        return "temporal" if dx * self.temporal[0] + dy * self.temporal[1] > 0 else "nasal"

    def etdrs_radii(self) -> tuple[float, float, float] | None:
        """The radii of the grid's circles (0.5, 1.5 and 3 mm) in pixels; None without a scale."""
        scale = self.mm_per_pixel
        if scale is None:
            return None
        inner, middle, outer = (radius / scale for radius in ETDRS_RADII_MM)
        return (inner, middle, outer)

    def clock_hour(self, x: float, y: float) -> int | None:
        """The clock hour 1 to 12 about the disc as the examiner sees it; None without a disc, or at its centre."""
        disc = self.landmarks.disc
        if disc is None or (x, y) == disc:
            return None
        hour = math.degrees(math.atan2(x - disc[0], disc[1] - y)) / 30  # clockwise from the top
        return (math.floor(hour + 0.5) - 1) % 12 + 1

    def to_fovea(self, x: float, y: float) -> float | None:
        """Distance to the fovea in disc diameters."""
        fovea, diameter = self.landmarks.fovea, self.landmarks.disc_diameter
        if fovea is None or diameter is None:
            return None
        return math.hypot(x - fovea[0], y - fovea[1]) / diameter
