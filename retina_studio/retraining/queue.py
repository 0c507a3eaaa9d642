"""The queue of runs on disk. A kill at any moment leaves each run as it was before or after a change."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.retraining.needs import model_needs
from retina_studio.retraining.run import Run, RunFiles, run_from_dict

_PATIENCE = 20.0  # seconds to wait for another process that changes the queue


class Queue:
    """The runs of a study's home. Window, command line and engine may use it at the same time.

    Args:
        home: as `home_of`.
    """

    def __init__(self, home: Path) -> None:
        self.home = home

    def runs(self) -> list[Run]:
        """All runs, in the order in which they are worked through.

        Raises:
            RetinaError: a run's state is damaged.
        """
        folders = sorted(file.parent for file in (self.home / "runs").glob("*/state.json"))
        return [_read(folder) for folder in folders]

    def run(self, key: str) -> Run:
        """One run.

        Raises:
            RetinaError: there is none of this id, or its state is damaged.
        """
        found = next((run for run in self.runs() if run.id == key), None)
        if found is None:
            raise RetinaError(f"There is no run {key!r}.")
        return found

    def files(self, run: Run) -> RunFiles:
        """Where its parts lie."""
        return RunFiles(self.home / "runs" / run.id)

    def ask(
        self,
        stems: Sequence[str],
        by: str,
        *,
        seconds: float | None = None,
        not_before: str = "",
        device: str = "auto",
    ) -> list[Run]:
        """Put a run of each model at the end of the queue; they share one snapshot.

        Args:
            stems: the models.
            by: who asks.
            seconds: bound on the training time of each.
            not_before: local time, ISO 8601, before which none begins.
            device: auto, cpu or cuda.

        Raises:
            RetinaError: no stem, one that is in the queue already, or a time that is none.
        """
        if not stems:
            raise RetinaError("Choose at least one model to retrain.")
        for stem in stems:
            model_needs(stem)
        _check_time(not_before)
        with self._changing():
            before = self.runs()
            _check_free(before, stems)
            last = max((_number(run) for run in before), default=0)
            made = [
                Run(
                    id=f"{number:04}-{stem}",
                    order=f"{last + 1:04}",
                    stem=stem,
                    by=by.strip() or "somebody",
                    asked=utc_now(),
                    not_before=not_before,
                    seconds=seconds,
                    device=device,
                )
                for number, stem in enumerate(dict.fromkeys(stems), last + 1)
            ]
            return [self._write(run) for run in made]

    def pause(self, key: str) -> Run:
        """Ask a run to stop after the epoch it is in; it gives its memory back and can go on from there.

        Raises:
            RetinaError: it is done, or past training.
        """

        def paused(run: Run) -> Run:
            if run.state == "waiting":
                return replace(run, state="paused")
            if run.state not in ("curating", "training"):
                raise RetinaError(f"The run {run.id} is {run.state}: only training can be paused.")
            return replace(run, wish="pause")

        return self.change(key, paused)

    def go_on(self, key: str) -> Run:
        """Let a run that was paused or failed go on from its last epoch, or take back the wish to pause it.

        Raises:
            RetinaError: it is neither, or another run of its model is in the queue.
        """

        def going(run: Run) -> Run:
            if run.state == "failed":
                _check_free(self.runs(), [run.stem])
            if run.state in ("paused", "failed"):
                return replace(run, state="waiting", wish="", not_before="", reason="")
            if run.wish != "pause":
                raise RetinaError(f"The run {run.id} is {run.state} and not paused.")
            return replace(run, wish="")

        return self.change(key, going)

    def go_on_with_failed(self) -> list[Run]:
        """Let the last run of each model go on where it failed; returns these."""
        last = {run.stem: run for run in self.runs()}
        return [self.go_on(run.id) for run in last.values() if run.state == "failed"]

    def cancel(self, key: str) -> Run:
        """Ask a run to end; what training has found best so far is kept as a candidate, and not gated.

        Raises:
            RetinaError: it is done.
        """

        def cancelled(run: Run) -> Run:
            if run.done:
                raise RetinaError(f"The run {run.id} is {run.state} already.")
            if run.state in ("waiting", "paused") and not self.files(run).training.is_dir():
                return replace(run, state="cancelled", reason="It was cancelled before it began.")
            state = "waiting" if run.state == "paused" else run.state
            return replace(run, state=state, wish="cancel", not_before="")

        return self.change(key, cancelled)

    def change(self, key: str, changed: Callable[[Run], Run]) -> Run:
        """Read a run, and write what is made of it, while nobody else changes the queue."""
        with self._changing():
            return self._write(changed(self.run(key)))

    def update(self, key: str, **values: Any) -> Run:
        """Write new values of a run's fields; what a person asks of it meanwhile stays, unless it is among them."""
        return self.change(key, lambda run: replace(run, **values))

    def _write(self, run: Run) -> Run:
        run = replace(run, changed=utc_now())
        folder = self.files(run).folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self.files(run).state, json.dumps(run.to_dict(), indent=1).encode(), mode=0o600)
        return run

    def _changing(self) -> "_Lock":
        return _Lock(self.home / "queue.lock")


class _Lock:
    """The lock of the queue, held for a moment; its faults are sentences."""

    def __init__(self, file: Path) -> None:
        self._lock = FileLock(file, timeout=_PATIENCE)

    def __enter__(self) -> None:
        try:
            self._lock.acquire()
        except Timeout as error:
            raise RetinaError(
                "Another program is changing the queue of runs: try again in a moment."
            ) from error
        except OSError as error:
            raise RetinaError(f"The queue of runs cannot be changed: {error.strerror or error}.") from error

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def utc_now() -> str:
    """The time as runs keep it: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def is_due(run: Run, now: datetime) -> bool:
    """Whether a waiting run may begin at this local time."""
    return not run.not_before or datetime.fromisoformat(run.not_before) <= now


def _read(folder: Path) -> Run:
    file = folder / "state.json"
    try:
        form: Any = json.loads(file.read_text("utf-8"))
        return run_from_dict(form)
    except (OSError, ValueError, TypeError) as error:
        raise RetinaError(f"The run {folder.name} is damaged ({error}): move {folder} away.") from error


def _check_free(runs: Sequence[Run], stems: Sequence[str]) -> None:
    if waiting := sorted({run.stem for run in runs if not run.done} & {*stems}):
        raise RetinaError(f"A retraining of {waiting[0]} is in the queue already: let it end, or cancel it.")


def _number(run: Run) -> int:
    return int(run.id.partition("-")[0])


def _check_time(text: str) -> None:
    try:
        if text and datetime.fromisoformat(text).tzinfo is not None:
            raise ValueError("write it without a zone")
    except ValueError as error:
        raise RetinaError(
            f"{text!r} is no time to begin ({error}): write it like 2026-05-01T22:00."
        ) from error
