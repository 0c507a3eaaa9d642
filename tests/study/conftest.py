import cv2
import numpy as np
import pytest

from retina_studio.study.importing import import_images


@pytest.fixture
def pictures(tmp_path):
    """A folder of three small, different PNG files, two of one patient."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(5)
    for name in ("p1_OD", "p1_OS", "p2_OD"):
        cv2.imwrite(str(folder / f"{name}.png"), rng.integers(0, 255, (40, 60, 3), dtype=np.uint8))
    return folder


@pytest.fixture
def peopled(study, pictures):
    """A study with three images and three graders."""
    import_images(study, [pictures])
    for name in ("Ada", "Ben", "Cleo"):
        study.add_grader(name)
    return study
