"""Small weights files whose answers are known: bright above one half is disc."""

import numpy as np
import torch

from retina_studio.networks.postprocess import PLAIN
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import WeightsHeader, save_weights

SPEC = Preprocessing(48, 64, channels=1, crop=False, minmax=True)
OPTIONS = {"filters": [1, 1], "dropout": 0.0}


def disc_network(bias=-10.0, gain=20.0):
    """A network whose decoder passes the input's brightness through."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = model_spec("disc", "compact").build(SPEC, OPTIONS).eval()
    with torch.no_grad():
        for block in (network.encoder.levels[0], network.decoder.levels[0]):
            for conv in (block[0], block[4]):
                conv.weight.zero_()
                conv.bias.zero_()
                conv.weight[0, 0, 1, 1] = 1.0
        network.decoder.out.weight.fill_(gain)
        network.decoder.out.bias.fill_(bias)
    network.localises.fill_(True)
    return network


def disc_weights(path, network=None, postprocess=PLAIN):
    """Write such a network; returns the file's hash."""
    header = WeightsHeader(
        "disc", "compact", OPTIONS, SPEC, ("localiser", "decoder"), postprocess=postprocess
    )
    return save_weights(path, (network or disc_network()).state_dict(), header)


def oct_weights(path):
    """Write a fresh network for B-scans; returns the file's hash."""
    torch.manual_seed(0)
    row = model_spec("oct", "compact")
    spec = Preprocessing(64, 64, channels=1, crop=False, fit="stretch")
    network = row.build(spec, row.options)
    return save_weights(path, network.state_dict(), WeightsHeader("oct", "compact", row.options, spec))


def photograph(height=240, width=320):
    """A bright elliptic disc at (200, 90), semi-axes 40 and 48, on a darker ground in colour."""
    yy, xx = np.mgrid[:height, :width] + 0.5
    image = np.full((height, width, 3), 40, np.uint8)
    image[((xx - 200) / 40) ** 2 + ((yy - 90) / 48) ** 2 <= 1] = 220
    image[200:206, 20:26] = 220  # a smaller bright spot, which the main component leaves out
    image[..., 2] //= 2
    return image


def bscan(height=200, width=300):
    """Grey, dark above and below a bright band."""
    image = np.full((height, width), 20, np.uint8)
    image[90:130] = 180
    return image
