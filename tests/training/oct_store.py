"""Small curated B-scans: a bright band, with a bump, a dark pocket or nothing; and a recipe that takes seconds."""

import numpy as np

from retina_studio.store.curated import CuratedImage

TINY_OCT = """
model = "oct"
size = "paper"
[network]
classes = ["normal", "drusen", "dme"]
classifier_depth = 3
features = 16
decoder = [16, 8]
[preprocessing]
height = 32
width = 48
[classifier]
epochs = 16
patience = 16
batch_size = 8
optimiser = "adam"
learning_rate = 2e-3
augment = { flip = 0.5 }
[segmenter]
epochs = 12
patience = 12
batch_size = 4
optimiser = "adam"
learning_rate = 1e-2
augment = { flip = 0.5 }
"""
LESION = {"drusen": "drusen", "dme": "fluid", "cnv": "CNV"}
LABELS = ("drusen", "CNV", "fluid")


def b_scan(number, oct_class, *, split="train", outlined=True, graded=True, labels=LABELS):
    """A B-scan of 40 x 60 pixels, its lesion in the left half; not outlined, its planes are empty."""
    rng = np.random.default_rng(number)
    height, width = 40, 60
    yy, xx = np.mgrid[:height, :width] + 0.5
    x = rng.uniform(12, 26)
    grey = 30 + 90 * (np.abs(yy - 24) < 5)
    lesion = np.zeros((height, width), bool)
    if oct_class in ("drusen", "cnv"):
        lesion = ((xx - x) / 7) ** 2 + ((yy - 19) / 4) ** 2 <= 1
        grey = np.where(lesion, 220, grey)
    if oct_class == "dme":
        lesion = ((xx - x) / 8) ** 2 + ((yy - 24) / 4) ** 2 <= 1
        grey = np.where(lesion, 5, grey)
    own = LESION.get(oct_class) if outlined else None
    return CuratedImage(
        name=f"scan{number:03}",
        pixels=np.clip(grey + rng.normal(0, 4, grey.shape), 0, 255).astype(np.uint8),
        modality="oct",
        eye="OD",
        patient=f"p{number}",
        split=split,
        source_sha256="0" * 64,
        masks={label: np.where(lesion & (label == own), 255, 0).astype(np.uint8) for label in labels},
        grades={"oct": oct_class} if graded else {},
    )


def b_scans():
    """36 outlined B-scans of three classes, as many of each: 24 train, 12 val."""
    classes = ("normal", "drusen", "dme")
    return [b_scan(n, classes[n % 3], split="train" if n < 24 else "val") for n in range(36)]
