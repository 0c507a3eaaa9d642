"""A person answers for weights that the gate held back."""

from retina_studio.domain.errors import RetinaError
from retina_studio.inference.registry import LONGEST_REASON, Registry, Version
from retina_studio.retraining.home import home_of
from retina_studio.retraining.queue import Queue
from retina_studio.retraining.verdict import Verdict, read_verdict
from retina_studio.study.records import require_role
from retina_studio.study.study import Study
from retina_studio.study.training_trail import record_override


def override(study: Study, registry: Registry, stem: str, which: str, name: str, reason: str) -> Version:
    """Promote weights in spite of the gate; the study's audit trail keeps who, why and what the gate had said.

    Args:
        study: whose engineers may do it, and whose trail keeps it.
        registry: of the weights.
        stem, which: the version, as `Registry.version`.
        name: of the engineer.
        reason: in their own words.

    Raises:
        RetinaError: nobody of this name is an engineer of the study, no reason or a long one, or no such version.
    """
    person = study.grader(name)
    require_role(person, "engineer")
    if not reason.strip():
        raise RetinaError("Say why these weights are used in spite of the gate: the study keeps the reason.")
    if len(reason) > LONGEST_REASON:
        raise RetinaError(f"Say it in at most {LONGEST_REASON} characters.")
    version = registry.version(stem, which)
    if version.state == "current":
        raise RetinaError(f"{stem} runs with {version.short} already.")
    verdict = verdict_of(study, version.hash)
    detail = {
        "model": stem,
        "before": registry.version(stem, "current").hash,
        "reason": reason.strip(),
        "gate": None if verdict is None else list(verdict.reasons),
    }
    # First, so that nothing is used of which the study knows nothing.
    record_override(study, person.name, version.hash, detail)
    return registry.promote(stem, version.hash, person.name, reason)


def verdict_of(study: Study, digest: str) -> Verdict | None:
    """What the gate said of weights that were retrained on this computer; None where nothing is known.

    Raises:
        RetinaError: the queue is damaged.
    """
    queue = Queue(home_of(study))
    files = [queue.files(run).gate for run in queue.runs() if run.candidate == digest]
    return next((read_verdict(file) for file in files if file.is_file()), None)
