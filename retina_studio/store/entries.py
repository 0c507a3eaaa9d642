"""The index of a curated store: one record an image, everything but the arrays."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from retina_studio.domain.labels import GradeValue, Modality
from retina_studio.store.layout import MAX_PIXELS


@dataclass(frozen=True, slots=True)
class Entry:
    """One image of the index. `labels` are those answered with a mask plane (all zero means "none")."""

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
    labels: tuple[str, ...]
    points: Mapping[str, tuple[float, float]]
    grades: Mapping[str, GradeValue]

    @property
    def point_labels(self) -> tuple[str, ...]:
        """The labels that have a point."""
        return tuple(self.points)


def entry_of(index: int, text: bytes, shared: dict[tuple[str, ...], tuple[str, ...]]) -> Entry:
    """The entry of a record.

    `shared` keeps one of all equal tuples of labels: an index of thousands of images stays small.

    Raises:
        ValueError, KeyError, TypeError: the record is damaged.
    """
    record: dict[str, Any] = json.loads(text)
    if not 0 < record["height"] * record["width"] <= MAX_PIXELS:
        raise ValueError(f"the size of {record['name']} is not possible")
    labels = tuple(
        sorted(
            sys.intern(part.removeprefix("masks/")) for part in record["sha256"] if part.startswith("masks/")
        )
    )
    return Entry(
        index=index,
        name=record["name"],
        split=sys.intern(record["split"]),
        patient=sys.intern(record["patient"]),
        eye=sys.intern(record["eye"]),
        modality=record["modality"],
        height=record["height"],
        width=record["width"],
        channels=record["channels"],
        source_sha256=record["source_sha256"],
        labels=shared.setdefault(labels, labels),
        points=MappingProxyType({sys.intern(code): (x, y) for code, (x, y) in record["points"].items()}),
        grades=MappingProxyType({sys.intern(code): value for code, value in record["grades"].items()}),
    )


def checksums_of(text: bytes) -> dict[str, str]:
    """Part of the image -> SHA-256 (hex), of a record."""
    sums: dict[str, str] = json.loads(text)["sha256"]
    return sums
