"""What the steps of a run share: the run itself, its files, what people ask of it, and its processes."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from retina_studio.domain.errors import RetinaError
from retina_studio.inference.registry import Registry, Version
from retina_studio.retraining.process import TrainingProcess
from retina_studio.retraining.queue import Queue
from retina_studio.retraining.run import Run
from retina_studio.store.write import snapshot_path
from retina_studio.study.study import Study

EVERY = 0.3  # seconds between two looks at a process and at what people ask
_TAIL = 4000  # bytes of a log in which the last sentence is looked for
_KILLED = (-9, 137)


class PutOffError(Exception):
    """Nothing more is done about a run for now: it was paused, or the engine is stopped."""


class CancelledError(Exception):
    """A person ended the run."""


class RunWork:
    """One run while the engine works on it.

    Args:
        study, registry, queue: where it comes from and goes to.
        run: which.
        stop: whether the engine is to stop.
        tell: told of the run whenever it changed.

    Attributes:
        study, registry, queue: as given.
        run: as it is by now.
        files: its parts.
    """

    def __init__(
        self,
        study: Study,
        registry: Registry,
        queue: Queue,
        run: Run,
        stop: Callable[[], bool],
        tell: Callable[[Run], None],
    ) -> None:
        self.study, self.registry, self.queue = study, registry, queue
        self.run, self.files = run, queue.files(run)
        self._stop, self._tell = stop, tell

    def change(self, **values: Any) -> Run:
        """Write what the run becomes, and tell of it."""
        self.run = self.queue.update(self.run.id, **values)
        self._tell(self.run)
        return self.run

    def begin(self) -> None:
        """Take the run up, unless a person has ended or paused it a moment ago.

        Raises:
            PutOffError: somebody has.
        """

        def begun(run: Run) -> Run:
            if run.done or run.state == "paused":
                raise PutOffError
            return replace(run, state="curating") if run.state == "waiting" else run

        self.run = self.queue.change(self.run.id, begun)
        self._tell(self.run)

    def asked(self) -> str:
        """What a person asks of the run now: "", "pause" or "cancel"."""
        return self.queue.run(self.run.id).wish

    def look(self) -> None:
        """Give up what can be done again where somebody asks for that.

        Raises:
            PutOffError, CancelledError: saying which.
        """
        if self._stop():
            raise PutOffError
        asked = self.asked()
        if asked == "cancel":
            raise CancelledError
        if asked == "pause":
            self.change(state="paused", wish="")
            raise PutOffError

    def snapshot(self, digest: str = "") -> Path:
        """The file of a snapshot with this content hash; of the run's own by default."""
        return snapshot_path(self.queue.home / "snapshots", digest or self.run.snapshot)

    def current(self) -> Version:
        """The weights that are current now.

        Raises:
            RetinaError: there are none.
        """
        try:
            return self.registry.version(self.run.stem, "current")
        except RetinaError as error:
            raise RetinaError(
                f"There are no weights of {self.run.stem} to go on from: train it once with `retina-studio train`, and "
                "import what it made."
            ) from error

    def follow(self, process: TrainingProcess, each: Callable[[], None]) -> None:
        """Wait until a process ends, doing something now and then; the process goes on where the engine is stopped.

        Raises:
            PutOffError: the engine is to stop.
        """
        while process.is_running():
            if self._stop():
                raise PutOffError
            each()
            time.sleep(EVERY)

    def carry_out(self, arguments: list[str], result: Path, out: Path | None = None) -> None:
        """A short process that writes a file; one that a crash left running is waited for.

        Args:
            arguments: of the training module.
            result: the file, one of the arguments.
            out: where its stdout goes.

        Raises:
            PutOffError: the engine is to stop.
            CancelledError: a person ended the run.
            RetinaError: it failed.
        """
        process = TrainingProcess(arguments, result)
        process.start(out, self.files.log)

        def cancel() -> None:
            if self.asked() == "cancel":
                process.end()
                raise CancelledError

        self.follow(process, cancel)
        if not result.is_file():
            raise RetinaError(self.why(process))

    def why(self, process: TrainingProcess) -> str:
        """Why a process ended without a result, in a sentence."""
        if process.status in _KILLED:
            return "The system ended the training process, most likely because memory ran out: let the run go on later."
        said = _last_error(self.files.events) or _last_line(self.files.log)
        return said or "The training process ended without a word: let the run go on, or ask for it again."


def last_event(file: Path) -> dict[str, Any]:
    """The last event of a run that is whole; {} for none."""
    for line in reversed(_tail(file).splitlines()):
        try:
            form = json.loads(line)
        except ValueError:
            continue
        return form if isinstance(form, dict) else {}
    return {}


def _last_error(events: Path) -> str:
    last = last_event(events)
    return str(last.get("message", "")) if last.get("event") == "error" else ""


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in _tail(log).splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _tail(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            stream.seek(max(file.stat().st_size - _TAIL, 0))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
