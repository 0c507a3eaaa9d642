"""What the demo grades: images, and what each of its three graders will draw on them."""

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import Mask, simplified, to_shapely, vectorise
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import labels_of
from retina_studio.domain.shapes import Ellipse, Polygon, new_shape
from retina_studio.images.metadata import image_name
from retina_studio.images.read import SUFFIXES
from retina_studio.phantoms.fundus import fundus_phantom
from retina_studio.phantoms.graders import profiles, simulate

GRADERS = ("Dr Amara", "Dr Bruno", "Dr Chen")
PHANTOMS = 28
FULL_READINGS = 3  # images that get lesions and a DR grade too; the others are read for disc and fovea
MOST_PHOTOGRAPHS = 80
_ENOUGH = 6  # photographs with an outlined disc: two for each split
_MOST_OF_A_LABEL = 40
_VERTICES = 28


@dataclass(frozen=True)
class Subject:
    """One image file and the gradings the three graders are going to draw (none: nobody grades it)."""

    file: Path
    gradings: tuple[Grading, ...] = ()


@dataclass(frozen=True)
class Subjects:
    """The demo's images, the sidecars that describe them, and a few words about where they come from."""

    images: list[Subject]
    sidecars: list[Path]
    source: str
    notes: list[str] = field(default_factory=list)


def phantom_subjects(folder: Path, count: int = PHANTOMS, seed: int = 7) -> Subjects:
    """Draw phantoms into a folder, with the simulated graders' gradings and a sidecar."""
    folder.mkdir(parents=True, exist_ok=True)
    people = profiles(len(GRADERS), seed)
    subjects, rows = [], []
    for number in range(count):
        grade = None if number >= FULL_READINGS else number + 1
        phantom = fundus_phantom(seed * 1000 + number, size=(640, 640), dr=grade)
        file = folder / f"phantom{number:02d}_{phantom.eye}.png"
        cv2.imwrite(str(file), cv2.cvtColor(phantom.pixels, cv2.COLOR_RGB2BGR))
        height, width = phantom.pixels.shape[:2]
        gradings = tuple(
            _reading(
                simulate(phantom.grading, who, 100 * number + k, height, width, "fundus"),
                full=grade is not None,
            )
            for k, who in enumerate(people)
        )
        subjects.append(Subject(file, gradings))
        rows.append((file.name, phantom.eye, f"phantom{number:02d}", _split(number, count)))
    sidecar = _write_sidecar(folder / "images.csv", rows)
    return Subjects(subjects, [sidecar], "fundus phantoms (generated, seeded)")


def _split(number: int, count: int) -> str:
    place = number / count
    return "train" if place < 0.65 else "val" if place < 0.8 else "test"


