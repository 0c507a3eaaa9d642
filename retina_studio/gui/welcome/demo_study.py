"""A study of synthetic images to try everything on: two simulated graders have read half of it already."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2

from retina_studio.domain.edits import SetGrade, add_shapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import Modality
from retina_studio.images.read import Pixels
from retina_studio.phantoms.fundus import fundus_phantom
from retina_studio.phantoms.graders import profiles, simulate
from retina_studio.phantoms.oct import oct_phantom
from retina_studio.study.importing import import_images
from retina_studio.study.records import ImageRecord
from retina_studio.study.study import Study

OTHERS = ("Dr Amara", "Dr Bruno")
SENIOR = "Dr Chen"
_SEED = 2600
_SIZE = (768, 768)
_DR = (2, 0, 3, 1, 2, 4, 0, 3)  # of the photographs, in order
_SCANS = ("drusen", "cnv")
_READ = 4  # photographs that the others have read
_UNFINISHED = ".unfinished"
Progress = Callable[[float], None]  # a share of the work; raises to stop it


def make_demo_study(folder: Path, you: str, progress: Progress) -> Path:
    """Make the study in a folder that is not there yet; what was begun is removed when it fails or is stopped.

    Args:
        folder: of the study.
        you: the person's name in it.
        progress: told the share done, 0..1.

    Raises:
        RetinaError: the folder is there already, or cannot be written.
    """
    if folder.exists():
        raise RetinaError(f"{folder} is there already: choose another place, or open it.")
    building = folder.with_name(folder.name + _UNFINISHED)
    try:
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        pictures = building / "pictures"
        pictures.mkdir()
        _fill(building / "study", pictures, you, progress)
        (building / "study").rename(folder)
    except OSError as error:
        raise RetinaError(f"{folder} cannot be written ({error.strerror}): choose another place.") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return folder


def _fill(folder: Path, pictures: Path, you: str, progress: Progress) -> None:
    steps = len(_DR) + len(_SCANS) + 2 * _READ
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        progress(done / steps)

    with Study.create(folder) as study:
        truths = _photographs(study, pictures, step)
        _scans(study, pictures, step)
        study.add_grader(you)
        for name in OTHERS:
            study.add_grader(name)
        study.add_grader(SENIOR, "adjudicator")
        _read(study, truths, step)


def _photographs(study: Study, pictures: Path, step: Callable[[], None]) -> list[tuple[ImageRecord, Grading]]:
    truths = []
    for number, grade in enumerate(_DR):
        phantom = fundus_phantom(_SEED + number, size=_SIZE, dr=grade)
        file = pictures / f"photograph{number + 1:02d}_{phantom.eye}.png"
        _write(file, phantom.pixels[..., ::-1])
        truths.append((_imported(study, file, "fundus"), phantom.grading))
        step()
    return truths


def _scans(study: Study, pictures: Path, step: Callable[[], None]) -> None:
    for number, kind in enumerate(_SCANS):
        phantom = oct_phantom(_SEED + number, oct_class=kind)
        file = pictures / f"scan{number + 1:02d}_{phantom.eye}.png"
        _write(file, phantom.pixels)
        _imported(study, file, "oct")
        step()


def _write(file: Path, pixels: Pixels) -> None:
    encoded = cv2.imencode(".png", pixels)[1]
    file.write_bytes(encoded.tobytes())  # cv2.imwrite does not say why a disk took nothing


def _imported(study: Study, file: Path, modality: Modality) -> ImageRecord:
    found: list[ImageRecord] = []
    import_images(study, [file], modality, names="keep", on_image=found.append)
    return found[0]


def _read(study: Study, truths: Sequence[tuple[ImageRecord, Grading]], step: Callable[[], None]) -> None:
    """Let the others read the last photographs, so that the first ones wait for the person."""
    for place, (name, who) in enumerate(zip(OTHERS, profiles(len(OTHERS), _SEED), strict=True)):
        grader = study.grader(name)
        for number, (image, truth) in enumerate(truths[-_READ:]):
            drawn = simulate(truth, who, 10 * number + place, _SIZE[0], _SIZE[1], "fundus")
            session = study.session(image, grader)
            if drawn.shapes:
                session.apply(add_shapes(*drawn.shapes.values()))
            for code, value in drawn.grades.items():
                session.apply(SetGrade(code, None, value))
            session.submit(complete=False)
            step()
