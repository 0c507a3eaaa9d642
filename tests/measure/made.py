"""Material for training only: phantoms, and photographs of the sets with atrophy composed onto them.

OUT holds `images/`, `masks/LABEL/NAME.png`, `points.csv` and `labels.csv` (`extra.py` reads them). Every image
trains or validates, none tests. A composite has the patient and the split of the photograph it was made of.

- `phantom_fundus_*`: 768 pixels, DR 0 to 4 in turn, PPA in every second one; all labels.
- `phantom_oct_CLASS_*`: each class as often.
- `composite_ppa_*` and `composite_plain_*`: photographs and disc crops whose disc is outlined (Drishti-GS1, IDRiD,
  RIM-ONE) and that show no atrophy of their own (the ring beside the disc is no paler than the retina); with a
  crescent, and as they are with the answer "none".
- `crop_*`: squares about the disc of whole photographs (Drishti-GS1, IDRiD), framed as RIM-ONE frames its discs: what
  the model `glaucoma` sees on its second look.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.geometry import rasterise
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Point
from retina_studio.exchange.answers import written
from retina_studio.phantoms.fundus import fundus_phantom
from retina_studio.phantoms.oct import CLASSES, oct_phantom
from retina_studio.phantoms.settings import PhantomSettings, default_settings

from .composites import Disc, compose, disc_of, paleness
from .extra import COLUMNS
from .sets import Item, Mask, read_colour, read_items, whole_patients
from .staging import SCALES, size_of, write_png

Pixels = npt.NDArray[np.uint8]
# Photographs; B-scans of each class; composites with and as many without; crops of each photograph.
FUNDUS, OCT, COMPOSITES, CROPS = 120, 60, 120, 2
_VALIDATES = 7  # of the phantoms, every so many-th
LONGEST = 1024  # pixels of a composite
_PALE = 0.2  # a ring beside the disc this much paler than the retina may be atrophy already
_QUALITY = 93
_AROUND = (1.55, 2.5)  # side of a crop in disc diameters
_OFF = 0.12  # disc diameters that a crop's middle may lie off the disc's
_CROP_SIDE = 512  # pixels of a crop at most
_CROPS = {"rimone"}  # a crescent as wide as in a photograph would leave the crop


class Folder:
    """Writes one folder of made images."""

    def __init__(self, out: Path) -> None:
        self._out = out
        (out / "images").mkdir(parents=True)
        self._labels: list[list[str]] = [list(COLUMNS)]
        self._points: list[list[object]] = [["image", "label", "x", "y"]]

    def add(self, item: Item, pixels: Pixels) -> None:
        """Write an image (RGB or grey) as `item.picture.name`, with what the item says of it."""
        colours = pixels[..., ::-1] if pixels.ndim == 3 else pixels
        cv2.imwrite(
            str(self._out / "images" / item.picture.name), colours, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
        )
        for code, make in item.masks.items():
            write_png(self._out / "masks" / code / f"{item.name}.png", make())
        self._points += [[item.name, code, x, y] for code, (x, y) in item.points.items()]
        grades = [item.grades.get(scale, "") for scale in SCALES]
        self._labels.append(
            [item.name, item.picture.name, item.split, item.modality, item.patient, item.eye, *grades]
        )

    def close(self) -> None:
        """Write the tables."""
        for name, rows in (("labels.csv", self._labels), ("points.csv", self._points)):
            with (self._out / name).open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)


def make_phantoms(data: Path, out: Path, *, share: float = 1.0, seed: int = 0) -> dict[str, int]:
    """Write the folder OUT, with a share of the usual number of images; returns how many of each kind.

    Raises:
        OSError: OUT is there already, or an image of the sets cannot be read.
    """
    folder, counts = Folder(out), dict.fromkeys(("phantom_fundus", "phantom_oct", "composite", "crop"), 0)
    fundus, oct_, composites = (max(round(share * usual), 2) for usual in (FUNDUS, OCT, COMPOSITES))
    for number in range(fundus):
        folder.add(*_fundus(number, seed))
        counts["phantom_fundus"] += 1
    for name in CLASSES:
        for number in range(oct_):
            folder.add(*_oct(number, name, seed))
            counts["phantom_oct"] += 1
    for item, pixels in _composites(data, composites, seed):
        folder.add(item, pixels)
        counts["composite"] += 1
    for item, pixels in _crops(data, CROPS if share == 1 else 1, seed):
        folder.add(item, pixels)
        counts["crop"] += 1
    folder.close()
    return counts


def _fundus(number: int, seed: int) -> tuple[Item, Pixels]:
    phantom = fundus_phantom(seed + number, dr=number % 5, settings=_settings(ppa=number // 5 % 2 == 0))
    item = _phantom_item(f"phantom_fundus_{number:03}", number, phantom.grading, phantom.pixels)
    return replace(item, eye=phantom.eye), phantom.pixels


def _settings(*, ppa: bool) -> PhantomSettings:
    """The phantoms' own ranges, with or without atrophy, all of them gradable."""
    settings = default_settings()
    fundus = settings.fundus
    return replace(
        settings,
        fundus=replace(
            fundus,
            ppa=replace(fundus.ppa, chance=1.0 if ppa else 0.0),
            optics=replace(fundus.optics, ungradable_chance=0.0),
        ),
    )


