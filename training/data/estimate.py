"""What a run will take, told before it starts; a disk that is too small is found then, not after a night."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import nn

from retina_studio.domain.errors import RetinaError
from training.data.examples import SplitData

_MB = 1e6
_REST_MB = 50.0  # weights' header, events, report with its pictures


@dataclass(frozen=True)
class Estimate:
    """The size of a run.

    Attributes:
        examples: split -> images.
        parameters: of the network; `learning`: those that are not frozen at the start.
        steps: stage -> optimiser steps, if no stage ends early.
        memory_mb: of the prepared images that stay in memory.
        cache_mb: of the cache files that are still to be made on disk.
        checkpoint_mb: of the resume file.
        run_mb: what the run's folder needs: weights, and the resume file twice while it is being replaced.
        batch_mb: of the images and masks of the largest batch.
    """

    examples: dict[str, int]
    parameters: int
    learning: int
    steps: dict[str, int]
    memory_mb: float
    cache_mb: float
    checkpoint_mb: float
    run_mb: float
    batch_mb: float

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form, for the event "estimate"."""
        return asdict(self)


def estimate(
    data: Mapping[str, SplitData],
    network: nn.Module,
    steps: Mapping[str, int],
    batch_size: int,
    moments: int = 2,
) -> Estimate:
    """The size of a run.

    Args:
        data: the splits "train" and "val".
        network: as it starts.
        steps: stage -> steps in all of its epochs.
        batch_size: the largest of the stages.
        moments: numbers that the optimisers keep of each parameter: Adam 2, RMSprop and SGD with momentum 1, MTL-IO's
            four Adams 8.
    """
    state = sum(t.numel() * t.element_size() for t in network.state_dict().values()) / _MB
    learning = [p for p in network.parameters() if p.requires_grad]
    kept = sum(p.numel() * p.element_size() for p in learning) / _MB * moments
    checkpoint = 2 * state + kept  # the last state and the best one
    spec, needs = next(iter(data.values())).spec, next(iter(data.values())).needs
    floats = (spec.channels + len(needs.labels)) * spec.height * spec.width * 4
    return Estimate(
        examples={split: len(part) for split, part in data.items()},
        parameters=sum(p.numel() for p in network.parameters()),
        learning=sum(p.numel() for p in learning),
        steps=dict(steps),
        memory_mb=sum(part.memory_bytes for part in data.values()) / _MB,
        cache_mb=sum(part.missing_cache_bytes for part in data.values()) / _MB,
        checkpoint_mb=checkpoint,
        run_mb=state + 2 * checkpoint + _REST_MB,
        batch_mb=batch_size * floats / _MB,
    )


def check_room(size: Estimate, out: Path, cache: Path | None) -> None:
    """Refuse a run that its disks cannot hold.

    Args:
        size: of the run.
        out: the run's folder; need not be there yet.
        cache: the folder of prepared images, where there is one.

    Raises:
        RetinaError: which disk is too small, and by how much.
    """
    wanted: dict[int, tuple[Path, float]] = {}
    for folder, megabytes in ((out, size.run_mb), (cache, size.cache_mb)):
        if folder is not None and megabytes:
            there = _existing(folder)
            disk = there.stat().st_dev
            before = wanted.get(disk, (folder, 0.0))
            wanted[disk] = (before[0], before[1] + megabytes)
    for folder, megabytes in wanted.values():
        free = shutil.disk_usage(_existing(folder)).free / _MB
        if free < megabytes:
            raise RetinaError(
                f"The disk of {folder} has {free:,.0f} MB free and this run needs {megabytes:,.0f} MB: make room, or "
                "choose another disk or the size compact."
            )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return folder
