"""One retraining of one model: what is kept of it, and what people may ask of it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

State = Literal[
    "waiting", "curating", "training", "paused", "gating", "promoted", "held back", "failed", "cancelled"
]
Wish = Literal["", "pause", "cancel"]

DONE: frozenset[str] = frozenset({"promoted", "held back", "failed", "cancelled"})
ACTIVE: frozenset[str] = frozenset({"curating", "training", "gating"})


@dataclass(frozen=True)
class Run:
    """A retraining as its folder keeps it (state.json); every change makes a new one.

    Attributes:
        id: the folder's name, e.g. "0003-glaucoma"; runs are worked through in this order.
        order: those that were asked for together share it, and one snapshot.
        stem: of the model.
        state: where it is.
        wish: what a person asked for and the engine has not done yet.
        by: who asked for it.
        asked: UTC, ISO 8601.
        not_before: local time without zone, ISO 8601, before which it does not begin; "" for at once.
        seconds: bound on the training time; None for the recipe's own end.
        device: auto, cpu or cuda.
        snapshot: content hash of the snapshot, "" before there is one.
        curated: when it was made (UTC, ISO 8601).
        start: hash of the weights that it goes on from: those that were current when it began.
        candidate: hash of the weights it made, "" before.
        pid: of the training process that was started last; 0 for none.
        reason: why it was held back, failed or was cancelled, or what it was promoted for; a sentence.
        changed: when this was written (UTC, ISO 8601).
    """

    id: str
    order: str
    stem: str
    state: State = "waiting"
    wish: Wish = ""
    by: str = ""
    asked: str = ""
    not_before: str = ""
    seconds: float | None = None
    device: str = "auto"
    snapshot: str = ""
    curated: str = ""
    start: str = ""
    candidate: str = ""
    pid: int = 0
    reason: str = ""
    changed: str = ""

    @property
    def done(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in DONE

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `run_from_dict` reads it."""
        return asdict(self)


def run_from_dict(form: Mapping[str, Any]) -> Run:
    """The run written by `to_dict`.

    Raises:
        ValueError: it is not such a form.
    """
    try:
        run = Run(**form)
    except TypeError as error:
        raise ValueError(str(error)) from error
    if run.state not in get_args(State) or run.wish not in get_args(Wish):
        raise ValueError(f"a run cannot be {run.state!r} with the wish {run.wish!r}")
    return run


@dataclass(frozen=True)
class RunFiles:
    """Where the parts of a run lie; `folder` is `home/runs/ID`."""

    folder: Path

    @property
    def state(self) -> Path:
        """What `Run` says."""
        return self.folder / "state.json"

    @property
    def training(self) -> Path:
        """The folder of the training process: events.jsonl, checkpoint, weights, report.html, examples/."""
        return self.folder / "training"

    @property
    def events(self) -> Path:
        """One JSON object a line."""
        return self.training / "events.jsonl"

    @property
    def examples(self) -> Path:
        """Example answers on validation images, `STAGE-EPOCH.png` of one strip each (`follow.examples`)."""
        return self.training / "examples"

    @property
    def report(self) -> Path:
        """The report for people; there once training is done."""
        return self.training / "report.html"

    @property
    def log(self) -> Path:
        """What the processes of this run said on stderr."""
        return self.folder / "log.txt"

    @property
    def claimed(self) -> Path:
        """There once training has begun."""
        return self.training / "run.json"

    @property
    def checkpoint(self) -> Path:
        """There once there is something to go on from."""
        return self.training / "checkpoint.safetensors"

    @property
    def control(self) -> Path:
        """What the training process is asked (training/control.py)."""
        return self.training / "control"

    @property
    def finished(self) -> Path:
        """There once training is done."""
        return self.training / "report.json"

    @property
    def start(self) -> Path:
        """A copy of the weights that it goes on from."""
        return self.folder / "start.safetensors"

    @property
    def current(self) -> Path:
        """A copy of the weights that were current when it came to the gate."""
        return self.folder / "current.safetensors"

    def trained(self, stem: str) -> Path:
        """The weights as training left them."""
        return self.training / f"{stem}.safetensors"

    @property
    def candidate(self) -> Path:
        """The calibrated weights that the gate measured."""
        return self.folder / "candidate.safetensors"

    def tidy(self) -> None:
        """Remove what a run that is done needs no more: the registry has its weights, `trained` stays to look at."""
        for file in (self.checkpoint, self.start, self.current, self.candidate):
            with suppress(OSError):  # one that cannot be removed changes nothing of what the run has come to
                file.unlink()

    @property
    def gating(self) -> Path:
        """One JSON object a line while the gate measures: `of` which weights, images `done`, of how many `images`."""
        return self.folder / "gate.jsonl"

    @property
    def gate(self) -> Path:
        """The verdict (`verdict.read_verdict`)."""
        return self.folder / "gate.json"
