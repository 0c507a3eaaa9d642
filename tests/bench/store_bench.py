"""The curated store's own measurements: which chunks and compression training reads fastest, and peak memory.

python -m tests.bench.store_bench chunks IMAGE ...    the table of docs/curated-store.md
python -m tests.bench.store_bench memory 200 2000     `curate` of studies of so many images, one process each
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import h5py
import numpy as np
from sqlalchemy import insert

from retina_studio.domain.shapes import Ellipse, Point, Shape
from retina_studio.images.deidentify import sha256
from retina_studio.phantoms.fundus import fundus_phantom
from retina_studio.study.curation import curate
from retina_studio.study.schema import AssignmentRow, GradingRow, ImageRow, ShapeRow, now
from retina_studio.study.study import Study

SIDE = 768  # of the images of the memory measurement, in pixels
LESIONS = 22  # that each of the three graders drew, beside disc and fovea

CHUNKS = (128, 256, 512, 1024, "rows")
LEVELS = {"gzip 1": ("gzip", 1), "gzip 4": ("gzip", 4), "lzf": ("lzf", None), "none": (None, None)}
CROP = 512
CROPS = 12
ROWS = 32  # in a band of whole rows


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["chunks", "memory", "curate"])
    parser.add_argument("values", nargs="+")
    options = parser.parse_args()
    {"chunks": chunks, "memory": memory, "curate": curate_once}[options.what](options.values)


def chunks(paths):
    """Read and write times of one core, and sizes, of every chunk and compression, summed over the images."""
    images = [cv2.imread(path, cv2.IMREAD_ANYCOLOR) for path in paths]
    print(f"{len(images)} images, {sum(image.nbytes for image in images) / 1e6:.1f} MB")
    print("chunk   compression  size MB  write ms  whole ms  crop ms")
    with tempfile.TemporaryDirectory() as folder:
        for chunk in CHUNKS:
            for name, (method, level) in LEVELS.items():
                path = Path(folder) / f"{chunk}-{name}.h5"
                row = [_written(path, images, chunk, method, level), path.stat().st_size / 1e6]
                row += [_whole(path, len(images)), _crops(path, images)]
                write, size, whole, crop = row
                print(f"{chunk!s:7} {name:11} {size:8.2f} {write:9.0f} {whole:9.0f} {crop:8.2f}", flush=True)


def _written(path, images, chunk, method, level):
    start = time.perf_counter()
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        for number, image in enumerate(images):
            height, width = image.shape[:2]
            sides = (min(ROWS, height), width) if chunk == "rows" else (min(chunk, height), min(chunk, width))
            file.create_dataset(
                str(number),
                data=image,
                chunks=(*sides, *image.shape[2:]),
                compression=method,
                compression_opts=level,
            )
    return (time.perf_counter() - start) * 1000


def _whole(path, count, runs=3):
    """Milliseconds to read every image whole, the best of some runs: what training does before it scales down."""
    best = float("inf")
    for _ in range(runs):
        with h5py.File(path) as file:
            start = time.perf_counter()
            for number in range(count):
                file[str(number)][()]
            best = min(best, time.perf_counter() - start)
    return best * 1000


def _crops(path, images, runs=3):
    """Milliseconds of one crop at a random place, each from a dataset that was just opened."""
    best = float("inf")
    for _ in range(runs):
        random = np.random.default_rng(0)
        with h5py.File(path) as file:
            start = time.perf_counter()
            for number, image in enumerate(images):
                height, width = image.shape[:2]
                for _ in range(CROPS):
                    top = random.integers(0, max(height - CROP, 0) + 1)
                    left = random.integers(0, max(width - CROP, 0) + 1)
                    file[str(number)][top : top + CROP, left : left + CROP]
            best = min(best, time.perf_counter() - start)
    return best * 1000 / (CROPS * len(images))


def memory(counts):
    """Peak memory and time of `curate`, each in a process of its own."""
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            make_study(Path(folder) / "study", int(count))
            command = [sys.executable, "-m", "tests.bench.store_bench", "curate", folder]
            print(
                count,
                "images:",
                subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip(),
            )


def curate_once(folders):
    """Curate FOLDER/study and tell what it took."""
    folder = Path(folders[0])
    peaks = []
    with Study.open(folder / "study") as study:
        start = time.perf_counter()
        curate(study, folder / "s.h5", progress=lambda done: peaks.append((done, _peak())))
        seconds = time.perf_counter() - start
    size = (folder / "s.h5").stat().st_size / 1e6
    told = {"seconds": round(seconds, 1), "file MB": round(size, 1), "peak MB": _peak()}
    print(json.dumps({**told, "peak MB after images": [peaks[0], peaks[len(peaks) // 2], peaks[-1]]}))


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def make_study(folder, count):
    """A study of so many photographs, three submitted gradings each, written straight into its tables."""
    pixels = fundus_phantom(1, size=(SIDE, SIDE)).pixels
    with Study.create(folder) as study:
        graders = [study.add_grader(name).id for name in ("Ada", "Ben", "Cleo")]
        for number in range(1, count + 1):
            pixels[0, :, 0] = np.frombuffer(number.to_bytes(4, "big") * (SIDE // 4), np.uint8)
            content = cv2.imencode(".jpg", pixels[..., ::-1])[1].tobytes()
            _add(study, number, content, graders)


def _add(study, number, content, graders):
    digest = sha256(content)
    file = f"{digest[:2]}/{digest}.jpg"
    (study.folder / "images" / digest[:2]).mkdir(parents=True, exist_ok=True)
    (study.folder / "images" / file).write_bytes(content)
    image = {
        "id": number, "name": f"photo{number:06}", "file": file, "sha256": digest, "source_sha256": digest,
        "modality": "fundus", "eye": "OD", "patient": f"P-{number // 2}", "split": "", "width": SIDE, "height": SIDE,
        "imported": now(),
    }  # fmt: skip
    random = np.random.default_rng(number)
    lesions = random.uniform(60, SIDE - 60, (LESIONS, 2))
    with study.database.transaction() as session:
        session.execute(insert(ImageRow), image)
        for k, grader in enumerate(graders):
            key = 3 * number + k
            shapes = [
                Shape("OD", Ellipse(200 + k, 380, 60, 64), f"{key}-d"),
                Shape("fovea", Point(430 + k, 390), f"{key}-f"),
            ]
            for n, (x, y) in enumerate(lesions + random.normal(0, 1, lesions.shape)):
                shapes.append(Shape(("iHE", "HaEx", "MA")[n % 3], Ellipse(x, y, 7, 5), f"{key}-{n}"))
            session.execute(
                insert(AssignmentRow),
                {"id": key, "image_id": number, "grader_id": grader, "state": "submitted", "revision": 1},
            )
            session.execute(
                insert(GradingRow),
                {
                    "id": key, "assignment_id": key, "version": 1, "grades": '{"dr": 2}', "absent": "[]", "comment": "",
                    "created": now(), "submitted": now(),
                },
            )  # fmt: skip
            session.execute(
                insert(ShapeRow),
                [
                    {
                        "grading_id": key, "shape_id": shape.id, "position": n, "label": shape.label,
                        "form": json.dumps(shape.to_dict()),
                    }
                    for n, shape in enumerate(shapes)
                ],
            )  # fmt: skip


if __name__ == "__main__":
    main()
