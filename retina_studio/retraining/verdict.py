"""The verdict of the gate, as `python -m training gate` writes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retina_studio.domain.errors import RetinaError


@dataclass(frozen=True)
class Check:
    """One figure of the candidate against the current weights, on the same locked images.

    Attributes:
        name: of the figure, e.g. "dice_od"; `title` as people read it.
        primary: whether it must rise; else it must not fall beyond `tolerance`.
        tolerance: in the figure's own unit.
        higher: whether a higher value is better.
        images: on which both answered.
        current, candidate: the figure of each, None where it cannot be told.
        difference: candidate minus current.
        interval: 95 % paired bootstrap interval of the difference, None for too few images.
        passed: None where too few images show it to judge.
        reason: a sentence where it did not pass or was not judged, else "".
    """

    name: str
    title: str
    primary: bool
    tolerance: float
    higher: bool
    images: int
    current: float | None
    candidate: float | None
    difference: float | None
    interval: tuple[float, float] | None
    passed: bool | None
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What the gate says.

    Attributes:
        model, size: of both weights.
        candidate, current: hashes of the weights files.
        store: content hash of the snapshot; `split`: which of its splits, "test".
        images: name -> SHA-256 of the image's source file, of every image that was measured.
        locked: one hash over the names and hashes of `images`.
        promoted: whether the candidate may take the place of the current weights.
        reasons: a sentence for each thing that holds it back; empty when promoted.
        notes: sentences that do not hold it back.
        checks: the primary figure first.
    """

    model: str
    size: str
    candidate: str
    current: str
    store: str
    split: str
    images: Mapping[str, str]
    locked: str
    promoted: bool
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    checks: tuple[Check, ...]

    def sentence(self) -> str:
        """The verdict in one sentence: what rose, or the first reason against it and how many more there are."""
        if not self.promoted:
            more = f" (and {len(self.reasons) - 1} more)" if len(self.reasons) > 1 else ""
            return f"Held back by the gate: {self.reasons[0]}{more}"
        first = self.checks[0]
        return (
            f"Passed the gate: {first.title} {first.current:.4f} before, {first.candidate:.4f} now on {first.images} "
            "test images."
        )


def read_verdict(path: Path) -> Verdict:
    """The verdict of a file.

    Raises:
        RetinaError: it is not there, or not whole.
    """
    try:
        return verdict_from_dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise RetinaError(f"The verdict of the gate in {path} cannot be read ({error}).") from error


def verdict_from_dict(form: Any) -> Verdict:
    """The verdict of its JSON form.

    Raises:
        ValueError: it is not such a form.
    """
    try:
        checks = tuple(_check(check) for check in form["checks"])
        texts = {key: tuple(form[key]) for key in ("reasons", "notes")}
        verdict = Verdict(**{**form, **texts, "images": dict(form["images"]), "checks": checks})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it is not whole: {error}") from error
    if not verdict.checks or verdict.promoted == bool(verdict.reasons):
        raise ValueError("it contradicts itself")
    return verdict


def _check(form: Mapping[str, Any]) -> Check:
    interval = form["interval"]
    return Check(
        **{**form, "interval": None if interval is None else (float(interval[0]), float(interval[1]))}
    )
