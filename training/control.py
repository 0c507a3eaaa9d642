"""What a person asks of a run while it goes on: one word in the file RUN/control. The same on every system."""

from pathlib import Path

PAUSE, FINISH = "pause", "finish"


class PausedError(Exception):
    """The run stopped where it was asked to; started again, it goes on from there."""


class Control:
    """The file that is looked into: "pause" stops after an epoch, "finish" ends training with what is best so far.

    Args:
        file: need not be there; who starts a run again takes it away first.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def asked(self) -> str:
        """ "pause", "finish", or "" where nothing is asked."""
        try:
            word = self._file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""
        return word if word in (PAUSE, FINISH) else ""
