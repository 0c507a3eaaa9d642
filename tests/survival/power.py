"""The power goes: recorded writes are replayed up to any moment, with what was not synced lost or torn."""

import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from retina_studio.domain.errors import RetinaError
from retina_studio.store.read import Snapshot
from retina_studio.store.verify import verify_snapshot
from retina_studio.store.write import write_snapshot
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems
from tests.survival.small_study import small_study
from tests.survival.syscalls import Call, trace
from tests.survival.victims import state_of
from tests.training.training_store import phantom

_ROOT = Path(__file__).resolve().parents[2]
_SECTOR = 512  # bytes: what a disk writes whole or not at all
Says = Callable[[str], object]
Kept = Callable[[random.Random, int], list[bool]]  # which of so many unsynced changes reached the disk


def nothing(_chance: random.Random, count: int) -> list[bool]:
    """Nothing that was not synced."""
    return [False] * count


def everything(_chance: random.Random, count: int) -> list[bool]:
    """All of it."""
    return [True] * count


def anything(chance: random.Random, count: int) -> list[bool]:
    """Any of it."""
    share = chance.random()
    return [chance.random() < share for _ in range(count)]


@dataclass
class _File:
    """What is safely on the disk of a file, and what was done to it since."""

    content: bytearray = field(default_factory=bytearray)
    waiting: list[Call] = field(default_factory=list)

    def sync(self) -> None:
        for call in self.waiting:
            _apply(self.content, call, call.content)
        self.waiting.clear()

    def after_cut(self, chance: random.Random, keeps: Kept) -> bytes:
        """What may be found in it; a write that was under way may have reached the disk in part."""
        content = bytearray(self.content)
        for call, kept in zip(self.waiting, keeps(chance, len(self.waiting)), strict=True):
            if not kept:
                continue
            torn = keeps is anything and call.what == "write" and chance.random() < 0.3
            sectors = chance.randrange(len(call.content) // _SECTOR + 1) if torn else 0
            _apply(content, call, call.content[: sectors * _SECTOR] if torn else call.content)
        return bytes(content)


def _apply(content: bytearray, call: Call, part: bytes) -> None:
    if call.what == "cut":
        content[call.offset :] = bytes(max(0, call.offset - len(content)))
        return
    if part:
        content.extend(bytes(max(0, call.offset - len(content))))
        content[call.offset : call.offset + len(part)] = part


class Disk:
    """The files below a folder: names change in order and are safe once their folder is synced; content likewise."""

    def __init__(self, root: Path, before: Path) -> None:
        """Start with what the folder `before` holds, all of it safe, in the place of `root`."""
        self._root = root
        self._safe = {
            root / path.relative_to(before): _File(bytearray(path.read_bytes())) for path in _files(before)
        }
        self._now = dict(self._safe)
        self._names: list[Call] = []  # changes of names that are not safe yet
        self._made: dict[int, _File] = {}  # the file of a "create" among them

    def do(self, call: Call) -> None:
        """Take one call in."""
        if call.what == "create":
            if call.path not in self._now:
                self._now[call.path] = self._made[id(call)] = _File()
                self._names.append(call)
        elif call.what in {"write", "cut"} and call.path in self._now:
            self._now[call.path].waiting.append(call)
        elif call.what == "sync" and call.path in self._now:
            self._now[call.path].sync()
        elif call.what == "sync":
            self._sync_names(call.path)
        elif call.what == "rename" and call.path in self._now and call.to is not None:
            self._now[call.to] = self._now.pop(call.path)
            self._names.append(call)
        elif call.what == "remove" and call.path in self._now:
            del self._now[call.path]
            self._names.append(call)
        elif call.what == "folder":
            self._names.append(call)

    def _sync_names(self, folder: Path) -> None:
        """A folder was synced: the changes of its own names are safe."""
        left = []
        for call in self._names:
            if call.path.parent == folder:
                self._name(self._safe, call)
            else:
                left.append(call)
        self._names = left

    def _name(self, files: dict[Path, _File], call: Call) -> None:
        if call.what == "create":
            files[call.path] = self._made[id(call)]
        elif call.what == "rename" and call.path in files and call.to is not None:
            files[call.to] = files.pop(call.path)
        elif call.what == "remove":
            files.pop(call.path, None)

    def write_after_cut(self, out: Path, chance: random.Random, keeps: Kept) -> None:
        """Write what may be found when the power is back into another folder."""
        files = dict(self._safe)
        reached = keeps(chance, len(self._names))
        lost: set[Path] = set()
        if keeps is anything:  # a file system keeps the order of names
            reached = [all(reached[: number + 1]) for number in range(len(reached))]
        for call, is_kept in zip(self._names, reached, strict=True):
            if is_kept:
                self._name(files, call)
            elif call.what == "folder":
                lost.add(call.path)
        for path, file in files.items():
            if not lost & set(path.parents):
                target = out / path.relative_to(self._root)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.after_cut(chance, keeps))


