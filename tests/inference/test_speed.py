import copy
from dataclasses import replace

import pytest
import torch
from torch import nn

from retina_studio.inference.speed import quicken
from retina_studio.networks.table import MODELS

ROWS = [row for row in MODELS if row.size == "compact"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.stem)
def test_a_quickened_network_answers_the_same(row):
    torch.manual_seed(0)
    small = replace(row.preprocessing, height=64, width=96 if row.stem == "disc" else 64)
    network = row.build(small, row.options).eval().requires_grad_(False)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):  # as after training, not the identity
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.uniform_(0.7, 1.3)
            module.bias.normal_(0, 0.1)
    image = torch.rand(1, small.channels, small.height, small.width)
    norms = _norms(network)
    quick = quicken(copy.deepcopy(network))
    assert _norms(quick) < 0.25 * norms
    expected, found = network(image), quick(image)
    assert expected.keys() == found.keys()
    for name, answer in expected.items():
        assert torch.allclose(found[name], answer, atol=1e-4), name


def test_a_normalisation_by_the_images_own_statistics_stays():
    layers = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2, track_running_stats=False)).eval()
    holder = nn.Sequential(layers)
    assert _norms(quicken(holder)) == 1


def _norms(network):
    return sum(isinstance(module, nn.BatchNorm2d) for module in network.modules())
