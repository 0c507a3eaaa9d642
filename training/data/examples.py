"""The examples of one split: which images say what, and each of them prepared once."""

import hashlib
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Lock
from typing import Any

import cv2
import numpy as np

from retina_studio import __version__
from retina_studio.networks.field import Box
from retina_studio.networks.preprocessing import Frame, Preprocessing, preprocess
from retina_studio.store.entries import Entry
from retina_studio.store.read import Snapshot
from training.data.cache import CacheFile, Shape, cache_file
from training.data.closer import LABEL as CLOSE_TO
from training.data.closer import close_view
from training.data.example import INSIDE, NONCOMPLIANT, Example, Pixels, Stored, pack
from training.data.needs import Needs, Planes, answers, grade_number

MEMORY = 2 * 2**30  # bytes of examples kept in memory, by each split
SMALL = 64 * 2**20  # bytes that are prepared in no time; more is worth a file that the next run finds

XY = tuple[float, float]


class SplitData:
    """The images of one split that answer something of what is needed, prepared at the network's input size.

    Prepared examples stay in memory as long as all of them have room there. Where they have not, they go into a file of
    the cache folder, which later runs on the same snapshot find again; without a folder, what has no room in memory is
    prepared each time.

    Args:
        snapshot: stays open as long as this is used.
        split: "train", "val" or "test".
        spec: what is done to an image before the network sees it.
        needs: what of each image is wanted.
        only: a glob; images whose names do not match are left out.
        cache: the folder.
        fraction: share of the images that is used, of each kind of answer alike; a smaller one lies in a larger one.
        seed: of that share.
        memory: bytes in memory.

    Attributes:
        snapshot, split, spec, needs: as given.
        entries: of the images, by name; a position counts in this list. Where the network takes a second, closer look,
            the training images with a disc follow once more, as that look sees them.
        shape: of an example.
        in_memory: whether the examples stay in memory, and not in a file.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        split: str,
        spec: Preprocessing,
        needs: Needs,
        only: str = "*",
        cache: Path | None = None,
        fraction: float = 1.0,
        seed: int = 0,
        memory: int = MEMORY,
    ) -> None:
        self.snapshot = snapshot
        self.split, self.spec, self.needs = split, spec, needs
        self._planes = Planes(snapshot)
        of_split = [e for e in snapshot.entries if e.split == split and e.modality == needs.modality]
        named = [(e, self._planes.known(e)) for e in of_split if fnmatchcase(e.name, only)]
        answering = [(e, known) for e, known in named if answers(e, known, needs)]
        self._rows = _share([_kind(e, known, needs) for e, known in answering], fraction, seed)
        self.entries = [answering[row][0] for row in self._rows]
        self._known = [answering[row][1] for row in self._rows]
        self._boxes: list[Box | None] = [None] * len(self.entries)
        if split == "train" and spec.focus:
            self._look_closer(len(answering))
        self.shape = Shape(
            spec.height, spec.width, spec.channels, len(needs.labels), len(needs.points), len(needs.grades)
        )
        self._centroids: dict[tuple[int, str], XY | None] = {}
        self._memory: dict[int, Stored] = {}
        self.in_memory = cache is None or len(self.entries) * self.shape.bytes <= min(memory, SMALL)
        self._room = memory // self.shape.bytes if self.in_memory else 0
        self._file: CacheFile | None = None
        self._opening = Lock()
        self._folder, self._all = cache, [e.index for e, _ in answering]

    def _look_closer(self, rows: int) -> None:
        """Add the second look at each image with a disc; the rows of the cache file go on after the first looks."""
        for row, entry, known in list(zip(self._rows, self.entries, self._known, strict=True)):
            if CLOSE_TO in known and (box := close_view(self.snapshot, entry, self.spec)):
                self.entries.append(entry)
                self._known.append(known)
                self._boxes.append(box)
                self._rows.append(rows + row)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def _records(self) -> int:
        """Of the cache file: a second look has its own."""
        return len(self._all) * (2 if self.split == "train" and self.spec.focus else 1)

    @property
    def memory_bytes(self) -> int:
        """Of the examples that stay in memory, once all are prepared."""
        return min(len(self.entries), self._room) * self.shape.bytes

    @property
    def missing_cache_bytes(self) -> int:
        """Of the cache file, where one is needed that is not there yet."""
        if self.in_memory or self._folder is None:
            return 0
        path, size = cache_file(self._folder, self._key(), self._records, self.shape)
        return 0 if path.is_file() else size

    def with_mask(self, label: str) -> list[int]:
        """Positions of the images whose mask of a label is an answer, the answer "none" included."""
        return [n for n, known in enumerate(self._known) if label in known]

    def with_point(self, label: str) -> list[int]:
        """Positions of the images that say where a label lies, by its point or by a mask that is not empty."""
        return [n for n in range(len(self.entries)) if self.point(n, label) is not None]

    def with_grade(self, scale: str) -> list[int]:
        """Positions of the images that were graded on a scale."""
        return [n for n, entry in enumerate(self.entries) if scale in entry.grades]

    def grade(self, position: int, scale: str) -> float:
        """A grade as a number: False/True as 0/1, a word as its place on the scale; nan where unknown."""
        return grade_number(self.entries[position].grades, scale)

    def point(self, position: int, label: str) -> XY | None:
        """Where a label lies, in image pixels: its point, else the centroid of its mask; None where unknown."""
        entry = self.entries[position]
        if label in entry.points:
            return entry.points[label]
        if (position, label) not in self._centroids:
            self._centroids[position, label] = centroid_of(self.snapshot, entry, label)
        return self._centroids[position, label]

    def prepare(self, progress: Callable[[int], object] | None = None) -> None:
        """Read and prepare what can be kept, so that the time of training is training.

        Args:
            progress: told how many are done.

        Raises:
            RetinaError: the snapshot is damaged, or the cache has no room.
        """
        kept = range(len(self.entries) if not self.in_memory else min(len(self.entries), self._room))
        with ThreadPoolExecutor(max_workers=2) as pool:  # the second decodes while the first resizes
            for done, _ in enumerate(pool.map(self.stored, kept), 1):
                if progress:
                    progress(done)

    def example(self, position: int) -> Example:
        """One image at the input size with its masks, points and grades."""
        return self.stored(position).example()

    def stored(self, position: int) -> Stored:
        """The same as it is kept; not to be changed. Threads may ask at the same time."""
        if self.in_memory:
            if (kept := self._memory.get(position)) is not None:
                return kept
            made = self._make(position)
            if len(self._memory) < self._room:
                self._memory[position] = made
            return made
        file, row = self._cache_file(), self._rows[position]
        found = file.read(row)
        if found is None:
            file.write(row, self._make(position))
            found = file.read(row)
        return found if found is not None else self._make(position)

    def _cache_file(self) -> CacheFile:
        with self._opening:
            if self._file is None:
                folder = self._folder
                assert folder is not None  # noqa: S101 - in_memory says so
                self._file = CacheFile(folder, self._key(), self._records, self.shape)
            return self._file

    def _key(self) -> dict[str, Any]:
        return {
            "store": self.snapshot.content_hash,
            "images": hashlib.sha256(repr(self._all).encode()).hexdigest(),
            "preprocessing": self.spec.to_dict(),
            "needs": self.needs.to_dict(),
            "software": __version__,
            "cv2": cv2.__version__,
        }

    def _make(self, position: int) -> Stored:
        entry = self.entries[position]
        pixels, frame = preprocess(self.snapshot.pixels(entry.index), self.spec, self._boxes[position])
        masks = [self._codes(position, label, frame) for label in self.needs.labels]
        return Stored(
            pixels.reshape(self.spec.height, self.spec.width, -1),
            pack(masks, self.spec.height, self.spec.width),
            np.array([mask is not None for mask in masks], dtype=bool),
            self._places(position, frame),
            np.array([self.grade(position, scale) for scale in self.needs.grades], dtype=np.float32),
        )

    def _codes(self, position: int, label: str, frame: Frame) -> Pixels | None:
        """A mask at the input's size as 0, 1 and 2; None where it is unknown."""
        if label not in self._known[position]:
            return None
        plane = self.snapshot.mask(self.entries[position].index, label)
        codes = frame.mask_to_network(plane == 255) * np.uint8(INSIDE)
        doubtful = plane == 127
        if doubtful.any():
            codes[(frame.mask_to_network(doubtful) == 1) & (codes == 0)] = NONCOMPLIANT
        return codes

    def _places(self, position: int, frame: Frame) -> np.ndarray[Any, np.dtype[np.float32]]:
        places = np.full((len(self.needs.points), 2), np.nan, dtype=np.float32)
        for n, label in enumerate(self.needs.points):
            if (point := self.point(position, label)) is not None and _is_inside(point, frame.box):
                places[n] = frame.points_to_network(point)
        return places


