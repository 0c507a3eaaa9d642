"""Committed shapes drawn into a transparent picture with cv2: tens of thousands in well under a second. Qt-free.

Shapes are outlines only: a fill would falsify the colour of what is being graded.

The picture is (H, W, 4) uint8, blue, green, red, alpha, premultiplied: what Qt calls ARGB32_Premultiplied on a
little-endian machine. Lines blend correctly because a line drawn over premultiplied colour is exactly "over".
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.labels import catalogue
from retina_studio.domain.shapes import Box, Point

from .scene import Floats, Rows, Scene

Picture = npt.NDArray[np.uint8]
Contour = npt.NDArray[np.int32]
REACH = 20  # pixels that a shape's drawing may reach beyond its bounding box

_SEAM = 6
_SHIFT = 4  # sub-pixel bits
_FAR = 2**24  # keeps far-away vertices of a strong zoom inside cv2's integers
_HALO_ALPHA = 90
_POINT_RADIUS = 9
_ARM = 2  # vertices of an arm of a point's mark; no outline has so few
# From this many shapes on, lines have no halo: more would be a carpet, and slow.
DENSE = 4000
# (up to this radius in pixels, vertices of an ellipse's outline)
_DETAIL = ((4.0, 12), (16.0, 24), (64.0, 48), (256.0, 96), (np.inf, 256))


@dataclass(frozen=True)
class Window:
    """The part of the image that a picture shows: `scale` picture pixels per image pixel, from (left, top) on."""

    scale: float
    left: float
    top: float
    width: int
    height: int

    def widened(self, by: int) -> "Window":
        """The window with a margin of `by` picture pixels on each side."""
        shift = by / self.scale
        return Window(
            self.scale, self.left - shift, self.top - shift, self.width + 2 * by, self.height + 2 * by
        )

    @property
    def box(self) -> Box:
        """The image area that drawings on this picture may come from."""
        reach = REACH / self.scale
        right, bottom = self.left + self.width / self.scale, self.top + self.height / self.scale
        return (self.left - reach, self.top - reach, right + reach, bottom + reach)


def render(
    scene: Scene, window: Window, without_ids: Collection[str] = (), without_labels: Collection[str] = ()
) -> Picture:
    """The picture (height, width, 4) of the scene's shapes in a window."""
    # cv2 draws a line's last pixels at the picture's border differently: draw wider, so that parts join unseen.
    window = window.widened(_SEAM)
    picture = np.zeros((window.height, window.width, 4), dtype=np.uint8)
    rows = scene.touching(window.box)
    if without_ids:
        left_out = [scene.rows[key] for key in without_ids if key in scene.rows]
        rows = rows[~np.isin(rows, left_out)]
    dense = len(rows) > DENSE
    layers = [
        (_bgr(colour), drawings)
        for place, colour in _draw_order(without_labels)
        if (drawings := _drawings(scene, rows[scene.labels[rows] == place], window))
    ]
    if not dense:
        for _, drawings in layers:
            _stroke(picture, (0, 0, 0, _HALO_ALPHA), drawings, 2)
    for colour, drawings in layers:
        # cv2's thin line is two pixels at two thirds: twice, it is a line of 1.5 to 2 pixels in its full colour.
        for _ in range(1 if dense else 2):
            _stroke(picture, (*map(float, colour), 255.0), drawings, 1)
    return np.ascontiguousarray(picture[_SEAM:-_SEAM, _SEAM:-_SEAM])


def _draw_order(without: Collection[str]) -> list[tuple[int, str]]:
    """Anatomy below lesions: the catalogue from its end."""
    entries = list(enumerate(catalogue().values()))
    return [(place, entry.colour) for place, entry in reversed(entries) if entry.code not in without]


def _bgr(colour: str) -> tuple[int, int, int]:
    return (int(colour[5:7], 16), int(colour[3:5], 16), int(colour[1:3], 16))


def _drawings(scene: Scene, rows: Rows, window: Window) -> list[list[Contour]]:
    """One list of closed rings a shape, in sub-pixels of the picture."""
    if not len(rows):
        return []
    ellipses = scene.ellipses[rows]
    round_ones = ~np.isnan(ellipses[:, 0])
    drawings = [[ring] for ring in _ellipse_rings(ellipses[round_ones], window)]
    for row in rows[~round_ones]:
        rings = scene.rings[row]
        if rings is not None:
            drawings.append([_fixed(ring, window) for ring in rings])
        else:
            drawings.append(_point_mark(scene, int(row), window))
    return drawings


def _ellipse_rings(ellipses: Floats, window: Window) -> Iterator[Contour]:
    radius = ellipses[:, 2:4].max(axis=1, initial=0) * window.scale
    above = 0.0
    for limit, count in _DETAIL:
        chosen = ellipses[(radius > above) & (radius <= limit)]
        above = limit
        turn = np.arange(count) * (2 * np.pi / count)
        x, y, a, b, angle = (chosen[:, column, None] for column in range(5))
        cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        u, v = a * np.cos(turn), b * np.sin(turn)
        yield from _fixed(np.stack([x + u * cos - v * sin, y + u * sin + v * cos], axis=-1), window)


def _point_mark(scene: Scene, row: int, window: Window) -> list[Contour]:
    """A circle with four arms, of constant size on the screen; the arms as flat rings."""
    geometry = next(scene.at((row,))).geometry
    assert isinstance(geometry, Point)  # noqa: S101  (not an ellipse, no rings)
    centre, reach = np.array([geometry.x, geometry.y]), _POINT_RADIUS / window.scale
    turn = np.arange(32) * (2 * np.pi / 32)
    circle = centre + reach * np.column_stack([np.cos(turn), np.sin(turn)])
    ways = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
    arms = [centre + reach * np.outer([0.45, 1.7], way) for way in ways]
    return [_fixed(ring, window) for ring in (circle, *arms)]


def _fixed(points: Floats, window: Window) -> Contour:
    pixels = (points - (window.left, window.top)) * window.scale - 0.5  # cv2 counts from the pixel's centre
    fixed: Contour = np.clip(np.rint(pixels * 2**_SHIFT), -_FAR, _FAR).astype(np.int32)
    return fixed


def _stroke(picture: Picture, colour: tuple[float, ...], drawings: list[list[Contour]], width: int) -> None:
    rings = [ring for drawing in drawings for ring in drawing]
    cv2.polylines(picture, rings, True, colour, width, cv2.LINE_AA, _SHIFT)