def _oct(number: int, name: str, seed: int) -> tuple[Item, Pixels]:
    phantom = oct_phantom(seed + number, oct_class=name)
    item = _phantom_item(f"phantom_oct_{name}_{number:03}", number, phantom.grading, phantom.pixels)
    return replace(item, modality="oct", eye=phantom.eye), phantom.pixels


def _phantom_item(name: str, number: int, grading: Grading, pixels: Pixels) -> Item:
    height, width = pixels.shape[:2]
    drawn = {s.label for s in grading.shapes.values() if not isinstance(s.geometry, Point)}
    return Item(
        name,
        Path(f"{name}.jpg"),
        "val" if number % _VALIDATES == _VALIDATES - 1 else "train",
        grades={code: written(value) for code, value in grading.grades.items()},
        masks={code: _drawn(grading, code, height, width) for code in sorted(drawn)},
        points={s.label: s.geometry.centre for s in grading.shapes.values() if isinstance(s.geometry, Point)},
    )


def _drawn(grading: Grading, code: str, height: int, width: int) -> Callable[[], Mask]:
    def mask() -> Mask:
        whole = np.zeros((height, width), dtype=np.bool_)
        for shape in grading.labelled(code):
            whole |= rasterise(shape.geometry, height, width)
        return whole

    return mask


