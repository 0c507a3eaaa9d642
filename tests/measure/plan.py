"""The plan of what is measured (`plan.toml`), and carrying it out: every line is one command of `python -m
training`.

A line that is done (its report or its table is there) is passed over; one that was stopped continues, since each of
these commands does. Beside the lines' folders OUT keeps `lines.json` (what was typed, when, how long, how it ended)
and `snapshot.json` (the counts that `snapshot` wrote beside the store), which the page reads.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Any

LINES, COUNTS = "lines.json", "snapshot.json"
_KINDS = ("run", "ablate", "compare")
_KEYS = {"name", "title", "command", "why"}


@dataclass(frozen=True)
class Line:
    """One command.

    Attributes:
        name: of its folder.
        title: of its section on the page.
        command: the words after `python -m training`, but for store, --out and --seconds: `run`, `ablate` or
            `compare` first.
        seconds: bound on the training time of each run of it; None where its steps are counted.
        why: what it is for, a sentence of the page.
    """

    name: str
    title: str
    command: tuple[str, ...]
    seconds: float | None
    why: str

    def words(self, store: str, out: str) -> list[str]:
        """The whole command line after `python -m training`."""
        kind, *rest = self.command
        bound = ["--seconds", f"{self.seconds:g}"] if self.seconds else []
        return [kind, store, *rest, "--out", out, *bound]

    def is_done(self, folder: Path) -> bool:
        """Whether its report, or its table without a run missing, is in its folder."""
        if self.command[0] == "run":
            return (folder / "report.json").is_file()
        table = folder / "table.json"
        return table.is_file() and not json.loads(table.read_text("utf-8"))["missing"]


def read_plan(path: Path) -> list[Line]:
    """The lines of a plan.

    Raises:
        ValueError: a line has an unknown key or command, lacks one, or two have one name.
    """
    form = tomllib.loads(path.read_text("utf-8"))
    if set(form) != {"line"}:
        raise ValueError(f"{path}: a plan has [[line]] entries and nothing else.")
    lines = []
    for number, entry in enumerate(form["line"], start=1):
        if set(entry) - {"seconds"} != _KEYS:
            raise ValueError(
                f"{path}, line {number}: its keys must be {', '.join(sorted(_KEYS))}, and seconds where it has a bound."
            )
        command = tuple(shlex.split(entry["command"]))
        if not command or command[0] not in _KINDS:
            raise ValueError(f"{path}, line {number}: its command must begin with {', '.join(_KINDS)}.")
        lines.append(Line(entry["name"], entry["title"], command, entry.get("seconds"), entry["why"]))
    if len({line.name for line in lines}) != len(lines):
        raise ValueError(f"{path}: two lines have the same name.")
    return lines


def run_plan(plan: Path, store: Path, out: Path, *, jobs: int = 1, only: Sequence[str] = ()) -> list[str]:
    """Carry a plan out; returns the names of the lines that failed.

    Args:
        plan: the TOML file.
        store: the snapshot.
        out: a folder for each line, and `lines.json`.
        jobs: lines side by side; each keeps to its own share of the cores.
        only: names of lines; none for all.

    Raises:
        ValueError: as `read_plan`, or there is no line of a name.
    """
    lines = read_plan(plan)
    if unknown := sorted(set(only) - {line.name for line in lines}):
        raise ValueError(f"{plan} has no line {unknown[0]!r}.")
    wanted = [line for line in lines if not only or line.name in only]
    out.mkdir(parents=True, exist_ok=True)
    counts = store.with_suffix(".json")
    if counts.is_file():
        shutil.copyfile(counts, out / COUNTS)
    shares: SimpleQueue[set[int]] = SimpleQueue()
    for share in core_shares(jobs):
        shares.put(share)
    log = _Log(out / LINES)

    def one(line: Line) -> str:
        if line.is_done(out / line.name):
            return ""
        share = shares.get()
        try:
            return "" if _carry_out(line, store, out, share, log) else line.name
        finally:
            shares.put(share)

    with ThreadPoolExecutor(jobs) as pool:
        return [name for name in pool.map(one, wanted) if name]


def core_shares(jobs: int) -> list[set[int]]:
    """The cores of this process dealt out: one set for each line that runs beside others."""
    cores = sorted(os.sched_getaffinity(0))
    return [set(cores[job::jobs]) or {cores[job % len(cores)]} for job in range(jobs)]


class _Log:
    """`lines.json`: rewritten whole after every line."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()
        self._lines: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}

    def add(self, name: str, entry: dict[str, Any]) -> None:
        with self._lock:
            self._lines[name] = entry
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps(self._lines, indent=1), encoding="utf-8")
            fresh.replace(self._path)


def _carry_out(line: Line, store: Path, out: Path, share: set[int], log: _Log) -> bool:
    words = line.words(str(store), str(out / line.name))
    entry = {
        "command": shlex.join(["python", "-m", "training", *line.words(store.name, f"RUNS/{line.name}")]),
        "title": line.title,
        "why": line.why,
        "began": time.strftime("%Y-%m-%d %H:%M"),
        "cores": len(share),
    }
    print(f"{entry['began']} {line.name}: {entry['command']}", flush=True)
    begun = time.monotonic()
    with (out / f"{line.name}.log").open("a", encoding="utf-8") as file:
        environment = {**os.environ, "OMP_NUM_THREADS": str(len(share))}
        process = subprocess.Popen(
            [sys.executable, "-m", "training", *words], stdout=file, stderr=file, env=environment
        )
        os.sched_setaffinity(process.pid, share)  # its runs inherit it
        status = process.wait()
    done = status == 0 and line.is_done(out / line.name)
    entry |= {"minutes": round((time.monotonic() - begun) / 60, 1), "done": done}
    log.add(line.name, entry)
    print(f"{line.name}: {'done' if done else f'failed ({status}): see its log'}", flush=True)
    return done
