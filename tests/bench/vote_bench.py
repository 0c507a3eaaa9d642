"""The vote and the agreement of a whole study: images a second, peak memory, and the plain way beside it.

    python -m tests.bench.vote_bench [--images 12000] [--plain 40] [--url URL]

Three simulated graders draw 24 shapes each on every image of 3072 x 2048 pixels; the study's rows are written
directly, and its images have no files: nothing here looks at one. `vote_rows` gives the same as rows of the table.
"""

import argparse
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import cv2
from sqlalchemy import insert

from retina_studio.domain.agreement import dice
from retina_studio.domain.grading import Answer
from retina_studio.domain.labels import catalogue
from retina_studio.phantoms.fundus import draw_scene, grading_of
from retina_studio.phantoms.graders import profiles, simulate
from retina_studio.phantoms.settings import default_settings
from retina_studio.study.agreement import study_agreement
from retina_studio.study.cases import read_cases
from retina_studio.study.consensus import run_vote, vote_rules
from retina_studio.study.schema import AssignmentRow, AuditRow, EditRow, GradingRow, ImageRow, ShapeRow
from retina_studio.study.study import Study
from retina_studio.study.tally import tally

from .table import Row

WIDTH, HEIGHT = 3072, 2048
GRADERS, SHAPES = 3, 24
_KINDS = 120  # different triples of gradings; the images take turns
_BEGAN = datetime(2026, 1, 5, 8, tzinfo=UTC)
_PART = 250  # images whose rows are written in one transaction


def main():
    options = _options()
    if options.folder:  # one measurement, in a process of its own
        print(
            json.dumps(
                {"vote": _vote, "change": _change, "agreement": _agreement}[options.what](options.folder)
            )
        )
        return
    with tempfile.TemporaryDirectory() as scratch:
        figures = measure(Path(scratch) / "study", options.images, options.plain, options.url)
    print(json.dumps(figures, indent=1))


def vote_rows(scratch, images=12_000, plain=40):
    """Rows of the table of benchmarks; `scratch` is a folder for the study."""
    found = measure(Path(scratch) / "votes", images, plain)
    peers = {"a numpy loop over whole planes": found["plain_ms"]}
    return [
        Row("vote and agreement of an image, one core", SHAPES * GRADERS, found["one_core_ms"], "ms", peers),
        Row(f"vote on {images:,} images, all cores", SHAPES * GRADERS, found["vote_s"], "s"),
        Row("the same again, nothing changed", SHAPES * GRADERS, found["again_s"], "s"),
        Row("the same again, 10 images changed", SHAPES * GRADERS, found["changed_s"], "s"),
        Row(f"agreement of {images:,} images", SHAPES * GRADERS, found["agreement_s"], "s"),
        Row("largest memory of a process of the vote", SHAPES * GRADERS, found["vote_MB"], "MB"),
    ]


