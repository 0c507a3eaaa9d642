"""Many graders on one PostgreSQL study, whose server and graders are killed; nothing that was acknowledged is lost.

    python -m tests.flow.forty_five --graders 45 --minutes 5 --out FILE.json

Each grader is a process that opens the study by its URL, takes images, draws, moves, deletes, grades, undoes and
submits. After `apply` has returned, and only then, it writes the edit to a log of its own. Meanwhile graders and
the server are killed with SIGKILL and started again. At the end every edit of every log must be in the database,
the audit chain whole and no journal left.
"""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from retina_studio.study.assigning import assign
from retina_studio.study.importing import import_images
from retina_studio.study.schema import AuditRow
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems
from tests.postgres_server import PostgresServer

_ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = [sys.executable, "-m", "tests.flow.one_grader"]
_IMAGES_EACH = 4  # images that each grader is given


@dataclass
class Options:
    """What a run is made of."""

    graders: int = 45
    seconds: float = 300.0
    server_kills: int = 2
    grader_kills: int = 30
    pause: float = 0.2  # seconds a grader waits between two edits, on average
    seed: int = 45


@dataclass
class Run:
    """A run under way."""

    options: Options
    folder: Path
    server: PostgresServer
    children: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    starts: list[float] = field(default_factory=list)
    kills: list[float] = field(default_factory=list)
    begun: float = 0.0  # when everybody was at work

    def start_grader(self, number: int) -> None:
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MALLOC_ARENA_MAX": "2",
            "XDG_DATA_HOME": str(self.folder / "homes" / str(number)),
        }
        arguments = [str(self.folder / "study"), f"Grader {number}", str(self.log(number))]
        command = [*_PROGRAM, *arguments, str(self.options.pause)]
        with self.log(number).with_suffix(".err").open("ab") as errors:
            self.children[number] = subprocess.Popen(command, env=environment, stderr=errors, cwd=_ROOT)

    def log(self, number: int) -> Path:
        return self.folder / "logs" / f"{number}.jsonl"


