"""Small curated photographs with disc, cup and fovea, sick where the cup is large; and a tiny recipe of MTL-IO."""

import numpy as np

from retina_studio.store.curated import CuratedImage

TINY_EYE = """
model = "glaucoma"
size = "paper"
[network]
filters = [4, 6, 8, 8, 12]
decoder = [[8, 8], [8, 6], [6, 6], [6, 6]]
dropout = 0.2
[preprocessing]
height = 32
width = 32
[multitask]
epochs = 4
patience = 4
batch_size = 6
optimiser = "adam"
learning_rate = 1e-2
"""
SPLITS = ("train", "train", "train", "val", "test")
EVERYTHING = ("OD", "OC", "fovea", "glaucoma")


def eye(number, *, says=EVERYTHING, split=None):
    """A red field of 64 x 96 with a disc to the left, a cup in it and a dark fovea to the right."""
    rng = np.random.default_rng(number)
    yy, xx = np.mgrid[:64, :96] + 0.5
    x, y = rng.uniform(24, 34), rng.uniform(26, 38)
    fovea = (x + rng.uniform(36, 44), y + rng.uniform(-4, 4))
    sick = number % 2 == 1
    height = rng.uniform(0.7, 0.85) if sick else rng.uniform(0.3, 0.5)
    disc = ((xx - x) / 10) ** 2 + ((yy - y) / 12) ** 2 <= 1
    cup = ((xx - x) / (10 * height)) ** 2 + ((yy - y) / (12 * height)) ** 2 <= 1
    dark = np.exp(-((xx - fovea[0]) ** 2 + (yy - fovea[1]) ** 2) / 40)
    red = 110 + 60 * disc + 60 * cup - 60 * dark + rng.normal(0, 3, disc.shape)
    red = np.clip(red, 0, 255).astype(np.uint8)
    masks = {"OD": np.uint8(255) * disc, "OC": np.uint8(255) * cup}
    return CuratedImage(
        name=f"eye{number:02}",
        pixels=np.dstack([red, red // 2, red // 3]),
        modality="fundus",
        eye="OS",
        patient=f"p{number}",
        split=split or SPLITS[number // 2 % 5],
        source_sha256=f"{number:064x}",
        masks={label: mask for label, mask in masks.items() if label in says},
        points={"fovea": fovea} if "fovea" in says else {},
        grades={"glaucoma": sick} if "glaucoma" in says else {},
    )
