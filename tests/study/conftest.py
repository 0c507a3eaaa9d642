import cv2
import numpy as np
import pytest
from sqlalchemy import func, insert, select

from retina_studio.domain.edits import SetGrade
from retina_studio.study.importing import import_images
from retina_studio.study.schema import ImageRow


@pytest.fixture
def study_url(either_url):
    """Every test here runs on SQLite and on PostgreSQL."""
    return either_url


@pytest.fixture
def pictures(tmp_path):
    """A folder of three small, different PNG files, two of one patient."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(5)
    for name in ("p1_OD", "p1_OS", "p2_OD"):
        cv2.imwrite(str(folder / f"{name}.png"), rng.integers(0, 255, (40, 60, 3), dtype=np.uint8))
    return folder


@pytest.fixture
def peopled(study, pictures):
    """A study with three images and three graders."""
    import_images(study, [pictures])
    for name in ("Ada", "Ben", "Cleo"):
        study.add_grader(name)
    return study


@pytest.fixture
def add_images(study):
    """Put rows of images into the study, without files: one patient has both eyes, every fifth is an OCT scan."""

    def add(count):
        with study.database.transaction() as session:
            start = session.scalar(select(func.count()).select_from(ImageRow))
            session.execute(insert(ImageRow), [_image(number) for number in range(start, start + count)])

    return add


def _image(number):
    return {
        "name": f"i{number:05}",
        "file": f"no/{number}.png",
        "sha256": f"{number:064}",
        "source_sha256": f"{number:064}",
        "modality": "oct" if number % 5 == 0 else "fundus",
        "eye": ("OD", "OS")[number % 2],
        "patient": f"P{number // 2}",
        "split": "",
        "width": 60,
        "height": 40,
        "imported": "2026-01-01",
    }


@pytest.fixture
def hand_in():
    """Grade an image with these grades, gradability among them, and submit it."""

    def submit(study, image, grader, **grades):
        session = study.session(study.image(image), study.grader(grader))
        for scale, value in {"gradability": "good", **grades}.items():
            before = session.grading.grades.get(scale)
            if before != value:
                session.apply(SetGrade(scale, before, value))
        session.submit()
        return session

    return submit
