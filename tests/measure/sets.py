"""The public research sets as items to import: what each says of an image, in this product's words.

Stand-ins and choices, said wherever a figure rests on them:

- `palm` has no PPA mask: its pathologic myopia is the grade `ppa`, a stand-in.
- `drishti`: disc and cup are the pixels that at least 2 of its 4 graders marked.
- `heimed`, `hrf`: the disc centre is a point of the label OD. The maculopathy of `dr_grades` is no scale here.
- `oct_dme`: dme 0 is the class "normal": the set knows no other disease.
- `oct_drusen` is one eye in three splits (contiguous blocks of B-scans). The study keeps a patient in one split, so
  each block is a patient of its own: figures on it are within one eye. Drusen are derived (`drusen.py`); a B-scan
  without one answers "none" and gets no class.
- A patient who is in two splits of a set goes wholly where their test (else validation) images are: no test image
  is trained on, and no patient is in two splits.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from .drusen import drusen_of

Mask = npt.NDArray[np.bool_]
Row = Mapping[str, str]
AGREEING = 2  # of Drishti's four graders
_ORDER = ("test", "val", "train")


@dataclass(frozen=True)
class Item:
    """One image and what is known of it.

    Attributes:
        name: in the study, prefixed with the set.
        picture: the image file, copied as it is.
        split: train, val or test.
        patient: "" where every image is its own.
        grades: scale -> the value as the `csv` format writes it.
        masks: label -> how to make its mask (H, W); all False answers "none".
        points: label -> (x, y) in pixels.
    """

    name: str
    picture: Path
    split: str
    modality: Literal["fundus", "oct"] = "fundus"
    patient: str = ""
    eye: str = ""
    grades: Mapping[str, str] = field(default_factory=dict)
    masks: Mapping[str, Callable[[], Mask]] = field(default_factory=dict)
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def set(self) -> str:
        """The set it belongs to."""
        return next(name for name in (*SETS, *MADE) if self.name.startswith(f"{name}_"))


@dataclass(frozen=True)
class _Of:
    """What the sets have in common: a folder, its rows, an item of a row."""

    folder: Path

    def item(self, row: Row, **more: object) -> Item:
        name = self.folder.name
        patient = f"{name}_{row['patient']}" if row.get("patient") else ""
        base = Item(
            f"{name}_{row['image']}",
            self.folder / "images" / f"{row['image']}.jpg",
            row["split"],
            patient=patient,
            eye=row.get("eye", ""),
        )
        return replace(base, **more)  # type: ignore[arg-type]  # the fields are those of Item

    def mask(self, sub: str, row: Row, least: int = 1) -> Callable[[], Mask]:
        path = self.folder / sub / f"{row['image']}.png"
        return lambda: read_grey(path) >= least


def _drishti(of: _Of, row: Row) -> Item:
    masks = {"OD": of.mask("od_graders", row, AGREEING), "OC": of.mask("oc_graders", row, AGREEING)}
    return of.item(row, masks=masks)


def _rimone(of: _Of, row: Row) -> Item:
    return of.item(row, masks={"OD": of.mask("od", row)}, grades={"glaucoma": row["glaucoma"]})


def _hrf(of: _Of, row: Row) -> Item:
    return of.item(row, points={"OD": _centre(row)}, grades={"glaucoma": row["glaucoma"]})


def _idrid(of: _Of, row: Row) -> Item:
    return of.item(row, masks={code: of.mask(code, row) for code in ("MA", "iHE", "HaEx", "CWS", "OD")})


def _heimed(of: _Of, row: Row) -> Item:
    return of.item(row, masks={"HaEx": of.mask("HaEx", row)}, points={"OD": _centre(row)})


def _dr_grades(of: _Of, row: Row) -> Item:
    return of.item(row, grades={"dr": row["dr_grade"]})


def _palm(of: _Of, row: Row) -> Item:
    return of.item(row, grades={"ppa": row["pathologic_myopia"]})


def _oct_dme(of: _Of, row: Row) -> Item:
    return of.item(row, modality="oct", grades={"oct": "dme" if row["dme"] == "1" else "normal"})


def _oct_kermany(of: _Of, row: Row) -> Item:
    return of.item(row, modality="oct", grades={"oct": row["oct_class"]})


def _oct_drusen(of: _Of, row: Row) -> Item:
    path = of.folder / "rpe_bm_lines" / f"{row['image']}.png"
    found = drusen_of(read_grey(path)).any()
    return of.item(
        row,
        modality="oct",
        patient=f"oct_drusen_block_{row['split']}",
        masks={"drusen": lambda: drusen_of(read_grey(path))},
        grades={"oct": "drusen"} if found else {},
    )


SETS: Mapping[str, Callable[[_Of, Row], Item]] = {
    "drishti": _drishti, "rimone": _rimone, "hrf": _hrf, "idrid": _idrid, "heimed": _heimed,
    "dr_grades": _dr_grades, "palm": _palm,
    "oct_dme": _oct_dme, "oct_kermany": _oct_kermany, "oct_drusen": _oct_drusen,
}  # fmt: skip
MADE = ("phantom", "composite", "crop", "weak")  # by `python -m tests.measure phantoms` and `weak`


def read_items(data: Path) -> list[Item]:
    """Every image of the sets in a folder, as the sets say it (splits are not yet `whole_patients`)."""
    items = []
    for name, make in SETS.items():
        of = _Of(data / name)
        with (of.folder / "labels.csv").open(encoding="utf-8", newline="") as file:
            items += [make(of, row) for row in csv.DictReader(file)]
    return items


def whole_patients(items: Iterable[Item]) -> tuple[list[Item], dict[str, list[str]]]:
    """The items with every patient in one split, and the patients who were in several: their splits."""
    listed = list(items)
    splits: dict[str, set[str]] = defaultdict(set)
    for item in listed:
        splits[item.patient].add(item.split)
    moved = {patient: sorted(found) for patient, found in splits.items() if patient and len(found) > 1}
    return [
        replace(item, split=next(s for s in _ORDER if s in moved[item.patient]))
        if item.patient in moved
        else item
        for item in listed
    ], moved


def some_of_each(items: Iterable[Item], count: int) -> list[Item]:
    """At most so many images of each set and split, the grades (else what is drawn) taking turns."""
    groups: dict[tuple[str, str], dict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        groups[item.set, item.split][str(sorted(item.grades.items()))].append(item)
    return [item for group in groups.values() for item in list(_turns(group.values()))[:count]]


def _turns(kinds: Iterable[list[Item]]) -> Iterator[Item]:
    waiting = [iter(kind) for kind in kinds]
    while waiting:
        for kind in list(waiting):
            item = next(kind, None)
            if item is None:
                waiting.remove(kind)
            else:
                yield item


def read_grey(path: Path) -> npt.NDArray[np.uint8]:
    """The values (H, W) of a grey PNG.

    Raises:
        OSError: it cannot be read.
    """
    plane = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if plane is None:
        raise OSError(f"{path} cannot be read as an image.")
    values = np.asarray(plane, dtype=np.uint8)
    return values if values.ndim == 2 else values[..., 0]


def read_colour(path: Path) -> npt.NDArray[np.uint8]:
    """The pixels (H, W, 3) of a photograph, RGB.

    Raises:
        OSError: it cannot be read.
    """
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if pixels is None:
        raise OSError(f"{path} cannot be read as an image.")
    return np.asarray(pixels, dtype=np.uint8)


def _centre(row: Row) -> tuple[float, float]:
    return float(row["disc_x"]), float(row["disc_y"])
