"""Eye, patient and split of each image: from a CSV sidecar, or from a pattern in the file name."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from retina_studio.domain.errors import RetinaError
from retina_studio.images.read import SUFFIXES, file_bytes

_EYES = {
    "od": "OD", "r": "OD", "right": "OD", "re": "OD",
    "os": "OS", "l": "OS", "left": "OS", "le": "OS", "oi": "OS",
    "": "",
}  # fmt: skip
_EYE_IN_NAME = re.compile(r"(?:^|[_\-. ])(od|os|oi|r|l|right|left|re|le)(?=$|[_\-. ])", re.IGNORECASE)
_SPLITS = {"", "train", "val", "test"}


@dataclass(frozen=True)
class ImageFacts:
    """What is known of an image besides its pixels. `patient` is still the identity as the source gave it."""

    eye: str = ""
    patient: str = ""
    split: str = ""


def read_sidecar(path: Path) -> dict[str, ImageFacts]:
    """The rows of a CSV with the column `image` (file name, with or without its ending), and any of `eye`
    (OD, OS, right, left ...), `patient` and `split` (train, val, test). Other columns are not read.

    Raises:
        RetinaError: naming the file and the line that is wrong.
    """
    try:
        text = file_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RetinaError(f"{path.name} is not UTF-8 text: save it as UTF-8 CSV.") from error
    try:
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise RetinaError(f"{path.name} is not a well-formed CSV file: {error}.") from error
    if not rows or "image" not in rows[0]:
        raise RetinaError(f"{path.name} needs a header line with a column 'image', and a line per image.")
    facts: dict[str, ImageFacts] = {}
    for number, row in enumerate(rows, start=2):
        key = image_name(row["image"] or "")
        if key in facts:
            raise RetinaError(f"{path.name}, line {number}: image {row['image']!r} is listed twice.")
        facts[key] = _facts(row, f"{path.name}, line {number}")
    return facts


def _facts(row: Mapping[str, str | None], where: str) -> ImageFacts:
    eye = (row.get("eye") or "").strip().lower()
    split = (row.get("split") or "").strip().lower()
    if eye not in _EYES:
        raise RetinaError(f"{where}: eye {row['eye']!r} is not OD or OS.")
    if split not in _SPLITS:
        raise RetinaError(f"{where}: split {row['split']!r} is not train, val or test.")
    return ImageFacts(_EYES[eye], (row.get("patient") or "").strip(), split)


def facts_from_name(name: str) -> ImageFacts:
    """The eye from a file name such as `P012_OD_1.jpg`, and the part before it as the patient.

    A name that says no eye gives the whole name as the patient, so that every image is its own patient.
    """
    stem = image_name(name)
    found = _EYE_IN_NAME.search(stem)
    if not found:
        return ImageFacts(patient=stem)
    before = stem[: found.start()].strip("_-. ")
    return ImageFacts(_EYES[found.group(1).lower()], before or stem)


def image_name(file_name: str) -> str:
    """The name of an image in the study: its file's name without folder and image ending."""
    base = file_name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    path = Path(base)
    return path.stem if path.suffix.lower() in SUFFIXES else base
