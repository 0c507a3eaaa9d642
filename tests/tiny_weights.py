"""Tiny weights of the model `disc`, for which what is brighter than a threshold is disc, and images that show it."""

import numpy as np
import torch

from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import WeightsHeader, save_weights
from retina_studio.store.curated import CuratedImage
from retina_studio.store.write import write_snapshot

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


def photograph(place=(60, 40), radius=12):
    """A disc in a ring that is less bright: the threshold decides which is found. Pixels, small and large plane."""
    yy, xx = np.mgrid[:96, :128] + 0.5
    away = np.hypot(xx - place[0], yy - place[1])
    small, large = away <= radius, away <= 1.5 * radius
    grey = np.select([small, large], [180, 130], 60).astype(np.uint8)
    return np.dstack([grey] * 3), small.astype(np.uint8) * 255, large.astype(np.uint8) * 255


def two_discs(path):
    """A snapshot with two test images: "narrow" has the small disc for its truth, "wide" the large one."""
    images = []
    for name, split, place in (
        ("narrow", "test", (60, 40)),
        ("wide", "test", (70, 50)),
        ("other", "train", (50, 40)),
    ):
        pixels, small, large = photograph(place)
        image = CuratedImage(
            name=name,
            pixels=pixels,
            modality="fundus",
            eye="OD",
            patient=name,
            split=split,
            source_sha256="0" * 64,
            masks={"OD": small if name == "narrow" else large},
        )
        images.append(image)
    write_snapshot(path, images, study_id="study", rules={})
    return path
