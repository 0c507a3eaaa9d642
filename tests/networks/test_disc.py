import numpy as np
import pytest
import torch

from retina_studio.networks.disc import find_disc, main_component
from retina_studio.networks.locseg import LocSeg
from retina_studio.networks.preprocessing import Preprocessing


def test_main_component_is_the_largest_with_its_holes_filled():
    mask = np.zeros((20, 30), np.bool_)
    mask[2:10, 3:12] = True
    mask[5, 6] = False
    mask[15:18, 20:22] = True
    kept = main_component(mask)
    expected = np.zeros_like(mask)
    expected[2:10, 3:12] = True
    assert np.array_equal(kept, expected)


def test_main_component_of_nothing_is_nothing():
    assert not main_component(np.zeros((3, 4), np.bool_)).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 7)])
def test_main_component_of_a_full_small_mask_is_all_of_it(shape):
    assert main_component(np.ones(shape, np.bool_)).all()


def test_the_threshold_itself_counts_as_disc():
    torch.manual_seed(0)
    network = LocSeg(16, 32, (2, 2), 0.0).eval()
    for tensor in network.decoder.out.parameters():
        torch.nn.init.zeros_(tensor)  # logits 0: probability exactly one half
    finding = find_disc(network, np.full((20, 50, 3), 99, np.uint8), Preprocessing(16, 32))
    assert finding.mask.all()
    assert finding.probability.shape == (20, 50)
    torch.nn.init.constant_(network.decoder.out.bias, -1e-3)
    assert not find_disc(network, np.full((20, 50, 3), 99, np.uint8), Preprocessing(16, 32)).mask.any()


def test_the_centre_is_in_image_pixels():
    network = LocSeg(16, 32, (2, 2), 0.0).eval()
    torch.nn.init.zeros_(network.localiser.weight)
    network.localiser.bias.data = torch.tensor([0.5, 0.25])  # the middle of the input
    finding = find_disc(network, np.full((400, 800), 99, np.uint8), Preprocessing(16, 32))
    assert finding.centre == pytest.approx((400.0, 200.0))
