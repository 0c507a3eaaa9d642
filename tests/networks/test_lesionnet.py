"""Lesion-Net: the facts of models.md 2.3, and what keeps its answers honest."""

from itertools import pairwise

import pytest
import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

from retina_studio.networks.lesion import LesionMultiTask
from retina_studio.networks.lesionnet import LESIONS, LesionNet, presence
from retina_studio.networks.windows import averaged, window_starts

LENGTHS = (32, 16, 8, 4, 2)
COUNTS = (21_801_960, 25_262_312, 25_921_384, 26_113_704, 26_152_520)


def parameters(module):
    return sum(p.numel() for p in module.parameters())


def small(**options):
    torch.manual_seed(0)
    return LesionNet("efficientnet_lite0", 3, **{"path_length": 8, "widths": (8, 8), **options}).eval()


@pytest.mark.parametrize(("length", "count"), list(zip(LENGTHS, COUNTS, strict=True)))
def test_each_path_length_has_its_parameters(length, count):
    with torch.device("meta"):
        assert parameters(LesionNet("inception_v3", 3, path_length=length)) == count


@pytest.mark.parametrize("length", LENGTHS)
def test_maps_are_made_at_the_path_length_and_enlarged_from_there(length):
    network, low = small(path_length=length, widths=(8, 8, 8, 8)), []
    network.head.register_forward_hook(lambda _module, _inputs, maps: low.append(maps.shape))
    with torch.inference_mode():
        assert network(torch.rand(1, 3, 64, 96)).shape == (1, 8, 64, 96)
    assert low == [(1, 8, 64 // length, 96 // length)]


def test_a_longer_path_has_more_parameters_on_either_encoder():
    with torch.device("meta"):
        for encoder in ("inception_v3", "efficientnet_lite0"):
            counts = [parameters(LesionNet(encoder, 3, path_length=length)) for length in LENGTHS]
            assert all(a < b for a, b in pairwise(counts))


def test_the_sigmoid_comes_before_the_enlargement_or_after():
    first, after = small(), small(sigmoid_first=False)
    image = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        low = first.low(image)
        assert torch.equal(low, after.low(image))

        def larger(maps):
            return F.interpolate(maps, size=(64, 64), mode="bilinear", align_corners=False)

        assert torch.allclose(first(image), larger(low.sigmoid()))
        assert torch.allclose(after(image), larger(low).sigmoid())


def test_the_presence_of_a_lesion_is_the_maximum_of_its_map():
    maps = torch.zeros(2, 8, 5, 7)
    maps[1, 3, 4, 6] = 0.75
    assert presence(maps).tolist() == [[0.0] * 8, [0.0] * 3 + [0.75] + [0.0] * 4]


def test_what_nobody_taught_is_answered_zero():
    network = small()
    network.taught[LESIONS.index("NV")] = 0
    with torch.inference_mode():
        maps = network(torch.rand(1, 3, 64, 64))
    silent = maps.amax(dim=(0, 2, 3)) == 0
    assert silent.tolist() == [label == "NV" for label in LESIONS]


def test_windows_of_224_at_steps_of_112_cover_896_in_49():
    starts = window_starts(896, 224, 112)
    assert starts == [0, 112, 224, 336, 448, 560, 672]
    assert len(starts) ** 2 == 49
    assert window_starts(500, 224, 112) == [0, 112, 224, 276]
    assert window_starts(224, 224, 112) == [0]


def test_overlapping_windows_are_averaged():
    calls = []

    def numbered(window):
        calls.append(window.shape)
        return torch.full((1, 1, 4, 4), float(len(calls)))

    result = averaged(numbered, torch.zeros(1, 3, 4, 8), 4, 2)
    assert result[0, 0, 0].tolist() == [1, 1, 1.5, 1.5, 2.5, 2.5, 3, 3]
    assert calls == [(1, 3, 4, 4)] * 3


def test_a_network_with_a_window_runs_by_windows_in_evaluation_alone():
    network = small(window=32)
    image = torch.rand(1, 3, 64, 96)
    with torch.inference_mode():
        network.head.weight.mul_(1000)  # so that places differ
        by_windows = network(image)
        whole = network.whole(image)
        corner = network.whole(image[..., :32, :32])
    assert not torch.allclose(by_windows, whole, atol=1e-3)
    assert torch.allclose(by_windows[..., :16, :16], corner[..., :16, :16], atol=1e-6)
    assert torch.equal(network(image[..., :32, :]), network.whole(image[..., :32, :]))
    assert network.train()(image).shape == (1, 8, 64, 96)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"path_length": 5}, "path length is 32, 16, 8, 4 or 2, not 5"),
        ({"path_length": 4, "widths": (8, 8)}, "needs 3 widths"),
        ({"widths": (8, 100_000)}, "widths of 1 to 2048"),
        ({"window": 100}, "multiple of 32, not 100"),
    ],
)
def test_numbers_that_fit_no_network_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        small(**options)


@pytest.mark.parametrize(
    ("sides", "options", "words"),
    [
        ((100, 96), {}, "multiples of 32"),
        ((64, 8192), {}, "up to 4096"),
        ((64, 64), {"encoder": "vgg"}, "no encoder 'vgg'"),
    ],
)
def test_a_model_that_cannot_be_is_refused(sides, options, words):
    with torch.device("meta"), pytest.raises(ValueError, match=words):
        LesionMultiTask(*sides, 3, **{"encoder": "efficientnet_lite0", **options})