def make_study(folder: Path, url: str, options: Options) -> None:
    """Small pictures, as many as the graders need, and everybody's own list of them."""
    import cv2
    import numpy as np

    pictures = folder / "pictures"
    pictures.mkdir()
    rng = np.random.default_rng(options.seed)
    for number in range(max(3, options.graders * _IMAGES_EACH // 3)):
        cv2.imwrite(str(pictures / f"eye{number:04d}.png"), rng.integers(0, 255, (96, 128, 3), np.uint8))
    with Study.create(folder / "study", url, str(folder / "images")) as study:
        import_images(study, [pictures])
        for number in range(options.graders):
            study.add_grader(f"Grader {number}")
        study.set_setting("assignment", "assigned", "system")
        assign(study, per_image=3, seed=options.seed)


def grade(run: Run) -> None:
    """Let everybody work for the time, killing at random moments, then ask them to stop."""
    options, chance = run.options, random.Random(run.options.seed)
    for number in range(options.graders):
        run.start_grader(number)
    begun = time.monotonic()
    while not _all_began(run) and time.monotonic() - begun < 20 + 3 * options.graders:
        time.sleep(0.2)
    begun, run.begun = time.monotonic(), time.time()
    spread = [options.seconds * (0.1 + 0.8 * chance.random()) for _ in range(options.grader_kills)]
    places = [options.seconds * (n + 1) / (options.server_kills + 1) for n in range(options.server_kills)]
    events = sorted([(at, "grader") for at in spread] + [(at, "server") for at in places])
    for at, what in events:
        time.sleep(max(0.0, begun + at - time.monotonic()))
        if what == "grader":
            _kill_grader(run, chance)
        else:
            _kill_server(run, chance)
    time.sleep(max(0.0, begun + options.seconds - time.monotonic()))
    for child in run.children.values():
        child.send_signal(signal.SIGTERM)
    for child in run.children.values():
        child.wait(60)


def _all_began(run: Run) -> bool:
    return all(run.log(number).is_file() for number in range(run.options.graders))


def _kill_grader(run: Run, chance: random.Random) -> None:
    number = chance.choice(sorted(run.children))
    run.children[number].send_signal(signal.SIGKILL)
    run.children[number].wait()
    run.start_grader(number)


def _kill_server(run: Run, chance: random.Random) -> None:
    run.kills.append(time.time())
    run.server.kill()
    time.sleep(chance.uniform(1.0, 4.0))
    run.server.start()
    run.starts.append(time.time())


def send_rest(run: Run) -> int:
    """What killed graders left on their disks and nobody has sent: each one's next start sends it."""
    sent = 0
    for number in range(run.options.graders):
        os.environ["XDG_DATA_HOME"] = str(run.folder / "homes" / str(number))
        with Study.open(run.folder / "study") as study:
            sent += study.sent.edits
            if study.sent.refused:
                raise SystemExit(f"Set aside: {study.sent.refused}")
    left = list((run.folder / "homes").rglob("*.jsonl"))
    if left:
        raise SystemExit(f"Journals are left: {left}")
    return sent


def report(run: Run, sent_at_the_end: int) -> dict[str, object]:
    """Hold the logs against the database, and sum up."""
    entries = []
    for number in range(run.options.graders):
        for line in run.log(number).read_text().splitlines():
            with suppress(ValueError):  # a kill may leave half a line
                entries.append(json.loads(line))
    acknowledged = [entry for entry in entries if "id" in entry]
    seconds = run.options.seconds
    in_time = sum(run.begun <= entry["at"] < run.begun + seconds for entry in acknowledged)
    with Study.open(run.folder / "study") as study:
        missing = _missing(study, acknowledged)
        problems = study_problems(study)
    direct = [entry["ms"] for entry in acknowledged if entry["kept"] == "sent"]
    percent = statistics.quantiles(direct, n=100) if len(direct) > 1 else [0.0] * 99
    back = [entry["back"] for entry in entries if "back" in entry]
    return {
        "graders": run.options.graders,
        "seconds": seconds,
        "pause": run.options.pause,
        "edits": len(acknowledged),
        "edits_per_second": round(in_time / seconds, 1),
        "journalled": len(acknowledged) - len(direct),
        "submitted": sum("submitted" in entry for entry in entries),
        "sent_at_the_end": sent_at_the_end,
        "missing": missing[:10],
        "missing_count": len(missing),
        "problems": problems[:10],
        "apply_ms": {
            "median": round(statistics.median(direct), 2),
            "p95": round(percent[94], 2),
            "p99": round(percent[98], 2),
            "max": round(max(direct), 2),
        },
        "journal_ms_max": max((e["ms"] for e in acknowledged if e["kept"] != "sent"), default=0.0),
        "grader_kills": run.options.grader_kills,
        "server_kills": run.options.server_kills,
        "server_away_s": [round(up - down, 2) for down, up in zip(run.kills, run.starts, strict=True)],
        "back_s": {"median": round(statistics.median(back), 2), "max": round(max(back), 2)} if back else {},
    }


def _missing(study: Study, acknowledged: list[dict[str, object]]) -> list[object]:
    """Acknowledged edits that the audit trail does not have; each bears an id of its own in its title."""
    with study.database.reading() as session:
        details = session.scalars(
            select(AuditRow.detail).where(AuditRow.what.in_(("edit", "undo", "redo"))).order_by(AuditRow.id)
        )
        there: dict[str, int] = {}
        for detail in details:
            form = json.loads(detail)
            key = form.get("title", "step")
            there[key] = there.get(key, 0) + 1
    twice = [f"twice: {key}" for key, count in there.items() if key != "step" and count > 1]
    edits = [entry["id"] for entry in acknowledged if entry["what"] == "apply"]
    steps = sum(entry["what"] != "apply" for entry in acknowledged)
    lost = [key for key in edits if key not in there]
    if there.get("step", 0) < steps:
        lost.append(f"{steps - there.get('step', 0)} undo steps")
    return [*lost, *twice]


def carry_out(options: Options, folder: Path) -> dict[str, object]:
    """One run in a folder; returns the report."""
    (folder / "logs").mkdir()
    server = PostgresServer(durable=True, connections=max(100, 3 * options.graders))
    try:
        make_study(folder, server.url(), options)
        run = Run(options, folder, server)
        try:
            grade(run)
        finally:
            for child in run.children.values():
                child.kill()
                child.wait()
        return report(run, send_rest(run))
    finally:
        server.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--graders", type=int, default=45)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--pause", type=float, default=0.2, help="mean seconds between a grader's edits")
    parser.add_argument("--server-kills", type=int, default=2)
    parser.add_argument("--grader-kills", type=int, default=30)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    options = Options(given.graders, 60 * given.minutes, given.server_kills, given.grader_kills, given.pause)
    with tempfile.TemporaryDirectory(prefix="forty-five-") as folder:
        result = carry_out(options, Path(folder))
    text = json.dumps(result, indent=1)
    print(text)
    if given.out:
        given.out.write_text(text + "\n")
    if result["missing_count"] or result["problems"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
