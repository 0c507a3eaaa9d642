"""The tables of an experiment: table.json, table.md and table.html."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from retina_studio import __version__
from retina_studio.networks.files import write_atomically
from training.experiments.experiment import Cell, Experiment
from training.experiments.figures import FIGURES, rows_of
from training.experiments.hardware import hardware
from training.experiments.runner import report_of
from training.experiments.statistics import Figure, Paired, Row, over_seeds, paired

_HELD, _NOT_SHOWN, _REVERSED = "held", "not shown", "reversed"


def write_tables(experiment: Experiment, out: Path, store_hash: str, jobs: int) -> Path:
    """Read the reports of all runs and write the tables; returns table.json.

    A run without a report yet is left out, and counted.

    Raises:
        RetinaError, OSError: a report cannot be read, or the folder cannot be written.
    """
    table = build_table(experiment, out, store_hash, jobs)
    write_atomically(out / "table.json", json.dumps(table, indent=1, ensure_ascii=False).encode())
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "p": _p_value, "interval": _interval, "share": _share}
    for name in ("table.md", "table.html"):
        text = environment.get_template(f"{name}.j2").render(table=table)
        write_atomically(out / name, text.encode())
    return out / "table.json"


def build_table(experiment: Experiment, out: Path, store_hash: str, jobs: int) -> dict[str, Any]:
    """All numbers of the tables, as JSON values."""
    reports = {cell: report_of(out / cell.folder) for cell in experiment.cells()}
    figures = {name: FIGURES[experiment.model][name] for name in experiment.figures}
    lines = []
    for fraction in _fractions(experiment):
        for arm in experiment.arms:
            runs = [r for cell, r in reports.items() if r and (cell.arm, cell.fraction) == (arm, fraction)]
            if any((c.arm, c.fraction) == (arm, fraction) for c in reports):
                lines.append(_line(experiment, arm, fraction, runs, reports, figures))
    return {
        "title": experiment.title,
        "claim": experiment.claim,
        "arm": experiment.arm,
        "verdicts": _verdicts(experiment, lines),
        "notes": experiment.notes,
        "model": experiment.model,
        "size": experiment.size,
        "store_hash": store_hash,
        "seeds": list(experiment.seeds),
        "seconds": experiment.seconds,
        "fraction_of": experiment.fraction_of,
        "reference": experiment.reference,
        "figures": {name: {"title": f.title, "higher": f.higher} for name, f in figures.items()},
        "lines": lines,
        "runs": len(reports),
        "missing": [cell.folder for cell, report in reports.items() if report is None],
        "jobs": jobs,
        "hardware": hardware(),
        "software": __version__,
    }


def _line(
    experiment: Experiment,
    name: str,
    fraction: float,
    runs: list[dict[str, Any]],
    reports: dict[Cell, dict[str, Any] | None],
    figures: dict[str, Figure],
) -> dict[str, Any]:
    """One arm at one fraction: each figure over its runs, and against the reference's runs with the same seeds."""
    arm = experiment.arms[name]
    seeds = [c.seed for c, r in reports.items() if r and (c.arm, c.fraction) == (name, fraction)]
    beside = [reports.get(Cell(experiment.reference, fraction, seed)) for seed in seeds]
    shared = [(rows_of(run), rows_of(other)) for run, other in zip(runs, beside, strict=True) if other]
    seconds = [run["training_seconds"] for run in runs]
    return {
        "arm": name,
        "title": arm.title,
        "system": arm.system,
        "changes": arm.changes,
        "fraction": fraction,
        "seeds": seeds,
        "training_seconds": sum(seconds) / len(seconds) if seconds else None,
        "devices": sorted({str(run.get("device", "")) for run in runs}),
        "start": sorted({str(run.get("backbone") or "random") for run in runs}),
        "figures": {
            key: _cell(
                figure,
                [rows_of(run) for run in runs],
                shared,
                arm.paper.get(key),
                name == experiment.reference,
            )
            for key, figure in figures.items()
        },
    }


def _cell(
    figure: Figure,
    runs: list[list[Row]],
    shared: list[tuple[list[Row], list[Row]]],
    paper: float | None,
    is_reference: bool,
) -> dict[str, Any]:
    spread = over_seeds(figure, runs)
    against: Paired | None = None
    if spread and not is_reference:
        against = paired(figure, [ours for ours, _ in shared], [theirs for _, theirs in shared])
    return {
        "mean": spread[0] if spread else None,
        "sd": spread[1] if spread else None,
        "paper": paper,
        "against": asdict(against) if against else None,
    }


def _fractions(experiment: Experiment) -> list[float]:
    return sorted({cell.fraction for cell in experiment.cells()})


def _verdicts(experiment: Experiment, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Whether the claim held, at each fraction: the interval of the first figure's difference lies on its side of 0."""
    if not experiment.claim:
        return []
    name = experiment.figures[0]
    figure = FIGURES[experiment.model][name]
    verdicts = []
    for line in lines:
        if line["arm"] != experiment.arm:
            continue
        against = line["figures"][name]["against"]
        interval = against and against["interval"]
        verdict = _NOT_SHOWN
        if interval and (interval[0] > 0 or interval[1] < 0):
            verdict = _HELD if (interval[0] > 0) == figure.higher else _REVERSED
        verdicts.append({"fraction": line["fraction"], "figure": name, "verdict": verdict})
    return verdicts


def _number(value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:.2f}" if abs(value) >= 10 else f"{value:.4f}"


def _interval(value: tuple[float, float] | None) -> str:
    return "—" if value is None else f"{_signed(value[0])} to {_signed(value[1])}"


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{_number(value)}"


def _p_value(value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1e}"


def _share(value: float) -> str:
    return f"{value * 100:g} %"
