"""A PostgreSQL of our own: the postmaster that PyPI's `pgserver` brings, in a folder that goes when it ends.

`pgserver` itself is not imported: it warns, locks files in the person's runtime folder, and cannot be killed
and started again as the tests do. It only has to be installed.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # for tests that lose nothing


class NoServerError(Exception):
    """This machine cannot run the server; the message says why."""


class PostgresServer:
    """One server on a socket of its own, started at once; stop it with `close`."""

    def __init__(self, *, durable: bool = False, connections: int = 100) -> None:
        """Make the cluster and start its postmaster.

        `durable` keeps what makes a commit survive a crash; without it commits are quicker.

        Raises:
            NoServerError: it is not installed, or does not start.
        """
        self._home = Path(tempfile.mkdtemp(prefix="rs-pg-"))
        self._own = _somebody_else()
        self._settings = [f"max_connections={connections}", *(() if durable else _QUICK)]
        self._postmaster: subprocess.Popen[bytes] | None = None
        try:
            self._home.chmod(0o755)
            if self._own:
                os.chown(self._home, *self._own.values())
            self._programs = _programs(self._home, self._own)
            self._run("initdb", "-D", str(self._data), "-U", "postgres", "--auth=trust", "--encoding=UTF8")
            self.start()
        except (OSError, subprocess.SubprocessError, NoServerError) as error:
            self.close()
            raise NoServerError(f"no PostgreSQL can be started here ({error})") from error

    @property
    def _data(self) -> Path:
        return self._home / "data"

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        assert self._postmaster is not None
        return self._postmaster.pid

    def url(self, database: str = "postgres") -> str:
        """What `Study.create` and `psycopg.connect` (without the driver's name) take."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._home}"

    def start(self) -> float:
        """Start the postmaster (again) and wait until it answers; returns the seconds that took."""
        since = time.monotonic()
        options = [
            f"-c{setting}" for setting in (*self._settings, "listen_addresses=", "shared_buffers=64MB")
        ]
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-k", str(self._home), *options]
        with (self._home / "log").open("ab") as log:
            self._postmaster = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **self._own)
        while time.monotonic() - since < 30:
            if self._postmaster.poll() is not None:
                break
            ready = [str(self._programs / "pg_isready"), "-q", "-h", str(self._home)]
            if subprocess.run(ready, check=False).returncode == 0:
                return time.monotonic() - since
            time.sleep(0.02)
        raise NoServerError((self._home / "log").read_text(errors="replace")[-300:])

    def kill(self) -> None:
        """kill -9 the postmaster and all its servers, as a power cut would."""
        assert self._postmaster is not None
        children = _children(self._postmaster.pid)
        for pid in (self._postmaster.pid, *children):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._postmaster.wait()
        while any(_is_alive(pid) for pid in children):
            time.sleep(0.01)

    def close(self) -> None:
        """Stop it and remove its folder."""
        if self._postmaster is not None and self._postmaster.poll() is None:
            self._postmaster.send_signal(signal.SIGQUIT)
            self._postmaster.wait(30)
        shutil.rmtree(self._home, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/", **self._own)
        if done.returncode:
            raise NoServerError((done.stderr or done.stdout).strip().splitlines()[-1])


def _somebody_else() -> dict[str, int]:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _programs(home: Path, own: dict[str, int]) -> Path:
    """The folder of the server's programs; copied where somebody else could not reach it."""
    found = importlib.util.find_spec("pgserver")
    if found is None or found.origin is None:
        raise NoServerError("pgserver is not installed")
    installed = Path(found.origin).parent / "pginstall"
    if not installed.is_dir():
        raise NoServerError("pgserver has no programs for this system")
    version = [str(installed / "bin" / "postgres"), "--version"]
    try:
        subprocess.run(version, check=True, capture_output=True, cwd="/", **own)
    except (OSError, subprocess.CalledProcessError):
        copy = home / "programs"
        shutil.copytree(installed, copy)
        for path in (copy, *copy.rglob("*")):
            path.chmod(0o755)
        return copy / "bin"
    return installed / "bin"


def _children(pid: int) -> list[int]:
    """Linux only, as the tests that kill are."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in listed.read_text().split()] if listed.is_file() else []


def _is_alive(pid: int) -> bool:
    """Whether a process runs; one that waits for its parent to look is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
