"""What has no peer: our own pieces beside the plain way to do the same, in this process."""

import statistics
import time

import cv2
import numpy as np
import shapely

from retina_studio.domain.geometry import rasterise, to_shapely
from retina_studio.domain.shapes import Ellipse, Polygon
from retina_studio.phantoms.fundus import fundus_phantom
from retina_studio.store.curated import CuratedImage
from retina_studio.store.read import Snapshot
from retina_studio.store.write import write_snapshot

from .table import Row


def reference_rows(folder):
    """The rows of the table; `folder` is for scratch files."""
    cv2.setNumThreads(1)
    return [_rasterise(), _read_snapshot(folder)]


def _rasterise():
    polygon = Polygon(tuple(Ellipse(800, 700, 300, 280).outline(1000)))
    ys, xs = np.mgrid[:1400, :1600] + 0.5
    form = to_shapely(polygon)
    shapely.prepare(form)
    ours = _milliseconds(lambda: rasterise(polygon, 1400, 1600))
    theirs = _milliseconds(lambda: shapely.contains_xy(form, xs, ys), 3)
    return Row("rasterise a disc of 1000 vertices", 1, ours, "ms", {"shapely contains_xy": theirs})


def _read_snapshot(folder):
    pixels = fundus_phantom(1, size=(1024, 1024)).pixels
    path = folder / "store.h5"
    image = CuratedImage("a", pixels, "fundus", "OD", "p", "train", "0" * 64)
    write_snapshot(path, [image], study_id="bench", rules={})
    png = cv2.imencode(".png", pixels)[1]
    with Snapshot(path) as snapshot:
        ours = _milliseconds(lambda: snapshot.pixels(0))
    theirs = _milliseconds(lambda: cv2.imdecode(png, cv2.IMREAD_COLOR))
    return Row("read 1024x1024 pixels from the snapshot", 0, ours, "ms", {"the same from PNG": theirs})


def _milliseconds(action, runs=15):
    """Median over the runs, after one that is not counted."""
    action()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)
