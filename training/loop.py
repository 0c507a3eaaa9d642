"""The one loop. It walks through a task's stages, epochs and batches; what a step does is the task's business."""

import math
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from retina_studio.domain.errors import RetinaError
from training.checkpoint import (
    Checkpoint,
    Progress,
    State,
    load_checkpoint,
    restore_optimiser,
    save_checkpoint,
)
from training.control import FINISH, PAUSE, Control, PausedError
from training.events import Events
from training.fabric import everybodys
from training.schedule import Clock, drops_at, rate_factor, set_rate, share_of_time
from training.stage import TrainingStage
from training.task import StemTask


@dataclass
class Loop:
    """Trains a task, from the checkpoint where there is one.

    Attributes:
        task: what to train.
        seed: of order, augmentation and dropout.
        events: told of every stage and epoch.
        checkpoint: the file written after every epoch.
        seconds: bound on the training time of the whole run, shared out between the stages; None for none.
        control: where a person may ask the run to pause or to finish; None for nowhere.
        shown: told of the place and name of the stage and of the epoch after each, with the network in evaluation.
    """

    task: StemTask
    seed: int
    events: Events
    checkpoint: Path
    seconds: float | None = None
    control: Control | None = None
    shown: Callable[[int, str, int], None] | None = None

    def run(self) -> Progress:
        """Train every stage; afterwards the task holds the last stage's best state.

        Raises:
            RetinaError: a damaged checkpoint, or a loss that is not a number.
            PausedError: it was asked to, and what was trained is in the checkpoint.
        """
        saved = load_checkpoint(self.checkpoint) if self.checkpoint.is_file() else None
        progress = saved.progress if saved else Progress()
        self._clock = Clock(self.seconds, progress.elapsed)
        for stage in self.task.stages[progress.stage :]:
            self._train(stage, progress, saved)
            saved = None
            progress = _next_stage(progress)
        return progress

    def _train(self, stage: TrainingStage, progress: Progress, saved: Checkpoint | None) -> None:
        if saved:
            self.task.restore(saved.network)
            stage.parts = max(stage.parts, progress.parts)
        stage.begin()
        best = self.task.state()
        if saved:
            best = saved.best
            for optimiser, state in zip(stage.optimisers, saved.optimisers, strict=True):
                restore_optimiser(optimiser, state)
            self.events.emit("resume", stage=stage.name, epoch=progress.epoch)
        else:
            self.events.emit("stage", stage=stage.name, steps=stage.steps, epochs=stage.recipe.epochs)
        shares = [later.recipe.share for later in self.task.stages[progress.stage :]]
        deadline = self._clock.deadline(progress.stage_start, shares)
        while not _is_over(stage, progress):
            if self._epoch(stage, progress, deadline):
                best = self.task.state()
            progress.elapsed = self._clock.elapsed
            progress.parts = stage.parts
            self._save(stage, progress, best)
            if self._asked() == PAUSE:
                self.task.fabric.barrier()  # the checkpoint is written
                self.events.emit("pause", stage=stage.name, epoch=progress.epoch)
                raise PausedError
        self.task.restore(best)
        self.task.train(False)
        stage.end()

    def _save(self, stage: TrainingStage, progress: Progress, best: State) -> None:
        if self.task.fabric.is_global_zero:
            states = [optimiser.state_dict() for optimiser in stage.optimisers]
            save_checkpoint(self.checkpoint, Checkpoint(progress, self.task.state(), best, states))

    def _epoch(self, stage: TrainingStage, progress: Progress, deadline: float | None) -> bool:
        """Train and validate once, bring `progress` up to date; whether this is the best epoch so far."""
        start = time.monotonic()
        losses, images = self._steps(stage, progress, deadline)
        trained = time.monotonic() - start
        self.task.train(False)
        metrics = self.task.fabric.broadcast(stage.validate())
        better = progress.took(metrics, metrics[stage.monitor], stage.lower_is_better)
        seconds_left = (stage.recipe.epochs - progress.epoch) * (time.monotonic() - start)
        if deadline is not None:
            seconds_left = max(min(seconds_left, deadline - self._clock.elapsed), 0.0)
        self.events.emit(
            "epoch",
            stage=stage.name,
            epoch=progress.epoch,
            step=progress.epoch * stage.steps,
            losses=losses,
            metrics=metrics,
            learning_rate=stage.optimisers[0].param_groups[0]["lr"],
            samples_per_second=images * self.task.fabric.world_size / trained,
            eta_s=seconds_left,
            elapsed_s=self._clock.elapsed,
            memory_mb=_memory_mb(),
        )
        if better:
            self.events.emit("best", stage=stage.name, epoch=progress.epoch, metrics=metrics)
        if self.shown and self.task.fabric.is_global_zero:
            self.shown(progress.stage, stage.name, progress.epoch)
        if self._asked() == FINISH and stage.name not in progress.cut:
            progress.cut.append(stage.name)
        if progress.dropped(stage.recipe.drop_after):
            self.events.emit("drop", stage=stage.name, epoch=progress.epoch, drops=progress.drops)
        return better

    def _steps(
        self, stage: TrainingStage, progress: Progress, deadline: float | None
    ) -> tuple[dict[str, float], int]:
        """One pass over the training images, or what time allows of it: mean losses, and how many images."""
        seed = (self.seed * 1_000_003 + progress.stage * 100_003 + progress.epoch) % 2**63
        torch.manual_seed(seed + self.task.fabric.global_rank)  # of dropout
        self.task.train(True)
        sums: dict[str, float] = defaultdict(float)
        counts: dict[str, int] = defaultdict(int)
        images = 0
        for number, batch in enumerate(stage.batches(seed)):
            elapsed = self._elapsed(deadline)
            step = progress.epoch * stage.steps + number
            share = step / (stage.recipe.epochs * stage.steps)
            if deadline is not None:
                share = max(share, share_of_time(elapsed, progress.stage_start, deadline))
            drops = drops_at(stage.recipe, share, progress.drops)
            set_rate(stage.optimisers, rate_factor(stage.recipe, step, share, drops))
            count, values = stage.step(batch, drops)
            self._tell()
            _check(stage, values)
            for name, value in values.items():
                sums[name] += value * count
                counts[name] += count
            images += count
            if self._is_time_up(deadline):
                progress.cut.append(stage.name)
                break
        return _means(everybodys(self.task.fabric, (dict(sums), dict(counts)))), images

    def _is_time_up(self, deadline: float | None) -> bool:
        """Whether this stage ends after this batch; several processes are asked to finish after an epoch only."""
        if deadline is not None and self._elapsed(deadline) >= deadline:
            return True
        return self.task.fabric.world_size == 1 and self._asked() == FINISH

    def _asked(self) -> str:
        """What a person asks of the run: of several processes, of the first."""
        asked = self.control.asked() if self.control else ""
        return str(self.task.fabric.broadcast(asked)) if self.task.fabric.world_size > 1 else asked

    def _elapsed(self, deadline: float | None) -> float:
        """Seconds of training; where they decide something, those of the first process for all."""
        elapsed = self._clock.elapsed
        together = deadline is not None and self.task.fabric.world_size > 1
        return float(self.task.fabric.broadcast(elapsed)) if together else elapsed

    def _tell(self) -> None:
        for notice in self.task.notices:
            self.events.emit("notice", message=notice)
        self.task.notices.clear()


