"""Small studies to hurt."""

from pathlib import Path

import cv2
import numpy as np

from retina_studio.domain.edits import SetGrade, add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.study.importing import import_images
from retina_studio.study.study import Study

GRADERS = ("Ada", "Ben", "Cleo")


def picture(path: Path, seed: int, size: tuple[int, int] = (40, 60)) -> Path:
    """Write an image of noise, another one for each seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (*size, 3), dtype=np.uint8)
    if not cv2.imwrite(str(path), pixels):
        raise OSError(f"{path} was not written")
    return path


def small_study(
    folder: Path, images: int = 4, url: str | None = None, size: tuple[int, int] = (40, 60)
) -> Study:
    """A study in `folder`/study with so many images (eye0, eye1, ...) and three graders."""
    pictures = folder / "pictures"
    for number in range(images):
        picture(pictures / f"eye{number}.png", number, size)
    study = Study.create(folder / "study", url)
    import_images(study, [pictures])
    for name in GRADERS:
        study.add_grader(name)
    return study


def grade_all(study: Study) -> None:
    """All graders draw the disc of every image alike and submit, so that everything settles."""
    for image in study.images():
        for number, grader in enumerate(study.graders()):
            session = study.session(image, grader)
            session.apply(add_shapes(new_shape("OD", Ellipse(20 + number / 4, 20, 8, 9))))
            session.apply(SetGrade("gradability", None, "good"))
            session.apply(SetGrade("dr", None, 1))
            session.submit(complete=False)
