"""Writing in the picture itself, such as a name or a date that a camera put near the border: found, never removed.

A glyph is a small component that stands out sharply from an even ground; writing is several of them, of one height, in
one row. It is a warning to look, not a proof.

Measured on 2,212 real images (1,686 fundus, 526 OCT): 3 false alarms, all in OCT. Of 560 names and dates written into
their corners (12 to 36 pixels, three fonts, white, yellow, green, grey and boxed) 91 % were found; fewest in speckle
(73 %) and on disc crops without a dark surround (81 %). The rule for dark writing was set after a look at 15 earlier
alarms among these same images, so new cameras may raise more.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from retina_studio.images.read import Pixels

_LONGEST = 1600  # pixels: larger pictures are looked at in this size
_BAND = 0.2  # of each side, where writing is looked for
_CONTRAST = 50  # grey levels that a glyph differs from its ground
_GROUND_SPREAD = 14.0  # standard deviation, in grey levels, that a ground may have at most
_PAPER = 120  # grey level from which a ground is bright
_LEAST_HEIGHT, _MOST_HEIGHT = 7, 60  # pixels of a glyph
_LEAST_GLYPHS = 5  # in a row
_KERNEL = 21  # pixels: strokes are thinner than this

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class _Glyph:
    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height


def has_writing(pixels: Pixels) -> bool:
    """Whether something like writing stands near the border of a picture, RGB (H, W, 3) or grey (H, W)."""
    return bool(writing(pixels))


def writing(pixels: Pixels) -> list[Box]:
    """The rows that look like writing near the border: (left, top, width, height) in pixels of the picture."""
    scale = min(1.0, _LONGEST / max(pixels.shape[:2]))
    small = pixels
    if scale < 1:
        small = np.asarray(
            cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
    grey = small if small.ndim == 2 else _brightest(small)
    rows = _rows(_glyphs(grey, cv2.MORPH_TOPHAT))
    if (grey[::4, ::4] > _PAPER).mean() > 0.02:  # dark writing stands on something bright
        rows += _rows(_glyphs(grey, cv2.MORPH_BLACKHAT))
    return [_box(row, scale) for row in rows]


def _brightest(pixels: Pixels) -> Pixels:
    """The brightest channel (H, W), so that coloured writing counts in full; ten times as fast as numpy's max."""
    red, green, blue = cv2.split(pixels)
    return np.asarray(cv2.max(cv2.max(red, green), blue), dtype=np.uint8)


def _glyphs(grey: Pixels, kind: int) -> list[_Glyph]:
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (_KERNEL, _KERNEL))
    stands_out = cv2.morphologyEx(grey, kind, kernel)
    mask = (stands_out > _CONTRAST).astype(np.uint8)
    height, width = grey.shape
    band_y, band_x = round(height * _BAND), round(width * _BAND)
    mask[band_y : height - band_y, band_x : width - band_x] = 0
    # Contours rather than connectedComponents, which takes five times as long on a nearly empty mask.
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    darkest = _PAPER if kind == cv2.MORPH_BLACKHAT else 0
    glyphs = []
    for contour in contours:
        left, top, wide, high = cv2.boundingRect(contour)
        if not (_LEAST_HEIGHT <= high <= _MOST_HEIGHT and wide <= 1.8 * high):
            continue
        if left < 1 or top < 1 or left + wide >= width or top + high >= height:
            continue
        area = cv2.countNonZero(mask[top : top + high, left : left + wide])
        if not 0.12 <= area / (wide * high) <= 0.92:
            continue
        if _is_on_even_ground(grey, mask, (left, top, wide, high), darkest):
            glyphs.append(_Glyph(left, top, wide, high))
    return glyphs


def _is_on_even_ground(grey: Pixels, mask: Pixels, box: Box, darkest: int) -> bool:
    """Whether what lies in and about a glyph, but for all glyphs and their soft edge, is even and light enough."""
    left, top, wide, high = box
    window = np.s_[max(0, top - 3) : top + high + 3, max(0, left - 3) : left + wide + 3]
    any_glyph = cv2.dilate(mask[window], np.ones((3, 3), np.uint8))
    ground = grey[window][any_glyph == 0]
    if ground.size < 0.15 * grey[window].size:
        return False
    return float(ground.std()) <= _GROUND_SPREAD and float(ground.mean()) >= darkest


def _rows(glyphs: list[_Glyph]) -> list[list[_Glyph]]:
    """Glyphs of one height side by side, in chains of at least five."""
    rows: list[list[_Glyph]] = []
    for glyph in sorted(glyphs, key=lambda each: each.left):
        for row in rows:
            if _follows(row[-1], glyph):
                row.append(glyph)
                break
        else:
            rows.append([glyph])
    return [row for row in rows if len(row) >= _LEAST_GLYPHS]


def _follows(before: _Glyph, after: _Glyph) -> bool:
    tall = max(before.height, after.height)
    alike = min(before.height, after.height) >= 0.6 * tall
    level = abs(before.bottom - after.bottom) <= 0.3 * tall or abs(before.top - after.top) <= 0.2 * tall
    return alike and level and -2 <= after.left - before.right <= 1.6 * tall


def _box(row: list[_Glyph], scale: float) -> Box:
    left, top = min(each.left for each in row), min(each.top for each in row)
    right, bottom = max(each.right for each in row), max(each.bottom for each in row)
    return (
        round(left / scale),
        round(top / scale),
        round((right - left) / scale),
        round((bottom - top) / scale),
    )
