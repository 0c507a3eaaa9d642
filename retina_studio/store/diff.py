"""What changed between two curated stores: by checksums first, arrays are read only where these differ."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from retina_studio.domain.labels import GradeValue
from retina_studio.domain.voting.outcome import ConsensusShape
from retina_studio.store.entries import Entry
from retina_studio.store.read import Snapshot

_TEXTS = ("votes", "decisions", "agreement", "layers")
_FACTS = ("modality", "eye", "patient", "source_sha256")


@dataclass(frozen=True)
class PlaneDiff:
    """One label before and after: pixels inside (non-compliant ones too), those of them not compliant, and Dice.

    A count is None where there was no plane; Dice is then None too, and 1 where both are empty.
    """

    before: int | None
    after: int | None
    not_compliant_before: int = 0
    not_compliant_after: int = 0
    dice: float | None = None


@dataclass(frozen=True)
class ShapesDiff:
    """How many consensus shapes came, went, or kept their id and changed."""

    added: int
    removed: int
    changed: int


@dataclass(frozen=True)
class ImageDiff:
    """What changed of one image; what did not is empty or None. Pairs are (before, after), None where there was none.

    Attributes:
        name: of the image.
        pixels: whether another picture is under the name.
        split: of the patient.
        masks: by label.
        grades: by scale.
        points: by label.
        shapes: of the consensus.
        facts: modality, eye, patient or source hash.
        texts: which of votes, decisions, agreement and the graders' layers are others.
    """

    name: str
    pixels: bool = False
    split: tuple[str, str] | None = None
    masks: Mapping[str, PlaneDiff] = field(default_factory=dict)
    grades: Mapping[str, tuple[GradeValue | None, GradeValue | None]] = field(default_factory=dict)
    points: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    shapes: ShapesDiff | None = None
    facts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class SnapshotDiff:
    """What changed between two snapshots.

    Attributes:
        hashes: the content hashes, before and after.
        layouts: versions of the layout.
        same_study: whether both come from one study.
        images: how many each has.
        added: names of images only the second has.
        removed: names of images only the first has.
        changed: the others that differ, by name.
        rules: "vote.graders" -> (before, after).
    """

    hashes: tuple[str, str]
    layouts: tuple[int, int]
    same_study: bool
    images: tuple[int, int]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[ImageDiff, ...]
    rules: Mapping[str, tuple[Any, Any]]

    @property
    def same(self) -> bool:
        """Whether the content is the same."""
        return not (self.added or self.removed or self.changed or self.rules)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        return {**asdict(self), "same": self.same}


def diff_snapshots(first: Path, second: Path) -> SnapshotDiff:
    """What the second snapshot has that the first has not, and the other way round; one image in memory at a time.

    Raises:
        RetinaError: one of them cannot be read.
    """
    with Snapshot(first) as before, Snapshot(second) as after:
        old = {entry.name: entry for entry in before.entries}
        new = {entry.name: entry for entry in after.entries}
        both = (_image_diff(before, after, old[name], new[name]) for name in sorted(old.keys() & new.keys()))
        return SnapshotDiff(
            hashes=(before.content_hash, after.content_hash),
            layouts=(before.layout, after.layout),
            same_study=before.study_id == after.study_id,
            images=(len(before), len(after)),
            added=tuple(sorted(new.keys() - old.keys())),
            removed=tuple(sorted(old.keys() - new.keys())),
            changed=tuple(diff for diff in both if diff != ImageDiff(diff.name)),
            rules=_pairs(_flat(before.rules), _flat(after.rules)),
        )


def _image_diff(before: Snapshot, after: Snapshot, old: Entry, new: Entry) -> ImageDiff:
    sums, new_sums = before.checksums(old.index), after.checksums(new.index)
    differing = {part for part in sums.keys() | new_sums.keys() if sums.get(part) != new_sums.get(part)}
    masks = sorted(part.removeprefix("masks/") for part in differing if part.startswith("masks/"))
    pixels = "pixels" in differing or (old.height, old.width) != (new.height, new.width)
    return ImageDiff(
        name=old.name,
        pixels=pixels or old.channels != new.channels,
        split=(old.split, new.split) if old.split != new.split else None,
        masks={code: _plane_diff(before, after, old, new, code) for code in masks},
        grades=_pairs(old.grades, new.grades),
        points=_pairs(old.points, new.points),
        shapes=_shapes_diff(before, after, old, new) if "shapes" in differing else None,
        facts={
            key: (getattr(old, key), getattr(new, key))
            for key in _FACTS
            if getattr(old, key) != getattr(new, key)
        },
        # Layout 1 lacks some of them: no difference of the content.
        texts=tuple(part for part in _TEXTS if part in differing and part in sums and part in new_sums),
    )


def _plane_diff(before: Snapshot, after: Snapshot, old: Entry, new: Entry, code: str) -> PlaneDiff:
    planes = [
        snapshot.mask(entry.index, code) if code in entry.labels else None
        for snapshot, entry in ((before, old), (after, new))
    ]
    inside = [None if plane is None else plane > 0 for plane in planes]
    counts = [None if mask is None else int(mask.sum()) for mask in inside]
    codes = [0 if plane is None else int((plane == 127).sum()) for plane in planes]
    dice = None
    first, second = inside
    if first is not None and second is not None and first.shape == second.shape:
        total = int(first.sum()) + int(second.sum())
        dice = 2 * int(np.logical_and(first, second).sum()) / total if total else 1.0
    return PlaneDiff(counts[0], counts[1], codes[0], codes[1], dice)


def _shapes_diff(before: Snapshot, after: Snapshot, old: Entry, new: Entry) -> ShapesDiff | None:
    first: dict[str, Any] = {entry.shape.id: entry for entry in before.consensus(old.index)}
    second: dict[str, Any] = {entry.shape.id: entry for entry in after.consensus(new.index)}
    if before.layout != after.layout:  # the older one says nothing of how a shape came about
        first = {key: _plain(entry) for key, entry in first.items()}
        second = {key: _plain(entry) for key, entry in second.items()}
    changed = sum(first[key] != second[key] for key in first.keys() & second.keys())
    found = ShapesDiff(len(second.keys() - first.keys()), len(first.keys() - second.keys()), changed)
    return found if found != ShapesDiff(0, 0, 0) else None


def _plain(entry: ConsensusShape) -> Any:
    return entry.shape


def _pairs(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        key: (old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key) or type(old.get(key)) is not type(new.get(key))
    }


def _flat(form: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in form.items():
        flat |= _flat(value, f"{path}{key}.") if isinstance(value, dict) else {f"{path}{key}": value}
    return flat
