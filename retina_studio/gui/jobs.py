"""Background work: a plain function in a worker thread that reports progress and checks for cancel."""

import logging
import sys
import threading
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from PySide6.QtCore import QObject, QThreadPool, Signal

from retina_studio.domain.errors import RetinaError
from retina_studio.gui.words import tr

_log = logging.getLogger(__name__)
# Painting a window asks for the interpreter some hundred times; each time it may have to wait so long for a worker
# that calculates. Python's own 5 ms would make a paint take a second.
sys.setswitchinterval(0.0005)
P = ParamSpec("P")


class CancelledError(Exception):
    """Raised inside the function when the person has cancelled its job."""


class JobState:
    """What a job's function sees of the job: where to report progress and whether to stop. Thread-safe."""

    def __init__(self, report: Callable[[float, str], None]) -> None:
        self._report = report
        self._cancelled = threading.Event()

    def progress(self, share: float, text: str = "") -> None:
        """Report a share of the work done, 0..1, and a few words.

        Raises:
            CancelledError: the job was cancelled.
        """
        self.check()
        self._report(share, text)

    def check(self) -> None:
        """Stop here when the job was cancelled.

        Raises:
            CancelledError: the job was cancelled.
        """
        if self._cancelled.is_set():
            raise CancelledError

    @property
    def is_cancelled(self) -> bool:
        """Whether the job was cancelled, for a function that ends by itself then."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the function to stop."""
        self._cancelled.set()


class Job(QObject):
    """One function to be run: connect the signals, then `start`.

    The signals arrive in the thread that made the job; exactly one of the last three fires.
    """

    progressed = Signal(float, str)
    done = Signal(object)
    failed = Signal(str)
    cancelled = Signal()

    def __init__(
        self, function: Callable[Concatenate[JobState, P], Any], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        super().__init__()
        self.keeps_result = False  # what it did counts even where the cancelling came too late to stop it
        self.state = JobState(self.progressed.emit)
        self._work: Callable[[], Any] = lambda: function(self.state, *args, **kwargs)
        self._finished = threading.Event()

    def start(self) -> None:
        """Run the function in a worker thread."""
        _running.add(self)
        # Not a QRunnable: PySide keeps some of those that Qt deletes for ever, with all that the job holds.
        QThreadPool.globalInstance().start(self.run)

    def cancel(self) -> None:
        """Ask the function to stop; `cancelled` follows when it did."""
        self.state.cancel()

    def wait(self, seconds: float | None = None) -> bool:
        """Block until the function has returned; False when `seconds` ran out first."""
        return self._finished.wait(seconds)

    def run(self) -> None:
        """What the worker does."""
        try:
            self.state.check()
            result = self._work()
            if not self.keeps_result:
                self.state.check()
            self.done.emit(result)
        except CancelledError:
            self.cancelled.emit()
        except RetinaError as error:
            self.failed.emit(str(error))
        except Exception as error:
            _log.exception("A background job failed")
            self.failed.emit(tr("The work in the background failed: {error}", error=error))
        finally:
            self._finished.set()
            _running.discard(self)


_running: set[Job] = set()  # a job lives until its function has returned, whoever forgets it


def finish_jobs(seconds: float = 10.0) -> None:
    """Cancel whatever still runs and wait for it: what closing the application does first."""
    for job in list(_running):
        job.cancel()
        job.wait(seconds)
