"""Discs of PALM's photographs, outlined by the model `glaucoma`: the set gives none, and has eyes like no other.

A network that learns PALM's presence of atrophy, and never where the disc is, says "disc" of half the retina there. So
the model's outline is taken where it looks like a disc: one part, nearly an ellipse, as large as discs are. Images of
train and val only; none tests.

- `weak_plain_*`: a photograph without pathologic myopia, its disc, and the answer "no atrophy".
- `weak_myopic_*`: one with pathologic myopia and its disc; where the atrophy lies is not known.
- `composite_ppa_palm_*`: every second of the plain ones, with a crescent composed onto it.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.networks.field import field_of_view
from retina_studio.networks.find import find
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import LoadedWeights, load_weights

from .composites import compose
from .made import LONGEST, Folder
from .sets import Item, Mask, read_colour, read_items, whole_patients
from .staging import size_of

Pixels = npt.NDArray[np.uint8]
_SIZE = (0.07, 0.22)  # a disc's diameter, as a share of the field's width
_LIKENESS = 0.85  # least IoU of the outline with the ellipse that fits it
_FEWEST = 5  # points that an ellipse can be fitted to
_MYOPIC = "1"  # the grade `ppa` of PALM, as its table writes it


def make_weak(data: Path, out: Path, weights: Path, *, seed: int = 0) -> dict[str, int]:
    """Write the folder OUT as `make_phantoms` does; returns how many of each kind.

    Raises:
        OSError: OUT is there already, or an image cannot be read.
        WeightsError: the weights cannot be read.
    """
    loaded, folder, rng = load_weights(weights), Folder(out), np.random.default_rng(seed)
    counts = dict.fromkeys(("weak_plain", "weak_myopic", "composite_ppa_palm", "left out"), 0)
    for item, pixels in _photographs(data):
        disc = _disc(loaded, pixels)
        if disc is None:
            counts["left out"] += 1
            continue
        myopic = item.grades["ppa"] == _MYOPIC
        kind = "weak_myopic" if myopic else "weak_plain"
        known = {"OD": disc} if myopic else {"OD": disc, "PPA": np.zeros_like(disc)}
        folder.add(_made(f"{kind}_{item.name}", item, known, item.grades["ppa"]), pixels)
        counts[kind] += 1
        if not myopic and counts[kind] % 2:
            changed, ppa = compose(rng, pixels, disc, (0.12, 0.9))
            name = f"composite_ppa_{item.name}"
            folder.add(_made(name, item, {"OD": disc, "PPA": ppa}, _MYOPIC), changed)
            counts["composite_ppa_palm"] += 1
    folder.close()
    return counts


def _photographs(data: Path) -> Iterator[tuple[Item, Pixels]]:
    items, _ = whole_patients(read_items(data))
    for item in items:
        if item.set == "palm" and item.split != "test":
            picture = read_colour(item.picture)
            size = size_of(picture.shape, min(LONGEST / max(picture.shape[:2]), 1.0))
            yield item, np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _disc(loaded: LoadedWeights, pixels: Pixels) -> Mask | None:
    """The model's outline, if it looks like a disc."""
    header = loaded.header
    row = model_spec(header.stem, header.size)
    mask = find(row, loaded.network, pixels, header.preprocessing, header.postprocess).mask("OD")
    return mask if looks_like_a_disc(mask, field_of_view(pixels)[2]) else None


def looks_like_a_disc(mask: Mask, width: float) -> bool:
    """Whether a mask (H, W) is one part, nearly an ellipse, and of a disc's size in a field so wide (pixels)."""
    parts, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if len(parts) != 1 or len(parts[0]) < _FEWEST:
        return False
    diameter = 2 * np.sqrt(cv2.contourArea(parts[0]) / np.pi)
    if not _SIZE[0] <= diameter / width <= _SIZE[1]:
        return False
    ellipse = np.zeros(mask.shape, np.uint8)
    cv2.ellipse(ellipse, cv2.fitEllipse(parts[0]), 1, cv2.FILLED)
    likeness = np.count_nonzero(mask & (ellipse > 0)) / np.count_nonzero(mask | (ellipse > 0))
    return bool(likeness >= _LIKENESS)


def _made(name: str, base: Item, masks: dict[str, Mask], ppa: str) -> Item:
    return replace(
        base,
        name=name,
        picture=Path(f"{name}.jpg"),
        patient=base.patient or base.name,
        masks={code: (lambda mask=mask: mask) for code, mask in masks.items()},
        points={},
        grades={"ppa": ppa},
    )
