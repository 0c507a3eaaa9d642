import cv2
import numpy as np
import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.images.read import read_image
from retina_studio.images.subject import modality_of, require_content
from retina_studio.phantoms.fundus import fundus_phantom
from retina_studio.phantoms.oct import oct_phantom

FUNDUS = ("dr_grades", "drishti", "heimed", "hrf", "palm", "rimone")
OCT = ("oct_dme", "oct_drusen", "oct_kermany")


@pytest.mark.parametrize("seed", range(4))
def test_phantoms_are_told_apart_without_colour_too(seed):
    photograph = fundus_phantom(seed, size=(480, 480)).pixels
    assert modality_of(photograph) == "fundus"
    assert modality_of(np.ascontiguousarray(photograph[..., 1])) == "fundus"
    scan = oct_phantom(seed).pixels
    grey = scan if scan.ndim == 2 else scan[..., 0]
    assert modality_of(np.ascontiguousarray(grey)) == "oct"
    assert modality_of(cv2.cvtColor(np.ascontiguousarray(grey), cv2.COLOR_GRAY2RGB)) == "oct"


def test_a_black_frame_is_a_photograph_of_nothing():
    assert modality_of(np.zeros((100, 100, 3), np.uint8)) == "fundus"
    with pytest.raises(RetinaError, match="shows nothing"):
        require_content(np.zeros((100, 100, 3), np.uint8))


@pytest.mark.real_data
def test_real_images_are_told_apart(real_data):
    """Every twelfth of the research sets; all of them: no photograph in colour is wrong, 6 of 526 B-scans are."""
    wrong = {"colour": 0, "green": 0, "oct": 0}
    seen = dict(wrong)
    for name in (*FUNDUS, *OCT):
        for file in sorted((real_data / name / "images").iterdir())[::12]:
            pixels = read_image(file)
            require_content(pixels)
            if name in OCT:
                seen["oct"] += 1
                wrong["oct"] += modality_of(pixels) != "oct"
                continue
            seen["colour"] += 1
            wrong["colour"] += modality_of(pixels) != "fundus"
            wrong["green"] += modality_of(np.ascontiguousarray(pixels[..., 1])) != "fundus"
    assert seen["colour"] > 100
    assert seen["oct"] > 40
    assert wrong["colour"] == 0
    assert wrong["oct"] <= 0.03 * seen["oct"]
    assert wrong["green"] <= 0.03 * seen["colour"]
