"""Processes of the training module: started in a session of their own, found again after the application ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from retina_studio.domain.errors import RetinaError
from retina_studio.paths import training_command

_NICE = 10  # so much the person's own work goes before
_FIRST_TO_GO = "500"  # of memory: the system ends training before it ends the window
_PATIENCE = 10.0  # seconds a process has to end by itself
_PROC = Path("/proc")


class TrainingProcess:
    """One process, which its marker (an argument that no other process has: the file or folder it writes) finds again.

    Args:
        arguments: of the training module.
        marker: one of them.
        pid: of the process that was started last, where the system cannot look processes up by their arguments.
    """

    def __init__(self, arguments: Sequence[str], marker: Path, pid: int = 0) -> None:
        if str(marker) not in arguments:
            raise ValueError("the marker is none of the arguments")
        self._arguments, self._marker = list(arguments), str(marker)
        self._child: subprocess.Popen[bytes] | None = None
        self.pid = _found(self._marker, pid)

    def start(self, out: Path | None, log: Path) -> None:
        """Start it where it is not running already.

        Args:
            out: where its stdout goes; None for nowhere.
            log: where its stderr is added.

        Raises:
            RetinaError: it cannot be started.
        """
        if self.pid:
            return
        command = [*training_command(), *self._arguments]
        try:
            with log.open("ab") as errors, (out or Path(os.devnull)).open("wb") as told:
                self._child = subprocess.Popen(  # noqa: S603 - our own program, no shell
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=told,
                    stderr=errors,
                    start_new_session=True,
                    creationflags=_flags(),
                )
        except OSError as error:
            raise RetinaError(f"Training cannot be started ({error.strerror or error}).") from error
        self.pid = self._child.pid
        _give_way(self.pid)

    def is_running(self) -> bool:
        """Whether it goes on."""
        if self._child is not None:
            return self._child.poll() is None
        return bool(_found(self._marker, self.pid))

    @property
    def status(self) -> int | None:
        """How it ended, as `subprocess` counts it; None of one that somebody else had started."""
        return None if self._child is None else self._child.poll()

    def end(self) -> None:
        """End it, and all that it started: politely, then for good."""
        for how in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
            if not self.is_running():
                return
            with suppress(OSError):
                os.kill(self.pid, how) if sys.platform == "win32" else os.killpg(self.pid, how)
            until = time.monotonic() + _PATIENCE
            while self.is_running() and time.monotonic() < until:
                time.sleep(0.05)


def _flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    return 0


def _give_way(pid: int) -> None:
    """Let the person's own work go first; where the system does not let us, training is as any other process."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, _NICE)
    with suppress(OSError):
        (_PROC / str(pid) / "oom_score_adj").write_text(_FIRST_TO_GO, "ascii")


def _found(marker: str, pid: int) -> int:
    """The id of the running process with this argument, 0 for none."""
    if not (_PROC / "self" / "cmdline").is_file():
        return pid if pid and marker in _command_line(pid) else 0
    wanted, mine = marker.encode(), os.getpid()
    for folder in _PROC.iterdir():
        if folder.name.isdigit() and int(folder.name) != mine:
            with suppress(OSError):  # it ended meanwhile, or is somebody else's
                if wanted in (folder / "cmdline").read_bytes().split(b"\0"):
                    return int(folder.name)
    return 0


def _command_line(pid: int) -> str:
    """The words of a process where there is no /proc, "" for none: another one may have its id after a restart."""
    ask = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    if sys.platform == "win32":
        wanted = f"(Get-CimInstance Win32_Process -Filter 'ProcessId={pid}').CommandLine"
        ask = ["powershell", "-NoProfile", "-NonInteractive", "-Command", wanted]
    try:
        told = subprocess.run(ask, capture_output=True, check=False)  # noqa: S603 - the system's own, no shell
    except OSError:
        return ""
    return told.stdout.decode("utf-8", "replace")
