"""Tiny weights of the model `disc`: what is brighter than a threshold is disc; real network, real file."""

import torch

from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import WeightsHeader, save_weights

SPEC = Preprocessing(48, 64, channels=1, crop=False)
OPTIONS = {"filters": [1, 1], "dropout": 0.0}


def tiny_network(threshold=0.5):
    torch.manual_seed(0)
    network = model_spec("disc", "compact").build(SPEC, OPTIONS).eval()
    with torch.no_grad():
        for block in (network.encoder.levels[0], network.decoder.levels[0]):
            for conv in (block[0], block[4]):
                conv.weight.zero_()
                conv.bias.zero_()
                conv.weight[0, 0, 1, 1] = 1.0
        network.decoder.out.weight.fill_(40.0)
        network.decoder.out.bias.fill_(-40.0 * threshold)
    network.localises.fill_(True)
    return network


def tiny_weights(path, threshold=0.5, change=lambda state: None, **facts):
    """Write such a file; returns its SHA-256. `facts` go into the header, `change` may spoil the tensors."""
    state = tiny_network(threshold).state_dict()
    change(state)
    told = {
        "stages": ("localiser", "decoder"),
        "metrics": {"val_dice": 0.875, "val_distance": float("nan")},
        "store_hash": "5" * 64,
        "recipe": {"model": "disc", "decoder": {"epochs": 3}},
        "software": "0.1.0",
    }
    header = WeightsHeader("disc", "compact", OPTIONS, SPEC, **{**told, **facts})
    path.parent.mkdir(parents=True, exist_ok=True)
    return save_weights(path, state, header)
