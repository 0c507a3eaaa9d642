"""The study that is pictured: phantoms, three simulated graders, a vote, and what the shipped models propose."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import cv2
from PIL import Image

from retina_studio import paths
from retina_studio.domain.edits import SetGrade, add_shapes
from retina_studio.domain.grading import Grading
from retina_studio.images.metadata import ImageFacts, Sidecar
from retina_studio.images.read import read_image
from retina_studio.inference.models import modality_read
from retina_studio.inference.predictor import Predictor
from retina_studio.phantoms.fundus import FundusPhantom, draw_scene, fundus_phantom
from retina_studio.phantoms.graders import profiles, simulate
from retina_studio.phantoms.oct import oct_phantom
from retina_studio.phantoms.settings import default_settings
from retina_studio.study.consensus import run_vote
from retina_studio.study.importing import import_images
from retina_studio.study.records import ImageRecord
from retina_studio.study.study import Study

GRADERS = ("Dr Amara", "Dr Bruno", "Dr Chen")
ADJUDICATOR, ENGINEER = "Dr Weber", "Ms Lind"
SIZE = (1000, 1040)  # height, width of a photograph
EYES = 14  # photographs
GRADED = 10  # of them that all three graders submitted
SLICES = 9  # B-scans of the volume
LEARNT = (
    ("train",) * 14 + ("val",) * 10 + ("test",) * 8
)  # the splits of the study that models are retrained on
_SEED = 90_210
_SMALL = (448, 448)  # height, width of its photographs


def pictured_study(folder: Path) -> Study:
    """A study with everything that the pictures show; the same at every call, but for its ids and times."""
    study = Study.create(folder / "study")
    truths = _import_eyes(study, folder / "eyes")
    _import_volume(study, folder / "volume")
    _people(study)
    for place, who in enumerate(profiles(len(GRADERS), _SEED)):
        for number, image in enumerate(photographs(study)[:GRADED]):
            reading = simulate(truths[image.name], who, 10 * number + place, *SIZE, "fundus")
            hand_in(study, image, GRADERS[place], reading)
    run_vote(study, workers=1)
    return study


def settled_study(folder: Path) -> Study:
    """A study of small photographs that the three graders outlined alike, voted on: enough to learn from."""
    study = Study.create(folder / "settled")
    (folder / "small").mkdir()
    truths, facts, files = {}, {}, []
    for number, split in enumerate(LEARNT):
        phantom, name = fundus_phantom(_SEED + number, size=_SMALL, dr=number % 3), f"eye_{number + 1:03}"
        files.append(_written(phantom, folder / "small", name))
        truths[name] = phantom.grading
        facts[name] = ImageFacts(eye=phantom.eye, patient=f"patient{number}", split=split)
    import_images(study, files, sidecar=Sidecar(facts), names="keep")
    _people(study)
    for name in GRADERS:
        for image in photographs(study):
            hand_in(study, image, name, truths[image.name])
    run_vote(study, workers=1)
    return study


def photographs(study: Study) -> list[ImageRecord]:
    """The study's photographs, in order."""
    return [image for image in study.images() if image.modality == "fundus"]


def scans(study: Study) -> list[ImageRecord]:
    """The B-scans of the study's volume, in order."""
    return [image for image in study.images() if image.modality == "oct"]


def hand_in(study: Study, image: ImageRecord, grader: str, reading: Grading, *, submit: bool = True) -> None:
    """Give an image a reading, edit by edit."""
    session = study.session(image, study.grader(grader))
    session.apply(add_shapes(*reading.shapes.values()))
    for scale, value in {**reading.grades, "gradability": "good"}.items():
        session.apply(SetGrade(scale, None, value))
    if submit:
        session.submit()


def truth(number: int) -> Grading:
    """What is really in a photograph, by its place."""
    return _phantom(number).grading


def propose(study: Study, images: Sequence[ImageRecord]) -> None:
    """Let the shipped models look at images."""
    for file in sorted(paths.shipped_weights().glob("*.safetensors")):
        predictor = Predictor(file, "cpu", file.stem)
        for image in images:
            if modality_read(file.stem) == image.modality:
                study.add_proposal(
                    image, predictor.propose(read_image(study.image_file(image)), image.modality)
                )


def _people(study: Study) -> None:
    for name in GRADERS:
        study.add_grader(name)
    study.add_grader(ADJUDICATOR, "adjudicator")
    study.add_grader(ENGINEER, "engineer")


def _written(phantom: FundusPhantom, folder: Path, name: str) -> Path:
    file = folder / f"{name}.png"
    cv2.imwrite(str(file), cv2.cvtColor(phantom.pixels, cv2.COLOR_RGB2BGR))
    return file


def _phantom(number: int) -> FundusPhantom:
    """A right eye for an even number, a left one for an odd."""
    wanted, dr = ("OS" if number % 2 else "OD"), (2, 3, 1, 0, 2)[number % 5]
    settings = default_settings().fundus
    seeds = itertools.count(_SEED + 100 * number)
    seed = next(seed for seed in seeds if draw_scene(seed, SIZE, dr, settings).frame.eye == wanted)
    return fundus_phantom(seed, size=SIZE, dr=dr)


def _import_eyes(study: Study, folder: Path) -> dict[str, Grading]:
    """Import the photographs, two neighbours a patient; returns what is drawn in each, by name."""
    folder.mkdir()
    truths, facts, files = {}, {}, []
    for number in range(EYES):
        phantom, name = _phantom(number), f"eye_{number + 1:03}"
        files.append(_written(phantom, folder, name))
        truths[name] = phantom.grading
        facts[name] = ImageFacts(eye=phantom.eye, patient=f"patient{number // 2}")
    import_images(study, files, sidecar=Sidecar(facts), names="keep")
    return truths


def _import_volume(study: Study, folder: Path) -> None:
    folder.mkdir()
    pages = [Image.fromarray(oct_phantom(_SEED, size=(496, 768), oct_class="cnv").pixels)]
    pages += [
        Image.fromarray(oct_phantom(_SEED + k, size=(496, 768), oct_class="drusen").pixels)
        for k in range(1, SLICES)
    ]
    file = folder / "macula_OD.tif"
    pages[0].save(file, save_all=True, append_images=pages[1:])
    import_images(study, [file], "oct", names="keep")
