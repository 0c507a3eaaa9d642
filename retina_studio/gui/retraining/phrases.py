"""The words of the retraining window: states, times, sizes, figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from retina_studio.domain.labels import catalogue
from retina_studio.gui.words import marked, tr, tr_data
from retina_studio.retraining.follow import Gpu, Progress
from retina_studio.retraining.run import Run

NOTHING = "–"
STATES: Mapping[str, str] = {
    "waiting": marked("waiting"),
    "curating": marked("making the snapshot"),
    "training": marked("training"),
    "paused": marked("paused"),
    "gating": marked("at the gate"),
    "promoted": marked("promoted"),
    "held back": marked("held back"),
    "failed": marked("failed"),
    "cancelled": marked("cancelled"),
}
ICONS: Mapping[str, tuple[str, str]] = {
    "waiting": ("clock", "muted"),
    "curating": ("stack", "accent"),
    "training": ("play-circle", "accent"),
    "paused": ("pause-circle", "warn"),
    "gating": ("scales", "accent"),
    "promoted": ("check-circle", "good"),
    "held back": ("hand", "warn"),
    "failed": ("x-circle", "bad"),
    "cancelled": ("minus-circle", "muted"),
}
_EVENTS: Mapping[str, str] = {
    "start": marked("Started on {device}"),
    "prepare": marked("{split}: {done} of {images} images prepared"),
    "stage": marked("Stage {stage}: at most {epochs} epochs"),
    "resume": marked("Stage {stage}: taken up after epoch {epoch}"),
    "best": marked("{stage} {epoch}: the best so far, kept"),
    "drop": marked("{stage} {epoch}: no more gain, a lower learning rate"),
    "end": marked("Training ended"),
}
_SPELT = {"auc": "AUC", "f1": "F1", "dr": "DR", "vcdr": "vCDR", "mse": "MSE", "px2": "px²"}
_MINUTE, _HOUR = 60, 3600
_FIRST_FIGURES = 3  # of an epoch's line in the log


@dataclass(frozen=True)
class Gated:
    """How many answers the gate has measured: each weights' on every test image."""

    done: int
    images: int


def state_words(run: Run) -> str:
    """Where a run is, and what was asked of it since."""
    if run.wish == "pause":
        return tr("pausing after this epoch")
    if run.wish == "cancel":
        return tr("being cancelled")
    if run.state == "waiting" and run.not_before:
        return tr("from {time}", time=short_moment(run.not_before))
    return tr_data(STATES[run.state])


def moment(iso: str) -> str:
    """An ISO time as people read it here, to the minute; one without a zone is local already."""
    if not iso:
        return ""
    return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M")


def short_moment(iso: str) -> str:
    """The same without the year."""
    return moment(iso)[5:]


def duration(seconds: float | None) -> str:
    """A length of time, coarse."""
    if seconds is None:
        return NOTHING
    if seconds < _MINUTE:
        return tr("less than a minute")
    if seconds < _HOUR:
        return tr("{minutes} min", minutes=round(seconds / _MINUTE))
    hours, rest = divmod(round(seconds / _MINUTE), 60)
    return tr("{hours} h {minutes} min", hours=hours, minutes=rest)


def size(megabytes: float | None) -> str:
    """An amount of memory or disk."""
    if megabytes is None:
        return NOTHING
    return f"{megabytes / 1024:.1f} GB" if megabytes >= 1000 else f"{megabytes:.0f} MB"


def figure(value: float | None) -> str:
    """A figure of a model."""
    if value is None:
        return NOTHING
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def signed(value: float | None) -> str:
    """A change of a figure."""
    return NOTHING if value is None else f"{value:+.3f}"


def readable(name: str) -> str:
    """The name of a loss or figure as people read it: "dice_od" is "Dice OD"."""
    if name in catalogue():
        return name
    words = " ".join(_word(part) for part in name.split("_") if part)
    return words[:1].upper() + words[1:]


def _word(part: str) -> str:
    return _SPELT.get(part, next((code for code in catalogue() if code.lower() == part), part))


def progress_words(run: Run, progress: Progress | None, gated: Gated | None = None) -> str:
    """How far a run is, in a few words."""
    if run.state == "gating" and gated is not None and not run.wish:
        return tr("at the gate: {done} of {images} answers measured", done=gated.done, images=gated.images)
    if run.state != "training" or progress is None or not progress.epochs:
        return state_words(run)
    words = tr(
        "{stage}, epoch {epoch} of {epochs}",
        stage=progress.stage,
        epoch=progress.epoch,
        epochs=progress.epochs,
    )
    if progress.seconds_left is None or run.wish:
        return words
    return f"{words}, {tr('{time} left', time=duration(progress.seconds_left))}"


def memory_words(progress: Progress | None, gpus: tuple[Gpu, ...]) -> str:
    """What training takes of the computer."""
    parts = []
    taken = (progress.memory_mb if progress else None) or {}
    if "ram" in taken:
        parts.append(tr("Memory {size}", size=size(taken["ram"])))
    if taken.get("gpu"):
        parts.append(tr("on the GPU {size}", size=size(taken["gpu"])))
    parts += [gpu_words(gpu) for gpu in gpus]
    return "  ·  ".join(parts)


def gpu_words(gpu: Gpu) -> str:
    """A GPU in a few words."""
    words = gpu.name if gpu.memory is None else f"{gpu.name}: {size(gpu.memory_used)} / {size(gpu.memory)}"
    warmth = "" if gpu.temperature is None else f", {gpu.temperature:.0f} °C"
    load = "" if gpu.load is None else f", {100 * gpu.load:.0f} %"
    return words + warmth + load


def event_words(event: Mapping[str, object]) -> str:
    """A line of the log; "" for what is not worth one."""
    kind = event.get("event")
    if kind == "epoch":
        return (
            f"{event['stage']} {event['epoch']}:  {_values(event, 'losses')}  |  {_values(event, 'metrics')}"
        )
    if kind in {"notice", "error"}:
        return str(event.get("message", ""))
    template = _EVENTS.get(str(kind))
    return tr_data(template).format(**event) if template else ""


def _values(event: Mapping[str, object], key: str) -> str:
    values = event.get(key)
    pairs = list(values.items())[:_FIRST_FIGURES] if isinstance(values, dict) else []
    return ", ".join(f"{readable(name)} {figure(value)}" for name, value in pairs)
