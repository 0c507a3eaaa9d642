"""docs/models.md out of run folders: nothing on it is typed but headings and the sentences of this file.

RUNS is what `run` left: a folder for each line of the plan with `report.json` (a run) or `table.json` (an
experiment or a comparison), `lines.json` and `snapshot.json`; `shipped.json` and `cycle.json`, which the commands of
these names wrote. Whether a claim held is decided here, from the paired interval alone.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .markdown import bounds, command, markdown, number
from .page_cycle import cycle_part
from .page_shipped import shipped_part, write_cards
from .plan import COUNTS, LINES

Form = Mapping[str, Any]
SHIPPED, CYCLE = "shipped.json", "cycle.json"
HELD, NOT_HELD, UNDECIDED = "held", "did not hold", "undecided"

_HEAD = """# The models, measured

Written by `python -m tests.measure page RUNS docs/models.md`; no figure on this page was typed by hand. Every table
names the command that makes it (`STORE` is the snapshot below, made by `python -m tests.measure snapshot`);
`python -m tests.measure run tests/measure/plan.toml STORE RUNS` runs them all, and goes on where it was stopped.

The papers' figures stand beside ours for orientation. **The data differ**: theirs are the papers' own collections,
ours are small public sets, so that a difference between the two columns says nothing of either method. What can be
compared are the lines of one table: same snapshot, splits, preprocessing and time. Intervals are 95 %, bootstrap
over the test images, paired where two lines are compared; ± is the population deviation over seeds. All figures are
of the held-out split `test`.
"""
_STAND_INS = """What these data cannot say:

- There is no PPA mask. PPA was learnt from phantoms and from crescents composed onto real photographs (train and
  val only); on test images detection is measured against pathologic myopia (PALM), a stand-in, and Dice where
  "none" is known.
- Vitreous and preretinal haemorrhage, new vessels and fibrous proliferation are outlined on phantoms only; CNV and
  fluid too.
- The fovea is a point on phantoms only. No RetCam photograph of an infant is here.
- The B-scans with drusen are of one eye in three blocks, and their drusen are derived from two lines
  (`tests/measure/drusen.py` states the rule): figures on them are within one eye.
- A DR grade answers for the lesions in this application. A photograph graded DR1 or more without an outline is
  taken as not outlined, not as free of lesions.
