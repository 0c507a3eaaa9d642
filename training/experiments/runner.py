"""The runs of a grid, each an ordinary run in a process of its own, some of them side by side."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from retina_studio.domain.errors import RetinaError
from retina_studio.paths import training_command
from training.experiments.experiment import Cell, Experiment, changes_of
from training.experiments.hardware import cores

_FINISHED = "report.json"
_PATIENCE = 30.0  # seconds that a run is given to end by itself after it was asked to


@dataclass(frozen=True)
class Outcome:
    """What became of a cell: `error` is the run's own sentence where it failed, else ""."""

    cell: Cell
    seconds: float
    error: str = ""
    finished_before: bool = False


@dataclass
class Runner:
    """Carries out the cells of an experiment.

    Attributes:
        store: the snapshot.
        experiment: what to run.
        recipe: file of the base recipe; None for the shipped one.
        out: the experiment's folder.
        seconds: bound on the training time of each run; None for none.
        jobs: how many runs side by side; each gets its share of the cores.
        device: auto, cpu or cuda.
        options: further words for every run's command line.
    """

    store: Path
    experiment: Experiment
    recipe: Path | None
    out: Path
    seconds: float | None = None
    jobs: int = 1
    device: str = "auto"
    options: Sequence[str] = ()

    def __post_init__(self) -> None:
        self._processes: set[subprocess.Popen[str]] = set()
        self._lock = Lock()
        self._stopped = False

    def run(self) -> Iterator[Outcome]:
        """Run every cell that is not finished; outcomes as they come. Stopping kills the runs: they continue later."""
        waiting = []
        for cell in self.experiment.cells():
            if (self.out / cell.folder / _FINISHED).is_file():
                yield Outcome(cell, 0.0, finished_before=True)
            else:
                waiting.append(cell)
        pool = ThreadPoolExecutor(max_workers=self.jobs)
        try:
            running: set[Future[Outcome]] = {pool.submit(self._one, cell) for cell in waiting}
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            self._stop()
            pool.shutdown(wait=True, cancel_futures=True)

    def command(self, cell: Cell) -> list[str]:
        """The command line of a cell: anybody can type it to make this one run again."""
        experiment = self.experiment
        words = [*training_command(), "run", str(self.store)]
        words += ["--model", experiment.model, "--size", experiment.size]
        words += ["--out", str(self.out / cell.folder), "--device", self.device]
        if self.recipe:
            words += ["--recipe", str(self.recipe)]
        if system := experiment.arms[cell.arm].system:
            words += ["--system", system]
        if self.seconds:
            words += ["--seconds", f"{self.seconds:g}"]
        for key, value in changes_of(experiment, cell).items():
            words += ["--set", f"{key}={json.dumps(value)}"]
        return [*words, *self.options]

    def _one(self, cell: Cell) -> Outcome:
        start = time.monotonic()
        threads = str(max(cores() // self.jobs, 1))
        folder = Path(__file__).resolve().parents[2]  # where the package `training` lies
        search = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "PYTHONPATH": search}
        with self._lock:
            if self._stopped:
                return Outcome(cell, 0.0, "stopped")
            process = subprocess.Popen(  # noqa: S603 (our own command line)
                self.command(cell),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                env=environment,
            )
            self._processes.add(process)
        _, errors = process.communicate()
        with self._lock:
            self._processes.discard(process)
        error = "" if process.returncode == 0 else _sentence(errors, process.returncode)
        return Outcome(cell, time.monotonic() - start, error)

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
            processes = list(self._processes)
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def report_of(folder: Path) -> dict[str, Any] | None:
    """The report of a run; None where there is none yet.

    Raises:
        RetinaError: it cannot be read.
    """
    file = folder / _FINISHED
    if not file.is_file():
        return None
    try:
        report: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise RetinaError(
            f"The report {file} cannot be read ({error}); delete its folder and run again."
        ) from error
    return report


def _sentence(errors: str, status: int) -> str:
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    return lines[-1] if lines else f"It ended with status {status}."
