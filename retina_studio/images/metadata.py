"""Eye, patient and split of each image: from a CSV sidecar, or from a pattern in the file name."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from retina_studio.domain.errors import RetinaError
from retina_studio.images.read import file_bytes
from retina_studio.images.scan import TAKEN

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


@dataclass(frozen=True)
class Sidecar:
    """What a CSV says of images, by file name or by the end of the path, both without the image ending."""

    facts: Mapping[str, ImageFacts]

    def of(self, path: Path) -> ImageFacts | None:
        """What it says of a file; the longest path that is listed counts."""
        return (
            next((self.facts[key] for key in _keys(path) if key in self.facts), None) if self.facts else None
        )

    def unmatched(self, files: Iterable[Path]) -> list[str]:
        """What it lists and none of the files is."""
        if not self.facts:
            return []
        found = {key for path in files for key in _keys(path)}
        return [key for key in self.facts if key not in found]


def _keys(path: Path) -> list[str]:
    parts = [*path.parts[:-1], image_name(path.name)]
    return ["/".join(parts[start:]) for start in range(len(parts))]


def read_sidecar(path: Path) -> Sidecar:
    """The rows of a CSV with the column `image` (file name or end of the path, with or without its ending), and any
    of `eye` (OD, OS, right, left ...), `patient` and `split` (train, val, test). Other columns are not read.
    The separator may be a comma, a semicolon or a tab; the case of the header does not matter.

    Raises:
        RetinaError: naming the file and the line that is wrong.
    """
    try:
        text = file_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RetinaError(f"{path.name} is not UTF-8 text: save it as UTF-8 CSV.") from error
    header, _, body = text.partition("\n")
    separator = max(",;\t", key=header.count)
    try:
        rows = list(
            csv.DictReader(io.StringIO(f"{header.lower()}\n{body}"), delimiter=separator, strict=True)
        )
    except csv.Error as error:
        raise RetinaError(f"{path.name} is not a well-formed CSV file: {error}.") from error
    if not rows or "image" not in rows[0]:
        raise RetinaError(f"{path.name} needs a header line with a column 'image', and a line per image.")
    facts: dict[str, ImageFacts] = {}
    for number, row in enumerate(rows, start=2):
        listed = Path((row["image"] or "").replace("\\", "/"))
        key = "/".join([*listed.parts[:-1], image_name(listed.name)])
        if key in facts:
            raise RetinaError(f"{path.name}, line {number}: image {row['image']!r} is listed twice.")
        facts[key] = _facts(row, f"{path.name}, line {number}")
    return Sidecar(facts)


def _facts(row: Mapping[str, str | None], where: str) -> ImageFacts:
    eye = (row.get("eye") or "").strip().lower()
    split = (row.get("split") or "").strip().lower()
    if eye not in _EYES:
        raise RetinaError(f"{where}: eye {row['eye']!r} is not OD or OS.")
    if split not in _SPLITS:
        raise RetinaError(f"{where}: split {row['split']!r} is not train, val or test.")
    return ImageFacts(_EYES[eye], (row.get("patient") or "").strip(), split)


def facts_from_name(path: Path) -> ImageFacts:
    """The eye from a file name such as `P012_OD_1.jpg`, and the part before it as the patient.

    Where the name is the eye and no more (`P012/OD.jpg`), the folder is the patient. A name that says no eye gives
    the whole name as the patient, so that every image is its own patient.
    """
    stem = image_name(path.name)
    found = _EYE_IN_NAME.search(stem)
    if not found:
        return ImageFacts(patient=stem)
    before = stem[: found.start()].strip("_-. ")
    alone = path.parent.name if stem == found.group(0) and path.parent.name else stem
    return ImageFacts(_EYES[found.group(1).lower()], before or alone)


def image_name(file_name: str) -> str:
    """The name of an image in the study: its file's name without folder and image ending, in plain characters."""
    base = file_name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    path = Path(base)
    stem = path.stem if path.suffix.lower() in TAKEN else base
    plain = "".join(c if c.isprintable() and c not in ':*?"<>|' else "_" for c in stem)[:180]
    return (plain.strip(". ") and plain) or "image"
