"""Stage folders: items as a person would have them on the disk before importing them.

`STAGE/MODALITY/` holds `images/`, `images.csv` (image, eye, patient, split: the metadata of `import`),
`masks/LABEL/*.png` with `points.csv` (the `masks` format), and `grades.csv` (the `csv` format; a row for every
image, also one without a grade, so that `--submit` hands every reading in).
"""

import csv
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from .sets import Item, Mask

SCALES = ("gradability", "dr", "glaucoma", "ppa", "oct")
_QUALITY = 95  # JPEG, of images that are made smaller


def stage(
    items: Iterable[Item], out: Path, longest: int | None = None, done: Callable[[], object] | None = None
) -> None:
    """Write the stage folders of items; `longest` makes images (and masks, points) smaller, to so many pixels."""
    tables: dict[str, _Tables] = {}
    for item in items:
        folder = out / item.modality
        if item.modality not in tables:
            tables[item.modality] = _Tables()
            (folder / "images").mkdir(parents=True)
        factor = _copy(item, folder / "images", longest)
        tables[item.modality].add(item, factor)
        for code, make in item.masks.items():
            write_png(folder / "masks" / code / f"{item.name}.png", _sized(make(), factor))
        if done:
            done()
    for modality, table in tables.items():
        table.write(out / modality)


class _Tables:
    """The three CSV files of one modality."""

    def __init__(self) -> None:
        self.images: list[list[str]] = [["image", "eye", "patient", "split"]]
        self.points: list[list[object]] = [["image", "label", "x", "y"]]
        self.grades: list[list[str]] = [["image", *SCALES]]

    def add(self, item: Item, factor: float) -> None:
        self.images.append([item.name, item.eye, item.patient, item.split])
        self.grades.append([item.name, *(item.grades.get(scale, "") for scale in SCALES)])
        for code, (x, y) in item.points.items():
            self.points.append([item.name, code, x * factor, y * factor])

    def write(self, folder: Path) -> None:
        _write_csv(folder / "images.csv", self.images)
        _write_csv(folder / "grades.csv", self.grades)
        if len(self.points) > 1:
            (folder / "masks").mkdir(exist_ok=True)
            _write_csv(folder / "masks" / "points.csv", self.points)


def _copy(item: Item, folder: Path, longest: int | None) -> float:
    """Copy the image, smaller where it is asked for; returns by what factor."""
    place = folder / f"{item.name}{item.picture.suffix}"
    if longest:
        pixels = cv2.imread(str(item.picture), cv2.IMREAD_UNCHANGED)
        if pixels is None:
            raise OSError(f"{item.picture} cannot be read as an image.")
        factor = longest / max(pixels.shape[:2])
        if factor < 1:
            small = cv2.resize(pixels, size_of(pixels.shape, factor), interpolation=cv2.INTER_AREA)
            cv2.imwrite(str(place), small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
            return factor
    shutil.copyfile(item.picture, place)
    return 1.0


def _sized(mask: Mask, factor: float) -> Mask:
    if factor == 1:
        return mask
    share = cv2.resize(mask.astype(np.float32), size_of(mask.shape, factor), interpolation=cv2.INTER_AREA)
    small: Mask = np.asarray(share) >= 0.5
    return small


def size_of(shape: tuple[int, ...], factor: float) -> tuple[int, int]:
    """(width, height) of an image of this shape (H, W ...) made smaller."""
    return max(round(shape[1] * factor), 1), max(round(shape[0] * factor), 1)


def write_png(path: Path, mask: npt.NDArray[np.bool_]) -> None:
    """A mask (H, W) as a PNG of 0 and 255."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), mask.astype(np.uint8) * 255)


def _write_csv(path: Path, rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
