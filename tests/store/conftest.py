"""Small curated images, drawn by hypothesis or by a number."""

import numpy as np
import pytest

from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Ellipse, Point, Polygon, Shape
from retina_studio.domain.voting.decisions import Decision
from retina_studio.domain.voting.outcome import ConsensusShape
from retina_studio.store.curated import CuratedImage
from retina_studio.store.write import write_snapshot


def curated(number: int, height: int = 40, width: int = 52, **changes) -> CuratedImage:
    """One image with everything in it; equal numbers give equal images."""
    random = np.random.default_rng(number)
    disc = Shape("OD", Ellipse(20.5, 18.25, 9, 7.5, 12.0), f"disc-{number}", "consensus")
    ring = ((3.0, 3.0), (14.0, 3.5), (9.0, 12.0))
    lesion = Shape("HaEx", Polygon(ring, (((7.0, 5.0), (10.0, 5.0), (8.5, 8.0)),)), f"lesion-{number}")
    fovea = Shape("fovea", Point(31.5, 22.75), f"fovea-{number}")
    members = {"grader-1": (disc.id, "other"), "grader-3": ("third",)}
    decision = Decision(
        "point:fovea:1", "keep", grader="grader-2", by="adjudicator-4", at="2026-01-02T03:04:05"
    )
    partial = np.zeros((height, width), dtype=np.uint8)
    partial[2:9, 3:11], partial[9:12, 3:11] = 255, 127
    grading = Grading(
        {s.id: s for s in (disc, lesion, fovea)}, {"dr": 2, "ppa": True}, frozenset({"MA"}), "é \0"
    )
    values = {
        "name": f"photo {number:03}",
        "pixels": random.integers(0, 256, (height, width, 3), dtype=np.uint8),
        "modality": "fundus",
        "eye": "OS",
        "patient": f"patient-{number // 2}",
        "split": "val",
        "source_sha256": f"{number:064x}",
        "masks": {"OD": partial, "MA": np.zeros((height, width), dtype=np.uint8)},
        "points": {"fovea": (31.5, 22.75)},
        "grades": {"dr": 2, "ppa": True, "gradability": "usable"},
        "shapes": (
            ConsensusShape(disc, members, "2/3"),
            ConsensusShape(lesion, {"grader-2": ("a",)}, "adjudicator: keep", False, "DR0 allows none"),
            ConsensusShape(fovea, {}, "median of 3/3"),
        ),
        "votes": {"dr": {"grader-1": 2, "grader-2": 1, "grader-3": 2}},
        "decisions": (decision,),
        "agreement": {"graders": {"grader-1": {"OD": {"dice": 0.875, "missed": 0}}}},
        "layers": {"grader-1": grading, "grader-2": Grading()},
    }
    return CuratedImage(**{**values, **changes})


@pytest.fixture
def make_image():
    return curated


@pytest.fixture
def snapshot_file(tmp_path):
    """A snapshot of two images, which a test may damage."""
    path = tmp_path / "two.h5"
    write_snapshot(path, [curated(1), curated(2)], study_id="study", rules={"graders": 3})
    path.chmod(0o644)
    return path
