"""The course of a run from its events, whatever interrupted it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_KINDS = ("stage", "resume", "epoch", "best", "drop", "notice")


@dataclass(eq=False)
class StageHistory:
    """One stage.

    Attributes:
        name: of the stage.
        epochs: number -> its event; of one that was done twice, because the run was killed, the one that counts.
        bests: epochs that were the best so far; the weights of the last were kept.
        resumed: epochs after which the run was taken up again.
        drops: epochs after which a plateau divided the learning rate by 10.
    """

    name: str
    epochs: dict[int, dict[str, Any]] = field(default_factory=dict)
    bests: list[int] = field(default_factory=list)
    resumed: list[int] = field(default_factory=list)
    drops: list[int] = field(default_factory=list)

    def go_back(self, epoch: int) -> None:
        """Forget what came after an epoch: the checkpoint did not have it."""
        self.epochs = {number: event for number, event in self.epochs.items() if number <= epoch}
        self.bests = [number for number in self.bests if number <= epoch]
        self.drops = [number for number in self.drops if number <= epoch]
        self.resumed.append(epoch)


@dataclass(eq=False)
class History:
    """A run: its stages in order, and what it said on the way."""

    stages: dict[str, StageHistory] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)


def read_history(file: Path) -> History:
    """The history in RUN/events.jsonl. A line that is not a whole event is passed over; no file is no history."""
    history = History()
    if file.is_file():
        for line in file.read_text("utf-8", errors="replace").splitlines():
            event = _event(line)
            if event is not None:
                _take(history, event)
    return history


def _event(line: str) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and event.get("event") in _KINDS else None


def _take(history: History, event: dict[str, Any]) -> None:
    kind = event["event"]
    if kind == "notice":
        history.notices.append(str(event["message"]))
    elif kind == "stage":
        history.stages[event["stage"]] = StageHistory(
            event["stage"]
        )  # afresh: there was no checkpoint to go on from
    else:
        stage = history.stages.setdefault(event["stage"], StageHistory(event["stage"]))
        epoch = int(event["epoch"])
        if kind == "epoch":
            stage.epochs[epoch] = event
        elif kind == "best":
            stage.bests.append(epoch)
        elif kind == "drop":
            stage.drops.append(epoch)
        else:
            stage.go_back(epoch)
