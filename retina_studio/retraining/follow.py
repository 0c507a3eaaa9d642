"""What a run tells while it goes on, read from its files: any process may follow it, also after a crash."""

import csv
import json
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from retina_studio.retraining.run import RunFiles

Event = dict[str, Any]  # "event" says which; training/events.py lists them

_MOST = 2**22  # bytes of events that are read at once
_ASKED = "name,memory.used,memory.total,temperature.gpu,utilization.gpu"


class Events:
    """The events of a run, each told once.

    Args:
        file: RUN/training/events.jsonl; need not be there yet.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._read = 0

    def new(self) -> list[Event]:
        """What was written since the last call; half a line waits for its end. Takes no time worth a thread."""
        try:
            with self.file.open("rb") as stream:
                stream.seek(self._read)
                data = stream.read(_MOST)
        except OSError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        events = []
        for line in whole.splitlines():
            with suppress(ValueError):
                form = json.loads(line)
                if isinstance(form, dict) and "event" in form:
                    events.append(form)
        return events


@dataclass(frozen=True)
class Progress:
    """Where training is, made of its events.

    Attributes:
        stage, epoch, epochs: of the stage; "" and 0 before it began.
        share: 0 to 1 of the whole training, as far as it can be told.
        seconds_left: until this stage ends; None before its first epoch.
        losses, metrics: "STAGE/NAME" -> values, one an epoch; None where one is not known.
        memory_mb: peak of the process: "ram", "gpu".
        message: the last notice or error, "" for none.
    """

    stage: str = ""
    epoch: int = 0
    epochs: int = 0
    share: float = 0.0
    seconds_left: float | None = None
    losses: dict[str, list[float | None]] = field(default_factory=dict)
    metrics: dict[str, list[float | None]] = field(default_factory=dict)
    memory_mb: dict[str, float] = field(default_factory=dict)
    message: str = ""


def progress_of(events: Iterable[Event], seconds: float | None = None) -> Progress:
    """What all events of a run so far amount to.

    Args:
        events: from the first.
        seconds: the bound on training, where there is one.
    """
    steps: dict[str, int] = {}
    now: dict[str, Any] = {}
    curves: dict[str, dict[str, list[float | None]]] = {"losses": {}, "metrics": {}}
    for event in events:
        match event["event"]:
            case "estimate":
                steps = event["steps"]
            case "stage":
                now |= {"stage": event["stage"], "epoch": 0, "epochs": event["epochs"], "seconds_left": None}
            case "resume":
                now |= {"stage": event["stage"], "epoch": event["epoch"]}
            case "epoch":
                now |= {"stage": event["stage"], "epoch": event["epoch"]}
                now |= {"seconds_left": event["eta_s"], "memory_mb": event["memory_mb"]}
                now["share"] = _share(steps, event, seconds)
                for kind, lines in curves.items():
                    for name, value in event[kind].items():
                        lines.setdefault(f"{event['stage']}/{name}", []).append(value)
            case "notice" | "error":
                now["message"] = event["message"]
            case "end":
                now |= {"share": 1.0, "seconds_left": 0.0}
    return Progress(**now, losses=curves["losses"], metrics=curves["metrics"])


def _share(steps: dict[str, int], event: Event, seconds: float | None) -> float:
    """By steps, or by time where that is bounded and further on."""
    stages = list(steps)
    before = stages[: stages.index(event["stage"])] if event["stage"] in steps else []
    done = sum(steps[stage] for stage in before) + event["step"]
    by_steps = done / total if (total := sum(steps.values())) else 0.0
    by_time = event["elapsed_s"] / seconds if seconds else 0.0
    return float(min(max(by_steps, by_time), 1.0))


@dataclass(frozen=True)
class Example:
    """Example answers of one epoch: `picture` shows the same validation images each time.

    Each column is an image, with what graders drew above and what the network says below.
    """

    stage: str
    epoch: int
    picture: Path


def examples(files: RunFiles) -> list[Example]:
    """The example pictures of a run so far, oldest first."""
    found = []
    for picture in sorted(files.examples.glob("*.png")):
        _, _, rest = picture.stem.partition("-")
        stage, _, epoch = rest.rpartition("-")
        if stage and epoch.isdigit():
            found.append(Example(stage, int(epoch), picture))
    return found


@dataclass(frozen=True)
class Gpu:
    """A GPU as the driver tells: memory in MiB, temperature in degrees Celsius, load 0 to 1; None where it does not."""

    name: str
    memory_used: float | None
    memory: float | None
    temperature: float | None
    load: float | None


def gpus() -> list[Gpu]:
    """The GPUs of this computer; empty where none can be read. It may take two seconds: not for the GUI thread."""
    command = ["nvidia-smi", f"--query-gpu={_ASKED}", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(  # noqa: S603 - no shell, nothing of ours in it
            command, capture_output=True, text=True, check=True, timeout=2
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return gpus_of(told.stdout)


def gpus_of(table: str) -> list[Gpu]:
    """What the driver's table says: name, used and whole memory, temperature, load in percent."""
    found = []
    for row in csv.reader(table.splitlines(), skipinitialspace=True):
        if len(row) == len(_ASKED.split(",")):
            used, memory, temperature, load = map(_number, row[1:])
            found.append(Gpu(row[0], used, memory, temperature, None if load is None else load / 100))
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:  # "[N/A]"
        return None
