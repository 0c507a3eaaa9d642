"""Small curated images that say different things, for the tests of the training data."""

import numpy as np
from training_store import phantom, write_store

from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.store.curated import CuratedImage
from retina_studio.store.read import Snapshot
from training.data.examples import SplitData
from training.data.needs import Needs

SPEC = Preprocessing(height=32, width=48, crop=False, mean=(0.5, 0.4, 0.3), sd=(0.2, 0.25, 0.3))
DISC = Needs("fundus", labels=("OD",), points=("OD", "fovea"), grades=("glaucoma",))
LESIONS = ("MA", "iHE", "HaEx")


def disc_data(path, count=10, spec=SPEC, **options):
    """An open snapshot of so many training images with discs, and its data."""
    images = [phantom(n, point=n % 2 == 0, split="train") for n in range(count)]
    snapshot = Snapshot(write_store(path, images))
    return snapshot, SplitData(snapshot, "train", spec, DISC, **options)


def lesion_image(name, split="train", *, masks=None, patient=None, source=None, **grades):
    """64 x 96 noise; `masks` maps a label to the value (0, 127 or 255) of a square in its plane."""
    number = sum(name.encode())
    pixels = np.random.default_rng(number).integers(20, 200, (64, 96, 3), dtype=np.uint8)
    planes = {}
    for place, (label, value) in enumerate((masks or {}).items()):
        planes[label] = np.zeros((64, 96), np.uint8)
        planes[label][20:32, 12 + 24 * place : 24 + 24 * place] = value
    return CuratedImage(
        name,
        pixels,
        "fundus",
        "OD",
        patient or name,
        split,
        source or name.encode().hex(),
        planes,
        grades=grades,
    )


def lesion_data(path, images, split="train", **options):
    """An open snapshot of these images, and its data."""
    snapshot = Snapshot(write_store(path, images))
    needs = Needs(
        "fundus", labels=LESIONS, grades=("dr",), noncompliant=options.pop("noncompliant", "background")
    )
    return snapshot, SplitData(snapshot, split, SPEC, needs, **options)
