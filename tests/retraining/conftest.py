"""A study whose consensus can be learnt from, and tiny weights that go on from it."""

import cv2
import numpy as np
import pytest
from tiny_weights import tiny_weights

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.images.metadata import read_sidecar
from retina_studio.inference.registry import Registry
from retina_studio.retraining.home import home_of
from retina_studio.retraining.queue import Queue
from retina_studio.study.consensus import run_vote
from retina_studio.study.importing import import_images

SPLITS = ("train",) * 8 + ("val",) * 4 + ("test",) * 10
# The recipe of a whole run, as weights carry it.
RECIPE = {
    "model": "disc",
    "size": "compact",
    "favour": {"image*": 3.0},
    "only": "another_set_*",
    "localiser": {"epochs": 60, "patience": 60, "batch_size": 4, "optimiser": "adam", "learning_rate": 1e-3},
    "decoder": {"epochs": 60, "patience": 60, "batch_size": 4, "optimiser": "adam", "learning_rate": 1e-2},
}


def photograph(number):
    """A disc in a wider ring that is less bright, 96 x 128, and the disc as an ellipse."""
    rng = np.random.default_rng(number)
    x, y = float(rng.uniform(40, 88)), float(rng.uniform(36, 60))
    yy, xx = np.mgrid[:96, :128] + 0.5
    away = np.hypot(xx - x, yy - y)
    grey = np.select([away <= 12, away <= 18], [180, 130], 60) + rng.normal(0, 2, away.shape)
    return np.dstack([np.clip(grey, 0, 255).astype(np.uint8)] * 3), Ellipse(x, y, 12, 12)


def fill(study, folder, splits=SPLITS):
    """Images with these splits, each outlined by three graders who agree, and voted on."""
    folder.mkdir()
    rows = ["image,patient,split"]
    for number, split in enumerate(splits):
        cv2.imwrite(str(folder / f"image{number:02}.png"), photograph(number)[0])
        rows.append(f"image{number:02}.png,p{number},{split}")
    (folder / "images.csv").write_text("\n".join(rows), "utf-8")
    pictures = sorted(folder.glob("*.png"))
    import_images(study, pictures, sidecar=read_sidecar(folder / "images.csv"), names="keep")
    graders = [study.add_grader(name) for name in ("Ada", "Ben", "Cleo")]
    study.add_grader("Eva", "engineer")
    for image in study.images():
        for grader in graders:
            session = study.session(image, grader)
            session.apply(add_shapes(new_shape("OD", photograph(int(image.name[-2:]))[1])))
            session.submit(complete=False)
    run_vote(study, workers=1)
    return study


@pytest.fixture
def settled(study, tmp_path):
    return fill(study, tmp_path / "pictures")


@pytest.fixture
def registry(tmp_path):
    """The person's own, with current weights of `disc` that take the ring for disc, too."""
    tiny_weights(tmp_path / "start.safetensors", 0.4, recipe=RECIPE)
    registry = Registry()
    version = registry.add(tmp_path / "start.safetensors", "Eva")
    registry.promote("disc", version.hash, "Eva", "to begin with")
    return registry


@pytest.fixture
def queue(study):
    return Queue(home_of(study))
