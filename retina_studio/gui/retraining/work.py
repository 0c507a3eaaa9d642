"""What the retraining window does in the background: look at the study, ask for runs, read verdicts."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from retina_studio import paths
from retina_studio.domain.errors import RetinaError
from retina_studio.gui.jobs import JobState
from retina_studio.gui.models.work import Changes, compare_versions
from retina_studio.gui.words import tr
from retina_studio.retraining.home import home_of
from retina_studio.retraining.queue import Queue
from retina_studio.retraining.run import Run
from retina_studio.retraining.verdict import Verdict, read_verdict
from retina_studio.study.study import Study

if TYPE_CHECKING:
    from retina_studio.retraining.plan import Plan

_MANAGES = "engineer"  # the role that trains, and answers for weights that were held back


@dataclass(frozen=True)
class Device:
    """What training can run on: its name in the queue ("cpu", "cuda"), and what people call it."""

    name: str
    title: str


@dataclass(frozen=True)
class Planned:
    """What one click would do, and where it can run; the first device is the one that is taken by itself."""

    plan: Plan
    devices: tuple[Device, ...]


@dataclass(frozen=True)
class Order:
    """What a person asks for.

    Attributes:
        stems: the models.
        seconds: bound on the training time of each, None for the recipe's own end.
        not_before: local time, ISO 8601; "" for at once.
        device: auto, cpu or cuda.
    """

    stems: tuple[str, ...]
    seconds: float | None = None
    not_before: str = ""
    device: str = "auto"


@dataclass(frozen=True)
class Judged:
    """A run with its verdict, and whether its candidate is what the models run with now."""

    run: Run
    verdict: Verdict
    is_current: bool

    @property
    def was_replaced(self) -> bool:
        """Whether it was promoted, and other weights have taken its place since."""
        return self.run.state == "promoted" and not self.is_current


def may_retrain(study: Study, name: str) -> bool:
    """Whether a person may start training: an engineer; anybody, where nobody of the study has a role of their own.

    Raises:
        RetinaError: the study cannot be read.
    """
    roles = {grader.name: grader.role for grader in study.graders() if grader.active}
    return roles.get(name) == _MANAGES or set(roles.values()) <= {"grader"}


def longest_reason() -> int:
    """How many characters the registry takes of a reason."""
    from retina_studio.inference.registry import LONGEST_REASON  # noqa: PLC0415

    return LONGEST_REASON


def training_is_here() -> bool:
    """Whether this installation can train at all."""
    command = paths.training_command()
    if len(command) == 1:
        return Path(command[0]).is_file()
    return importlib.util.find_spec(command[-1]) is not None


def read_plan(state: JobState, study: Study, seconds: float | None) -> Planned:
    """Look at the study, changing nothing.

    Raises:
        RetinaError: it cannot be read.
        CancelledError: the job was cancelled.
    """
    # Late, as everywhere below: these import torch.
    from retina_studio.inference.registry import Registry  # noqa: PLC0415
    from retina_studio.retraining.plan import make_plan  # noqa: PLC0415

    plan = make_plan(study, Registry(), seconds=seconds, check=state.check)
    return Planned(plan, devices())


def devices() -> tuple[Device, ...]:
    """What this computer has; imports torch."""
    from retina_studio.inference.devices import choose_device  # noqa: PLC0415

    cores = os.cpu_count() or 1
    processor = Device("cpu", tr("processor, {count} cores", count=cores))
    try:
        choose_device("cuda")
    except RetinaError:
        return (processor,)
    return (Device("cuda", tr("GPU")), processor)


def ask(state: JobState, study: Study, name: str, order: Order) -> list[Run]:
    """Put runs into the queue.

    Raises:
        RetinaError: the person may not, or the queue refuses it.
    """
    state.check()
    if not may_retrain(study, name):
        raise RetinaError(tr("Only an engineer of this study may retrain its models."))
    return Queue(home_of(study)).ask(
        order.stems, name, seconds=order.seconds, not_before=order.not_before, device=order.device
    )


def change_queue(state: JobState, study: Study, name: str, deed: Callable[[Queue], object]) -> None:
    """Pause, go on with or cancel a run.

    Raises:
        RetinaError: the person may not, or the run is past it.
    """
    state.check()
    if not may_retrain(study, name):
        raise RetinaError(tr("Only an engineer of this study may retrain its models."))
    deed(Queue(home_of(study)))


def work_through(state: JobState, folder: Path, home: Path) -> bool:
    """Work through the queue until the job is cancelled; False where another window or command does that already.

    Raises:
        RetinaError: the study or the queue cannot be used.
    """
    from retina_studio.retraining.engine import Engine, EngineBusyError  # noqa: PLC0415

    try:
        Engine(folder, home).work(lambda: state.is_cancelled, until_empty=False)
    except EngineBusyError:
        return False
    return True


def read_judged(state: JobState, home: Path, runs: Sequence[Run]) -> list[Judged]:
    """The runs that came as far as the gate, newest first.

    Raises:
        RetinaError: a verdict or the registry is damaged.
        CancelledError: the job was cancelled.
    """
    from retina_studio.inference.registry import Registry  # noqa: PLC0415

    current = {version.hash for version in Registry().versions() if version.state == "current"}
    queue, found = Queue(home), []
    for run in reversed(runs):
        state.check()
        file = queue.files(run).gate
        if file.is_file():
            verdict = read_verdict(file)
            found.append(Judged(run, verdict, verdict.candidate in current))
    return found


def override_gate(state: JobState, study: Study, verdict: Verdict, name: str, reason: str) -> None:
    """Promote what the gate held back, on a person's word.

    Raises:
        RetinaError: as `override`.
    """
    from retina_studio.inference.registry import Registry  # noqa: PLC0415
    from retina_studio.retraining.overriding import override  # noqa: PLC0415

    state.check()
    override(study, Registry(), verdict.model, verdict.candidate, name, reason)


def compare_judged(state: JobState, home: Path, verdict: Verdict) -> Changes:
    """Both weights on the images that the gate measured.

    Raises:
        RetinaError: weights or snapshot are not there any more, or cannot be used.
        CancelledError: the job was cancelled.
    """
    from retina_studio.inference.registry import Registry  # noqa: PLC0415
    from retina_studio.store.write import snapshot_path  # noqa: PLC0415

    registry = Registry()
    before = registry.version(verdict.model, verdict.current)
    after = registry.version(verdict.model, verdict.candidate)
    return compare_versions(
        state, before, after, snapshot_path(home / "snapshots", verdict.store), verdict.split
    )
