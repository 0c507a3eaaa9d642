"""Gradings to send out and take back, and a study that labels go into."""

import numpy as np
import pytest
from exchange_examples import HOLE, RING, graded, write_picture

from retina_studio.domain.shapes import Ellipse, Point, Polygon
from retina_studio.study.importing import import_images


@pytest.fixture
def full_grading():
    """Every kind of shape, grades, an explicit "none" and a comment."""
    return graded(
        ("OD", Ellipse(40.3, 30.1, 12.5, 9.25, 31.0)),
        ("OD", Point(40.5, 30.25)),
        ("HaEx", Polygon(RING)),
        ("CWS", Polygon(RING, (HOLE,))),
        ("fovea", Point(12.125, 44.5)),
        grades={"dr": 1, "ppa": False, "gradability": "usable"},
        absent={"MA", "OC"},
        comment="blasse Papille, Ränder unscharf",
    )


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.fixture
def peopled(study, tmp_path):
    """A study of the images a and b (80 x 60), with Ada, Ben, Cleo and Dan."""
    for seed, name in enumerate("ab"):
        write_picture(tmp_path / "pictures" / f"{name}.png", seed=seed)
    import_images(study, [tmp_path / "pictures"])
    for name in ("Ada", "Ben", "Cleo", "Dan"):
        study.add_grader(name)
    return study
