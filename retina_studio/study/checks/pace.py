"""How far a check is."""

from collections.abc import Callable

_EVERY = 200  # steps between two reports


class StoppedError(Exception):
    """The person does not want to wait for the rest."""


class Pace:
    """Counts what is done of all there is to do, and asks now and then whether to go on."""

    def __init__(self, total: int, progress: Callable[[int, int], bool] | None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def step(self) -> None:
        """One thing more is done.

        Raises:
            StoppedError: `progress` said so.
        """
        self._done += 1
        if self._done % _EVERY == 0:
            self._report()

    def finish(self) -> None:
        """All is done. Raises as `step`."""
        self._done = self._total
        self._report()

    def _report(self) -> None:
        done = min(self._done, self._total)
        if self._progress is not None and not self._progress(done, self._total):
            raise StoppedError
