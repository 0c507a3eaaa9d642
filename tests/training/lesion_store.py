"""Small curated photographs with lesions: bright spots (HaEx) and dark ones (MA); and a recipe that takes seconds."""

import numpy as np

from retina_studio.store.curated import CuratedImage

TINY_LESION = """
model = "lesion"
size = "compact"
balance = 0.5
side_maps = "kept"
[network]
path_length = 2
widths = [8, 8, 8, 8]
side_width = 4
grader_size = 32
dropout = 0.0
[preprocessing]
height = 64
width = 64
crop = false
[lesions]
epochs = 2
patience = 2
batch_size = 4
optimiser = "adamw"
learning_rate = 1e-2
schedule = "steps"
drop_at = [0.5]
validate_every = 8
augment = { flip = 0.5, window = 32, foreground = 1.0 }
[grader]
epochs = 1
patience = 1
batch_size = 4
optimiser = "adamw"
learning_rate = 3e-3
augment = { flip = 0.5 }
"""
ALL = ("MA", "iHE", "HaEx", "CWS", "vHE", "pHE", "NV", "FiP")


def photograph(number, grade, *, split="train", labels=ALL, graded=True, noncompliant=False, side=64):
    """A field of 64 x 64 pixels; DR1 shows two dark spots, DR2 and more bright ones too. Masks of `labels` only."""
    rng = np.random.default_rng(number)
    yy, xx = np.mgrid[:side, :side] + 0.5
    grey = np.full((side, side), 110.0)
    drawn = {label: np.zeros((side, side), np.uint8) for label in labels}
    for label, radius, tone, least in (("MA", 4, 30, 1), ("HaEx", 7, 230, 2)):
        for _ in range(2 if (grade or 0) >= least else 0):
            x, y = rng.uniform(10, side - 10, 2)
            spot = (xx - x) ** 2 + (yy - y) ** 2 <= radius**2
            grey[spot] = tone
            if label in drawn:
                drawn[label][spot] = 127 if noncompliant else 255
    red = np.clip(grey + rng.normal(0, 4, grey.shape), 0, 255).astype(np.uint8)
    return CuratedImage(
        name=f"photo{number:03}",
        pixels=np.dstack([red, red // 2, red // 3]),
        modality="fundus",
        eye="OS",
        patient=f"p{number}",
        split=split,
        source_sha256=f"{number:064x}",
        masks=drawn,
        grades={"dr": grade} if graded else {},
    )


def photographs():
    """18 train, 9 val, 6 test of DR0 to DR2, as many of each."""
    splits = ("train",) * 18 + ("val",) * 9 + ("test",) * 6
    return [photograph(n, n % 3, split=split) for n, split in enumerate(splits)]