def _composites(data: Path, count: int, seed: int) -> Iterator[tuple[Item, Pixels]]:
    """So many photographs with atrophy and as many without, half of them crops where the sets have enough."""
    bases = _bases(data)
    crops = [base for base in bases if base[0].set in _CROPS]
    whole = [base for base in bases if base[0].set not in _CROPS]
    rng = np.random.default_rng(seed)
    for group, wanted in ((whole, count - count // 2), (crops, count // 2)):
        if not group:
            continue
        for number in range(wanted):
            item, pixels, disc = group[number % len(group)]
            width = (0.06, 0.35) if item.set in _CROPS else (0.12, 0.9)
            made, ppa = compose(rng, pixels, disc, width)
            yield _composite(f"composite_ppa_{item.name}_{number // len(group)}", item, disc, ppa), made
        for number in range(min(wanted, 2 * len(group))):
            # From the other end: where there are enough, other eyes than those with atrophy; then mirrored.
            item, pixels, disc = group[-1 - number % len(group)]
            if number >= len(group):
                pixels, disc = np.ascontiguousarray(pixels[:, ::-1]), np.ascontiguousarray(disc[:, ::-1])
            plain = f"composite_plain_{item.name}_{number // len(group)}"
            yield _composite(plain, item, disc, np.zeros_like(disc)), pixels


def _composite(name: str, base: Item, disc: Mask, ppa: Mask) -> Item:
    return Item(
        name,
        Path(f"{name}.jpg"),
        base.split,
        patient=base.patient or base.name,  # as the import takes an image without a patient for its own
        masks={"OD": lambda: disc, "PPA": lambda: ppa},
        grades={"ppa": written(bool(ppa.any()))},
    )


def _crops(data: Path, each: int, seed: int) -> Iterator[tuple[Item, Pixels]]:
    """So many squares about the disc of each whole photograph of train and val that has its disc outlined."""
    rng = np.random.default_rng(seed)
    items, _ = whole_patients(read_items(data))
    for item in items:
        if item.split == "test" or "OD" not in item.masks or item.set in _CROPS:
            continue
        pixels, masks = read_colour(item.picture), {code: make() for code, make in item.masks.items()}
        about = disc_of(pixels, masks["OD"])
        for number in range(each):
            window, size = _window(rng, about, pixels.shape)
            yield _crop(f"crop_{item.name}_{number}", item, masks, window, size), _cut(pixels, window, size)


Window = tuple[slice, slice]
Size = tuple[int, int]


def _window(rng: np.random.Generator, about: Disc, shape: tuple[int, ...]) -> tuple[Window, Size]:
    """Rows and columns of a crop inside the photograph, and its (width, height) once it is made smaller."""
    diameter = 2 * max(about.half_width, about.half_height)
    half = float(rng.uniform(*_AROUND)) * diameter / 2
    x, y = np.asarray(about.centre) + rng.uniform(-_OFF, _OFF, 2) * diameter
    rows, columns = (
        slice(max(round(middle - half), 0), min(round(middle + half), side))
        for middle, side in ((y, shape[0]), (x, shape[1]))
    )
    cut = (rows.stop - rows.start, columns.stop - columns.start)
    return (rows, columns), size_of(cut, min(_CROP_SIDE / max(cut), 1.0))


def _cut(pixels: Pixels, window: Window, size: Size) -> Pixels:
    return np.asarray(cv2.resize(pixels[window], size, interpolation=cv2.INTER_AREA), np.uint8)


def _crop(name: str, base: Item, masks: Mapping[str, Mask], window: Window, size: Size) -> Item:
    def cut(mask: Mask) -> Callable[[], Mask]:
        small = cv2.resize(mask[window].astype(np.float32), size, interpolation=cv2.INTER_AREA)
        return lambda: np.asarray(small >= 0.5)

    return Item(
        name,
        Path(f"{name}.jpg"),
        base.split,
        patient=base.patient or base.name,
        eye=base.eye,
        masks={code: cut(mask) for code, mask in masks.items() if code in ("OD", "OC")},
    )


def _bases(data: Path) -> list[tuple[Item, Pixels, Mask]]:
    """Photographs of train and val with an outlined disc and no paler ring about it, made smaller."""
    items, _ = whole_patients(read_items(data))
    found = []
    for item in _dealt([i for i in items if i.split != "test" and "OD" in i.masks]):
        picture = read_colour(item.picture)
        disc = item.masks["OD"]()
        factor = min(LONGEST / max(disc.shape), 1.0)
        size = size_of(disc.shape, factor)
        pixels = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        disc = cv2.resize(disc.astype(np.float32), size, interpolation=cv2.INTER_AREA) >= 0.5
        if paleness(pixels, disc) < _PALE:
            found.append((item, pixels, disc))
    return found


def _dealt(items: Sequence[Item]) -> list[Item]:
    """The items in an order that mixes sets, splits and grades; the same every time."""
    order = np.random.default_rng(5).permutation(len(items))
    return [items[position] for position in order]
