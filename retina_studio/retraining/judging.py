"""What follows training: calibrate, measure against the weights in use, register, promote or hold back."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from retina_studio.inference.registry import Version
from retina_studio.retraining.run import Run
from retina_studio.retraining.verdict import Verdict, read_verdict
from retina_studio.retraining.work import RunWork
from retina_studio.store.write import snapshot_path
from retina_studio.study.training_trail import record_retraining

_LONGEST = 480  # characters of a reason that the registry takes
_OVERTAKEN = "Held back: other weights became current while the gate measured. Retrain once more."


def judge(work: RunWork) -> Run:
    """Carry a run that is trained to the registry, and to its use where the gate says so.

    Raises:
        PutOffError, CancelledError, RetinaError: as `RunWork.carry_out`.
    """
    files, run = work.files, work.change(state="gating")
    if not files.candidate.is_file():
        trained = ["--weights", str(files.trained(run.stem)), "--before", str(files.start)]
        arguments = ["calibrate", str(work.snapshot()), *trained, "--out", str(files.candidate)]
        work.carry_out(arguments, files.candidate)
    if not files.gate.is_file():
        _measure(work)
    verdict = read_verdict(files.gate)
    if verdict.candidate == verdict.current:
        return work.change(
            state="held back", wish="", reason="Held back: training changed nothing in the weights."
        )
    version = _registered(work, files.candidate)
    state, reason = "held back", verdict.sentence()
    if verdict.promoted:
        state, reason = ("promoted", reason) if _may_follow(work, version, verdict) else (state, _OVERTAKEN)
    said = {"current": verdict.current, "locked": verdict.locked, "images": len(verdict.images)}
    # First, so that nothing is used of which the study knows nothing.
    _record(work, version, state, {**said, "reasons": [*verdict.reasons] or [reason]})
    if state == "promoted" and work.current().hash != version.hash:
        work.registry.promote(version.stem, version.hash, run.by, reason[:_LONGEST])
    return work.change(state=state, wish="", reason=reason)


def keep_cancelled(work: RunWork) -> Run:
    """What training had found best when it was cancelled becomes a candidate that no gate has judged."""
    version = _registered(work, work.files.trained(work.run.stem))
    reason = f"It was cancelled; what it had learnt by then is kept as the candidate {version.short}."
    _record(work, version, "cancelled", {"reasons": [reason]})
    return work.change(state="cancelled", wish="", reason=reason)


def _measure(work: RunWork) -> None:
    files, stem, current = work.files, work.run.stem, work.current()
    files.current.unlink(missing_ok=True)
    work.registry.export(current, files.current)
    arguments = ["gate", str(work.snapshot()), "--model", stem, "--candidate", str(files.candidate)]
    arguments += ["--current", str(files.current), "--out", str(files.gate), "--json"]
    for earlier in _earlier_snapshots(work):
        arguments += ["--trained-on", str(earlier)]
    if (previous := _gate_of(work, current.hash)) is not None:
        arguments += ["--previous", str(previous)]
    work.carry_out(arguments, files.gate, files.gating)


def _registered(work: RunWork, file: Path) -> Version:
    """The version of the weights in the registry, added where a crash did not come after that."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    run = work.change(candidate=digest)
    known = next((v for v in work.registry.versions(run.stem) if v.hash == digest), None)
    return known or work.registry.add(file, run.by, origin="run", parent=run.start)


def _may_follow(work: RunWork, version: Version, verdict: Verdict) -> bool:
    """Whether the candidate is current already, or the weights are that it was measured against."""
    return work.current().hash in {version.hash, verdict.current}


def _record(work: RunWork, version: Version, state: str, said: Mapping[str, Any]) -> None:
    run = work.run
    detail = {"model": run.stem, "state": state, "snapshot": run.snapshot, "start": run.start, **said}
    record_retraining(work.study, run.by, version.hash, detail)


def _earlier_snapshots(work: RunWork) -> list[Path]:
    """The snapshots, of those that are kept on this computer, that the candidate goes back to."""
    versions = {version.hash: version for version in work.registry.versions(work.run.stem)}
    found, digest = [], work.run.start
    while digest in versions:
        version = versions.pop(digest)
        digest, store = version.parent, version.facts.store_hash
        if store and store != work.run.snapshot:
            # Another study's retraining may have made it.
            homes = work.queue.home.parent.glob("*/snapshots")
            found += [file for home in homes if (file := snapshot_path(home, store)).is_file()][:1]
    return list(dict.fromkeys(found))


def _gate_of(work: RunWork, digest: str) -> Path | None:
    """The verdict by which weights became current, where they were retrained here."""
    of_run = [work.queue.files(run).gate for run in work.queue.runs() if run.candidate == digest]
    return next((file for file in of_run if file.is_file()), None)
