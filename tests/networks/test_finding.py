import numpy as np
import pytest
import torch

from retina_studio.networks.find import find
from retina_studio.networks.finding import Finding, main_component
from retina_studio.networks.locseg import LocSeg
from retina_studio.networks.preprocessing import Frame, Preprocessing
from retina_studio.networks.table import model_spec

WHOLE = Frame((20, 30), (0, 0, 30, 20), (0, 0, 30, 20), (20, 30))


def test_main_component_is_the_largest_with_its_holes_filled():
    mask = np.zeros((20, 30), np.bool_)
    mask[2:10, 3:12] = True
    mask[5, 6] = False
    mask[15:18, 20:22] = True
    kept = main_component(mask)
    expected = np.zeros_like(mask)
    expected[2:10, 3:12] = True
    assert np.array_equal(kept, expected)


def test_corners_connect_only_in_eight_directions():
    mask = np.eye(4, dtype=np.bool_)
    assert main_component(mask).sum() == 4
    assert main_component(mask, connectivity=4).sum() == 1


def test_main_component_of_nothing_is_nothing():
    assert not main_component(np.zeros((3, 4), np.bool_)).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 7)])
def test_main_component_of_a_full_small_mask_is_all_of_it(shape):
    assert main_component(np.ones(shape, np.bool_)).all()


def _map(*boxes, value=0.9):
    values = np.zeros((20, 30), np.float32)
    for top, left, bottom, right in boxes:
        values[top:bottom, left:right] = value
    return values


def test_a_single_label_keeps_its_main_part_and_others_keep_all():
    maps = {"OD": _map((0, 0, 6, 6), (10, 10, 12, 12)), "MA": _map((0, 0, 6, 6), (10, 10, 12, 12))}
    finding = Finding(WHOLE, maps, single=frozenset({"OD"}))
    assert finding.mask("OD").sum() == 36
    assert finding.mask("MA").sum() == 40
    assert finding.labels == ("OD", "MA")


def test_what_lies_outside_its_container_is_cut_off():
    maps = {"OD": _map((5, 5, 15, 15)), "OC": _map((0, 8, 10, 12))}
    finding = Finding(WHOLE, maps, inside={"OC": "OD"})
    assert np.array_equal(finding.mask("OC"), _map((5, 8, 10, 12)) > 0)


def test_exclusive_classes_share_no_pixel_and_the_most_probable_wins():
    maps = {
        "background": np.full((20, 30), 0.4, np.float32),
        "OD": _map((0, 0, 10, 10), value=0.5),
        "PPA": _map((0, 5, 10, 15), value=0.6),
    }
    finding = Finding(WHOLE, maps, exclusive=True)
    assert np.array_equal(finding.mask("OD"), _map((0, 0, 10, 5)) > 0)
    assert np.array_equal(finding.mask("PPA"), _map((0, 5, 10, 15)) > 0)
    assert finding.labels == ("OD", "PPA")


def test_the_most_probable_grade():
    finding = Finding(WHOLE, grades={"dr": {0: 0.2, 1: 0.5, 2: 0.3}})
    assert finding.grade("dr") == 1


SPEC = Preprocessing(16, 32, channels=1)


@pytest.fixture
def network():
    torch.manual_seed(0)
    return LocSeg(16, 32, filters=(2, 2), dropout=0.0).eval()


def test_the_threshold_itself_counts_as_inside(network):
    for tensor in network.decoder.out.parameters():
        torch.nn.init.zeros_(tensor)  # logits 0: probability exactly one half
    row, pixels = model_spec("disc", "compact"), np.full((20, 50, 3), 99, np.uint8)
    finding = find(row, network, pixels, SPEC)
    assert finding.mask("OD").all()
    assert finding.probability("OD").shape == (20, 50)
    torch.nn.init.constant_(network.decoder.out.bias, -1e-3)
    assert not find(row, network, pixels, SPEC).mask("OD").any()


def test_the_centre_is_in_image_pixels_once_the_localiser_is_trained(network):
    torch.nn.init.zeros_(network.localiser.weight)
    network.localiser.bias.data = torch.tensor([0.5, 0.25])  # the middle of the input
    row, pixels = model_spec("disc", "compact"), np.full((400, 800), 99, np.uint8)
    assert find(row, network, pixels, SPEC).points == {}
    network.localises.fill_(True)
    assert find(row, network, pixels, SPEC).points["OD"] == pytest.approx((400.0, 200.0))