def _write_sidecar(path: Path, rows: Sequence[tuple[str, str, str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("image", "eye", "patient", "split"), *rows])
    return path


def _reading(grading: Grading, *, full: bool) -> Grading:
    """What a grader of the demo gets round to: disc, cup and fovea everywhere, lesions and DR on a few."""
    kept = {}
    drawn: Counter[str] = Counter()
    for key, shape in grading.shapes.items():
        drawn[shape.label] += 1
        if shape.label in {"OD", "fovea"} or (full and drawn[shape.label] <= _MOST_OF_A_LABEL):
            kept[key] = shape
    codes = ("gradability", "dr") if full else ("gradability",)
    grades = {code: grading.grades[code] for code in codes if code in grading.grades}
    return Grading(kept, {"gradability": "good", **grades})


def photograph_subjects(folder: Path, phantoms: Path) -> Subjects:
    """A folder of photographs. Reference masks beside them say what the graders draw.

    `FOLDER/LABEL/NAME.png` or `FOLDER/LABEL_graders/NAME.png` (how many graders marked each pixel) are taken as
    reference, with `FOLDER/images` or FOLDER holding the photographs, and `FOLDER/labels.csv` as sidecar. With too few
    masks of the disc to train on, the graders read phantoms as well (drawn into `phantoms`).

    Raises:
        RetinaError: the folder does not exist or holds no photographs.
    """
    if not folder.is_dir():
        raise RetinaError(f"{folder} is not a folder: give one with JPEG, PNG or TIFF photographs.")
    base = folder.parent if folder.name == "images" else folder
    inside = base / "images" if (base / "images").is_dir() else folder
    files = sorted(file for file in inside.iterdir() if file.suffix.lower() in SUFFIXES)
    if not files:
        raise RetinaError(f"{inside} holds no JPEG, PNG or TIFF photograph.")
    chosen = [files[round(k)] for k in np.linspace(0, len(files) - 1, min(len(files), MOST_PHOTOGRAPHS))]
    notes = (
        [f"{len(chosen)} of the {len(files)} photographs, evenly spaced."] if len(chosen) < len(files) else []
    )
    references = _references(base)
    sidecars = [base / "labels.csv"] if (base / "labels.csv").is_file() else []
    subjects = [Subject(file, _read_gradings(references, image_name(file.name))) for file in chosen]
    outlined = sum(any(g.labelled("OD") for g in subject.gradings) for subject in subjects)
    if outlined >= _ENOUGH:
        words = f"photographs of {base.name}, graded from the masks beside them"
        return Subjects(subjects, sidecars, words, notes)
    drawn = phantom_subjects(phantoms)
    notes.append(
        f"Masks of the disc lie beside {outlined} of the photographs: the model learned from phantoms too."
    )
    words = f"phantoms, and photographs of {base.name}"
    return Subjects([*drawn.images, *subjects], [*drawn.sidecars, *sidecars], words, notes)


_Reader = Callable[[str], tuple[Mask | None, ...]]


def _references(base: Path) -> dict[str, _Reader]:
    """For each label with masks in the folder, a function from image name to the three graders' masks."""
    folders = {path.name.lower(): path for path in base.iterdir() if path.is_dir()}
    found: dict[str, _Reader] = {}
    for label in labels_of("fundus"):
        counts, masks = folders.get(f"{label.code}_graders".lower()), folders.get(label.code.lower())
        if counts is not None:
            found[label.code] = partial(_masks, counts, (1, 2, 3))
        elif masks is not None and not label.is_point:
            found[label.code] = partial(_masks, masks, (1,) * len(GRADERS))
    return found


def _masks(folder: Path, least: Sequence[int], name: str) -> tuple[Mask | None, ...]:
    """For each grader, the pixels that at least so many of the set's own graders marked."""
    return tuple(_mask(folder, name, count) for count in least)


def _mask(folder: Path, name: str, least: int) -> Mask | None:
    plane = cv2.imread(str(folder / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    return None if plane is None else np.asarray(plane >= least)


def _read_gradings(references: dict[str, _Reader], name: str) -> tuple[Grading, ...]:
    """The three gradings of a photograph; empty when no label has a mask for it."""
    gradings = [Grading(grades={"gradability": "good"}) for _ in GRADERS]
    seen = False
    for code, reader in references.items():
        for k, mask in enumerate(reader(name)):
            if mask is None:
                continue
            seen = True
            for polygon in sorted(vectorise(mask), key=lambda p: -to_shapely(p).area)[:_MOST_OF_A_LABEL]:
                gradings[k] = gradings[k].with_shape(new_shape(code, by_hand(polygon)))
    return tuple(gradings) if seen else ()


def by_hand(polygon: Polygon) -> Polygon:
    """An outline as a person clicks it: no holes, no more than about thirty vertices."""
    outer = Polygon(polygon.points)
    tolerance = 0.5
    while len(outer.points) > _VERTICES:
        outer = simplified(outer, tolerance)
        tolerance *= 1.4
    return outer


def clicks(geometry: Ellipse | Polygon) -> list[tuple[float, float]]:
    """The vertices to click for an outline."""
    return geometry.outline(20) if isinstance(geometry, Ellipse) else list(geometry.points)


def is_upright(geometry: Ellipse) -> bool:
    """Whether dragging a box draws this ellipse: its axes lie along the frame, or it is nearly a circle."""
    tilt = geometry.angle % 90
    return min(tilt, 90 - tilt) < 4 or max(geometry.a, geometry.b) < 1.08 * min(geometry.a, geometry.b)
