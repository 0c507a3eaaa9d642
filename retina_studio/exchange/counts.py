"""Soft maps in the manner of Drishti-GS: LABEL/NAME.png, for each pixel how many of N graders marked it.

What counts can say: the pixels that at least k graders marked, for every k. So the k-th grader of an import gets the
pixels with a count of k or more, and the N gradings are nested by construction. A per-pixel vote of them gives exactly
the pixels that so many graders marked. Who of the graders marked which pixel the counts do not tell: these gradings say
nothing of how any two persons agree. Where fewer than k graders marked anything, the k-th grading answers "none".
Label folders may carry an ending, as in `od_graders`.

Written are the counts of the submitted gradings, with `counts.csv` (image, label, graders): how many answered.
Points, grades and comments are lost, and who drew what.
"""

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import catalogue
from retina_studio.domain.shapes import Shape
from retina_studio.exchange.checks import checked, imported
from retina_studio.exchange.files import csv_table, file_name, read_whole, reading
from retina_studio.exchange.layers import Found, Layer
from retina_studio.exchange.masks import layer_planes
from retina_studio.exchange.png import decode_grey, encode_png
from retina_studio.exchange.raster import geometries_of
from retina_studio.study.records import ImageRecord

COUNTS_FILE = "counts.csv"


def read_labels(source: Path, graders: int) -> Iterator[Found]:
    """What the folder says of each image, for each of so many graders.

    Raises:
        RetinaError: it cannot be read, has no folder named like a label, or one image has two maps of one label.
    """
    maps = _list_maps(source)
    for name, files in sorted(maps.items()):
        for grader in range(graders):
            read = partial(_read, files, grader + 1, graders)
            yield Found(f"{source.name}, {name}", (name,), read, grader)


def _list_maps(folder: Path) -> dict[str, dict[str, Path]]:
    codes = {code.casefold(): code for code in catalogue()}
    maps: dict[str, dict[str, Path]] = {}
    try:
        subs = sorted(path for path in folder.iterdir() if path.is_dir())
        found = [(codes[key], sub) for sub in subs if (key := sub.name.casefold().partition("_")[0]) in codes]
        for code, sub in found:
            for path in sorted(p for p in sub.iterdir() if p.suffix.lower() == ".png"):
                other = maps.setdefault(path.stem, {}).setdefault(code, path)
                if other != path:
                    raise RetinaError(f"{other} and {path} are both the counts of {code}: keep one.")
    except OSError as error:
        raise RetinaError(f"{folder} cannot be read: {error.strerror or error}.") from error
    if not found:
        raise RetinaError(f"{folder} has no folder named like a label ({', '.join(catalogue())}).")
    return maps


def _read(files: dict[str, Path], least: int, graders: int, image: ImageRecord) -> Grading:
    shapes: dict[str, Shape] = {}
    absent = set()
    for code, path in files.items():
        place = f"{path.parent.name}/{path.name}"
        with reading(place):
            counts = _counts(path, image)
            if counts.max() > graders:
                raise RetinaError(
                    f"a pixel was marked by {int(counts.max())} graders, and the graders named are {graders}: "
                    "name as many as there were."
                )
            mask = counts >= least
            if not mask.any():
                absent.add(code)
            shapes |= imported(code, geometries_of(code, mask))
    with reading(f"the counts of {image.name}"):
        return checked(Grading(shapes, absent=frozenset(absent)), image.modality)


def _counts(path: Path, image: ImageRecord) -> npt.NDArray[np.uint8]:
    content = read_whole(path)
    try:
        return decode_grey(content, image.height, image.width)
    except RetinaError as error:
        raise RetinaError(f"{error}.") from error


def write_labels(out: Path, layers: Iterator[Layer]) -> int:
    """Write the counts over the layers of each image (which follow each other); returns the number of images.

    Raises:
        RetinaError: a file cannot be written.
    """
    rows: list[tuple[object, ...]] = []
    count = 0
    for name, group in groupby(layers, lambda layer: layer.image.name):
        count += 1
        sums: dict[str, npt.NDArray[np.uint8]] = {}
        answered: dict[str, int] = {}
        for layer in group:
            for code, plane in layer_planes(layer).items():
                inside = (plane != 0).astype(np.uint8)
                sums[code] = sums[code] + inside if code in sums else inside
                answered[code] = answered.get(code, 0) + 1
        for code, total in sums.items():
            write_whole(out / code / file_name(name, ".png"), encode_png(total))
            rows.append((name, code, answered[code]))
    write_whole(out / COUNTS_FILE, csv_table([("image", "label", "graders"), *rows]))
    return count
