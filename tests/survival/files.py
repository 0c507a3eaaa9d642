"""Spoiled files of every kind, fed to the application in a process with limits on its time and memory."""

import json
import selectors
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.survival.mutations import mutant
from tests.survival.specimens import KINDS, Specimen, make_specimens

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 300.0  # for one file: far beyond what any takes, on a machine that does much else
_MEGABYTES = 3072  # beyond what the program has when it starts
Says = Callable[[str], object]


class Eaters:
    """The process that eats; started again when it dies or is ended because it hangs."""

    def __init__(self, home: Path, scratch: Path) -> None:
        self._command = [
            sys.executable,
            "-m",
            "tests.survival.eater",
            str(home),
            str(scratch),
            str(_MEGABYTES),
        ]
        self._log = scratch / "stderr"
        self._process: subprocess.Popen[str] | None = None

    def eat(self, kind: str, path: Path) -> dict[str, Any]:
        """The answer of the process; "crash" and "hang" where there is none."""
        process = self._process or self._start()
        assert process.stdin is not None
        process.stdin.write(json.dumps({"kind": kind, "path": str(path)}) + "\n")
        process.stdin.flush()
        answer = self._line(process, _SECONDS)
        if answer is None:
            return self._lost(process)
        return answer

    def _start(self) -> subprocess.Popen[str]:
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                self._command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        if self._line(self._process, 300) is None:
            raise RuntimeError(self._log.read_text()[-2000:])
        return self._process

    def _line(self, process: subprocess.Popen[str], seconds: float) -> dict[str, Any] | None:
        """The next answer; None when the process died or took too long. Other lines are of native libraries."""
        assert process.stdout is not None
        until = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while (left := until - time.monotonic()) > 0:
                if selector.select(left):
                    line = process.stdout.readline()
                    if not line:
                        return None
                    if line.startswith("{"):
                        answer: dict[str, Any] = json.loads(line)
                        return answer
        return None

    def _lost(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        hangs = process.poll() is None and not self._ended_by_itself(process)
        if hangs:
            process.kill()
        said = self._log.read_text(errors="replace")[-500:]
        answer = {"answer": "hang" if hangs else "crash", "said": f"{process.wait()} {said}", "problems": []}
        self.close()
        return answer

    def _ended_by_itself(self, process: subprocess.Popen[str]) -> bool:
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            return False
        return True

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def measure(
    folder: Path, count: int, kinds: tuple[str, ...] = tuple(KINDS), says: Says = print, first: int = 0
) -> dict[str, Any]:
    """Feed `count` spoiled files, spread evenly over the kinds; seeds count from `first`. Returns the figures.

    `folder`/kept holds every file that was answered by anything but a sentence or a clean success.
    """
    for name in ("scratch", "kept"):
        (folder / name).mkdir(parents=True)
    specimens = make_specimens(folder)
    eaters = Eaters(folder / "home" / "study", folder / "scratch")
    by_kind = {kind: Counter[str]() for kind in kinds}
    faults, slowest = [], 0.0
    try:
        for number in range(count):
            kind, seed = kinds[number % len(kinds)], first + number // len(kinds)
            answer = _feed(eaters, specimens[kind], seed, folder)
            slowest = max(slowest, answer.get("cpu_seconds", 0.0))
            by_kind[kind][answer["answer"]] += 1
            if answer["answer"] not in {"taken", "refused"} or answer["problems"]:
                faults.append({"kind": kind, "seed": seed, **answer})
                says(
                    f"{kind} {seed} {answer['mutation']}: {answer['answer']} {answer['said']} {answer['problems']}"
                )
            if number % 100 == 0:
                says(f"files: {number} of {count}, {len(faults)} faults")
    finally:
        eaters.close()
    answers = sum(by_kind.values(), Counter())
    return {
        "files": sum(answers.values()),
        "answers": {name: answers[name] for name in ("refused", "taken", "bug", "crash", "hang")},
        "by_kind": {kind: dict(found) for kind, found in by_kind.items()},
        "slowest_cpu_seconds": slowest,
        "limits": {"seconds": _SECONDS, "megabytes": _MEGABYTES},
        "faults": faults,
    }


def _feed(eaters: Eaters, specimen: Specimen, seed: int, folder: Path) -> dict[str, Any]:
    name, content = mutant(specimen, seed)
    with tempfile.TemporaryDirectory(dir=folder / "scratch") as place:
        path = Path(place) / specimen.name
        path.write_bytes(content)
        answer = {**eaters.eat(specimen.kind, path), "mutation": name}
    if answer["answer"] not in {"taken", "refused"} or answer["problems"]:
        (folder / "kept" / f"{specimen.kind}-{seed}-{specimen.name}").write_bytes(content)
    return answer
