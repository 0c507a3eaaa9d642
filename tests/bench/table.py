"""The figures, row by row: what was measured, ours, and each peer's; as Markdown and as JSON."""

import json
import os
import platform
import statistics
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One thing that was timed, in one unit; `peers` by name."""

    name: str
    shapes: int
    ours: float
    unit: str
    peers: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """One row of the table for every size: our key, the peers' keys (added up), and the factor to the unit.

    No keys where the peers do not do the same: a ratio would say nothing.
    """

    name: str
    ours: str
    theirs: tuple[str, ...]
    unit: str = "ms"
    scale: float = 1.0


SHAPES = (
    Measure("open: file or grading to all shapes painted", "load_s", ("load_s",), scale=1000),
    Measure("repaint, fitted", "paint_fit_ms", ("paint_fit_ms",)),
    Measure("repaint, 200 %", "paint_200pct_ms", ("paint_200pct_ms",)),
    Measure("pan, one frame", "pan_ms", ()),
    Measure("pan, one frame, 95th percentile", "pan_p95_ms", ()),
    Measure("zoom step to 200 %, sharp", "zoom_step_ms", ("zoom_step_ms",)),
    Measure("zoom step to 200 %, first picture", "zoom_coarse_ms", ()),
    Measure("hover, one move of the pointer", "hover_ms", ("hover_ms",)),
    Measure(
        "an edit: ours on disk and painted; peers: undo snapshot and save",
        "edit_ms",
        ("undo_snapshot_ms", "save_s"),
    ),
    Measure("undo, saved and painted", "undo_ms", ()),
    Measure("longest stall of the event loop while opening", "stall_ms", ()),
    Measure("start to first paint", "startup_s", ("startup_s",), scale=1000),
    Measure("resident memory at the end", "rss_MB", ("rss_MB",), unit="MB"),
)
FOLDER = (
    Measure(
        "folder of 5,000: open, to first image (ours: with its window)",
        "open_folder_s",
        ("open_folder_s",),
        scale=1000,
    ),
    Measure("folder of 5,000: next image (ours prefetched)", "next_ms", ("next_image_med_s",)),
    Measure("folder of 5,000: an image nothing could foresee", "jump_ms", ("next_image_med_s",)),
)


def rows_of(measures, shapes, ours, theirs):
    """The rows of one size. `ours`: a figure dict a run; `theirs`: peer name -> the same. Medians over the runs."""
    rows = []
    for measure in measures:
        if not ours:
            continue
        own = statistics.median(run[measure.ours] for run in ours) * measure.scale
        peers = {
            name: value for name, runs in theirs.items() if (value := _median(measure, runs)) is not None
        }
        rows.append(Row(measure.name, shapes, own, measure.unit, peers))
    return rows


def _median(measure, runs):
    """A peer's figure in the measure's unit; None where its driver has none."""
    found = [
        sum(run[key] * (1000 if key.endswith("_s") else 1) for key in measure.theirs)
        for run in runs
        if measure.theirs and all(key in run for key in measure.theirs)
    ]
    return statistics.median(found) if found else None


def write(rows, peers, docs, note):
    """Write benchmarks.md and benchmarks.json into the folder `docs`."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, no GPU"
    docs.mkdir(exist_ok=True)
    (docs / "benchmarks.md").write_text(_markdown(rows, peers, machine, note), "utf-8")
    figures = [entry for row in rows for entry in _entries(row, machine)]
    (docs / "benchmarks.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def read(docs):
    """The rows that an earlier run wrote."""
    rows = {}
    for entry in json.loads((docs / "benchmarks.json").read_text("utf-8")):
        row = rows.setdefault(
            (entry["name"], entry["shapes"]),
            Row(entry["name"], entry["shapes"], entry["ours"], entry["unit"]),
        )
        if entry["peer_name"]:
            row.peers[entry["peer_name"]] = entry["peer"]
    return [*rows.values()]


def _entries(row, machine):
    form = {"name": row.name, "shapes": row.shapes, "ours": row.ours, "unit": row.unit, "machine": machine}
    if not row.peers:
        return [{**form, "peer": None, "peer_name": None, "ratio": None}]
    return [
        {**form, "peer": value, "peer_name": name, "ratio": value / row.ours}
        for name, value in row.peers.items()
    ]


def _markdown(rows, peers, machine, note):
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {machine}. {note}",
        "",
        "Each window is 1600 x 1000 and drawn without a screen (napari: under Xvfb). The photograph has 3072 x 2048",
        "pixels, the shapes are polygons of 24 vertices. Medians; in brackets the peer's figure divided by ours.",
        "",
        f"| what | shapes | Retina Studio | {' | '.join(peers)} |",
        f"| --- | ---: | ---: | {' | '.join('---:' for _ in peers)} |",
    ]
    for row in rows:
        if set(row.peers) <= set(peers):
            cells = [_cell(row, row.peers.get(name)) for name in peers]
            shapes = f"{row.shapes:,}" if row.shapes else ""
            lines.append(f"| {row.name} | {shapes} | {_number(row.ours)} {row.unit} | {' | '.join(cells)} |")
    lines += [
        "",
        "| what | Retina Studio | the plain way | in | ratio |",
        "| --- | ---: | --- | ---: | ---: |",
    ]
    for row in rows:
        for name, value in row.peers.items():
            if name not in peers:
                ours, theirs = f"{_number(row.ours)} {row.unit}", f"{_number(value)} {row.unit}"
                lines.append(f"| {row.name} | {ours} | {name} | {theirs} | {value / row.ours:.1f} |")
    return "\n".join(lines) + "\n"


def _cell(row, value):
    return "–" if value is None else f"{_number(value)} ({value / row.ours:.1f})"


def _number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def default_docs():
    """The project's documents."""
    return Path(__file__).resolve().parents[2] / "docs"
