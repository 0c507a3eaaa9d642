"""Gradings to send out and take back."""

import numpy as np
import pytest
from exchange_examples import HOLE, RING, graded

from retina_studio.domain.shapes import Ellipse, Point, Polygon


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
