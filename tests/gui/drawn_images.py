"""Small synthetic pictures for the window's tests."""

import cv2
import numpy as np

WIDTH, HEIGHT = 400, 300


def draw_images(folder, names, seed=0):
    """Smooth colour pictures with grain, one file a name."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    for name in names:
        coarse = rng.integers(20, 220, (6, 8, 3), dtype=np.uint8)
        pixels = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(folder / f"{name}.png"), pixels)
    return folder