def _means(parts: Sequence[tuple[Mapping[str, float], Mapping[str, int]]]) -> dict[str, float]:
    """Mean losses from each process's sums and counts."""
    names = dict.fromkeys(name for sums, _ in parts for name in sums)
    return {
        name: sum(sums.get(name, 0.0) for sums, _ in parts) / sum(counts.get(name, 0) for _, counts in parts)
        for name in names
    }


def _check(stage: TrainingStage, losses: Mapping[str, float]) -> None:
    for name, value in losses.items():
        if not math.isfinite(value):
            raise RetinaError(
                f"The loss {name!r} of the stage {stage.name!r} is not a number: lower the learning rate."
            )


def _is_over(stage: TrainingStage, progress: Progress) -> bool:
    if progress.epoch and stage.name in progress.cut:
        return True
    return progress.epoch >= stage.recipe.epochs or progress.since_best >= stage.recipe.patience


def _next_stage(done: Progress) -> Progress:
    return Progress(
        stage=done.stage + 1,
        figures={**done.figures},
        elapsed=done.elapsed,
        stage_start=done.elapsed,
        cut=[*done.cut],
    )


def _memory_mb() -> dict[str, float]:
    """The process's peak so far, where the system tells."""
    memory: dict[str, float] = {}
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        memory["ram"] = peak / (2**20 if sys.platform == "darwin" else 2**10)
    if torch.cuda.is_available():
        memory["gpu"] = torch.cuda.max_memory_allocated() / 2**20
    return memory
