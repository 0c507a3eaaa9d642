"""One command from an experiment to its table."""

import time
from collections.abc import Sequence
from pathlib import Path

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.files import write_atomically
from retina_studio.store.read import Snapshot
from training.compare.table import SYSTEMS, system, systems_of
from training.events import Events
from training.experiments.experiment import Arm, Experiment, experiment_file, read_experiment
from training.experiments.figures import COMPARED, FIGURES, SYSTEM_PAPER
from training.experiments.runner import Outcome, Runner
from training.experiments.tables import write_tables

_OURS = "ours"


def run_experiment(
    store: Path,
    experiment: Path | str | Experiment,
    out: Path,
    *,
    seconds: float | None = None,
    jobs: int = 1,
    device: str = "auto",
    options: Sequence[str] = (),
) -> Path:
    """Run a grid and write its tables; one that was stopped continues, and finished runs are not repeated.

    Args:
        store: the snapshot.
        experiment: a file, the name of a shipped experiment, or one made in memory.
        out: its folder: experiment.json, events.jsonl, runs/, table.json, table.md, table.html.
        seconds: bound on the training time of each run, in place of the file's.
        jobs: how many runs side by side.
        device: auto, cpu or cuda.
        options: further words for every run's command line, e.g. --backbone-weights FILE.

    Returns:
        table.json.

    Raises:
        RetinaError: the experiment or the folder cannot be used, or a run failed (the others are done and tabled).
    """
    if jobs < 1:
        raise RetinaError(f"There must be at least one run at a time, not {jobs}.")
    made = experiment if isinstance(experiment, Experiment) else read_experiment(experiment)
    recipe = None
    if made.recipe:
        beside = Path() if isinstance(experiment, Experiment) else experiment_file(experiment).parent
        recipe = (beside / made.recipe).resolve()
    with Snapshot(store) as snapshot:
        store_hash = snapshot.content_hash
    if seconds is not None:
        made = made.model_copy(update={"seconds": seconds})
    _claim(out, made, store_hash)
    runner = Runner(store.resolve(), made, recipe, out.resolve(), made.seconds, jobs, device, options)
    failed = _run(runner, made, out)
    table = write_tables(made, out, store_hash, jobs)
    if failed:
        first = failed[0]
        raise RetinaError(f"{len(failed)} of the runs failed; the first, {first.cell.folder}: {first.error}")
    return table


def compare_systems(
    store: Path,
    model: str,
    out: Path,
    *,
    size: str = "compact",
    systems: Sequence[str] = (),
    seeds: Sequence[int] = (0,),
    recipe: Path | None = None,
    changes: Sequence[str] = (),
    seconds: float | None = None,
    jobs: int = 1,
    device: str = "auto",
    options: Sequence[str] = (),
) -> Path:
    """The model beside the systems of its paper: same snapshot, splits, preprocessing, augmentation and budget.

    Args:
        store: the snapshot.
        model, size: the row of the model table.
        out: the folder of the comparison, as of an experiment.
        systems: names of the table of comparison systems; none for all that the paper compares with.
        seeds: one run each.
        recipe: in place of the shipped one.
        changes: of the recipe, KEY=VALUE.
        seconds, jobs, device, options: as of an experiment.

    Returns:
        table.json.

    Raises:
        RetinaError: no such model or system, or as of an experiment.
    """
    if model not in FIGURES:
        raise RetinaError(f"There is no model {model!r}; there is: {', '.join(FIGURES)}.")
    if size not in ("paper", "compact"):
        raise RetinaError(f"The model {model} has no size {size!r}; it has: paper, compact.")
    names = tuple(systems) or systems_of(model)
    arms = {_OURS: Arm(title=f"{model} ({size})", paper={**SYSTEM_PAPER[model].get(_OURS, {})})}
    for name in names:
        row = system(name)
        arms[name] = Arm(
            title=f"{name} ({row.kind})",
            system=name if row.build else "",
            changes={"strategy": row.strategy} if row.strategy else {},
            paper={**SYSTEM_PAPER[model].get(name, {})},
        )
    made = Experiment(
        title=f"{model} ({size}) and the systems that its paper compares it with",
        reference=_OURS,
        model=model,
        size="paper" if size == "paper" else "compact",
        seeds=tuple(seeds),
        seconds=seconds,
        figures=COMPARED[model],
        notes="; ".join(f"{name}: {SYSTEMS[name].note} [{SYSTEMS[name].package}]" for name in names),
        arms=arms,
    )
    words = [word for change in changes for word in ("--set", change)]
    words += ["--recipe", str(recipe.resolve())] if recipe else []
    return run_experiment(store, made, out, jobs=jobs, device=device, options=[*words, *options])


def _run(runner: Runner, experiment: Experiment, out: Path) -> list[Outcome]:
    """Every cell, told as events; those that failed."""
    events = Events(out / "events.jsonl")
    cells = len(list(experiment.cells()))
    events.emit("start", experiment=experiment.title, runs=cells, jobs=runner.jobs)
    start, new, failed = time.monotonic(), 0, []
    for done, outcome in enumerate(runner.run(), 1):
        new += not outcome.finished_before
        if outcome.error:
            failed.append(outcome)
        each = (time.monotonic() - start) / max(new, 1)
        events.emit(
            "run",
            folder=outcome.cell.folder,
            done=done,
            runs=cells,
            finished_before=outcome.finished_before,
            seconds=outcome.seconds,
            error=outcome.error,
            eta_s=each * (cells - done),
        )
    events.emit("end", runs=cells, failed=len(failed))
    return failed


def _claim(out: Path, experiment: Experiment, store_hash: str) -> None:
    """Make the folder this experiment's own, or find that it is."""
    file = out / "experiment.json"
    content = f'{{"store_hash": "{store_hash}", "experiment": {experiment.model_dump_json()}}}\n'.encode()
    try:
        out.mkdir(parents=True, exist_ok=True)
        if not file.is_file():
            if any(out.iterdir()):
                raise RetinaError(
                    f"{out} is not empty and not an experiment: choose another folder with --out."
                )
            write_atomically(file, content)
        elif file.read_bytes() != content:
            raise RetinaError(
                f"{out} holds another experiment, or one on another snapshot: choose another folder with --out."
            )
    except OSError as error:
        raise RetinaError(f"The experiment's folder {out} cannot be used: {error}.") from error
