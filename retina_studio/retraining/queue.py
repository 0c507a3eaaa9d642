"""The queue of runs on disk. A kill at any moment leaves each run as it was before or after a change."""

from collections.abc import Sequence
from pathlib import Path

from retina_studio.retraining.run import Run, RunFiles


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
        raise NotImplementedError

    def run(self, key: str) -> Run:
        """One run.

        Raises:
            RetinaError: there is none of this id, or its state is damaged.
        """
        raise NotImplementedError

    def files(self, run: Run) -> RunFiles:
        """Where its parts lie."""
        return RunFiles(self.home / "runs" / run.id)

    def ask(
        self,
        stems: Sequence[str],
        by: str,
        *,
        sizes: dict[str, str] | None = None,
        seconds: float | None = None,
        not_before: str = "",
        device: str = "auto",
    ) -> list[Run]:
        """Put a run of each model at the end of the queue; they share one snapshot.

        Raises:
            RetinaError: no stem, one that waits already, or a time that is none.
        """
        raise NotImplementedError

    def pause(self, key: str) -> Run:
        """Ask a run to stop after the epoch it is in; it gives its memory back and can go on from there.

        Raises:
            RetinaError: it is done, or past training.
        """
        raise NotImplementedError

    def go_on(self, key: str) -> Run:
        """Let a paused run go on, or take a wish back that was not met yet.

        Raises:
            RetinaError: it is not paused and nothing was asked of it.
        """
        raise NotImplementedError

    def cancel(self, key: str) -> Run:
        """Ask a run to end; what training has found best so far is kept as a candidate, and not gated.

        Raises:
            RetinaError: it is done.
        """
        raise NotImplementedError
