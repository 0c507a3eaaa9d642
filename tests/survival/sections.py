"""The sections of `make survival`, each in parts that take minutes."""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.postgres_server import NoServerError
from tests.survival import backups, disk, files, kill, power
from tests.survival.syscalls import NoTraceError

_ROOT = Path(__file__).resolve().parents[2]
_KILLS, _FILES, _STATES = 100, 200, 200  # in a part
Part = Callable[[Path], dict[str, Any]]
Options = argparse.Namespace


@dataclass(frozen=True)
class Section:
    """`parts`: key -> what to do in a folder of its own; `asked`: the sizes of the whole."""

    parts: Callable[[Options], dict[str, Part]]
    asked: Callable[[Options], dict[str, Any]]


def _shares(count: int, size: int) -> list[tuple[int, int]]:
    """(start, how many) of the parts of a count."""
    return [(start, min(size, count - start)) for start in range(0, count, size)]


def _kill_parts(options: Options) -> dict[str, Part]:
    found: dict[str, Part] = {}
    for kind, count, size in (
        ("session", options.kills, _KILLS),
        ("window", options.window_kills, _KILLS // 10),
        ("server", options.server_kills, _KILLS // 10),
    ):
        for start, number in _shares(count, size):
            found[f"{kind} {start}+{number}"] = partial(_kill, kind, start, number)
    return found


def _kill(kind: str, start: int, count: int, folder: Path) -> dict[str, Any]:
    work = {"session": kill.session_kills, "window": kill.window_kills, "server": kill.server_kills}[kind]
    try:
        return {kind: work(folder, count, 20261201 + start).to_dict()}
    except NoServerError as error:
        return {kind: {"skipped": str(error)}}


def _file_parts(options: Options) -> dict[str, Part]:
    kinds = len(files.KINDS)
    shares = _shares(options.files, _FILES)
    return {
        f"{start}+{n}": lambda at, n=n, start=start: files.measure(at, n, first=start // kinds)
        for start, n in shares
    }


def _power_parts(options: Options) -> dict[str, Part]:
    return {f"{start}+{n}": partial(_power, start, n) for start, n in _shares(options.states, _STATES)}


def _power(start: int, count: int, folder: Path) -> dict[str, Any]:
    try:
        return power.measure(folder, count, seed=start)
    except NoTraceError as error:
        return {"skipped": str(error)}


def _disk_parts(_options: Options) -> dict[str, Part]:
    return {"all": _disk}


def _disk(folder: Path) -> dict[str, Any]:
    try:
        return disk.measure(folder)
    except disk.NoDiskError as error:
        return {"skipped": str(error)}


def _backup_parts(options: Options) -> dict[str, Part]:
    return {f"{options.backups}": lambda at: backups.measure(at, options.backups)}


def _soak_parts(options: Options) -> dict[str, Part]:
    return {f"{options.switches} {options.edits}": partial(_soak, options)}


def _soak(options: Options, folder: Path) -> dict[str, Any]:
    """In a process of its own, whose memory is that of the window alone."""
    out = folder / "soak.json"
    sizes = [
        "--switches",
        str(options.switches),
        "--edits",
        str(options.edits),
        "--seconds",
        str(options.seconds),
    ]
    command = [sys.executable, "-m", "tests.survival.soak", *sizes, "--out", str(out)]
    subprocess.run(command, check=True, cwd=_ROOT)
    found: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return found


SECTIONS = {
    "kill": Section(
        _kill_parts,
        lambda o: {"session": o.kills, "window": o.window_kills, "server": o.server_kills},
    ),
    "disk": Section(_disk_parts, lambda _: {}),
    "files": Section(_file_parts, lambda o: {"files": o.files}),
    "power": Section(_power_parts, lambda o: {"states": o.states}),
    "backup": Section(_backup_parts, lambda o: {"backups": o.backups}),
    "soak": Section(_soak_parts, lambda o: {"switches": o.switches, "edits": o.edits}),
}