"""
_CLAIMS = """\
Each paper's central claim, tested in small. A claim **held** where the 95 % interval of the paired difference
lies wholly on its side of zero, **did not hold** where it lies wholly on the other, and is **undecided** where it
holds zero or there is none. A short training on few images can leave undecided what a long one would settle.
"""


def verdict(interval: Sequence[float] | None, *, higher: bool) -> str:
    """What a paired interval of (arm - reference) says of the claim that the arm is better."""
    if interval is None or not (interval[0] > 0 or interval[1] < 0):
        return UNDECIDED
    return HELD if (interval[0] > 0) == higher else NOT_HELD


def write_page(runs: Path, out: Path) -> None:
    """Write the page of a folder of runs, and the models' cards beside it where the shipped weights were measured.

    Raises:
        OSError, ValueError: something in it cannot be read, or it holds no result.
    """
    from retina_studio.networks.inventory import inventory

    results = read_results(runs)
    if not results:
        raise ValueError(f"{runs} holds no report.json and no table.json.")
    counts, shipped, cycle = (
        _json(f) if (f := runs / name).is_file() else {} for name in (COUNTS, SHIPPED, CYCLE)
    )
    out.write_text(page_of(results, counts, inventory(), shipped, cycle), encoding="utf-8")
    if shipped:
        write_cards(shipped, out.parent / "model-cards")


def read_results(runs: Path) -> list[dict[str, Any]]:
    """One form for each line of the plan that has a result: its name, command, date, and `table` or `report`."""
    lines: dict[str, Any] = _json(runs / LINES) if (runs / LINES).is_file() else {}
    folders = {path.name for path in runs.iterdir() if path.is_dir()}
    results = []
    for name in [*(n for n in lines if n in folders), *sorted(folders - set(lines))]:
        for kind in ("table", "report"):
            file = runs / name / f"{kind}.json"
            if file.is_file():
                results.append({"name": name, **lines.get(name, {}), kind: _json(file)})
                break
    return results


def page_of(results: Sequence[Form], counts: Form, models: Sequence[Form], shipped: Form, cycle: Form) -> str:
    """The page as Markdown; what the snapshot holds, the shipped weights and the cycle may be missing (empty)."""
    tables = [result for result in results if "table" in result]
    reports = [result for result in results if "report" in result]
    parts = [
        _HEAD,
        *_snapshot_part(counts, results),
        *(shipped_part(shipped) if shipped else []),
        *(cycle_part(cycle) if cycle else []),
        "## Claims\n",
        _CLAIMS,
        _claims(tables),
        "## The table of models\n",
        _models(models),
        *(_table_part(result) for result in tables),
        *(_report_part(result) for result in reports),
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def _snapshot_part(counts: Form, results: Sequence[Form]) -> list[str]:
    hashes = sorted({_source(result)["store_hash"] for result in results})
    parts = ["## The data\n", f"Snapshot {', '.join(f'`{digest}`' for digest in hashes)}."]
    if len(hashes) > 1:
        parts.append("**The results come from different snapshots.**")
    if counts and [counts["content hash"]] == hashes:
        rows = [[name, *splits.values()] for name, splits in counts["by set"].items()]
        parts.append(markdown(["set", "train", "val", "test"], rows))
        for title, key in (("label", "by label"), ("grade", "by grade")):
            rows = [[name, *splits.values()] for name, splits in counts[key].items()]
            parts.append(markdown([f"images by {title}", "train", "val", "test"], rows))
    return [*parts, _STAND_INS]


def _claims(tables: Iterable[Form]) -> str:
    rows = []
    for result in tables:
        table = result["table"]
        if not table["claim"]:
            continue
        name = next(iter(table["figures"]))
        figure = table["figures"][name]
        for line in table["lines"]:
            against = line["figures"][name]["against"]
            if line["arm"] != table["arm"] or against is None:
                continue
            said = verdict(against["interval"], higher=figure["higher"])
            difference = f"{number(against['difference'])} [{_interval(against['interval'])}]"
            about = f"{figure['title']}, {_share(line['fraction'])} of the data, {against['images']} images"
            rows.append([table["claim"], about, difference, len(line["seeds"]), f"**{said}**"])
    if not rows:
        return "No claim has been tested yet."
    return markdown(["the paper's claim", "measured by", "difference [95 %]", "seeds", "verdict"], rows)


def _models(models: Iterable[Form]) -> str:
    rows = [
        [
            model["stem"],
            model["size"],
            model["variant"],
            " x ".join(map(str, model["input"])),
            ", ".join(model["answers"]),
            f"{model['parameters']:,}",
            f"{model['mib']:.2f}",
        ]
        for model in models
    ]
    head = ["model", "size", "variant", "input", "answers", "parameters", "MiB"]
    return f"{command('retina-studio models --json')}\n\n{markdown(head, rows)}"


def _table_part(result: Form) -> str:
    table = result["table"]
    parts = [f"## {result.get('title') or table['title']}", result.get("why", ""), _command_of(result)]
    for name, figure in table["figures"].items():
        head = [
            "",
            "data",
            "mean ± deviation",
            f"difference from {_title_of(table, table['reference'])} [95 %]",
            "images",
            "p (t, Wilcoxon)",
            "the paper's, on other data",
        ]
        rows = [_row(line, line["figures"][name]) for line in table["lines"]]
        lower = "" if figure["higher"] else " (lower is better)"
        parts.append(f"### {figure['title']}{lower}\n\n{markdown(head, rows)}")
    if table["missing"]:
        parts.append(f"Runs without a result: {', '.join(table['missing'])}.")
    parts.append(_made(result, table))
    if table["notes"]:
        parts.append(table["notes"])
    return "\n\n".join(part for part in parts if part)


def _row(line: Form, cell: Form) -> list[object]:
    mean, against = cell["mean"], cell["against"]
    spread = f"{number(mean)} ± {number(cell['sd'])}" if mean is not None else "—"
    row = [line["title"], _share(line["fraction"]), spread, "—", "—", "—", number(cell["paper"])]
    if against:
        row[3] = f"{number(against['difference'])} [{_interval(against['interval'])}]"
        row[4] = str(against["images"])
        row[5] = f"{_p(against['t_test'])}, {_p(against['wilcoxon'])}"
    return [*row]


def _report_part(result: Form) -> str:
    from training.tasks import task_spec

    report = result["report"]
    evaluation = task_spec(report["model"]).evaluation
    title = result.get("title") or f"{report['model']} ({report['size']})"
    parts = [f"## {title}", result.get("why", ""), _command_of(result)]
    test = report["test"] or {}
    rows = []
    for name, value in test.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        interval = test.get(f"{name}_interval") or test.get(f"{name.removesuffix('_mean')}_interval")
        rows.append([name, number(value), bounds(interval), number(evaluation.paper.get(name))])
    parts.append(
        markdown(["figure", "ours", "95 %", "the paper's, on other data"], rows)
        if rows
        else "The split `test` says nothing of what this model answers."
    )
    parts.append(evaluation.remark)
    seconds = f"{number(report['training_seconds'])} s of training"
    cut = ", cut by time" if report["cut_by_time"] else ""
    start = report["backbone"] or "a random start"
    parts.append(
        f"Seed {report['seed']}; {seconds}{cut} on {report['device']}; encoder from {start}; "
        f"{_date(result)}; weights `{report['weights_hash'][:12]}`; Retina Studio {report['software']}."
    )
    return "\n\n".join(part for part in parts if part)


def _made(result: Form, table: Form) -> str:
    hardware = table["hardware"]
    seconds = [line["training_seconds"] for line in table["lines"] if line["training_seconds"]]
    longest = f", at most {number(max(seconds))} s of training a run" if seconds else ""
    starts = sorted({start for line in table["lines"] for start in line["start"]})
    gpu = f", {hardware['gpu']}" if hardware["gpu"] else ", no GPU"
    cores = result.get("cores", hardware["cores"])
    machine = f"{hardware['processor']}, {cores} core{'s' if cores > 1 else ''} a run{gpu}, torch {hardware['torch']}"
    return (
        f"{table['model']} ({table['size']}), seeds {', '.join(map(str, table['seeds']))}; "
        f"{table['runs']} runs{longest}; {machine}; encoders from {', '.join(starts)}; {_date(result)}; "
        f"Retina Studio {table['software']}."
    )


def _title_of(table: Form, arm: str) -> str:
    return next((str(line["title"]) for line in table["lines"] if line["arm"] == arm), arm)


def _source(result: Form) -> Form:
    source: Form = result["table"] if "table" in result else result["report"]
    return source


def _command_of(result: Form) -> str:
    return command(result["command"]) if result.get("command") else "The command was not recorded."


def _date(result: Form) -> str:
    return str(result.get("began") or "date not recorded")


def _interval(value: Sequence[float] | None) -> str:
    return "—" if value is None else f"{value[0]:+.3f} to {value[1]:+.3f}"


def _p(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}" if value >= 0.001 else f"{value:.0e}"


def _share(value: float) -> str:
    return f"{value * 100:g} %"


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
