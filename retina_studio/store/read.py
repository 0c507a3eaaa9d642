"""Read a curated store."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

import h5py
import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading, grading_from_dict
from retina_studio.domain.labels import GradeValue, Modality
from retina_studio.domain.shapes import Shape, shape_from_dict
from retina_studio.store.layout import LAYOUT_VERSION, MAX_PIXELS, check_user_block, content_hash


@dataclass(frozen=True)
class Entry:
    """One image of the index: everything but the arrays."""

    index: int
    name: str
    split: str
    patient: str
    eye: str
    modality: Modality
    height: int
    width: int
    channels: int
    source_sha256: str
    labels: tuple[str, ...]  # labels answered with a mask plane (all zero means "none")
    points: Mapping[str, tuple[float, float]]
    grades: Mapping[str, GradeValue]
    checksums: Mapping[str, str]  # part of the image -> SHA-256

    @property
    def point_labels(self) -> tuple[str, ...]:
        """The labels that have a point."""
        return tuple(self.points)


class Snapshot:
    """An open curated store. The index is read once and checked; arrays are read when asked for.

    Any number of processes may open the same file: it never changes, so no lock is taken. An open snapshot must not
    be shared across a fork; let each DataLoader worker open its own.
    """

    content_hash: str
    study_id: str
    software_version: str
    rules: dict[str, Any]
    entries: tuple[Entry, ...]

    def __init__(self, path: Path) -> None:
        """Open a snapshot.

        Raises:
            RetinaError: the file is not there, not a curated store, damaged, or of a newer layout.
        """
        self.path = path
        check_user_block(path)
        with self._damage("its structure"):
            self._file = h5py.File(path, "r", locking=False)
        try:
            self._read_index()
        except BaseException:
            self.close()
            raise

    def _read_index(self) -> None:
        with self._damage("its attributes"):
            layout = int(self._file.attrs["layout"])
            self.content_hash = str(self._file.attrs["content_hash"])
            self.study_id = str(self._file.attrs["study_id"])
            self.software_version = str(self._file.attrs["software_version"])
        if layout != LAYOUT_VERSION:
            raise RetinaError(
                f"{self.path} has layout {layout} and this Retina Studio reads layout {LAYOUT_VERSION}: "
                "use the version that wrote it, or curate the study again."
            )
        with self._damage("its index"):
            self.rules = json.loads(self._texts("rules")[0])
            records = [json.loads(text) for text in self._texts("index")]
            if content_hash(records, self.rules) != self.content_hash:
                raise ValueError("it does not match the content hash")
            self.entries = tuple(_entry(index, record) for index, record in enumerate(records))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self.entries)

    def close(self) -> None:
        """Close the file; reading fails from here on."""
        self._file.close()

    def pixels(self, index: int) -> npt.NDArray[np.uint8]:
        """The image: (H, W, 3) RGB or (H, W) grey."""
        return self._plane(index, "pixels")

    def mask(self, index: int, label: str) -> npt.NDArray[np.uint8]:
        """The plane (H, W) of a label: 0, 255, and 127 where not compliant.

        Raises:
            RetinaError: the label was not answered for this image, or the plane is damaged.
        """
        if label not in self.entries[index].labels:
            raise RetinaError(f"{self.path}: {self.entries[index].name} has no mask of {label}.")
        return self._plane(index, f"masks/{label}")

    def point(self, index: int, label: str) -> tuple[float, float]:
        """The position (x, y) of a label.

        Raises:
            RetinaError: the image has no such point.
        """
        entry = self.entries[index]
        if label not in entry.points:
            raise RetinaError(f"{self.path}: {entry.name} has no point for {label}.")
        return entry.points[label]

    def shapes(self, index: int) -> tuple[Shape, ...]:
        """The consensus shapes."""
        return tuple(shape_from_dict(form) for form in self._json(index, "shapes"))

    def layers(self, index: int) -> dict[str, Grading]:
        """Each grader's whole grading, by pseudonym."""
        return {grader: grading_from_dict(form) for grader, form in self._json(index, "layers").items()}

    def votes(self, index: int) -> dict[str, Any]:
        """Who said what, by pseudonym."""
        votes: dict[str, Any] = self._json(index, "votes")
        return votes

    def checksum(self, index: int, part: str) -> str:
        """The SHA-256 (hex) of one part of an image as it is in the file now; `Entry.checksums` names the parts.

        Raises:
            RetinaError: the part cannot be read.
        """
        if part == "pixels" or part.startswith("masks/"):
            return hashlib.sha256(self._plane(index, part).data).hexdigest()
        with self._damage(f"the {part} of {self.entries[index].name}"):
            return hashlib.sha256(self._texts(self._place(index, part))[0]).hexdigest()

    def _place(self, index: int, part: str) -> str:
        return f"images/{self.entries[index].name}/{part}"

    def _plane(self, index: int, part: str) -> npt.NDArray[np.uint8]:
        entry = self.entries[index]
        shape: tuple[int, ...] = (entry.height, entry.width)
        if part == "pixels" and entry.channels == 3:
            shape = (*shape, 3)
        with self._damage(f"the {part} of {entry.name}"):
            dataset = self._dataset(self._place(index, part))
            if dataset.shape != shape or dataset.dtype != np.uint8:
                raise ValueError("it does not have the size that the index gives")
            values: npt.NDArray[np.uint8] = dataset[()]
            return values

    def _json(self, index: int, part: str) -> Any:
        with self._damage(f"the {part} of {self.entries[index].name}"):
            return json.loads(self._texts(self._place(index, part))[0])

    def _texts(self, place: str) -> list[bytes]:
        return [bytes(text) for text in self._dataset(place)[()]]

    def _dataset(self, place: str) -> h5py.Dataset:
        dataset = self._file[place]
        # A file from elsewhere must not make us read another file through a link or a virtual dataset.
        if dataset.file != self._file or dataset.external or dataset.is_virtual:
            raise ValueError("it lies outside the file")
        return dataset

    @contextmanager
    def _damage(self, what: str) -> Iterator[None]:
        """h5py answers damage with any of these; the person gets one sentence."""
        try:
            yield
        except (
            OSError,
            RuntimeError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            IndexError,
            MemoryError,
        ) as error:
            reason = str(error).strip("'\"").rstrip(".")
            raise RetinaError(f"{self.path} is damaged: {what} cannot be read ({reason}).") from error


def _entry(index: int, record: Mapping[str, Any]) -> Entry:
    if not 0 < record["height"] * record["width"] <= MAX_PIXELS:
        raise ValueError(f"the size of {record['name']} is not possible")
    sums = record["sha256"]
    return Entry(
        index=index,
        name=record["name"],
        split=record["split"],
        patient=record["patient"],
        eye=record["eye"],
        modality=record["modality"],
        height=record["height"],
        width=record["width"],
        channels=record["channels"],
        source_sha256=record["source_sha256"],
        labels=tuple(sorted(part.removeprefix("masks/") for part in sums if part.startswith("masks/"))),
        points=MappingProxyType({code: (x, y) for code, (x, y) in record["points"].items()}),
        grades=MappingProxyType(record["grades"]),
        checksums=MappingProxyType(sums),
    )
