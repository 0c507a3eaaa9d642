"""Committed shapes drawn into a transparent picture with cv2: tens of thousands in well under a second. Qt-free.

Shapes are outlines only: a fill would falsify the colour of what is being graded.

The picture is (H, W, 4) uint8, blue, green, red, alpha, premultiplied: what Qt calls ARGB32_Premultiplied on a
little-endian machine. Lines blend correctly because a line drawn over premultiplied colour is exactly "over".
"""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate, islice, pairwise
from types import MappingProxyType
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.labels import Label, catalogue
from retina_studio.domain.shapes import Box, Point

from .scene import Floats, Rows, Scene

Picture = npt.NDArray[np.uint8]
Contour = npt.NDArray[np.int32]
REACH = 20  # widget pixels that a shape's drawing may reach beyond its bounding box
_LINE_REACH = 4  # the same of a shape that is no point

_SEAM = 6
_SHIFT = 4  # sub-pixel bits
_FAR = 2**24  # keeps far-away vertices of a strong zoom inside cv2's integers
_HALO_ALPHA = 90
_LINE, _HALO, _DOUBLE, _DOUBLE_HALO = 1.8, 4.0, 4.0, 6.0  # widget pixels
_THIN_BELOW = 3.0  # picture pixels
_DASH, _GAP = 6.0, 4.0  # widget pixels
_DASH_STEPS = 4  # vertices of a dash, which may lie on a curve
_CORE = (15.0, 15.0, 15.0)
_OPAQUE: Mapping[str, float] = MappingProxyType({})
_POINT_RADIUS = 9
_PART = 500  # outlines that cv2 is given in one go
_ARM = 2  # vertices of an arm of a point's mark; no outline has so few
# From this many shapes on, lines have no halo: more would be a carpet, and slow.
DENSE = 4000
# (up to this radius in pixels, vertices of an ellipse's outline)
_DETAIL = ((4.0, 12), (16.0, 24), (64.0, 48), (256.0, 96), (np.inf, 256))


@dataclass(frozen=True)
class Window:
    """The part of the image that a picture shows: `scale` picture pixels per image pixel, from (left, top) on.

    `aspect` times as many downwards. `dpr` is picture pixels per widget pixel, which lines are as thick as.
    """

    scale: float
    left: float
    top: float
    width: int
    height: int
    aspect: float = 1.0
    dpr: float = 1.0
    dense: bool = False  # a part of a picture with so many shapes that their lines have no halo

    @property
    def scale_y(self) -> float:
        """Picture pixels per image pixel, downwards."""
        return self.scale * self.aspect

    @property
    def reach(self) -> int:
        """Picture pixels that a shape's drawing may reach beyond its bounding box."""
        return math.ceil(REACH * self.dpr)

    @property
    def line_reach(self) -> int:
        """Picture pixels that an outline may reach beyond its shape's bounding box."""
        return math.ceil(_LINE_REACH * self.dpr)

    def widened(self, by: int) -> "Window":
        """The window with a margin of `by` picture pixels on each side."""
        left, top = self.left - by / self.scale, self.top - by / self.scale_y
        return replace(self, left=left, top=top, width=self.width + 2 * by, height=self.height + 2 * by)

    @property
    def box(self) -> Box:
        """The image area that drawings on this picture may come from."""
        reach_x, reach_y = self.reach / self.scale, self.reach / self.scale_y
        right, bottom = self.left + self.width / self.scale, self.top + self.height / self.scale_y
        return (self.left - reach_x, self.top - reach_y, right + reach_x, bottom + reach_y)


@dataclass(frozen=True)
class Pen:
    """One colour and kind of line for every shape, whatever its label."""

    colour: str
    outline: Literal["single", "double"]