def measure(home, images, plain, url=None):
    """Every figure, by name; the study is made in the folder `home`."""
    started = time.perf_counter()
    make_study(home, images, url).close()
    figures = {"images": images, "cores": multiprocessing.cpu_count()}
    figures["made_s"] = time.perf_counter() - started
    figures |= _side_by_side(home, plain)
    for what in ("vote", "change", "agreement"):
        command = [sys.executable, "-m", "tests.bench.vote_bench", "--what", what, "--folder", str(home)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        figures |= json.loads(done.stdout.splitlines()[-1])
    figures["ratio"] = figures["plain_ms"] / figures["one_core_ms"]
    return figures


def _side_by_side(home, count):
    """Milliseconds an image of our vote and of the plain loop, taking turns, on one core."""
    cv2.setNumThreads(1)
    with Study.open(home) as study, study.database.reading() as session:
        rules = vote_rules(study)
        cases = read_cases(session, rules, range(1, count + 1))
    ours = plain = 0.0
    tally(cases[0], rules)  # reads the catalogue
    for case in cases:
        start = time.perf_counter()
        tally(case, rules)
        middle = time.perf_counter()
        _plain(case)
        ours, plain = ours + middle - start, plain + time.perf_counter() - middle
    return {"one_core_ms": ours * 1000 / len(cases), "plain_ms": plain * 1000 / len(cases)}


def _plain(case):
    """Paint every grader's plane of every label, add them up, take two of three, compare each two."""
    gradings = case.load_gradings()
    found = {}
    for code, entry in catalogue().items():
        drawn = {n: g for n, g in gradings.items() if g.answer(code) is Answer.DRAWN}
        if entry.is_point or not drawn:
            continue
        planes = {name: grading.mask(code, case.height, case.width) for name, grading in drawn.items()}
        agreed = sum(plane.astype("uint8") for plane in planes.values()) >= 2
        for name, plane in planes.items():
            found[name, code] = dice(plane, agreed)
        for one, other in combinations(planes, 2):
            found[one, other, code] = dice(planes[one], planes[other])
    return found


def _vote(home):
    with Study.open(home) as study:
        report = run_vote(study)
        again = run_vote(study)
    return {
        "vote_s": report.seconds,
        "images_per_s": report.recomputed / report.seconds,
        "settled": report.settled,
        "adjudication": report.adjudication,
        "again_s": again.seconds,
        "vote_MB": _peak(),
        "worker_MB": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def _change(home):
    with Study.open(home) as study:
        grader = study.graders()[0]
        for image in study.images()[:10]:
            session = study.session(image, grader)
            session.reopen()
            session.submit(complete=False)
        report = run_vote(study)
    return {"changed": report.recomputed, "changed_s": report.seconds}


def _agreement(home):
    with Study.open(home) as study:
        started = time.perf_counter()
        study_agreement(study)
        seconds = time.perf_counter() - started
    return {"agreement_s": seconds, "agreement_MB": _peak()}


def _peak():
    """The most memory this process has had, in MB; what getrusage says is also its parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def make_study(home, images, url=None):
    """A study of so many images without files, each with three submitted gradings and their edits."""
    study = Study.create(home, url)
    graders = [study.add_grader(name) for name in ("Ada", "Ben", "Cleo")]
    kinds = [_triple(number) for number in range(min(_KINDS, images))]
    for start in range(0, images, _PART):
        numbers = range(start, min(start + _PART, images))
        rows = {table: [] for table in (ImageRow, AssignmentRow, GradingRow, ShapeRow, AuditRow, EditRow)}
        for number in numbers:
            _add_image(rows, number, graders, kinds[number % len(kinds)])
        with study.database.transaction() as session:
            for table, entries in rows.items():
                session.connection().execute(insert(table.__table__), entries)
    return study


def _triple(number):
    """What three graders make of one phantom: [(grades, [(label, form)])], about 24 shapes each."""
    settings = default_settings().fundus
    scene = draw_scene(number, (HEIGHT, WIDTH), (2, 3, 4, 3)[number % 4], settings)
    made = []
    for profile in profiles(GRADERS, 1):
        grading = simulate(grading_of(scene), profile, number, HEIGHT, WIDTH, "fundus")
        # The disc, the cup and the fovea come first; lesions in the order of the scene, so graders share most.
        shapes = list(grading.shapes.values())[:SHAPES]
        made.append(
            (json.dumps(dict(grading.grades)), [(s.label, s.id, json.dumps(s.to_dict())) for s in shapes])
        )
    return made


def _add_image(rows, number, graders, gradings):
    key = number + 1
    digest = f"{key:064x}"
    rows[ImageRow].append(
        {
            "id": key,
            "name": f"image-{key:06d}",
            "file": f"{digest}.png",
            "sha256": digest,
            "source_sha256": digest,
            "modality": "fundus",
            "eye": "OD",
            "patient": f"p{number // 2}",
            "split": "",
            "width": WIDTH,
            "height": HEIGHT,
            "imported": _BEGAN.isoformat(timespec="microseconds"),
        }
    )
    for place, (grader, (grades, shapes)) in enumerate(zip(graders, gradings, strict=True)):
        _add_grading(rows, number * GRADERS + place + 1, (key, grader.id), grades, shapes)


def _add_grading(rows, key, place, grades, shapes):
    began = _BEGAN + timedelta(minutes=8 * key)
    at = [_text(began + timedelta(seconds=12 * step)) for step in range(len(shapes) + 1)]
    image, grader = place
    assignment = {"id": key, "image_id": image, "grader_id": grader, "state": "submitted", "revision": 1}
    rows[AssignmentRow].append({**assignment, "given": at[0]})
    answers = {"grades": grades, "absent": "[]", "comment": ""}
    times = {"created": at[0], "submitted": at[-1]}
    rows[GradingRow].append({"id": key, "assignment_id": key, "version": 1, **answers, **times})
    for position, (label, shape_id, form) in enumerate(shapes, 1):
        shape = {"grading_id": key, "shape_id": shape_id, "position": position}
        rows[ShapeRow].append({**shape, "label": label, "form": form})
        event = 1_000_000 + key * 100 + position
        told = {"who": "bench", "what": "edit", "subject": "", "detail": "{}", "hash": ""}
        rows[AuditRow].append({"id": event, "at": at[position - 1], **told})
        edit = {"grading_id": key, "sequence": position, "state": "applied"}
        rows[EditRow].append({"id": event, **edit, "audit_id": event})


def _text(at):
    return at.isoformat(timespec="microseconds")


def _options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=12_000)
    parser.add_argument("--plain", type=int, default=40, help="images of the plain loop")
    parser.add_argument("--url", help="of an empty PostgreSQL database; default: SQLite")
    parser.add_argument("--what", choices=["vote", "change", "agreement"])
    parser.add_argument("--folder", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
