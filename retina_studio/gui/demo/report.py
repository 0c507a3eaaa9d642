"""The demo's report: agreement, curves, figures before and after, and every picture, in one HTML file."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import jinja2

from retina_studio import paths
from retina_studio.gui.demo.subjects import GRADERS
from retina_studio.store.read import Snapshot
from retina_studio.study.agreement import study_agreement
from retina_studio.study.estimates import Estimate
from retina_studio.study.study import Study


def agreement_rows(study: Study) -> list[dict[str, str]]:
    """For every pair of graders: mean disc Dice, and the quadratic DR kappa where both graded."""
    found = study_agreement(study)
    discs = {(entry.first, entry.second): entry.dice for entry in found.overlaps if entry.label == "OD"}
    kappas = {(entry.first, entry.second): entry.quadratic for entry in found.pairs if entry.scale == "dr"}
    return [_row(pair, discs.get(pair), kappas.get(pair)) for pair in combinations(found.graders, 2)]


def _row(pair: tuple[str, str], disc: Estimate | None, kappa: Estimate | None) -> dict[str, str]:
    return {
        "pair": f"{pair[0]} and {pair[1]}",
        "dice": _figure(disc, 3),
        "discs": str(disc.n if disc else 0),
        "kappa": _figure(kappa, 2),
        "graded": str(kappa.n if kappa else 0),
    }


def _figure(estimate: Estimate | None, digits: int) -> str:
    return "—" if estimate is None or estimate.value is None else f"{estimate.value:.{digits}f}"


def result_row(name: str, evaluation: Mapping[str, Any]) -> dict[str, str]:
    """One line of the table of results from what `evaluate --json` printed."""
    keys = {"dice": "dice_mean", "median": "dice_median", "sd": "dice_sd", "centre": "centre_error_dd"}
    figures = {column: evaluation.get(key) for column, key in keys.items()}
    return {"name": name, **{c: "—" if v is None else f"{v:.3f}" for c, v in figures.items()}}


def split_sentence(store: Path) -> str:
    """How many images each split of a snapshot has, in words."""
    with Snapshot(store) as snapshot:
        counts = Counter(entry.split for entry in snapshot.entries)
    return ", ".join(f"{counts[split]} {split}" for split in ("train", "val", "test"))


def draw_curves(events_file: Path, picture: Path) -> None:
    """Loss and validation figures over the epochs, one panel a stage."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - a second to import, and only the report needs it

    lines = (json.loads(line) for line in events_file.read_text("utf-8").splitlines())
    epochs = [event for event in lines if event.get("event") == "epoch"]
    stages = list(dict.fromkeys(event["stage"] for event in epochs))
    figure = Figure(figsize=(5.5 * max(len(stages), 1), 3.6), layout="constrained")
    for number, stage in enumerate(stages):
        axes = figure.add_subplot(1, len(stages), number + 1)
        rows = [event for event in epochs if event["stage"] == stage]
        for group in ("losses", "metrics"):
            for name in rows[0].get(group, {}):
                axes.plot([row["epoch"] for row in rows], [row[group].get(name) for row in rows], label=name)
        axes.set(title=stage, xlabel="epoch", yscale="log")
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3)
    figure.savefig(picture, dpi=110)


def write_report(folder: Path, facts: Mapping[str, Any], pictures: Sequence[tuple[str, str]]) -> Path:
    """Write `report.html` into the demo's folder and return its path."""
    loader = jinja2.FileSystemLoader(paths.resources())
    template = jinja2.Environment(loader=loader, autoescape=True).get_template("demo_report.html.j2")
    path = folder / "report.html"
    path.write_text(template.render(pictures=pictures, graders=GRADERS, **facts), "utf-8")
    return path
