"""The run's account of itself: one JSON object a line, on stdout and in RUN/events.jsonl."""

import json
import math
import sys
from pathlib import Path
from typing import Any


class Events:
    """Writes events. Each has the key `event`: start, resume, stage, epoch, best, drop, examples,
    pause, notice, end or error.

    Args:
        file: where they are kept.
        silent: write nothing, as all but the first of several processes do.
    """

    def __init__(self, file: Path, *, silent: bool = False) -> None:
        self._file = file
        self._silent = silent
        if not silent:
            _drop_broken_line(file)

    def emit(self, event: str, **values: Any) -> None:
        """Write one event; numbers that are not finite become null, which JSON has."""
        if self._silent:
            return
        line = json.dumps({"event": event, **_finite(values)}, ensure_ascii=False, allow_nan=False)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def _drop_broken_line(file: Path) -> None:
    """A run that was killed may have left half a line."""
    if file.is_file():
        data = file.read_bytes()
        if not data.endswith(b"\n"):
            file.write_bytes(data[: data.rfind(b"\n") + 1])


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
