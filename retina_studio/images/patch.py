"""The surroundings of a drawn outline at a working size, and the way back from its pixels to an outline."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.combine import as_polygon
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import Mask, area, rasterise, repaired, simplified, vectorise
from retina_studio.domain.shapes import XY, Ellipse, Polygon
from retina_studio.images.read import Pixels

Floats = npt.NDArray[np.float32]

_WORK = 112  # working pixels along the longer side of the outline's box: fine enough, and always as quick
_MAGNIFY = 6.0  # at most: there is nothing between the pixels of a microaneurysm of 4 px
_MARGIN = 0.35  # of the longer side, around the box: the ring that the lesion is compared with
_BEYOND = 0.06  # of the longer side: how far the result may leave the drawn outline
_RING = 0.25  # of the longer side: width of the ring
_TOLERANCE = 0.5  # image pixels: simplification of the outline, half of it for small lesions


@dataclass(frozen=True)
class Patch:
    """A crop at working size. `colours` is CIE Lab (h, w, 3), L and a, b in units of one just visible step or so."""

    colours: Floats
    drawn: Mask
    allowed: Mask
    ring: Mask
    scale: tuple[float, float]  # working pixels per image pixel, x and y
    origin: tuple[int, int]  # image pixel of the crop's top left corner

    @property
    def size(self) -> float:
        """The longer side of the drawn outline in working pixels."""
        rows, columns = np.nonzero(self.drawn)
        return float(max(np.ptp(rows), np.ptp(columns)) + 1)

    def outline(self, mask: Mask) -> Polygon:
        """The outline in image pixels of a mask (h, w) of one component, slightly smoothed.

        Raises:
            RetinaError: the mask is too small to have an outline.
        """
        level = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(0.012 * self.size, 0.8))
        polygons = vectorise(level > 0.5)
        if not polygons:
            raise RetinaError("Nothing stands out inside this outline; draw closer to the lesion.")
        largest = max(polygons, key=area)
        rings = [tuple(self._to_image(x, y) for x, y in ring) for ring in largest.rings]
        outline = repaired(Polygon(rings[0], tuple(rings[1:])))
        return simplified(outline, min(_TOLERANCE, max(0.02 * math.sqrt(area(outline)), 0.05)))

    def _to_image(self, x: float, y: float) -> XY:
        return (x / self.scale[0] + self.origin[0], y / self.scale[1] + self.origin[1])


def patch_around(pixels: Pixels, geometry: Ellipse | Polygon) -> Patch:
    """The patch of an image (H, W) or (H, W, 3) around an outline.

    Raises:
        RetinaError: the outline lies outside the image, or is less than two pixels large.
    """
    height, width = pixels.shape[:2]
    left, top, right, bottom = geometry.box
    longer = max(right - left, bottom - top)
    margin = _MARGIN * longer + 4
    x0, x1 = max(math.floor(left - margin), 0), min(math.ceil(right + margin), width)
    y0, y1 = max(math.floor(top - margin), 0), min(math.ceil(bottom + margin), height)
    if longer < 2 or x1 - x0 < 4 or y1 - y0 < 4:
        raise RetinaError("This outline is too small, or outside the image: there is nothing to snap to.")
    wanted = min(_WORK / longer, _MAGNIFY)
    size = (max(round((x1 - x0) * wanted), 4), max(round((y1 - y0) * wanted), 4))
    scale = (size[0] / (x1 - x0), size[1] / (y1 - y0))
    way = cv2.INTER_AREA if wanted < 1 else cv2.INTER_CUBIC
    colours = lab(cv2.resize(pixels[y0:y1, x0:x1], size, interpolation=way))
    outline = as_polygon(geometry)
    rings = [tuple(((x - x0) * scale[0], (y - y0) * scale[1]) for x, y in ring) for ring in outline.rings]
    drawn = rasterise(Polygon(rings[0], tuple(rings[1:])), size[1], size[0])
    if not drawn.any():
        raise RetinaError("This outline is too small, or outside the image: there is nothing to snap to.")
    side = longer * wanted
    near = grown(drawn, max(round(_BEYOND * side), 1))
    far = grown(drawn, max(round((_BEYOND + _RING) * side), 3))
    ring = far & ~near
    return Patch(colours, drawn, near, ring if ring.any() else ~drawn, scale, (x0, y0))


def lab(pixels: npt.NDArray[np.generic]) -> Floats:
    """CIE Lab (h, w, 3) of RGB or grey uint8 pixels; L from 0 to 100."""
    rgb = np.asarray(pixels, dtype=np.uint8)
    if rgb.ndim == 2:
        rgb = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_GRAY2RGB), dtype=np.uint8)
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), dtype=np.float32)


def grown(mask: Mask, radius: int) -> Mask:
    """The mask dilated by a disc of this radius in pixels; eroded where the radius is negative."""
    if radius == 0:
        return mask
    side = 2 * abs(radius) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    change = cv2.dilate if radius > 0 else cv2.erode
    return np.asarray(change(mask.astype(np.uint8), kernel), dtype=np.bool_)


def component(mask: Mask, row: int, column: int) -> Mask:
    """The 4-connected component of a mask (h, w) that holds a pixel; empty where the pixel is not set."""
    _, numbers = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    number = int(numbers[row, column])
    return np.asarray(numbers == number if number else np.zeros_like(mask), dtype=np.bool_)


def without_small_holes(mask: Mask, share: float = 0.15) -> Mask:
    """The mask with each hole filled that is smaller than a share of its area."""
    background, numbers, stats, _ = cv2.connectedComponentsWithStats((~np.pad(mask, 1)).astype(np.uint8))
    sizes = stats[:, cv2.CC_STAT_AREA]
    filled = sizes < share * mask.sum()
    filled[[0, numbers[0, 0]]] = False
    result: Mask = mask | (filled[numbers][1:-1, 1:-1] if background > 2 else False)
    return result
