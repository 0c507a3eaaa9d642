"""The formats that labels come and go in: one table. It is read when the command line starts, so it imports none."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from retina_studio.domain.errors import RetinaError

if TYPE_CHECKING:
    from retina_studio.exchange.layers import FormatModule


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        name: on the command line.
        title: as a person reads it.
        file: the one file that holds everything, in the folder where a folder is named; "" where the format is a folder
            with files for each image.
        module: of this package, with `read_labels` and `write_labels`.
        reads: what comes in.
        writes: what goes out.
        several: whether one source holds the labels of several graders.
        every: whether one export holds every grader's layer ("graders"), and the consensus too ("all").
    """

    name: str
    title: str
    file: str
    module: str
    reads: str
    writes: str
    several: bool = False
    every: str = ""

    def load(self) -> "FormatModule":
        """The module that reads and writes it."""
        return cast("FormatModule", import_module(f"{__package__}.{self.module}"))


_TABLE = (
    Format(
        "masks",
        "Mask PNG per label",
        "",
        "masks",
        "LABEL/IMAGE.png, points.csv",
        "areas by pixel (127 = not compliant), points, none",
    ),
    Format(
        "labelme", "labelme JSON", "", "labelme", "IMAGE.json", "shapes, grades, none, comment, the picture"
    ),
    Format(
        "coco",
        "COCO JSON",
        "annotations.json",
        "coco",
        "polygons, RLE, keypoints",
        "shapes, grades, none, comment",
    ),
    Format(
        "geojson",
        "GeoJSON",
        "",
        "geojson",
        "IMAGE.geojson",
        "shapes, grades, none, comment in pixel coordinates",
    ),
    Format(
        "yolo",
        "YOLO segmentation",
        "",
        "yolo",
        "data.yaml, labels/IMAGE.txt",
        "areas as polygons, the picture",
    ),
    Format(
        "cvat",
        "CVAT XML 1.1 for images",
        "annotations.xml",
        "cvat",
        "polygons, ellipses, boxes, points, masks, tags",
        "shapes, grades, none, comment",
    ),
    Format(
        "dicom-seg",
        "DICOM Segmentation",
        "",
        "dicom_seg",
        "binary segmentations",
        "areas by pixel, none, the picture as DICOM",
    ),
    Format(
        "csv",
        "Table of grades and measurements",
        "labels.csv",
        "tables",
        "image grades",
        "grades, counts, areas, cup-disc ratio, quadrants",
        every="all",
    ),
    Format(
        "counts",
        "Counts of graders per pixel",
        "",
        "counts",
        "LABEL/IMAGE.png: 0 to N graders",
        "how many graders marked each pixel",
        several=True,
        every="graders",
    ),
    Format(
        "refuge",
        "REFUGE disc and cup masks",
        "",
        "refuge",
        "IMAGE.png or .bmp: 0 cup, 128 rim, 255 rest",
        "disc and cup by pixel",
    ),
)
FORMATS: Mapping[str, Format] = MappingProxyType({entry.name: entry for entry in _TABLE})


def format_named(name: str) -> Format:
    """The format of this name.

    Raises:
        RetinaError: there is none.
    """
    if name not in FORMATS:
        raise RetinaError(f"There is no label format {name!r}; use one of: {', '.join(FORMATS)}.")
    return FORMATS[name]
