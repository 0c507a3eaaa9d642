"""Images that were made for training, in a folder as `phantoms` writes it; read as items."""

import csv
from functools import partial
from pathlib import Path

from .sets import Item, Mask, read_grey
from .staging import SCALES

COLUMNS = ("image", "file", "split", "modality", "patient", "eye", *SCALES)


def read_extra(folder: Path) -> list[Item]:
    """The items of a folder: `images/`, `LABEL/NAME.png`, `points.csv`, `labels.csv` with the columns `COLUMNS`."""
    points: dict[str, dict[str, tuple[float, float]]] = {}
    for row in _rows(folder / "points.csv"):
        points.setdefault(row["image"], {})[row["label"]] = (float(row["x"]), float(row["y"]))
    masks: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.glob("masks/*/*.png")):
        masks.setdefault(path.stem, {})[path.parent.name] = path
    return [
        Item(
            row["image"],
            folder / "images" / row["file"],
            row["split"],
            "oct" if row["modality"] == "oct" else "fundus",
            row["patient"],
            row["eye"],
            {scale: row[scale] for scale in SCALES if row[scale]},
            {code: partial(_mask, path) for code, path in masks.get(row["image"], {}).items()},
            points.get(row["image"], {}),
        )
        for row in _rows(folder / "labels.csv")
    ]


def _mask(path: Path) -> Mask:
    mask: Mask = read_grey(path) > 0
    return mask


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
