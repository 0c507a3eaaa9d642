"""One image of the report as pictures side by side: plain, with the truth, with the proposal, with the CAM."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.labels import catalogue, scales
from training.evaluation.driver import Case

_SIDE = 420  # pixels of a picture's longer side
_QUALITY = 85  # of JPEG
_SHIFT = 4  # bits of a drawn coordinate behind the point: contours are as fine as the image's own pixels
_STRENGTH = 0.6  # of the CAM's colour where it is highest

Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Points = Mapping[str, tuple[float, float]]


class Panel(NamedTuple):
    """A picture (JPEG) and what it shows."""

    title: str
    jpeg: bytes


def panels(case: Case) -> tuple[tuple[Panel, ...], tuple[str, ...]]:
    """The pictures, and the labels that are outlined or pointed at in any of them, in the catalogue's order."""
    small, scale = _small(case, _SIDE)
    shown = [Panel("The image", _jpeg(small))]
    finding = case.finding
    true, true_points = _truth(case)
    if true or true_points:
        shown.append(Panel("Drawn by graders", _jpeg(_outlined(small, true, true_points, scale))))
    found = {label: finding.mask(label) for label in finding.labels}
    if found or finding.points:
        shown.append(Panel("Proposed", _jpeg(_outlined(small, found, finding.points, scale))))
    for name, cam in finding.cams.items():
        if "=" in name:  # of one class; the one of the most probable is there already
            continue
        warm = _heated(small, finding.frame.overview(cam, max(small.shape[:2])))
        shown.append(Panel(f"What speaks for {_title(name)}", _jpeg(warm)))
    drawn = {label for label, mask in (*true.items(), *found.items()) if mask.any()}
    drawn |= {*true_points, *finding.points}
    return tuple(shown), tuple(code for code in catalogue() if code in drawn)


def example(case: Case, side: int) -> Picture:
    """What graders drew of an image, and below it what is proposed, in RGB; `side` is the longer one of each."""
    small, scale = _small(case, side)
    finding = case.finding
    found = {label: finding.mask(label) for label in finding.labels}
    return np.vstack([_outlined(small, *_truth(case), scale), _outlined(small, found, finding.points, scale)])


def _small(case: Case, side: int) -> tuple[Picture, float]:
    """The image in RGB with this longer side, and how much smaller it is."""
    pixels = case.snapshot.pixels(case.entry.index)
    colour = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
    scale = side / max(colour.shape[:2])
    size = (max(round(colour.shape[1] * scale), 1), max(round(colour.shape[0] * scale), 1))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(colour, size, interpolation=method).astype(np.uint8), scale


def _truth(case: Case) -> tuple[dict[str, Mask], dict[str, tuple[float, float]]]:
    """What graders say of the labels that the network answers."""
    masks = {label: case.truth(label) for label in case.finding.labels}
    points = {label: case.point(label) for label in case.finding.points}
    return (
        {label: mask for label, mask in masks.items() if mask is not None},
        {label: point for label, point in points.items() if point is not None},
    )


def _title(name: str) -> str:
    return scales()[name].title if name in scales() else catalogue()[name].title


def _outlined(small: Picture, masks: Mapping[str, Mask], points: Points, scale: float) -> Picture:
    picture = small.copy()
    for code, mask in masks.items():
        label = catalogue()[code]
        cv2.polylines(
            picture,
            list(_contours(mask, scale)),
            isClosed=True,
            color=_rgb(label.colour),
            thickness=2 if label.single else 1,
            lineType=cv2.LINE_AA,
            shift=_SHIFT,
        )
    for code, (x, y) in points.items():
        place = (round(x * scale), round(y * scale))
        cv2.drawMarker(picture, place, _rgb(catalogue()[code].colour), cv2.MARKER_CROSS, 14, 2, cv2.LINE_AA)
    return picture


def _contours(mask: Mask, scale: float) -> Iterable[npt.NDArray[np.int32]]:
    """Outlines of a mask (H, W) in the small picture, found at full size so that a small lesion stays a dot."""
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    for contour in found:
        # From indices of pixels to coordinates and back, half a pixel to the middle of each.
        yield np.round(((contour + 0.5) * scale - 0.5) * 2**_SHIFT).astype(np.int32)


def _heated(small: Picture, cam: npt.NDArray[np.float32]) -> Picture:
    levels = np.round(np.clip(cam, 0, 1) * 255).astype(np.uint8)
    if levels.shape != small.shape[:2]:
        levels = cv2.resize(levels, small.shape[1::-1], interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    heat = cv2.cvtColor(cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB)
    share = (_STRENGTH * levels / 255)[..., None]
    return np.asarray(np.round(small * (1 - share) + heat * share), dtype=np.uint8)


def _jpeg(picture: Picture) -> bytes:
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return data.tobytes()


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
