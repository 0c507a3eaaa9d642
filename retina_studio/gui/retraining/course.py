"""The course of a training as curves, made of its events; of an epoch done twice, the later counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_OWN_UNIT = ("px", "px2")  # last part of the name of a figure that is not a share


@dataclass(eq=False)
class StageCourse:
    """One stage: epoch -> its losses and figures, and which epochs were the best so far."""

    name: str
    epochs: int = 0
    losses: dict[int, Mapping[str, float | None]] = field(default_factory=dict)
    metrics: dict[int, Mapping[str, float | None]] = field(default_factory=dict)
    bests: list[int] = field(default_factory=list)

    def go_back(self, epoch: int) -> None:
        """Forget what came after an epoch, which the checkpoint did not have."""
        self.losses = {number: values for number, values in self.losses.items() if number <= epoch}
        self.metrics = {number: values for number, values in self.metrics.items() if number <= epoch}
        self.bests = [number for number in self.bests if number <= epoch]


@dataclass(frozen=True)
class Curve:
    """Points of one name: (epoch, value). `key` is what training and validation of one loss share."""

    key: str
    name: str
    points: tuple[tuple[int, float], ...]
    validated: bool


def course_of(events: Sequence[Mapping[str, Any]]) -> tuple[StageCourse, ...]:
    """The stages that have begun, in order."""
    stages: dict[str, StageCourse] = {}
    for event in events:
        name = event.get("stage")
        if not isinstance(name, str):
            continue
        if event["event"] == "stage":
            stages[name] = StageCourse(name, int(event.get("epochs") or 0))
            continue
        stage, epoch = stages.setdefault(name, StageCourse(name)), int(event.get("epoch") or 0)
        if event["event"] == "epoch":
            stage.losses[epoch] = event.get("losses") or {}
            stage.metrics[epoch] = event.get("metrics") or {}
        elif event["event"] == "best":
            stage.bests.append(epoch)
        elif event["event"] == "resume":
            stage.go_back(epoch)
    return tuple(stages.values())


def loss_curves(stage: StageCourse) -> list[Curve]:
    """The losses of training, and those of validation where the stage has them."""
    trained = _curves(stage.losses, validated=False)
    keys = {curve.key for curve in trained}
    return trained + [curve for curve in _curves(stage.metrics, validated=True) if _is_loss(curve, keys)]


def figure_curves(stage: StageCourse) -> list[Curve]:
    """The figures on the validation images: those that are shares first, in their own order."""
    keys = {curve.key for curve in _curves(stage.losses, validated=False)}
    found = [curve for curve in _curves(stage.metrics, validated=True) if not _is_loss(curve, keys)]
    return sorted(found, key=lambda curve: not is_share(curve))


def is_share(curve: Curve) -> bool:
    """Whether a figure goes from 0 to 1, and so fits on one axis with the others."""
    return curve.name.rpartition("_")[2] not in _OWN_UNIT


def _is_loss(curve: Curve, keys: set[str]) -> bool:
    return curve.key in keys or curve.name.startswith("loss")


def _curves(values: Mapping[int, Mapping[str, float | None]], *, validated: bool) -> list[Curve]:
    names = dict.fromkeys(name for epoch in values.values() for name in epoch)
    return [Curve(_key(name), name, _points(values, name), validated) for name in names]


def _points(values: Mapping[int, Mapping[str, float | None]], name: str) -> tuple[tuple[int, float], ...]:
    found = ((epoch, entry.get(name)) for epoch, entry in sorted(values.items()))
    return tuple((epoch, value) for epoch, value in found if value is not None)


def _key(name: str) -> str:
    return name.removeprefix("loss_").lower()
