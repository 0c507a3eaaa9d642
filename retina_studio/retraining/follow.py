"""What a run tells while it goes on, read from its files: any process may follow it, also after a crash."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retina_studio.retraining.run import RunFiles

Event = dict[str, Any]  # "event" says which; training/events.py lists them


class Events:
    """The events of a run, each told once.

    Args:
        file: RUN/training/events.jsonl; need not be there yet.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def new(self) -> list[Event]:
        """What was written since the last call; half a line waits for its end. Takes no time worth a thread."""
        raise NotImplementedError


@dataclass(frozen=True)
class Progress:
    """Where training is, made of its events.

    Attributes:
        stage, epoch, epochs: of the stage; "" and 0 before it began.
        share: 0 to 1 of the whole training, as far as it can be told.
        seconds_left: of training; None before the first epoch.
        losses, metrics: name -> values, one an epoch, over all stages ("STAGE/NAME").
        memory_mb: peak of the process: "ram", "gpu".
        message: the last notice or error.
    """

    stage: str = ""
    epoch: int = 0
    epochs: int = 0
    share: float = 0.0
    seconds_left: float | None = None
    losses: dict[str, list[float | None]] | None = None
    metrics: dict[str, list[float | None]] | None = None
    memory_mb: dict[str, float] | None = None
    message: str = ""


def progress_of(events: list[Event]) -> Progress:
    """What all events of a run so far amount to."""
    raise NotImplementedError


@dataclass(frozen=True)
class Example:
    """Example answers of one epoch: `picture` is one PNG strip of the same validation images each time."""

    stage: str
    epoch: int
    picture: Path


def examples(files: RunFiles) -> list[Example]:
    """The example pictures of a run so far, oldest first."""
    raise NotImplementedError


@dataclass(frozen=True)
class Gpu:
    """A GPU as the driver tells: memory in MiB, temperature in degrees Celsius, load 0 to 1."""

    name: str
    memory_used: float
    memory: float
    temperature: float | None
    load: float | None


def gpus() -> list[Gpu]:
    """The GPUs of this computer; empty where none can be read. Asks a program, up to two seconds: not for the GUI thread."""
    raise NotImplementedError
