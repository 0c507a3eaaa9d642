"""Small curated images for training: bright ellipses on a lit field; and a tiny recipe, so that a run takes seconds."""

import numpy as np

from retina_studio.store.curated import CuratedImage
from retina_studio.store.write import write_snapshot

TINY = """
model = "disc"
size = "compact"
[network]
filters = [4, 8, 8]
dropout = 0.1
[preprocessing]
height = 32
width = 48
focus = 0.0
[localiser]
epochs = 4
patience = 4
batch_size = 8
optimiser = "rmsprop"
learning_rate = 1e-3
head_learning_rate = 1e-4
schedule = "cosine"
warmup = 2
augment = { flip = 0.5, rotate = 20, shift = 0.1, zoom = [0.9, 1.1], brightness = 0.1, contrast = 0.1, gamma = 1.1 }
[decoder]
epochs = 12
patience = 12
batch_size = 2
optimiser = "adam"
learning_rate = 2e-2
augment = { flip = 0.5, flip_vertical = 0.5, shift = 0.1 }
"""
SPLITS = ("train", "train", "train", "val", "test")


def phantom(number, *, mask=True, point=False, split=None, empty=False):
    """An orange field with a bright disc, 60 x 90; even numbers carry a mask, odd ones a point, or as asked."""
    rng = np.random.default_rng(number)
    height, width = 60, 90
    yy, xx = np.mgrid[:height, :width] + 0.5
    x, y = rng.uniform(25, 65), rng.uniform(20, 40)
    disc = ((xx - x) / 9) ** 2 + ((yy - y) / 10) ** 2 <= 1
    field = ((xx - 45) / 42) ** 2 + ((yy - 30) / 29) ** 2 <= 1
    grey = np.where(field, 90, 0) + disc * 110 + rng.normal(0, 4, disc.shape)
    red = np.clip(grey, 0, 255).astype(np.uint8)
    return CuratedImage(
        name=f"image{number:02}",
        pixels=np.dstack([red, red // 2, red // 3]),
        modality="fundus",
        eye="OD",
        patient=f"p{number}",
        split=split or SPLITS[number % 5],
        source_sha256=f"{number:064x}",
        masks={"OD": np.where(disc & (not empty), 255, 0).astype(np.uint8)} if mask else {},
        points={"OD": (x, y)} if point else {},
    )


def write_store(path, images):
    write_snapshot(path, images, study_id="study", rules={"quorum": 2})
    return path