@dataclass(frozen=True)
class Moment:
    """A moment of a run: how many calls were made, what was said to be saved last, and what was begun after that."""

    calls: int
    said: str
    pending: bool


def measure(folder: Path, states: int, says: Says = print, seed: int = 5) -> dict[str, Any]:
    """So many states of the study and of a snapshot after a power cut; the figures of each."""
    found = {}
    for what, prepare, check in (
        ("study", _make_study, _StudyCheck),
        ("snapshot", _make_snapshot, _SnapshotCheck),
    ):
        home = folder / what
        prepare(home)
        found[what] = _cuts(what, home, check, states, random.Random(f"{seed} {what}"), says)
    return found


def _make_study(home: Path) -> None:
    small_study(home, 2).close()


def _make_snapshot(home: Path) -> None:
    home.mkdir(parents=True)
    write_snapshot(home / "a.h5", [phantom(n) for n in (1, 2)], study_id="study", rules={})


def _cuts(
    what: str,
    home: Path,
    kind: "Callable[[list[Call]], Check]",
    states: int,
    chance: random.Random,
    says: Says,
) -> dict[str, Any]:
    """Record a run in a folder, replay it up to random moments, and look at what is found."""
    before = home.with_name(f"{what}-before")
    shutil.copytree(home, before, ignore=shutil.ignore_patterns("*-shm"))
    marks = home.with_name(f"{what}-marks")
    command = [sys.executable, "-m", "tests.survival.writer", what, str(home), str(marks)]
    calls = [
        call
        for call in trace(command, home, marks, home.with_name(f"{what}-log"), _ROOT)
        if not _is_shared(call)
    ]
    moments = list(_moments(calls))
    check = kind(calls)
    faults: list[str] = []
    kinds: Counter[str] = Counter()
    for number in range(states):
        moment = chance.choice(moments)
        keeps = (nothing, everything, anything)[min(number % 4, 2)]
        disk = Disk(home, before)
        for call in calls[: moment.calls]:
            disk.do(call)
        with tempfile.TemporaryDirectory(dir=home.parent) as place:
            disk.write_after_cut(Path(place), chance, keeps)
            problem = check.problem(Path(place), moment)
        kinds[keeps.__name__] += 1
        if problem:
            faults.append(f"{moment.calls} {keeps.__name__}: {problem}")
            says(f"{what} {faults[-1]}")
        if number % 100 == 0:
            says(f"power, {what}: {number} of {states} states, {len(faults)} faults")
    return {
        "calls": len(calls),
        "writes": sum(call.what == "write" for call in calls),
        "syncs": sum(call.what == "sync" for call in calls),
        "states": states,
        "unsynced_writes_kept": dict(kinds),
        "faults": faults,
    }


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _is_shared(call: Call) -> bool:
    """SQLite's shared memory is made anew by whoever comes first."""
    return call.path.name.endswith("-shm")


def _moments(calls: list[Call]) -> Iterator[Moment]:
    said, pending = "", False
    for number, call in enumerate(calls):
        if call.what == "mark":
            what, _, name = call.content.decode().strip().partition(" ")
            said, pending = (name, False) if what == "is" else (said, True)
        else:
            yield Moment(number, said, pending)
    yield Moment(len(calls), said, pending)


class Check:
    """Looks at what a power cut left."""

    def __init__(self, calls: list[Call]) -> None:
        """Learn from a recorded run which states there were."""
        marks = [call.content.decode().strip() for call in calls if call.what == "mark"]
        self.states = [mark.removeprefix("is ") for mark in marks if mark.startswith("is ")]

    def problem(self, folder: Path, moment: Moment) -> str:
        """What is wrong, "" for nothing."""
        raise NotImplementedError

    def allowed(self, moment: Moment) -> set[str]:
        """The state that was said to be saved, and the next one where that was begun."""
        done = self.states.index(moment.said) if moment.said else -1
        following = self.states[done + 1 : done + 2] if moment.pending else []
        return {*following, *([moment.said] if moment.said else [])}


class _StudyCheck(Check):
    """It opens, everything in it fits, and the grading is as it was said to be saved, or one edit further."""

    def problem(self, folder: Path, moment: Moment) -> str:
        try:
            with Study.open(folder / "study") as study:
                found = study_problems(study)
                stored = state_of(study.session(study.image("eye0"), study.graders()[0]))
        except RetinaError as error:
            return str(error)
        allowed = self.allowed(moment)
        if found:
            return found[0]
        return "" if not moment.said or stored in allowed else f"the grading is {stored}, not {allowed}"


class _SnapshotCheck(Check):
    """It is the old one or the new one, whole; the new one once that was said."""

    def problem(self, folder: Path, moment: Moment) -> str:
        path = folder / "a.h5"
        found = verify_snapshot(path)
        if found:
            return found[0]
        with Snapshot(path) as snapshot:
            content, images = snapshot.content_hash, len(snapshot)
        if moment.said and content != moment.said:
            return "the old snapshot is back"
        return "" if content in self.states or images == 2 else "another snapshot"
