from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from retina_studio.networks.field import field_of_view
from retina_studio.networks.find import find
from retina_studio.networks.finding import Finding
from retina_studio.networks.findings.disc import focused_disc
from retina_studio.networks.findings.glaucoma import focused_glaucoma
from retina_studio.networks.focus import focus_box
from retina_studio.networks.preprocessing import Frame, Preprocessing, PreprocessingError
from retina_studio.networks.table import model_spec

SPEC = Preprocessing(64, 64, channels=1)
CENTRE, RADIUS = (610, 430), 47


def _photograph(height=900, width=1000):
    pixels = np.zeros((height, width), np.uint8)
    cv2.circle(pixels, (width // 2, height // 2), min(height, width) // 2 - 5, 60, -1)
    cv2.circle(pixels, CENTRE, RADIUS, 255, -1)
    return pixels


class Bright(nn.Module):
    """A network that knows the disc by its light: what it says is as good as what it is shown."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(30.0))
        self.looks = 0

    def forward(self, image):
        self.looks += 1
        return {"masks": ((image - 0.6) * self.scale).sigmoid()}


def _read(answers, frame, network):
    del network
    return Finding(frame, maps={"OD": answers["masks"][0, 0].numpy()}, single=frozenset({"OD"}))


ROW = replace(model_spec("disc", "compact"), read=_read, focused=lambda whole, near: near)


def _dice(found, truth):
    return 2 * (found & truth).sum() / (found.sum() + truth.sum())


def test_a_second_look_outlines_the_disc_more_exactly():
    pixels = _photograph()
    truth = pixels == 255
    network = Bright()
    once = find(ROW, network, pixels, SPEC)
    assert network.looks == 1
    assert once.whole_frame is once.frame
    twice = find(ROW, network, pixels, replace(SPEC, focus=2.0))
    assert network.looks == 3
    assert _dice(once.mask("OD"), truth) < 0.95
    assert _dice(twice.mask("OD"), truth) > 0.98
    assert twice.frame.box[2] == pytest.approx(4 * RADIUS, abs=16)
    assert twice.whole_frame == once.frame


def test_a_disc_that_fills_the_picture_is_not_looked_at_twice():
    network = Bright()
    left, top = CENTRE[0] - 60, CENTRE[1] - 60
    find(ROW, network, _photograph()[top : top + 120, left : left + 120], replace(SPEC, focus=2.0))
    assert network.looks == 1


def test_without_a_disc_there_is_one_look():
    network = Bright()
    find(ROW, network, np.full((300, 300), 60, np.uint8), replace(SPEC, focus=2.0))
    assert network.looks == 1


def test_the_square_about_a_disc_at_the_border_is_cut_there():
    pixels = np.zeros((400, 400), np.uint8)
    cv2.circle(pixels, (5, 200), 30, 255, -1)
    finding = find(ROW, Bright(), pixels, replace(SPEC, crop=False))
    left, top, width, height = focus_box(finding, 2.0)
    assert left == 0
    assert width < height == pytest.approx(120, abs=16)
    assert top == pytest.approx(140, abs=10)


def test_where_only_the_centre_is_known_the_square_follows_from_the_field_of_view():
    frame = Frame((900, 1000), field_of_view(_photograph()), (0, 0, 64, 64), (64, 64))
    box = focus_box(Finding(frame, points={"OD": (500.0, 450.0)}), 2.0)
    assert box[0] + box[2] / 2 == pytest.approx(500, abs=1)
    assert box[2] == pytest.approx(2 * 0.13 * 890, abs=3)


def test_the_closer_look_keeps_the_fovea_of_the_whole_image_and_the_disc_its_own_middle():
    frame = Frame((10, 10), (0, 0, 10, 10), (0, 0, 10, 10), (10, 10))
    disc = np.zeros((10, 10), np.float32)
    disc[2:4, 4:8] = 1
    near = Finding(
        frame, maps={"OD": disc}, points={"OD": (0.0, 0.0)}, measures={"vcdr": 0.6, "fovea_peak": 0.9}
    )
    whole = Finding(
        frame, points={"OD": (1.0, 1.0), "fovea": (8.0, 8.0)}, measures={"vcdr": 0.1, "fovea_peak": 0.4}
    )
    assert focused_disc(whole, near).points == {"OD": (6.0, 3.0)}
    assert focused_disc(Finding(frame), near) is near
    joined = focused_glaucoma(whole, near)
    assert joined.points == whole.points
    assert joined.measures == {"vcdr": 0.6, "fovea_peak": 0.4}


def test_a_focus_out_of_range_is_refused():
    with pytest.raises(PreprocessingError, match="out of range"):
        Preprocessing(64, 64, focus=0.5)
    assert Preprocessing.from_dict(replace(SPEC, focus=1.8).to_dict()).focus == 1.8


def test_a_disc_that_fills_the_picture_has_its_own_middle_as_centre():
    def read(answers, frame, network):
        del network
        maps = {"OD": answers["masks"][0, 0].numpy()}
        return Finding(frame, maps=maps, points={"OD": (1.0, 1.0)}, single=frozenset({"OD"}))

    left, top = CENTRE[0] - 60, CENTRE[1] - 60
    row = replace(ROW, read=read, focused=focused_disc)
    found = find(row, Bright(), _photograph()[top : top + 120, left : left + 120], replace(SPEC, focus=2.0))
    assert found.points["OD"] == pytest.approx((60, 60), abs=3)


def test_a_network_that_was_not_taught_the_disc_looks_once():
    row = replace(ROW, read=lambda answers, frame, network: Finding(frame, points={"fovea": (3.0, 4.0)}))
    found = find(row, Bright(), _photograph(), replace(SPEC, focus=2.0))
    assert found.points == {"fovea": (3.0, 4.0)}
