"""Training examples from a curated snapshot: preprocessed once, then kept in memory or read again as room allows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from retina_studio.networks.preprocessing import Preprocessing, preprocess
from retina_studio.store.entries import Entry
from retina_studio.store.read import Snapshot
from training.augment import Augmentation, Example

LABEL = "OD"
MEMORY = 2 * 2**30  # bytes of examples kept; beyond it they are read and prepared each time


@dataclass(frozen=True, eq=False)
class Batch:
    """Images (N, 1, H, W) float 0..1, masks (N, 1, H, W) float 0/1, centres (N, 2) in input pixels."""

    image: Tensor
    mask: Tensor
    centre: Tensor


def answered(snapshot: Snapshot, split: str) -> list[Entry]:
    """The fundus images of a split that say something of the disc, by mask or point."""
    of_split = [entry for entry in snapshot.entries if entry.split == split and entry.modality == "fundus"]
    return [entry for entry in of_split if LABEL in entry.labels or LABEL in entry.points]


def disc_centre(snapshot: Snapshot, entry: Entry) -> tuple[float, float] | None:
    """The disc centre (x, y) in image pixels: the OD point, else the centroid of the OD mask; None without."""
    if LABEL in entry.points:
        return snapshot.point(entry.index, LABEL)
    if LABEL not in entry.labels:
        return None
    rows, columns = np.nonzero(snapshot.mask(entry.index, LABEL) == 255)
    return (float(columns.mean()) + 0.5, float(rows.mean()) + 0.5) if rows.size else None


class DiscData:
    """The fundus images of one split that say something of the disc.

    Attributes:
        located: positions (in this data) of images with a disc centre.
        outlined: positions of images with an OD mask, the explicit "none" included.
    """

    def __init__(self, snapshot: Snapshot, split: str, spec: Preprocessing) -> None:
        self._snapshot = snapshot
        self._spec = spec
        self.entries = answered(snapshot, split)
        self._centres = [disc_centre(snapshot, entry) for entry in self.entries]
        self.located = [n for n, centre in enumerate(self._centres) if centre is not None]
        self.outlined = [n for n, entry in enumerate(self.entries) if LABEL in entry.labels]
        self._cache: dict[int, Example] = {}
        self._room = MEMORY // (2 * spec.height * spec.width)

    def prepare(self) -> None:
        """Read and prepare what fits into memory now, so that the time of training is training."""
        for position in range(min(len(self.entries), self._room)):
            self.example(position)

    def example(self, position: int) -> Example:
        """One image at the input size with its mask and centre."""
        if position not in self._cache:
            made = self._make(position)
            if len(self._cache) >= self._room:
                return made
            self._cache[position] = made
        return self._cache[position]

    def _make(self, position: int) -> Example:
        entry, centre = self.entries[position], self._centres[position]
        grey, frame = preprocess(self._snapshot.pixels(entry.index), self._spec)
        mask = np.zeros(grey.shape, dtype=np.uint8)
        if LABEL in entry.labels:
            mask = frame.mask_to_network(self._snapshot.mask(entry.index, LABEL) == 255)
        place = frame.points_to_network(centre) if centre else np.array([-1.0, -1.0])
        return Example(
            torch.from_numpy(grey)[None],
            torch.from_numpy(mask)[None],
            torch.from_numpy(place.astype(np.float32)),
        )

    def batches(
        self, positions: Sequence[int], size: int, augmentation: Augmentation | None = None
    ) -> Iterator[Batch]:
        """Batches of these examples; shuffled (by torch's random numbers) and changed when augmented."""
        order = torch.randperm(len(positions)).tolist() if augmentation else range(len(positions))
        for start in range(0, len(positions), size):
            examples = [self.example(positions[n]) for n in order[start : start + size]]
            yield _batch([augmentation(example) for example in examples] if augmentation else examples)


def _batch(examples: Sequence[Example]) -> Batch:
    image = torch.stack([example.image for example in examples]).float() / 255.0
    return Batch(
        image.contiguous(memory_format=torch.channels_last),
        torch.stack([example.mask for example in examples]).float(),
        torch.stack([example.centre for example in examples]),
    )
