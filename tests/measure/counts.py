"""What a snapshot holds: images, labels and grades by split, and whether its planes are those of the stage folders."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from retina_studio.store.read import Snapshot

from .sets import read_grey

SPLITS = ("train", "val", "test")


def counts_of(store: Path, sets: Mapping[str, str]) -> dict[str, Any]:
    """The counts of a snapshot; `sets` says which set an image belongs to.

    A label counts as drawn where its plane is not empty, else as none; points and grades by value. Of the empty
    lesion planes of a photograph graded DR1 or more nobody said "none": the DR grade answers for them (`answered by
    the grade`).
    """
    images: Counter[tuple[str, str]] = Counter()
    drawn: Counter[tuple[str, str, str]] = Counter()
    grades: Counter[tuple[str, str, str]] = Counter()
    splits: dict[str, set[str]] = {}
    with Snapshot(store) as snapshot:
        for entry in snapshot.entries:
            images[sets[entry.name], entry.split] += 1
            splits.setdefault(entry.patient, set()).add(entry.split)
            for label in entry.labels:
                full = bool(snapshot.mask(entry.index, label).any())
                drawn[label, "drawn" if full else "none", entry.split] += 1
            drawn.update((label, "point", entry.split) for label in entry.points)
            grades.update((scale, str(value).lower(), entry.split) for scale, value in entry.grades.items())
        return {
            "content hash": snapshot.content_hash,
            "images": len(snapshot),
            "patients": len(splits),
            "patients in two splits": sorted(p for p, found in splits.items() if len(found) > 1),
            "by set": _table(images),
            "by label": _table({(f"{code} {kind}", split): n for (code, kind, split), n in drawn.items()}),
            "by grade": _table({(f"{code} {value}", split): n for (code, value, split), n in grades.items()}),
        }


def _table(counts: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    names = sorted({name for name, _ in counts})
    return {name: {split: counts.get((name, split), 0) for split in SPLITS} for name in names}


def differing_planes(store: Path, stage: Path) -> list[str]:
    """The planes of a snapshot that are not, pixel by pixel, the masks that were imported."""
    wrong = []
    with Snapshot(store) as snapshot:
        of_name = {entry.name: entry for entry in snapshot.entries}
        for path in sorted(stage.glob("*/masks/*/*.png")):
            entry, label = of_name.get(path.stem), path.parent.name
            if entry is None or label not in entry.labels:
                wrong.append(f"{path.stem} {label}: missing")
            elif not np.array_equal(snapshot.mask(entry.index, label) == 255, read_grey(path) > 0):
                wrong.append(f"{path.stem} {label}: other pixels")
    return wrong


def same_pictures(stage: Path) -> dict[str, str]:
    """Images of the stage folders that are another's picture, byte for byte: an import takes the first of them only."""
    first: dict[str, str] = {}
    same = {}
    for path in sorted(stage.glob("*/images/*")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if first.setdefault(digest, path.stem) != path.stem:
            same[path.stem] = first[digest]
    return same
