"""One-click retraining from the command line: retrain."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from retina_studio.commands.shared import Device, Json, StudyFolder, console, errors
from retina_studio.domain.errors import RetinaError

if TYPE_CHECKING:
    from retina_studio.retraining.plan import ModelPlan, Plan
    from retina_studio.retraining.queue import Queue
    from retina_studio.retraining.run import Run

app = typer.Typer()


@app.command()
def retrain(
    study: StudyFolder,
    models: Annotated[
        str, typer.Option(help="Stems, e.g. glaucoma,lesion; default: those whose consensus grew enough.")
    ] = "",
    seconds: Annotated[
        float | None, typer.Option(min=0.001, help="Bound on the training time of each model.")
    ] = None,
    at: Annotated[
        str,
        typer.Option(metavar="TIME", help="Local time before which nothing begins, e.g. 2026-05-01T22:00."),
    ] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who asks for it.")] = "command line",
    yes: Annotated[bool, typer.Option("--yes", help="Begin without asking.")] = False,
    plan_only: Annotated[bool, typer.Option("--plan", help="Say what would happen, and do nothing.")] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Only go on with the runs that are in the queue, and where the last ones failed."
        ),
    ] = False,
    device: Device = "auto",
    json_: Json = False,
) -> None:
    """Retrain models on the study's consensus; what passes the gate is used from then on.

    Exit status 1: a run failed.
    """
    from retina_studio.inference.registry import Registry
    from retina_studio.retraining.engine import Engine
    from retina_studio.retraining.home import home_of
    from retina_studio.retraining.plan import make_plan
    from retina_studio.retraining.queue import Queue
    from retina_studio.study.study import Study

    with Study.open(study) as opened:
        queue = Queue(home_of(opened))
        if resume:
            queue.go_on_with_failed()
        else:
            named = [stem.strip() for stem in models.split(",") if stem.strip()]
            plan = make_plan(opened, Registry(), stems=named or None, seconds=seconds)
            _tell_plan(plan, json_)
            if plan_only:
                return
            chosen = named or [model.stem for model in plan.models if model.chosen]
            _check(plan, chosen)
            if not yes:
                _confirm(chosen)
            queue.ask(chosen, by, seconds=seconds, not_before=at, device=device)
    finished = Engine(study, queue.home, _Teller(queue, json_)).work()
    if json_:
        print(json.dumps({"runs": [_form(queue, run) for run in finished]}))
    if any(run.state == "failed" for run in finished):
        raise typer.Exit(1)


def _check(plan: "Plan", chosen: list[str]) -> None:
    if not chosen:
        raise RetinaError(
            "The consensus of no model grew enough since it was trained last: name models with --models."
        )
    for model in plan.models:
        if model.stem in chosen and not model.possible:
            raise RetinaError(f"{model.stem} cannot be retrained: {' '.join(model.warnings)}")


def _confirm(chosen: list[str]) -> None:
    if not sys.stdin.isatty():
        raise RetinaError("Say --yes to retrain without being asked.")
    if not typer.confirm(f"Retrain {', '.join(chosen)} now?", err=True):
        raise typer.Exit


class _Teller:
    """Says what becomes of each run, once."""

    def __init__(self, queue: "Queue", as_json: bool) -> None:
        self._queue, self._json = queue, as_json
        self._said: tuple[str, str] = ("", "")

    def __call__(self, run: "Run") -> None:
        if (run.id, run.state) == self._said:
            return
        self._said = (run.id, run.state)
        if self._json:
            print(json.dumps({"run": run.to_dict()}), flush=True)
            return
        console.print(f"{run.stem}: {run.state}{'. ' + run.reason if run.reason else ''}")
        if run.done:
            _tell_verdict(self._queue.files(run).gate)


def _tell_verdict(file: Path) -> None:
    from retina_studio.retraining.verdict import read_verdict

    if not file.is_file():
        return
    verdict = read_verdict(file)
    table = Table("Figure", "Images", "Before", "Now", "Change", "95 % interval", "")
    for check in verdict.checks:
        low_high = "" if check.interval is None else f"{check.interval[0]:+.4f} to {check.interval[1]:+.4f}"
        word = {True: "passed", False: "failed", None: "not judged"}[check.passed]
        table.add_row(
            check.title, str(check.images), _figure(check.current), _figure(check.candidate),
            "" if check.difference is None else f"{check.difference:+.4f}", low_high, word,
        )  # fmt: skip
    console.print(table)
    for sentence in (*verdict.reasons, *verdict.notes):
        console.print(f"  {sentence}")


def _form(queue: "Queue", run: "Run") -> dict[str, object]:
    file = queue.files(run).gate
    verdict = json.loads(file.read_text("utf-8")) if file.is_file() else None
    return {**run.to_dict(), "folder": str(queue.files(run).folder), "verdict": verdict}


def _tell_plan(plan: "Plan", as_json: bool) -> None:
    if as_json:
        print(json.dumps({"plan": plan.to_dict()}), flush=True)
        return
    holds = plan.holds
    splits = ", ".join(f"{count} {split}" for split, count in holds.splits.items())
    console.print(
        f"The snapshot would hold {holds.settled} images ({splits}); {holds.unsettled} are not settled."
    )
    agreed = "" if holds.agreement is None else f"; they agree with a mean Dice of {holds.agreement:.2f}"
    console.print(f"{len(holds.graders)} graders{agreed}.")
    table = Table("Model", "Train", "Val", "Test", "New", "Chosen", "Time at most", "Memory")
    for model in plan.models:
        table.add_row(
            model.stem, *(str(n) for n in model.images.values()), str(model.grown), *_outlook(model)
        )
    console.print(table)
    for sentence in (*plan.warnings, *(f"{m.stem}: {text}" for m in plan.models for text in m.warnings)):
        errors.print(sentence)


def _outlook(model: "ModelPlan") -> tuple[str, str, str]:
    chosen = "yes" if model.chosen else "no" if model.possible else "not possible"
    return chosen, f"{model.seconds / 60:.0f} min", f"{model.memory_mb:,.0f} MB"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
