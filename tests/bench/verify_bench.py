"""How long `verify` takes, and how much memory: `python -m tests.bench.verify_bench --images 1000`.

A study of so many images without real pixels, three gradings of 24 shapes each, every shape an edit of its own.
"""

import argparse
import hashlib
import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Ellipse, Polygon, new_shape
from retina_studio.study import audit
from retina_studio.study.schema import AssignmentRow, EditRow, GradingRow, ImageRow, ShapeRow, now
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems

GRADERS, SHAPES, _PART = 3, 24, 50


def main():
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        study = make_study(Path(folder) / "study", options.images, options.url)
        with study.database.reading() as session:
            rows = session.connection().exec_driver_sql("SELECT count(*) FROM audit").scalar()
        before = _peak()
        started, worked = time.perf_counter(), time.process_time()
        assert study_problems(study) == []
        seconds, worked = time.perf_counter() - started, time.process_time() - worked
        study.close()
    stored = options.images * (1 + GRADERS * (2 + 2 * SHAPES))
    print(
        f"{options.images} images, {rows} audit rows, {stored} other rows: {seconds:.1f} s "
        f"({worked:.1f} s of a core), "
        f"{(rows + stored) / seconds:.0f} rows/s, {_peak() - before:.0f} MB more at the peak ({_peak():.0f} in all)"
    )


def make_study(home, images, url=None):
    """As people would have made it, but written many rows at once."""
    study = Study.create(home, url)
    graders = [study.add_grader(name) for name in ("Ada", "Ben", "Cleo")]
    rng = np.random.default_rng(7)
    for start in range(0, images, _PART):
        with study.database.transaction() as session:
            for number in range(start + 1, min(start + _PART, images) + 1):
                _add_image(session, study, number)
                for place, grader in enumerate(graders):
                    _add_grading(session, (number - 1) * GRADERS + place + 1, number, grader, rng)
    return study


def _add_image(session, study, number):
    content = str(number).encode()
    digest = hashlib.sha256(content).hexdigest()
    file = f"{digest[:2]}/{digest}.png"
    path = study.folder / "images" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    row = {
        "name": f"image-{number:06d}", "file": file, "sha256": digest, "source_sha256": digest, "modality": "fundus",
        "eye": "OD", "patient": f"p{number // 2}", "split": "", "width": 1440, "height": 1440, "imported": now(),
    }  # fmt: skip
    session.connection().execute(insert(ImageRow.__table__), {"id": number, **row})
    audit.record(session, "system", "import", f"image:{number}", row)


def _add_grading(session, key, image, grader, rng):
    connection, at = session.connection(), now()
    assignment = {"id": key, "image_id": image, "grader_id": grader.id, "state": "submitted"}
    connection.execute(insert(AssignmentRow.__table__), {**assignment, "revision": SHAPES + 1})
    signature = {"name": grader.name, "meaning": "My own.", "at": at}
    answers = {"grades": "{}", "absent": "[]", "comment": ""}
    times = {"created": at, "submitted": at, "signature": json.dumps(signature)}
    connection.execute(
        insert(GradingRow.__table__), {"id": key, "assignment_id": key, "version": 1, **answers, **times}
    )
    shapes = [_shape(rng, place) for place in range(SHAPES)]
    rows = [
        {
            "grading_id": key,
            "shape_id": s.id,
            "position": n,
            "label": s.label,
            "form": json.dumps(s.to_dict()),
        }
        for n, s in enumerate(shapes, 1)
    ]
    connection.execute(insert(ShapeRow.__table__), rows)
    details = [add_shapes(shape).to_dict() for shape in shapes]
    details[0]["started"] = {"assignment": key, "grader": grader.id, "round": 0, "created": at}
    subject = f"image:{image}/grading:{key}"
    audit.record_all(session, grader.name, "edit", [(subject, detail) for detail in details])
    grading = Grading({shape.id: shape for shape in shapes})
    last = audit.record(
        session, grader.name, "submit", subject, {**grading.to_dict(), "signature": signature}
    )
    edits = [
        {"grading_id": key, "sequence": n, "state": "applied", "audit_id": last - SHAPES + n - 1}
        for n in range(1, SHAPES + 1)
    ]
    connection.execute(insert(EditRow.__table__), edits)


def _shape(rng, place):
    """Every fourth is an outline of 40 vertices."""
    x, y, a, b = rng.uniform(50, 1300, 4)
    if place % 4:
        return new_shape("MA", Ellipse(x, y, a / 50, b / 50))
    turns = np.linspace(0, 6, 40)
    outline = np.stack([x + 30 * np.cos(turns), y + 20 * np.sin(turns)], axis=1)
    return new_shape("HaEx", Polygon(tuple(map(tuple, outline.tolist()))))


def _peak():
    """The most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--url", help="of an empty PostgreSQL database; default: SQLite")
    return parser.parse_args()


if __name__ == "__main__":
    main()
