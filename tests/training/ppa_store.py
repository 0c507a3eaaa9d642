"""Small curated photographs for the model `ppa`: a bright disc, some with a paler crescent; and a tiny recipe."""

import numpy as np

from retina_studio.store.curated import CuratedImage

TINY_PPA = """
model = "ppa"
size = "compact"
monitor = "score"
[network]
hba_width = 32
decoder_widths = [16, 16, 16, 16, 8]
dropout = 0.0
[preprocessing]
height = 64
width = 64
clahe = "none"
[multitask]
epochs = 6
patience = 6
batch_size = 4
optimiser = "adam"
learning_rate = 3e-3
weight_decay = 1e-4
augment = { flip = 0.5, flip_vertical = 0.5 }
"""
SPLITS = ("train", "train", "val", "test")


def ppa_phantom(number, *, present=None, outlined=("OD", "PPA"), graded=True, split=None):
    """A photograph, 80 x 80; even numbers have atrophy. `outlined` labels have a mask, `graded` ones the grade."""
    rng = np.random.default_rng(number)
    present = number % 2 == 0 if present is None else present
    yy, xx = np.mgrid[:80, :80] + 0.5
    x, y = rng.uniform(30, 50, size=2)
    disc = np.hypot(xx - x, yy - y) <= 9
    crescent = (np.hypot(xx - x - 8, yy - y) <= 15) & ~disc if present else np.zeros_like(disc)
    grey = np.where(np.hypot(xx - 40, yy - 40) <= 38, 70, 0) + disc * 130 + crescent * 60
    red = np.clip(grey + rng.normal(0, 3, disc.shape), 0, 255).astype(np.uint8)
    masks = {"OD": disc, "PPA": crescent}
    return CuratedImage(
        name=f"ppa{number:02}",
        pixels=np.dstack([red, np.where(crescent, red // 3, red // 2), red // 4]).astype(np.uint8),
        modality="fundus",
        eye="OD",
        patient=f"p{number}",
        split=split or SPLITS[number // 2 % 4],
        source_sha256=f"{number:064x}",
        masks={label: np.where(masks[label], 255, 0).astype(np.uint8) for label in outlined},
        grades={"ppa": present} if graded else {},
    )