def render(
    scene: Scene,
    window: Window,
    without_ids: Collection[str] = (),
    without_labels: Collection[str] = (),
    fill: float = 0.0,
    opacity: Mapping[str, float] = _OPAQUE,
    pen: Pen | None = None,
    *,
    dashed: bool = False,
) -> Picture:
    """The picture (height, width, 4) of the scene's shapes in a window.

    `fill` is the opacity of their insides; `opacity` that of whole labels, 1 where a label is not in it. `pen` draws
    all of them alike; None each as its label. `dashed`: lines are dashed, as those of what is only proposed.
    """
    # cv2 draws a line's last pixels at the picture's border differently: draw wider, so that parts join unseen.
    window = window.widened(_SEAM)
    picture = np.zeros((window.height, window.width, 4), dtype=np.uint8)
    rows = _rows_in(scene, window)
    if without_ids:
        left_out = [scene.rows[key] for key in without_ids if key in scene.rows]
        rows = rows[~np.isin(rows, left_out)]
    dense = window.dense or len(rows) > DENSE
    layers = _layers(scene, rows, window, without_labels)
    if pen is not None:
        layers = [(replace(entry, colour=pen.colour, outline=pen.outline), drawn) for entry, drawn in layers]
    if fill > 0:
        for entry, drawings in layers:
            _flood(picture, entry, drawings, fill * opacity.get(entry.code, 1.0))
    if not dense:
        for entry, drawings in layers:
            wide = _DOUBLE_HALO if entry.outline == "double" else _HALO
            halo = (0, 0, 0, _HALO_ALPHA * opacity.get(entry.code, 1.0))
            _stroke(picture, halo, drawings, _thickness(wide * window.dpr))
    if dashed:
        layers = [(entry, [_dashes(rings, window.dpr) for rings in drawn]) for entry, drawn in layers]
    for entry, drawings in layers:
        faded = opacity.get(entry.code, 1.0)
        _draw_lines(picture, entry, drawings, window.dpr, dense=dense, opacity=faded)
    return np.ascontiguousarray(picture[_SEAM:-_SEAM, _SEAM:-_SEAM])


def _rows_in(scene: Scene, window: Window) -> Rows:
    """The shapes that may be seen in a window: only a point's mark reaches far beyond its box, which is empty."""
    rows = scene.touching(window.box)
    left, top, right, bottom = window.box
    spare_x = (window.reach - window.line_reach) / window.scale
    spare_y = (window.reach - window.line_reach) / window.scale_y
    boxes = scene.boxes[rows]
    near = (boxes[:, 0] <= right - spare_x) & (boxes[:, 2] >= left + spare_x)
    near &= (boxes[:, 1] <= bottom - spare_y) & (boxes[:, 3] >= top + spare_y)
    seen: Rows = rows[near | (boxes[:, 0] == boxes[:, 2])]
    return seen


def _layers(
    scene: Scene, rows: Rows, window: Window, without: Collection[str]
) -> list[tuple[Label, list[list[Contour]]]]:
    """What is drawn of each label, in drawing order. Anatomy below lesions: the catalogue from its end."""
    entries = list(catalogue().values())
    if without:
        left_out = [place for place, entry in enumerate(entries) if entry.code in without]
        rows = rows[~np.isin(scene.labels[rows], left_out)]
    labels: list[int] = scene.labels.tolist() if len(rows) > DENSE else []
    layers: dict[int, list[list[Contour]]] = {}
    for row, drawing in _drawings(scene, rows, window):
        layers.setdefault(labels[row] if labels else int(scene.labels[row]), []).append(drawing)
    return [(entries[place], layers[place]) for place in sorted(layers, reverse=True)]


def _draw_lines(
    picture: Picture,
    entry: Label,
    drawings: list[list[Contour]],
    dpr: float,
    *,
    dense: bool,
    opacity: float,
) -> None:
    """The outlines in the label's colour; a double line has a dark core, unless there are too many to see it."""
    colour = tuple(opacity * channel for channel in (*_bgr(entry.colour), 255.0))
    core = tuple(opacity * channel for channel in (*_CORE, 255.0))
    if entry.outline == "double" and not dense:
        _stroke(picture, colour, drawings, _thickness(_DOUBLE * dpr))
        _stroke(picture, core, drawings, _thickness(_LINE * dpr / 2))
        return
    thickness = _thickness(_LINE * dpr)
    # cv2's thin line is two pixels at two thirds: twice, it is a line of 1.5 to 2 pixels in its full colour.
    for _ in range(2 if thickness == 1 and not dense else 1):
        _stroke(picture, colour, drawings, thickness)


def _thickness(pixels: float) -> int:
    """The number by which cv2 draws an antialiased line of so many pixels: it adds two to all but its thin line."""
    return max(round(pixels) - 2, 2) if pixels >= _THIN_BELOW else 1


def _dashes(rings: list[Contour], dpr: float) -> list[Contour]:
    """Closed rings as strips there and back (K, 2), so that they are drawn as rings are: a dash, then a gap."""
    dash, period = _DASH * dpr * 2**_SHIFT, (_DASH + _GAP) * dpr * 2**_SHIFT
    strips = []
    for ring in rings:
        closed = np.concatenate([ring, ring[:1]]).astype(np.float64)
        way = np.concatenate([[0.0], np.hypot(*np.diff(closed, axis=0).T).cumsum()])
        number = max(
            round(way[-1] / period), 2
        )  # as many as go round, so that the last gap is like the others
        begins = np.arange(number) * (way[-1] / number)
        at = begins[:, None] + np.linspace(0.0, dash * way[-1] / (number * period), _DASH_STEPS)
        line = np.stack([np.interp(at, way, closed[:, axis]) for axis in (0, 1)], axis=-1)
        fixed = np.rint(line).astype(np.int32)
        strips += list(np.concatenate([fixed, fixed[:, -2:0:-1]], axis=1))
    return strips


