"""The engine works through the queue: curate, train, calibrate, gate, register. One engine a home at a time."""

from collections.abc import Callable
from pathlib import Path

from retina_studio.domain.errors import RetinaError
from retina_studio.retraining.run import Run


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
    """

    def __init__(self, study: Path, home: Path, tell: Callable[[Run], None] | None = None) -> None:
        raise NotImplementedError

    def work(self, stop: Callable[[], bool] = lambda: False, *, until_empty: bool = True) -> list[Run]:
        """Work until nothing waits or `stop` says so; returns the runs that were finished.

        Args:
            stop: asked several times a second. Training that is under way goes on by itself.
            until_empty: return when nothing waits but paused runs and those for later; else wait for more.

        Raises:
            EngineBusyError: another engine is at work here.
            RetinaError: the study or the queue cannot be used. What goes wrong with one run is that run's reason.
        """
        raise NotImplementedError
