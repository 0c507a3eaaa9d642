"""Reports of what broke: one private file each, on this computer only; and the mark of a run that never ended well.

Nothing is sent anywhere. A report holds versions, where in the program it broke and the last lines of the log;
no path, no name of an image, a grader or a study.
"""

import faulthandler
import importlib.metadata
import os
import platform
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from filelock import FileLock, Timeout

from retina_studio import __version__, logs
from retina_studio.private_text import without_identity

_KEPT = 10  # reports
_LINES = 40  # of the log in a report
_REPORT, _RUN = "crash-", "running-"
_PACKAGES = ("PySide6-Essentials", "torch", "numpy", "opencv-python", "SQLAlchemy")


def report(error: BaseException) -> Path | None:
    """Write a report of an error; None where the disk does not take it."""
    told = "".join(traceback.format_exception(error))
    return _write(told)


def reports() -> list[Path]:
    """The reports there are, the newest first."""
    return sorted(logs.folder().glob(f"{_REPORT}*.txt"), reverse=True)


class Run:
    """This run of the application: marks the folder while it lasts, and takes down what a hard crash leaves.

    The mark is a locked file. After a crash, a kill or a power cut the lock is free and the file still there.
    """

    def __init__(self) -> None:
        name = f"{_RUN}{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}"
        self._mark = logs.folder() / f"{name}.txt"
        self._lock = FileLock(self._mark.with_suffix(".lock"), mode=0o600)
        self._lock.acquire(timeout=0)
        self._stream = _private(self._mark)
        self._was_on = faulthandler.is_enabled()
        faulthandler.enable(self._stream)

    def end(self) -> None:
        """The application ended well."""
        faulthandler.disable()
        if self._was_on and sys.__stderr__ is not None:
            with suppress(OSError):  # the process has none that a crash could write to
                faulthandler.enable(sys.__stderr__)
        self._stream.close()
        self._mark.unlink(missing_ok=True)
        _let_go(self._lock)


@dataclass(frozen=True)
class Ended:
    """An earlier run that did not end well, and the report where it left word of a crash."""

    report: Path | None


def ended_badly() -> Ended | None:
    """The earlier run that never ended well, None where all did. It is said once."""
    found, newest = False, None
    for mark in sorted(logs.folder().glob(f"{_RUN}*.txt")):
        lock = FileLock(mark.with_suffix(".lock"), mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue  # it runs
        found = True
        text = mark.read_text("utf-8", errors="replace").strip()
        newest = (_write(text) if text else None) or newest
        mark.unlink(missing_ok=True)
        _let_go(lock)
    return Ended(newest) if found else None


def _write(what: str) -> Path | None:
    path = logs.folder() / f"{_REPORT}{datetime.now():%Y%m%d-%H%M%S-%f}.txt"
    last = "\n".join(f"{e.when} {e.level} {e.source}: {e.text}" for e in logs.newest()[-_LINES:])
    parts = (_versions(), without_identity(what), f"The last lines of the log:\n{last}")
    try:
        with _private(path) as file:
            file.write("\n\n".join(parts) + "\n")
    except OSError:
        return None
    for old in reports()[_KEPT:]:
        old.unlink(missing_ok=True)
    return path


def _versions() -> str:
    lines = [
        f"Retina Studio {__version__}, {datetime.now():%Y-%m-%d %H:%M:%S}",
        f"Python {platform.python_version()} on {platform.system()} {platform.release()} {platform.machine()}",
    ]
    for package in _PACKAGES:
        try:
            lines.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            lines.append(f"{package}: not listed")
    return "\n".join(lines)


def _private(path: Path) -> TextIO:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8")


def _let_go(lock: FileLock) -> None:
    lock.release()
    if sys.platform != "win32":  # there it is removed with the lock
        Path(lock.lock_file).unlink(missing_ok=True)
