"""Measure candidate and current weights on the locked test images, and say whether the one may replace the other."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.weights import load_weights
from retina_studio.store.entries import Entry
from retina_studio.store.read import Snapshot
from training.evaluation.driver import evaluate, measurable
from training.gate.checks import Check, checks
from training.gate.lineage import lineage_reasons
from training.gate.rules import GateRules, read_rules
from training.subject import weights_subject
from training.tasks import task_spec

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class GateRequest:
    """What a person asks for.

    Attributes:
        store: the snapshot whose test images are locked.
        model: the stem.
        candidate, current: weights files.
        split: which split is locked.
        earlier: other snapshots that the candidate goes back to.
        previous: the verdict with which the current weights came to be so; None where there is none.
        smaller_because: why the locked set may have lost images since then, "" for no reason.
    """

    store: Path
    model: str
    candidate: Path
    current: Path
    split: str = "test"
    earlier: Sequence[Path] = ()
    previous: Path | None = None
    smaller_because: str = ""


def gate(
    request: GateRequest, rules: GateRules | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """The verdict, JSON-ready; `retina_studio/retraining/verdict.py` says what each part means.

    Args:
        request: what to compare.
        rules: of the gate; default: the application's own.
        progress: told whose images are done, how many, and of how many.

    Raises:
        WeightsError, RetinaError: snapshot, weights or the earlier verdict cannot be used.
    """
    rules = rules or read_rules()
    evaluation = task_spec(request.model).evaluation
    with ExitStack() as opened:
        snapshot = opened.enter_context(Snapshot(request.store))
        earlier = [opened.enter_context(Snapshot(path)) for path in request.earlier]
        locked = [entry for entry, _ in measurable(snapshot, request.split, evaluation.needs)]
        header = load_weights(request.candidate).header
        reasons = lineage_reasons(header, locked, snapshot, earlier)
        gone, notes = _gone(request, locked)
        reasons += gone
        measured = {
            whose: _rows(request, whose, snapshot, locked, progress) for whose in ("candidate", "current")
        }
        found = checks(request.model, rules, *(rows for _, rows in measured.values()))
        hashes = {whose: digest for whose, (digest, _) in measured.items()}
        if hashes["candidate"] == hashes["current"]:
            reasons.append("The candidate and the current weights are the same file.")
        reasons += [check.reason for check in found if check.passed is False]
        notes += [check.reason for check in found if check.passed is None]
        return {
            "model": request.model,
            "size": header.size,
            **hashes,
            "store": snapshot.content_hash,
            "split": request.split,
            "images": {entry.name: entry.source_sha256 for entry in locked},
            "locked": _locked_hash(locked),
            "promoted": not reasons,
            "reasons": reasons,
            "notes": notes,
            "checks": [_form(check) for check in found],
        }


def _rows(
    request: GateRequest, whose: str, snapshot: Snapshot, locked: Sequence[Entry], progress: Progress | None
) -> tuple[str, list[Mapping[str, Any]]]:
    """The hash of one weights file, and its figures on each image."""
    file = request.candidate if whose == "candidate" else request.current
    subject = weights_subject(file, request.model)
    rows: list[Mapping[str, Any]] = []
    if locked:
        tell = (lambda done, images: progress(whose, done, images)) if progress else None
        evaluation = task_spec(request.model).evaluation
        rows = evaluate(evaluation, subject.find, snapshot, request.split, progress=tell)["per_image"]
    return subject.weights_hash or "", rows


def _gone(request: GateRequest, locked: Sequence[Entry]) -> tuple[list[str], list[str]]:
    """Reasons and notes about images that the current weights were gated on and that are not locked any more."""
    if request.previous is None:
        return [], []
    try:
        before: Mapping[str, str] = json.loads(request.previous.read_text("utf-8"))["images"]
        gone = sorted({*before.values()} - {entry.source_sha256 for entry in locked})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RetinaError(f"The earlier verdict {request.previous} cannot be read ({error}).") from error
    if not gone:
        return [], []
    lost = f"{len(gone)} of the {len(before)} test images"
    sentence = f"{lost} that the current weights were gated on are not measured now"
    if request.smaller_because:
        return [], [f"{sentence}: {request.smaller_because}"]
    return [f"{sentence}, and nobody said why."], []


def _locked_hash(locked: Sequence[Entry]) -> str:
    lines = sorted(f"{entry.name}\n{entry.source_sha256}\n" for entry in locked)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _form(check: Check) -> dict[str, Any]:
    form = asdict(check)
    return {**form, "interval": None if check.interval is None else list(check.interval)}