def _flood(picture: Picture, entry: Label, drawings: list[list[Contour]], opacity: float) -> None:
    """The insides, one shape at a time, so that holes are holes; where two overlap the later one shows."""
    colour = tuple(opacity * channel for channel in (*_bgr(entry.colour), 255.0))
    for rings in drawings:
        if len(rings[0]) > _ARM and len(rings[-1]) > _ARM:  # no point's mark
            cv2.fillPoly(picture, rings, colour, cv2.LINE_AA, _SHIFT)


def _bgr(colour: str) -> tuple[float, float, float]:
    return (float(int(colour[5:7], 16)), float(int(colour[3:5], 16)), float(int(colour[1:3], 16)))


def _drawings(scene: Scene, rows: Rows, window: Window) -> Iterator[tuple[int, list[Contour]]]:
    """Each row with its shape's closed rings, in sub-pixels of the picture."""
    ellipses = scene.ellipses[rows]
    round_ones = ~np.isnan(ellipses[:, 0])
    yield from _ellipse_rings(rows[round_ones], ellipses[round_ones], window)
    polygons: list[int] = []
    for row in rows[~round_ones].tolist():
        if scene.rings[row] is not None:
            polygons.append(row)
        else:
            yield row, _point_mark(scene, row, window)
    yield from zip(polygons, _outlines([scene.rings[row] or () for row in polygons], window), strict=True)


def _outlines(polygons: list[tuple[Floats, ...]], window: Window) -> list[list[Contour]]:
    """The rings of polygons in sub-pixels, all their vertices reckoned at once."""
    if not polygons:
        return []
    every = [ring for rings in polygons for ring in rings]
    vertices = _fixed(np.concatenate(every), window)
    ends = accumulate(map(len, every), initial=0)
    fixed = iter([vertices[start:end] for start, end in pairwise(ends)])
    return [list(islice(fixed, len(rings))) for rings in polygons]


def _ellipse_rings(rows: Rows, ellipses: Floats, window: Window) -> Iterator[tuple[int, list[Contour]]]:
    radius = ellipses[:, 2:4].max(axis=1, initial=0) * window.scale
    above = 0.0
    for limit, count in _DETAIL:
        these = (radius > above) & (radius <= limit)
        above = limit
        if not these.any():
            continue
        turn = np.arange(count) * (2 * np.pi / count)
        x, y, a, b, angle = (ellipses[these, column, None] for column in range(5))
        cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        u, v = a * np.cos(turn), b * np.sin(turn)
        rings = _fixed(np.stack([x + u * cos - v * sin, y + u * sin + v * cos], axis=-1), window)
        yield from ((row, [ring]) for row, ring in zip(rows[these].tolist(), rings, strict=True))


def _point_mark(scene: Scene, row: int, window: Window) -> list[Contour]:
    """A circle with four arms, of constant size on the screen; the arms as flat rings."""
    geometry = next(scene.at((row,))).geometry
    assert isinstance(geometry, Point)  # noqa: S101  (not an ellipse, no rings)
    centre = np.array([geometry.x, geometry.y])
    reach = _POINT_RADIUS * window.dpr / np.array([window.scale, window.scale_y])
    turn = np.arange(32) * (2 * np.pi / 32)
    circle = centre + reach * np.column_stack([np.cos(turn), np.sin(turn)])
    ways = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
    arms = [centre + reach * np.outer([0.45, 1.7], way) for way in ways]
    return [_fixed(ring, window) for ring in (circle, *arms)]


def _fixed(points: Floats, window: Window) -> Contour:
    origin, scales = (window.left, window.top), (window.scale, window.scale_y)
    pixels = (points - origin) * scales - 0.5  # cv2 counts from the pixel's centre
    fixed: Contour = np.clip(np.rint(pixels * 2**_SHIFT), -_FAR, _FAR).astype(np.int32)
    return fixed


def _stroke(picture: Picture, colour: tuple[float, ...], drawings: list[list[Contour]], width: int) -> None:
    rings = [ring for drawing in drawings for ring in drawing]
    # In parts, because cv2 holds the interpreter while it reads the list: a window's thread gets its turn between.
    for start in range(0, len(rings), _PART):
        cv2.polylines(picture, rings[start : start + _PART], True, colour, width, cv2.LINE_AA, _SHIFT)
