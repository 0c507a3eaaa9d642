"""Follows the runs of a study from their files: a worker reads what is new, again and again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from retina_studio.gui.jobs import Job, JobState
from retina_studio.retraining.follow import (
    Event,
    Events,
    Example,
    Gpu,
    Progress,
    examples,
    gpus,
    progress_of,
)
from retina_studio.retraining.queue import Queue
from retina_studio.retraining.run import Run

from .phrases import Gated

_OFTEN, _RARELY = 1000, 10_000  # ms between two readings: while something happens, and else
_GPU_EVERY = 5  # readings
_LOG = 64 * 1024  # bytes of its end


@dataclass(frozen=True)
class Seen:
    """What a reading found.

    Attributes:
        runs: all of them, in order.
        progress: id -> how far it is, of those that have begun to train and of the chosen one.
        chosen: id of the run that the person looks at; "" for none.
        events, log, pictures: of the chosen run.
        gpus: of this computer, while something trains.
        gated: how far the gate is with the chosen run.
        failure: a sentence where the queue could not be read.
    """

    runs: tuple[Run, ...] = ()
    progress: Mapping[str, Progress] = field(default_factory=dict)
    chosen: str = ""
    events: tuple[Event, ...] = ()
    log: str = ""
    pictures: tuple[Example, ...] = ()
    gpus: tuple[Gpu, ...] = ()
    gated: Gated | None = None
    failure: str = ""

    @property
    def is_working(self) -> bool:
        """Whether anything waits or goes on."""
        return any(not run.done for run in self.runs)

    def run(self, key: str) -> Run | None:
        """A run by its id."""
        return next((run for run in self.runs if run.id == key), None)


class Reader:
    """Keeps what was read of each run. One worker at a time."""

    def __init__(self, home: Path) -> None:
        self._queue = Queue(home)
        self._tails: dict[str, tuple[Events, list[Event]]] = {}
        self._gpus: tuple[Gpu, ...] = ()
        self._count = 0

    def read(self, state: JobState, chosen: str) -> Seen:
        """Read what is new.

        Raises:
            RetinaError: the queue is damaged.
        """
        runs = tuple(self._queue.runs())
        if not any(run.id == chosen for run in runs):
            chosen = _first_to_look_at(runs)
        looked_at = [run for run in runs if run.id == chosen or run.state in {"training", "paused", "gating"}]
        events = {run.id: self._events(run) for run in looked_at}
        progress = {run.id: progress_of(events[run.id], run.seconds) for run in looked_at}
        state.check()
        run = next((run for run in runs if run.id == chosen), None)
        return Seen(
            runs,
            progress,
            chosen,
            tuple(events.get(chosen, ())),
            _end_of(self._queue.files(run).log) if run else "",
            tuple(examples(self._queue.files(run))) if run else (),
            self._read_gpus(any(run.state == "training" for run in runs)),
            _gated(self._queue.files(run).gating) if run else None,
        )

    def _events(self, run: Run) -> list[Event]:
        tail, events = self._tails.setdefault(run.id, (Events(self._queue.files(run).events), []))
        events += tail.new()
        return events

    def _read_gpus(self, trains: bool) -> tuple[Gpu, ...]:
        if not trains:
            self._count, self._gpus = 0, ()
            return ()
        if self._count % _GPU_EVERY == 0:
            self._gpus = tuple(gpus())
        self._count += 1
        return self._gpus


class Follower(QObject):
    """Reads in a worker, one reading at a time; `seen` after each."""

    seen = Signal(object)  # Seen

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.last = Seen()
        self._reader: Reader | None = None
        self._chosen = ""
        self._job: Job | None = None
        self._watched = self._again = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)

    @property
    def is_following(self) -> bool:
        """Whether it was started."""
        return self._reader is not None

    def start(self, home: Path) -> None:
        """Follow the runs of this home."""
        if self._reader is None:
            self._reader = Reader(home)
            self.look()

    def watch(self, watched: bool) -> None:
        """Read often while somebody looks, also when nothing happens."""
        self._watched = watched
        if watched:
            self.look()

    def choose(self, key: str) -> None:
        """Read this run in full from now on."""
        self._chosen = key
        self.look()

    def look(self) -> None:
        """Read now, or again once the reading that is under way is through."""
        if self._reader is None:
            return
        if self._job is not None:
            self._again = True
            return
        self._timer.stop()
        job = Job(self._reader.read, self._chosen)
        job.done.connect(self._on_read)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._end)
        self._job = job
        job.start()

    def stop(self) -> None:
        """Read no more."""
        self._reader = None
        self._timer.stop()
        if self._job is not None:
            self._job.cancel()

    def _on_read(self, seen: Seen) -> None:
        self._job = None
        if self._reader is not None:
            self.last = seen
            self._plan_next()
            self.seen.emit(seen)

    def _on_failed(self, sentence: str) -> None:
        self._on_read(Seen(failure=sentence))

    def _end(self) -> None:
        self._job = None

    def _plan_next(self) -> None:
        if self._again:
            self._again = False
            self.look()
        else:
            self._timer.start(_OFTEN if self._watched or self.last.is_working else _RARELY)


def _first_to_look_at(runs: tuple[Run, ...]) -> str:
    """What goes on, else what is next, else what was last."""
    under_way = [run for run in runs if run.state in {"curating", "training", "gating"}]
    waiting = [run for run in runs if not run.done]
    found = under_way[:1] or waiting[:1] or list(runs[-1:])
    return found[0].id if found else ""


def _gated(file: Path) -> Gated | None:
    """How far the gate is, from what it has said of both weights so far."""
    of: dict[str, int] = {}
    images = 0
    for line in _end_of(file).splitlines():
        with suppress(ValueError, KeyError, TypeError):
            form = json.loads(line)
            of[str(form["of"])], images = int(form["done"]), int(form["images"])
    return Gated(sum(of.values()), 2 * images) if of else None


def _end_of(file: Path) -> str:
    """The last lines of a file that may not be there yet."""
    try:
        with file.open("rb") as opened:
            opened.seek(max(file.stat().st_size - _LOG, 0))
            data = opened.read(_LOG)
    except OSError:
        return ""
    text = data.decode("utf-8", errors="replace")
    return text if len(data) < _LOG else text.partition("\n")[2]
