"""`make bench`: our speed beside a plain reference in the same run; writes docs/benchmarks.md and .json."""

import json
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import cv2
import numpy as np
import shapely
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.geometry import rasterise, to_shapely
from retina_studio.domain.shapes import Ellipse, Polygon, Shape, new_shape
from retina_studio.gui.app import make_application
from retina_studio.gui.demo.hands import wait_for
from retina_studio.gui.main_window import MainWindow
from retina_studio.phantoms.fundus import fundus_phantom
from retina_studio.store.curated import CuratedImage
from retina_studio.store.read import Snapshot
from retina_studio.store.write import write_snapshot
from retina_studio.study.importing import import_images
from retina_studio.study.study import Study

DOCS = Path(__file__).resolve().parents[2] / "docs"
WIDTH, HEIGHT = 3072, 2048


def milliseconds(action, runs=15):
    """Median over the runs, after one that is not counted."""
    action()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def many_shapes(count):
    chance = np.random.default_rng(0)
    places = chance.uniform((40, 40), (WIDTH - 40, HEIGHT - 40), (count, 2))
    return [new_shape("MA", Polygon(tuple(Ellipse(x, y, 9, 6, 30).outline(24)))) for x, y in places.tolist()]


def bench_desk(folder, count):
    """Pan, and an edit with its commit, at so many 24-vertex polygons."""
    study = Study.create(folder / f"study{count}")
    file = folder / "frame.png"
    cv2.imwrite(str(file), np.full((HEIGHT, WIDTH, 3), (20, 60, 130), np.uint8))
    import_images(study, [file])
    session = study.session(study.images()[0], study.add_grader("Bench"))
    shapes = many_shapes(count)
    session.apply(add_shapes(*shapes))
    window = MainWindow(study, study.graders()[0])
    window.resize(1400, 900)
    window.show()
    canvas = window.canvas
    wait_for(canvas.image_shown.connect, lambda: window.worklist.select("frame"), "frame")
    canvas.grab()
    wait_for(canvas.overlay.ready.connect, canvas.update, "overlay") if count > 1500 else None
    frame = QImage(canvas.size(), QImage.Format.Format_RGB32)
    step = iter(range(10**9))

    def pan():
        canvas._set_view(canvas.view.panned(1 if next(step) % 2 else -1, 0))
        canvas.render(frame)

    yield (
        f"pan one frame, {count} shapes",
        milliseconds(pan),
        "every shape painted in each frame",
        milliseconds(lambda: paint_all(frame, shapes), 3),
    )
    state = folder / "state.json"

    def save_whole():
        with state.open("w") as out:
            json.dump([shape.to_dict() for shape in shapes], out)
            out.flush()
            os.fsync(out.fileno())

    edit = lambda: session.apply(add_shapes(Shape("MA", Ellipse(50, 50, 5, 5), str(next(step)))))  # noqa: E731
    yield (
        f"one edit, committed, {count} shapes",
        milliseconds(edit),
        "the whole labels written as JSON",
        milliseconds(save_whole, 3),
    )
    window.close()
    study.close()


def paint_all(frame, shapes):
    painter = QPainter(frame)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("red"), 1.5))
    painter.scale(0.33, 0.33)
    for shape in shapes:
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in shape.geometry.points]))
    painter.end()


def bench_geometry():
    polygon = Polygon(tuple(Ellipse(800, 700, 300, 280).outline(1000)))
    ys, xs = np.mgrid[:1400, :1600] + 0.5
    form = to_shapely(polygon)
    shapely.prepare(form)
    ours = milliseconds(lambda: rasterise(polygon, 1400, 1600))
    yield (
        "rasterise a disc of 1000 vertices",
        ours,
        "shapely contains_xy",
        milliseconds(lambda: shapely.contains_xy(form, xs, ys), 3),
    )


def bench_store(folder):
    pixels = fundus_phantom(1, size=(1024, 1024)).pixels
    path = folder / "store.h5"
    image = CuratedImage("a", pixels, "fundus", "OD", "p", "train", "0" * 64)
    write_snapshot(path, [image], study_id="bench", rules={})
    png = cv2.imencode(".png", pixels)[1]
    with Snapshot(path) as snapshot:
        ours = milliseconds(lambda: snapshot.pixels(0))
    yield (
        "read 1024x1024 pixels from the snapshot",
        ours,
        "decode the same from PNG",
        milliseconds(lambda: cv2.imdecode(png, cv2.IMREAD_COLOR)),
    )


def main():
    cv2.setNumThreads(1)
    application = make_application()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [
            *bench_desk(folder, 3000),
            *bench_desk(folder, 30_000),
            *bench_geometry(),
            *bench_store(folder),
        ]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {machine}; medians in milliseconds, ours and the reference in one run.",
        "",
        "| what | ours, ms | reference | reference, ms | reference / ours |",
        "| --- | ---: | --- | ---: | ---: |",
    ]
    figures = []
    for what, ours, reference, theirs in rows:
        lines.append(f"| {what} | {ours:.2f} | {reference} | {theirs:.2f} | {theirs / ours:.1f} |")
        figures.append(
            {"name": what, "ours": ours, "peer": theirs, "peer_name": reference, "ratio": theirs / ours,
             "unit": "ms", "machine": machine}
        )  # fmt: skip
    DOCS.mkdir(exist_ok=True)
    (DOCS / "benchmarks.md").write_text("\n".join(lines) + "\n", "utf-8")
    (DOCS / "benchmarks.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print("\n".join(lines[5:]))
    application.quit()


if __name__ == "__main__":
    main()
