"""The work that every program is given: one photograph with n polygons, and a folder of photographs.

    FOLDER/n300/img.jpg, img.json   a 3072 x 2048 frame and its 24-vertex polygons as labelme JSON
    FOLDER/folder/im00000.jpg ...   5,000 photographs of 768 x 512
    FOLDER/studies/n300, folder     the same, as studies

Peers read the first two, we the studies. Made once and kept.
"""

import json
import math
import random
from pathlib import Path

import cv2
import numpy as np

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.shapes import Polygon, new_shape
from retina_studio.study.importing import import_images
from retina_studio.study.study import Study

WIDTH, HEIGHT = 3072, 2048
COUNTS = (300, 3000, 30_000)
FOLDER_SIZE = 5000
GRADER = "Bench"
IMAGE = "img"
_LABELS = ("MA", "iHE", "HaEx", "CWS", "vHE", "pHE", "NV", "FiP")
_VERTICES = 24


def make_workload(folder: Path) -> None:
    """Make whatever of the workload is not there yet."""
    picture = _frame()
    for count in COUNTS:
        home = folder / f"n{count}"
        if not (home / "img.json").is_file():
            _write_frame(home, picture, _polygons(count))
        if not (folder / "studies" / home.name).is_dir():
            _grade(_study_of(folder / "studies" / home.name, home / "img.jpg"), home / "img.json")
    if not (folder / "folder").is_dir():
        _write_many(folder / "folder", cv2.resize(picture, (768, 512)))
    if not (folder / "studies" / "folder").is_dir():
        _study_of(folder / "studies" / "folder", folder / "folder").close()
    for home in (folder / "studies").iterdir():
        Study.open(home).close()  # brings one of an earlier run to today's tables, so that no run pays for it


def _frame():
    """A synthetic fundus frame (H, W, 3) uint8 BGR: a reddish disc with grain."""
    chance = np.random.default_rng(0)
    ys, xs = np.mgrid[:HEIGHT, :WIDTH]
    radius = np.hypot(xs - WIDTH / 2, ys - HEIGHT / 2)
    grain = chance.normal(0, 6, (HEIGHT, WIDTH))
    planes = (30 + grain / 2, 70 - radius * 0.03 + grain, 150 - radius * 0.06 + grain)
    pixels = np.stack([np.clip(plane, 0, 255) for plane in planes], axis=-1)
    pixels[radius >= 980] = 0
    return pixels.astype(np.uint8)


def _polygons(count):
    """(label, vertices) of so many ellipses spread over the disc."""
    chance = random.Random(1)
    for number in range(count):
        turn, reach = chance.random() * 2 * math.pi, 900 * math.sqrt(chance.random())
        x, y = WIDTH / 2 + reach * math.cos(turn), HEIGHT / 2 + reach * math.sin(turn)
        a, b, angle = chance.uniform(4, 16), chance.uniform(4, 16), chance.random() * math.pi
        ring = []
        for step in range(_VERTICES):
            u = a * math.cos(2 * math.pi * step / _VERTICES)
            v = b * math.sin(2 * math.pi * step / _VERTICES)
            ring.append(
                [x + u * math.cos(angle) - v * math.sin(angle), y + u * math.sin(angle) + v * math.cos(angle)]
            )
        yield _LABELS[number % len(_LABELS)], ring


def _write_frame(home, picture, polygons):
    home.mkdir(parents=True)
    cv2.imwrite(str(home / "img.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
    blank = {"group_id": None, "shape_type": "polygon", "flags": {}, "description": ""}
    form = {
        "version": "5.5.0",
        "flags": {},
        "shapes": [{"label": label, "points": ring, **blank} for label, ring in polygons],
        "imagePath": "img.jpg",
        "imageData": None,
        "imageHeight": HEIGHT,
        "imageWidth": WIDTH,
    }
    (home / "img.json").write_text(json.dumps(form))


def _write_many(home, picture):
    """5,000 photographs, told apart by a number in the corner, so that none is another's duplicate."""
    home.mkdir()
    for number in range(FOLDER_SIZE):
        numbered = picture.copy()
        cv2.putText(numbered, str(number), (10, 30), cv2.FONT_HERSHEY_PLAIN, 2, (200, 200, 200), 2)
        cv2.imwrite(str(home / f"im{number:05d}.jpg"), numbered, [cv2.IMWRITE_JPEG_QUALITY, 85])


def _study_of(home, images):
    study = Study.create(home)
    import_images(study, [images])
    study.add_grader(GRADER)
    return study


def _grade(study, labels):
    shapes = [
        new_shape(entry["label"], Polygon(tuple((x, y) for x, y in entry["points"])))
        for entry in json.loads(labels.read_text())["shapes"]
    ]
    study.session(study.image(IMAGE), study.grader(GRADER)).apply(add_shapes(*shapes))
    study.close()
