"""Disc and cup in one mask, as in REFUGE (Orlando 2020): NAME.png or NAME.bmp, 0 cup, 128 disc rim, 255 the rest.

Reading gives OD (0 and 128: the disc includes its cup) and OC (0). A mask without a cup says nothing of the cup, and
one without any disc nothing at all: whoever draws such a mask may just not have looked.
Writing gives PNG, of images whose disc is outlined; a cup is cut to the disc, since the format cannot say otherwise.
Everything else is lost.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.domain.grading import Grading
from retina_studio.exchange.checks import checked, imported
from retina_studio.exchange.files import file_name, read_whole, reading
from retina_studio.exchange.layers import Found, Layer
from retina_studio.exchange.masks import layer_planes
from retina_studio.exchange.png import decode_grey, encode_png
from retina_studio.exchange.raster import geometries_of
from retina_studio.study.records import ImageRecord

CUP, RIM, REST = 0, 128, 255
_ENDINGS = (".png", ".bmp")


def read_labels(source: Path, _graders: int = 1) -> Iterator[Found]:
    """What each mask of a folder says, or the one mask."""
    files = [source]
    if source.is_dir():
        files = sorted(path for path in source.rglob("*") if path.suffix.lower() in _ENDINGS)
    for path in files:
        yield Found(path.name, (path.stem,), partial(_read, path))


def _read(path: Path, image: ImageRecord) -> Grading:
    with reading(path.name):
        content = read_whole(path)
        try:
            grey = decode_grey(content, image.height, image.width)
        except RetinaError as error:
            raise RetinaError(f"{error}.") from error
        strange = np.setdiff1d(np.unique(grey), (CUP, RIM, REST))
        if strange.size:
            raise RetinaError(
                f"it holds the value {int(strange[0])}, and such a mask holds 0, 128 and 255 only: "
                "do not resize or compress it."
            )
        shapes = imported("OD", geometries_of("OD", grey != REST))
        shapes |= imported("OC", geometries_of("OC", grey == CUP))
        return checked(Grading(shapes), image.modality)


def write_labels(out: Path, layers: Iterator[Layer]) -> int:
    """Write NAME.png for each image with a disc; returns of how many.

    Raises:
        RetinaError: a file cannot be written, or no image has a disc.
    """
    count = 0
    for layer in layers:
        planes = layer_planes(layer)
        if "OD" not in planes or not planes["OD"].any():
            continue
        disc = planes["OD"] != 0
        mask = np.where(disc, np.uint8(RIM), np.uint8(REST))
        if "OC" in planes:
            mask[disc & (planes["OC"] != 0)] = CUP
        write_whole(out / file_name(layer.image.name, ".png"), encode_png(mask))
        count += 1
    if not count:
        raise RetinaError("There is nothing to export: no image has an outlined disc.")
    return count
