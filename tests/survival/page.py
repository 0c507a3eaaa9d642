"""docs/reliability.md, made of the figures alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.survival.record import Record, faults_of

Figures = dict[str, Any]

_HEAD = """# Reliability

What `make survival` did to the application, and what was lost. The figures are in [reliability.json](reliability.json);
this page is made of that file by `python -m tests.survival`, and nothing in it is written by hand. A fault is anything
that was lost, damaged, not said in one sentence, or answered by a traceback, a crash or a hang."""


def write_page(record: Record, path: Path) -> None:
    """Write the page of what was found so far."""
    lines = [_HEAD]
    for name, (title, render) in _SECTIONS.items():
        lines += ["", f"## {title}", ""]
        if name not in record.sections:
            lines.append(f"Not run yet: `python -m tests.survival {name}`.")
            continue
        entry, figures = record.sections[name], record.figures(name)
        lines += [
            f"`{entry['command']}`, {entry['date']}, {entry['machine']}.",
            "",
            *_rendered(figures, entry["asked"], render),
        ]
        faults = faults_of(figures)
        if "skipped" in figures:
            continue
        lines += ["", f"Faults: {len(faults)}." if faults else "Faults: none."]
        lines += [f"- {_fault(fault)}" for fault in faults]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _rendered(figures: Figures, asked: Figures, render: Callable[[Figures, Figures], list[str]]) -> list[str]:
    if "skipped" in figures:
        return [f"Not run here: {figures['skipped']}."]
    return render(figures, asked)


def _fault(fault: Any) -> str:
    if isinstance(fault, dict):
        said = (str(fault["said"]).strip().splitlines() or [""])[-1]
        name = f"{fault['kind']} {fault['seed']} ({fault['mutation']})"
        return f"{name}: {fault['answer']}, {said} {fault['problems']}"
    return str(fault)


def _table(head: list[str], rows: list[list[Any]]) -> list[str]:
    marks = ["---", *("---:" for _ in head[1:])]
    return [f"| {' | '.join(map(str, row))} |" for row in (head, marks, *rows)]


def _kill(figures: Figures, asked: Figures) -> list[str]:
    names = {
        "session": "a process that edits through the study's session",
        "window": "the real window, offscreen, drawn in with mouse and keys",
        "server": "a grader whose PostgreSQL was killed before, so that edits waited in the journal",
    }
    rows = []
    for kind, what in names.items():
        found = figures.get(kind, {})
        middle = (
            f"{found.get('in_mid_change', 0)} ({found.get('of_these_made', 0)})" if kind != "window" else "–"
        )
        recovered = (
            f"{found.get('recovered', 0)}, said {found.get('said', 0)} times" if kind == "server" else "–"
        )
        killed = f"{found.get('kills', 0)} of {asked[kind]}"
        rows.append([what, killed, found.get("acknowledged", 0), middle, recovered])
    head = [
        "kill -9 of",
        "kills",
        "changes shown as saved",
        "kills in mid-change (of these made)",
        "edits recovered",
    ]
    return [
        "After every kill the study was opened, its rows, files and audit chain verified, and the grading held against",
        "what had been acknowledged: exactly that, or the one change that was under way.",
        "",
        *_table(head, rows),
    ]


def _disk(figures: Figures, _asked: Figures) -> list[str]:
    left = ", ".join(map(str, figures["bytes_left"]))
    rows = [
        [name, f["refused"], f["went_well"], "<br>".join(f["said"])] for name, f in figures["works"].items()
    ]
    return [
        f"A tmpfs of {figures['megabytes']} MB with {left} bytes left; then the space came back and the work was done",
        "again.",
        "",
        *_table(["work", "refused", "went well", "what was said"], rows),
    ]


def _files(figures: Figures, asked: Figures) -> list[str]:
    answers = ["refused", "taken", "bug", "crash", "hang"]
    rows = [
        [kind, *(found.get(answer, 0) for answer in answers)] for kind, found in figures["by_kind"].items()
    ]
    limits = figures["limits"]
    return [
        f"{figures['files']} of {asked['files']} spoiled files: flipped bits, cuts, splices, lost blocks, false",
        "lengths, hostile texts and values, huge pictures, ZIP bombs, names that lead elsewhere. Each was given to the",
        f"application in a process that may map {limits['megabytes']} MB more than it starts with; the slowest took",
        f"{figures['slowest_cpu_seconds']:.1f} s of CPU time. What the study held was compared and verified",
        "after each.",
        "",
        *_table(
            ["kind", *answers], [*rows, ["**all**", *(figures["answers"][answer] for answer in answers)]]
        ),
    ]


def _power(figures: Figures, asked: Figures) -> list[str]:
    rows = [
        [
            what,
            figures[what]["writes"],
            figures[what]["syncs"],
            f"{figures[what]['states']} of {asked['states']}",
        ]
        for what in ("study", "snapshot")
    ]
    return [
        "Every write of a program that edits and imports (study), or writes a snapshot over another one, was recorded",
        "with strace and replayed up to a random moment; of what was not synced by then nothing, everything, or any",
        "part reached the disk, torn at 512 bytes. The study must open whole, at what was acknowledged or one change",
        "further; the snapshot must be the old or the new one, whole.",
        "",
        *_table(["what", "writes recorded", "syncs", "states after a cut"], rows),
    ]


def _backup(figures: Figures, _asked: Figures) -> list[str]:
    return [
        f"{figures['backups']} backups while {figures['editors']} processes made {figures['edits_meanwhile']} changes;",
        "each was restored, opened and verified.",
    ]


def _soak(figures: Figures, _asked: Figures) -> list[str]:
    memory, asked = figures["rss_mb"], figures["asked"]
    return [
        f"{figures['switches']:,} of {asked['switches']:,} image switches with {figures['edits']:,} edits in one",
        f"offscreen window, {figures['wall_seconds'] / 60:.0f} minutes. The first {figures['warm_up']:.0%} is warm-up.",
        "",
        *_table(
            ["", "after warm-up", "at the end", "change"],
            [
                [
                    "resident memory",
                    f"{memory['warm']:.1f} MB",
                    f"{memory['end']:.1f} MB",
                    f"{figures['rss_growth']:+.1%}",
                ],
                [
                    "CPU time a switch with its edits",
                    "",
                    f"{figures['cpu_ms_a_switch']:.0f} ms",
                    f"{figures['slowdown'] - 1:+.1%}",
                ],
            ],
        ),
    ]


_SECTIONS: dict[str, tuple[str, Callable[[Figures, Figures], list[str]]]] = {
    "kill": ("kill -9", _kill),
    "disk": ("A full disk", _disk),
    "files": ("Spoiled files", _files),
    "power": ("The power goes", _power),
    "backup": ("Backups of a study in use", _backup),
    "soak": ("Eight hours, compressed", _soak),
}
