"""The padded Inception-v3 trunk: the facts of models.md 2.2."""

import pytest
import torch
from torchvision.models import Inception3

from retina_studio.networks.backbones import BackboneError
from retina_studio.networks.inception import PaddedInception


def parameters(module):
    return sum(p.numel() for p in module.parameters())


@pytest.fixture(scope="module")
def stock():
    torch.manual_seed(0)
    return Inception3(num_classes=5, aux_logits=True, init_weights=False).eval()


def test_the_taps_at_896_are_448_to_28_where_stock_gives_26():
    with torch.device("meta"):
        trunk, stock = PaddedInception(), Inception3(aux_logits=False, init_weights=False)
        image = torch.empty(1, 3, 896, 896)
    assert [tuple(tap.shape[1:]) for tap in trunk(image)] == [
        (64, 448, 448),
        (192, 224, 224),
        (288, 112, 112),
        (768, 56, 56),
        (2048, 28, 28),
    ]
    seen = []
    for name in ("Conv2d_2b_3x3", "Conv2d_4a_3x3", "Mixed_5d", "Mixed_6e", "Mixed_7c"):
        getattr(stock, name).register_forward_hook(lambda _m, _i, out: seen.append(out.shape[-1]))
    stock.eval()(image)
    assert seen == [445, 220, 109, 54, 26]


def test_odd_sides_round_up():
    with torch.device("meta"):
        taps = PaddedInception()(torch.empty(1, 3, 75, 101))
    assert [tuple(tap.shape[2:]) for tap in taps] == [(38, 51), (19, 26), (10, 13), (5, 7), (3, 4)]


def test_it_has_as_many_parameters_as_torchvisions_without_its_classifiers():
    with torch.device("meta"):
        assert parameters(PaddedInception()) == 21_785_568
        assert parameters(Inception3(num_classes=5, aux_logits=False, init_weights=False)) == 21_795_813


def test_torchvisions_weights_load_unchanged_and_give_its_features_inside(stock):
    trunk = PaddedInception().eval()
    trunk.load_backbone(stock.state_dict())
    for name, tensor in trunk.state_dict().items():
        assert torch.equal(tensor, stock.state_dict()[name]), name
    image = torch.rand(1, 3, 95, 95) * 2 - 1
    with torch.inference_mode():
        padded = trunk(image)[0]
        bare = stock.Conv2d_2b_3x3(stock.Conv2d_2a_3x3(stock.Conv2d_1a_3x3(image[..., 1:, 1:])))
    # From pixel 1 on, the un-padded first convolution falls on the padded one's positions from 1 on.
    assert torch.allclose(padded[..., 4:40, 4:40], bare[..., 2:38, 2:38], atol=1e-5)


def test_wrong_weights_and_grey_images_are_refused(stock):
    state = stock.state_dict()
    del state["Mixed_7c.branch1x1.conv.weight"]
    with torch.device("meta"):
        trunk = PaddedInception()
        with pytest.raises(BackboneError, match="Inception-v3"):
            trunk.load_backbone(state)
        with pytest.raises(ValueError, match="3 channels, not 1"):
            PaddedInception(1)
