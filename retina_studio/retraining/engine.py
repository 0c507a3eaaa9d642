"""The engine works through the queue: curate, train, calibrate, gate, register. One engine a home at a time."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from retina_studio.domain.errors import RetinaError
from retina_studio.inference.registry import Registry
from retina_studio.retraining.cycle import carry_through
from retina_studio.retraining.queue import Queue, is_due
from retina_studio.retraining.run import ACTIVE, Run
from retina_studio.retraining.work import EVERY, PutOffError, RunWork
from retina_studio.study.study import Study


class EngineBusyError(RetinaError):
    """Another window or command works through this queue already; its runs can be followed all the same."""


class Engine:
    """Works through the queue of a study, and takes up what was under way when the application ended.

    Blocks: give it a thread (or a process) of its own. Training itself is always another process, in its own session;
    it outlives the engine, and the next engine goes on following it.

    Args:
        study: the study's folder; opened in the engine's own thread.
        home: as `home_of`.
        tell: told of each run that changed; called in the engine's thread.
        registry: of the weights; default: the person's own.
    """

    def __init__(
        self,
        study: Path,
        home: Path,
        tell: Callable[[Run], None] | None = None,
        registry: Registry | None = None,
    ) -> None:
        self._folder, self._queue = study, Queue(home)
        self._tell = tell or (lambda run: None)
        self._registry = registry or Registry()
        self._lock = FileLock(home / "engine.lock", timeout=0)

    def work(self, stop: Callable[[], bool] = lambda: False, *, until_empty: bool = True) -> list[Run]:
        """Work until nothing waits or `stop` says so; returns the runs that were finished.

        Args:
            stop: asked several times a second. Training that is under way goes on by itself.
            until_empty: return when all runs are done or paused; else wait for more.

        Raises:
            EngineBusyError: another engine is at work here.
            RetinaError: the study or the queue cannot be used. What goes wrong with one run is that run's reason.
        """
        try:
            self._lock.acquire()
        except Timeout as error:
            raise EngineBusyError(
                "Another window or command retrains the models of this study already."
            ) from error
        try:
            with Study.open(self._folder) as study:
                return self._work(study, stop, until_empty)
        finally:
            self._lock.release()

    def _work(self, study: Study, stop: Callable[[], bool], until_empty: bool) -> list[Run]:
        finished = []
        while not stop():
            runs = self._queue.runs()
            run = _next(runs)
            if run is None:
                if until_empty and not any(run.state == "waiting" for run in runs):
                    break
                time.sleep(EVERY)
                continue
            try:
                done = carry_through(RunWork(study, self._registry, self._queue, run, stop, self._tell))
                self._queue.files(done).tidy()
                finished.append(done)
            except PutOffError:
                continue  # paused, or the engine is to stop
            except (RetinaError, OSError) as error:
                failed = self._queue.update(run.id, state="failed", wish="", reason=_sentence(error))
                self._tell(failed)
                finished.append(failed)
        return finished


def _next(runs: list[Run]) -> Run | None:
    """What was under way, else the first that may begin by now."""
    now = datetime.now()
    begun = [run for run in runs if run.state in ACTIVE]
    due = [run for run in runs if run.state == "waiting" and is_due(run, now)]
    return next(iter([*begun, *due]), None)


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"A file could not be read or written: {error}."
    return str(error)
