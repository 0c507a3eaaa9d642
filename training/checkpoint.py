"""The resume file of a run: tensors and one JSON object in a safetensors file; no pickle, so nothing to execute.

A run draws its random numbers from (seed, stage, epoch) at the start of every epoch, so the order of the images,
augmentation and dropout need no place here: what an epoch does follows from where it starts.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.files import write_atomically

State = dict[str, Tensor]


@dataclass
class Progress:
    """Where a run is.

    Attributes:
        stage: index of the stage, or how many there are when all are done.
        epoch: epochs done in this stage.
        best: the best validation figure of this stage; None before the first.
        since_best: epochs since then.
        figures: the validation figures of each stage's best epoch, by name, the later stage's over the earlier's.
        elapsed: seconds of training so far.
        stage_start: `elapsed` when this stage began.
        cut: stages that ended because time was up.
        drops: how often a plateau has divided the learning rate of this stage by 10.
        since_drop: epochs without a better figure since then.
        parts: into how many parts a batch is cut, where memory ran out; 0 before.
    """

    stage: int = 0
    epoch: int = 0
    best: float | None = None
    since_best: int = 0
    figures: dict[str, float] = field(default_factory=dict)
    elapsed: float = 0.0
    stage_start: float = 0.0
    cut: list[str] = field(default_factory=list)
    drops: int = 0
    since_drop: int = 0
    parts: int = 0

    def took(self, metrics: Mapping[str, float], figure: float, lower_is_better: bool) -> bool:
        """Count one more epoch with these validation figures; whether it is the best of the stage."""
        self.epoch += 1
        if self.best is None or (figure < self.best if lower_is_better else figure > self.best):
            self.best, self.since_best, self.since_drop = figure, 0, 0
            self.figures.update(metrics)
            return True
        self.since_best += 1
        self.since_drop += 1
        return False

    def dropped(self, after: int | None) -> bool:
        """Count a plateau of so many epochs, where there is one; whether the learning rate is now divided by 10."""
        if after is None or self.since_drop < after:
            return False
        self.drops, self.since_drop = self.drops + 1, 0
        return True


@dataclass(eq=False)
class Checkpoint:
    """Progress with the network's state, the best state of this stage, and the states of its optimisers."""

    progress: Progress
    network: State
    best: State
    optimisers: list[dict[str, Any]]


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write the file so that a kill at any moment leaves the old one or the new one.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    tensors = {**_prefixed("network", checkpoint.network), **_prefixed("best", checkpoint.best)}
    settings = []
    for number, optimiser in enumerate(checkpoint.optimisers):
        moments, numbers = _flat(optimiser)
        tensors |= _prefixed(f"optimiser{number}", moments)
        settings.append(numbers)
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    header = json.dumps({"progress": asdict(checkpoint.progress), "optimisers": settings})
    write_atomically(path, safetensors.torch.save(plain, {"checkpoint": header}))


def load_checkpoint(path: Path) -> Checkpoint:
    """Read what `save_checkpoint` wrote.

    Raises:
        RetinaError: it is damaged.
    """
    try:
        with safetensors.safe_open(path, "pt") as file:
            header = json.loads(file.metadata()["checkpoint"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
        progress = Progress(**header["progress"])
        optimisers = [
            _nested(_part(tensors, f"optimiser{number}"), settings)
            for number, settings in enumerate(header["optimisers"])
        ]
    except (OSError, SafetensorError, ValueError, TypeError, KeyError) as error:
        raise RetinaError(f"The run cannot continue: {path} is damaged ({error}).") from error
    return Checkpoint(progress, _part(tensors, "network"), _part(tensors, "best"), optimisers)


def restore_optimiser(optimiser: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    """Load an optimiser's state, in the memory format of its parameters.

    The format matters: elementwise arithmetic on two memory formats rounds differently in the last bit.
    """
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    for index, moments in state["state"].items():
        like = parameters[index]
        for name, value in moments.items():
            if value.shape == like.shape:
                moments[name] = torch.empty_like(like, requires_grad=False).copy_(value)
    optimiser.load_state_dict(state)


def _flat(optimiser: dict[str, Any]) -> tuple[State, dict[str, Any]]:
    """Split an optimiser's state dict into tensors by "parameter.name", and what JSON can hold."""
    moments: State = {}
    numbers: dict[str, dict[str, Any]] = {}
    for index, values in optimiser["state"].items():
        for name, value in values.items():
            if isinstance(value, Tensor):
                moments[f"{index}.{name}"] = value
            else:
                numbers.setdefault(str(index), {})[name] = value
    return moments, {"numbers": numbers, "groups": optimiser["param_groups"]}


def _nested(moments: State, settings: dict[str, Any]) -> dict[str, Any]:
    state: dict[int, dict[str, Any]] = {int(i): dict(values) for i, values in settings["numbers"].items()}
    for key, value in moments.items():
        index, _, name = key.partition(".")
        state.setdefault(int(index), {})[name] = value
    return {"state": state, "param_groups": settings["groups"]}


def _prefixed(prefix: str, tensors: State) -> State:
    return {f"{prefix}/{name}": tensor for name, tensor in tensors.items()}


def _part(tensors: State, prefix: str) -> State:
    start = f"{prefix}/"
    return {name.removeprefix(start): t for name, t in tensors.items() if name.startswith(start)}
