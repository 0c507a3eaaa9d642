import json

import cv2
import numpy as np
import pytest

from tests.measure.aims import AIMS, Aim
from tests.measure.changed import CHANGES
from tests.measure.page_shipped import shipped_part, write_cards
from tests.measure.shipped import figure_of


def _photograph():
    pixels = np.full((200, 240, 3), 60, np.uint8)
    disc = np.zeros((200, 240), np.uint8)
    cv2.circle(disc, (170, 80), 25, 1, -1)
    pixels[disc == 1] = (220, 180, 90)
    return pixels, disc == 1


@pytest.mark.parametrize("key", list(CHANGES))
def test_the_truth_moves_as_the_picture_does(key):
    pixels, disc = _photograph()
    change = CHANGES[key]
    picture, moved = np.asarray(change.picture(pixels)), change.plane(disc)
    assert picture.shape == pixels.shape
    assert picture.dtype == np.uint8
    inside = cv2.erode(moved.astype(np.uint8), np.ones((7, 7), np.uint8)) == 1
    outside = cv2.dilate(moved.astype(np.uint8), np.ones((7, 7), np.uint8)) == 0
    assert picture[inside, 0].min() > picture[outside, 0].max()


def test_an_aim_is_met_from_its_side():
    assert Aim("", "disc", "*", "dice", 0.9).is_met(0.9)
    assert not Aim("", "disc", "*", "dice", 0.9).is_met(None)
    assert Aim("", "disc", "*", "centre_dd", 0.15, lower=True).is_met(0.1)
    assert not Aim("", "disc", "*", "centre_dd", 0.15, lower=True).is_met(0.2)
    assert {aim.stem for aim in AIMS} == {"glaucoma", "lesion", "ppa", "disc", "oct"}


def test_a_figure_is_found_inside_others():
    figures = {"classes": {"dme": {"auc": 0.98}}, "dice": 0.7}
    assert figure_of(figures, "classes/dme/auc") == 0.98
    assert figure_of(figures, "dice") == 0.7
    assert figure_of(figures, "classes/cnv/auc") is None


MODEL = {
    "hash": "ab" * 32, "megabytes": 5.1, "parameters": 1234, "recipe": {"size": "compact", "seed": 0},
    "stages": ["multitask"], "metrics": {}, "postprocess": {"thresholds": {"OD": 0.45}, "temperatures": {}},
    "store": "cd" * 32,
    "sets": {"drishti_*": {"images": 26, "dice_od": 0.9712, "dice_od_interval": [0.96, 0.98], "dice_oc": 0.81}},
}  # fmt: skip
FORM = {
    "made": "2026-01-02 03:04",
    "models": {"glaucoma": MODEL},
    "changes": {"glaucoma": {"dice_od, drishti_*": {"none": 0.97, "dark": 0.93}}},
    "aims": [
        {**AIMS[0].__dict__, "value": 0.9712, "interval": [0.96, 0.98], "met": True},
        {**AIMS[1].__dict__, "value": 0.81, "interval": None, "met": False},
    ],
}


def test_the_page_says_what_was_reached_and_what_was_missed():
    text = "\n".join(shipped_part(FORM))
    assert "| Disc Dice, Drishti-GS1 | glaucoma | 0.971 | 0.960 to 0.980 | ≥ 0.97 | met |" in text
    assert "missed by 0.070" in text
    assert "0.971 (0.960 to 0.980)" in text
    assert "| glaucoma: dice_od, drishti_* | 0.970 | 0.930 |" in text


def test_a_card_names_data_terms_and_failures(tmp_path):
    write_cards(json.loads(json.dumps(FORM)), tmp_path)
    text = (tmp_path / "glaucoma.md").read_text("utf-8")
    for part in ("Not a medical device", "Drishti-GS1", "CC BY 4.0", "OD 0.45", "Known failures", "ab" * 32):
        assert part in text
