"""The label audit: what a snapshot has to teach and to measure by, counted before anything is trained."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import GradeValue, scales
from retina_studio.store.curated import SPLITS
from retina_studio.store.entries import Entry
from retina_studio.store.read import Snapshot
from training.data.lacks import Fault, MaskCount, lacks
from training.data.needs import Needs, Planes

_INSIDE, _NONCOMPLIANT = 255, 127


@dataclass
class Audit:
    """What was counted, by split and then by label or scale.

    Attributes:
        needs: of whom.
        store: content hash of the snapshot.
        images: of the modality, in each split.
        masks: split -> label -> counts.
        points: split -> label -> images that say where it lies, by a point or a drawn mask.
        grades: split -> scale -> value (as text) -> images; "" where not graded.
        faults: the fatal ones first.
    """

    needs: Needs
    store: str
    images: dict[str, int] = field(default_factory=dict)
    masks: dict[str, dict[str, MaskCount]] = field(default_factory=dict)
    points: dict[str, dict[str, int]] = field(default_factory=dict)
    grades: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        return asdict(self) | {"needs": self.needs.to_dict()}

    def rows(self) -> list[tuple[str, ...]]:
        """A table for people, one row for each label, point and scale: its name, then what each split has of it."""
        header = ("", *(f"{split} ({count} images)" for split, count in self.images.items()))
        rows = [header]
        for label in self.needs.labels:
            rows.append((f"mask {label}", *(_mask_cell(self.masks[split][label]) for split in self.images)))
        for label in self.needs.points:
            rows.append((f"point {label}", *(str(self.points[split][label]) for split in self.images)))
        for scale in self.needs.grades:
            rows.append(
                (f"grade {scale}", *(_grade_cell(self.grades[split][scale]) for split in self.images))
            )
        return rows

    def check(self) -> None:
        """Refuse a training that cannot come to anything.

        Raises:
            RetinaError: the first fatal fault.
        """
        for fault in self.faults:
            if fault.fatal:
                raise RetinaError(fault.sentence)


def audit(snapshot: Snapshot, needs: Needs, progress: Callable[[int], object] | None = None) -> Audit:
    """Count what a snapshot answers of what is needed, and find what is wrong with it. Reads every plane that is drawn.

    Args:
        snapshot: to look through.
        needs: of the model.
        progress: told how many images are done.

    Raises:
        RetinaError: the snapshot is damaged.
    """
    result = Audit(needs, snapshot.content_hash)
    for split in SPLITS:
        result.images[split] = 0
        result.masks[split] = {label: MaskCount() for label in needs.labels}
        result.points[split] = dict.fromkeys(needs.points, 0)
        result.grades[split] = {scale: {} for scale in needs.grades}
    entries = [entry for entry in snapshot.entries if entry.modality == needs.modality]
    planes = Planes(snapshot)
    wrong: list[Fault] = []
    for done, entry in enumerate(entries, 1):
        result.images[entry.split] += 1
        wrong += _count_masks(snapshot, planes, entry, result.masks[entry.split])
        wrong += _count_grades(snapshot, entry, result.grades[entry.split])
        for label in needs.points:
            result.points[entry.split][label] += label in entry.points or label in planes.drawn(entry)
        if progress:
            progress(done)
    for split in SPLITS:
        for count in result.masks[split].values():
            count.share /= max(count.drawn, 1)
    lacking = lacks(str(snapshot.path), needs, result.images, result.masks, result.points, result.grades)
    result.faults = sorted([*wrong, *lacking], key=lambda fault: not fault.fatal)
    return result


def _count_masks(
    snapshot: Snapshot, planes: Planes, entry: Entry, counts: dict[str, MaskCount]
) -> Iterable[Fault]:
    drawn, known = planes.drawn(entry), planes.known(entry)
    for label, count in counts.items():
        if label not in entry.labels:
            count.unanswered += 1
        elif label not in known:
            count.not_outlined += 1
        elif label not in drawn:
            count.none += 1
        else:
            plane = snapshot.mask(entry.index, label)
            found = np.bincount(plane.ravel(), minlength=256)
            count.drawn += bool(found[_INSIDE])
            count.noncompliant += not found[_INSIDE]
            count.share += float(found[_INSIDE] / plane.size)
            codes = set(np.flatnonzero(found).tolist()) - {0, _NONCOMPLIANT, _INSIDE}
            if codes:
                named = ", ".join(map(str, sorted(codes)[:5]))
                yield Fault(
                    True,
                    f"{snapshot.path}: the mask of {label} of {entry.name} has the values {named}, not only 0, 127 and "
                    "255: import that mask again and curate.",
                )


def _count_grades(snapshot: Snapshot, entry: Entry, counts: dict[str, dict[str, int]]) -> Iterable[Fault]:
    for scale, count in counts.items():
        value = entry.grades.get(scale)
        name = "" if value is None else str(value)
        count[name] = count.get(name, 0) + 1
        if value is not None and not _on_scale(scale, value):
            yield Fault(
                True,
                f"{snapshot.path}: {entry.name} has {value!r} as its {scale} grade, which is not on that scale: "
                "correct it and curate again.",
            )


def _on_scale(scale: str, value: GradeValue) -> bool:
    return any(value == v and isinstance(value, bool) == isinstance(v, bool) for v in scales()[scale].values)


def _mask_cell(count: MaskCount) -> str:
    parts = {
        "drawn": count.drawn,
        "none": count.none,
        "not compliant": count.noncompliant,
        "graded only": count.not_outlined,
    }
    return ", ".join(f"{number} {name}" for name, number in parts.items() if number) or "–"


def _grade_cell(counts: dict[str, int]) -> str:
    graded = {value: number for value, number in sorted(counts.items()) if value}
    return ", ".join(f"{value}: {number}" for value, number in graded.items()) or "–"