def _is_inside(point: XY, box: Box) -> bool:
    left, top, width, height = box
    return left <= point[0] <= left + width and top <= point[1] <= top + height


def centroid_of(snapshot: Snapshot, entry: Entry, label: str) -> XY | None:
    """The centroid (x, y) of a label's mask in image pixels; None where it has none or is empty."""
    if label not in entry.labels:
        return None
    rows, columns = np.nonzero(snapshot.mask(entry.index, label) == 255)
    return (float(columns.mean()) + 0.5, float(rows.mean()) + 0.5) if rows.size else None


def _kind(entry: Entry, known: frozenset[str], needs: Needs) -> tuple[str, ...]:
    """What an image answers: images of one kind are shared out alike."""
    return (
        *sorted(known.intersection(needs.labels)),
        *sorted(f"at {label}" for label in needs.points if label in entry.points),
        *(f"{scale}={entry.grades[scale]}" for scale in needs.grades if scale in entry.grades),
    )


def _share(kinds: Sequence[tuple[str, ...]], fraction: float, seed: int) -> list[int]:
    """Which of these are in the share, in order."""
    if fraction >= 1:
        return list(range(len(kinds)))
    order = np.random.default_rng(seed).permutation(len(kinds))
    groups: dict[tuple[str, ...], list[int]] = {}
    for number in order.tolist():
        groups.setdefault(kinds[number], []).append(number)
    return sorted(n for group in groups.values() for n in group[: math.ceil(fraction * len(group))])
