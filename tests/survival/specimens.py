"""A good file of every kind that the program reads, to be spoiled."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import cv2

from retina_studio.exchange.transfer import export_labels
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import WeightsHeader, save_weights
from retina_studio.study.curation import curate
from retina_studio.study.study import Study
from tests.scan_examples import TOMOGRAPHY, archive, bscans, dicom, encoded, photograph
from tests.survival.small_study import grade_all, picture, small_study
from training.recipe import shipped_recipe

# Kind -> how a file of it reaches the program (tests/survival/eater.py).
KINDS = {
    "jpeg": "image",
    "png": "image",
    "tiff": "image",
    "dicom": "image",
    "oct-tiff": "image",
    "oct-dicom": "image",
    "image-zip": "image",
    "snapshot": "snapshot",
    "sqlite": "study",
    "study-toml": "study",
    "labelme": "labels",
    "coco": "labels",
    "geojson": "labels",
    "labels-csv": "labels",
    "labels-zip": "labels",
    "dicom-seg": "labels",
    "mask-png": "labels",
    "metadata-csv": "metadata",
    "recipe-toml": "recipe",
    "safetensors": "weights",
}


@dataclass(frozen=True)
class Specimen:
    """A good file: its kind, the name that it must have where it is put, and its bytes."""

    kind: str
    name: str
    content: bytes


def make_specimens(folder: Path) -> dict[str, Specimen]:
    """One of each kind; `folder`/home/study is the study that they come from."""
    with small_study(folder / "home", 2) as study:
        grade_all(study)
        labels = _labels(study, folder / "labels")
        curate(study, folder / "snapshot.h5")
    (folder / "alone").mkdir()
    database = _settled(folder / "home" / "study" / "study.sqlite", folder / "alone")
    found = {**_images(folder), **labels}
    found["snapshot"] = ("snapshot.h5", (folder / "snapshot.h5").read_bytes())
    found["sqlite"] = ("study.sqlite", database)
    found["study-toml"] = ("study.toml", (folder / "home" / "study" / "study.toml").read_bytes())
    found["metadata-csv"] = ("m.csv", b"image,eye,patient,split\neye0,OD,P-1,train\neye1,OS,P-1,train\n")
    found["recipe-toml"] = ("recipe.toml", shipped_recipe("disc", "compact").read_bytes())
    found["safetensors"] = ("disc.safetensors", _weights(folder / "disc.safetensors"))
    return {kind: Specimen(kind, *found[kind]) for kind in KINDS}


def _settled(database: Path, alone: Path) -> bytes:
    """The database with its write-ahead log worked in, as after a proper end."""
    for path in database.parent.glob("study.sqlite*"):
        shutil.copy(path, alone / path.name)
    shutil.copy(database.parent / "study.toml", alone)
    Study.open(alone).close()
    return (alone / "study.sqlite").read_bytes()


def _images(folder: Path) -> dict[str, tuple[str, bytes]]:
    pixels = photograph(48, 64)
    pages = cv2.imencodemulti(".tiff", list(bscans()))[1].tobytes()
    photo = picture(folder / "x.png", 99).read_bytes()
    return {
        "jpeg": ("x.jpg", encoded(pixels, ".jpg")),
        "png": ("x.png", photo),
        "tiff": ("x.tif", encoded(pixels, ".tif")),
        "dicom": ("x.dcm", dicom(pixels)),
        "oct-tiff": ("x.tif", pages),
        "oct-dicom": ("x.dcm", dicom(bscans(), TOMOGRAPHY, "OPT")),
        "image-zip": ("x.zip", archive({"a/x.png": photo, "a/y.jpg": encoded(pixels, ".jpg")})),
    }


def _labels(study: Study, folder: Path) -> dict[str, tuple[str, bytes]]:
    """What the study itself exports, a file of each format."""
    forms = {
        "labelme": "*.json",
        "coco": "*.json",
        "geojson": "*.geojson",
        "csv": "*.csv",
        "masks": "OD/*.png",
    }
    found = {}
    for form, pattern in (*forms.items(), ("dicom-seg", "*.dcm")):
        export_labels(study, folder / form, form, "Ada")
        path = sorted((folder / form).rglob(pattern))[0] if (folder / form).is_dir() else folder / form
        found[form] = (path.name, path.read_bytes())
    packed = archive(dict([found["labelme"]]))
    return {
        "labelme": found["labelme"],
        "coco": found["coco"],
        "geojson": found["geojson"],
        "labels-csv": found["csv"],
        "labels-zip": ("labels.zip", packed),
        "dicom-seg": found["dicom-seg"],
        "mask-png": found["masks"],
    }


def _weights(path: Path) -> bytes:
    """Tiny weights of the model `disc`."""
    options = {"filters": [1, 1], "dropout": 0.0}
    spec = Preprocessing(48, 64, channels=1, crop=False)
    network = model_spec("disc", "compact").build(spec, options)
    save_weights(path, network.state_dict(), WeightsHeader("disc", "compact", options, spec))
    return path.read_bytes()
