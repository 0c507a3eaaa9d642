"""CM-CNN, held against models.md 5.2, 5.3 and 5.5."""

from itertools import pairwise

import pytest
import torch
from torchvision.models import inception_v3, resnet18

from retina_studio.networks.backbones import BackboneError
from retina_studio.networks.cmcnn import CMCNN, complementary
from retina_studio.networks.resnet import ResNet18
from retina_studio.networks.table import model_spec

MIB = 2**20


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


def _count(module):
    return sum(p.numel() for p in module.parameters())


def _paper(channels=1, classes=3, guidance="complementary"):
    with torch.device("meta"):
        return CMCNN(ResNet18(channels), 512, classes, 512, guidance)


def _small(guidance="complementary", seed=0):
    torch.manual_seed(seed)
    return CMCNN(ResNet18(1, depth=2), 64, 3, 8, guidance).eval()


def test_the_parameters_are_those_of_the_specification_and_of_the_printed_size():
    assert _count(_paper()) == 15_892_420
    assert _count(model_spec("oct", "paper").build().classifier) == 15_892_420
    assert _count(ResNet18(1)) == 11_170_240
    for channels in (1, 3):
        assert abs(4 * _count(_paper(channels)) / MIB - 60.63) < 0.05


def test_the_printed_sizes_are_mebibytes_of_float32_and_not_millions():
    with torch.device("meta"):
        inception = inception_v3(weights=None, num_classes=3, aux_logits=False, init_weights=False)
        unet = model_spec("disc", "paper").build()
    assert _count(inception) == 21_791_715
    assert round(4 * 21_791_715 / MIB, 2) == 83.13
    assert _count(unet.encoder) + _count(unet.decoder) == 7_765_409
    assert round(4 * 7_765_409 / MIB, 2) == 29.62
    assert abs(4 * _mobilenet(classes=3) / MIB - 12.26) < 0.02
    # As millions they contradict each other: the trunk of "60.63" would be 11.
    assert _count(_paper(3, guidance="none").encoder) == 11_176_512


def _mobilenet(classes):
    """Parameters of MobileNetV1, from table 1 of Howard et al. (2017)."""
    widths = [32, 64, 128, 128, 256, 256, *[512] * 6, 1024, 1024]
    first = 3 * 9 * 32 + 2 * 32
    pairs = pairwise(widths)
    return first + sum(9 * i + 2 * i + i * o + 2 * o for i, o in pairs) + 1024 * classes + classes


def test_at_512_every_level_has_the_shape_of_the_specification():
    network, image = _paper(), torch.empty(2, 1, 512, 512, device="meta")
    shapes = [tuple(level.shape[1:]) for level in network.encoder(image)]
    assert shapes == [(64, 256, 256), (64, 128, 128), (128, 64, 64), (256, 32, 32), (512, 16, 16)]
    features, mask = network.features(image)
    assert features.shape == (2, 512, 16, 16)
    assert mask.shape == (2, 1, 16, 16)
    assert network.score(features).shape == (2, 3)
    assert network.fusion[0].in_channels == 1024
    assert network.cams(features).shape == (2, 3, 16, 16)


def test_the_two_complementary_parts_add_up_to_the_features():
    features, mask = torch.randn(2, 6, 4, 4), torch.rand(2, 1, 4, 4)
    both = complementary(features, mask)
    assert torch.allclose(both[:, :6] + both[:, 6:], features, atol=1e-6)
    assert torch.equal(both[:, :6], features * mask)
    assert torch.equal(complementary(features, torch.ones(1)), torch.cat([features, features * 0], dim=1))


def test_with_the_complement_a_mask_that_is_all_wrong_loses_nothing_and_without_it_everything():
    image = torch.rand(2, 1, 32, 32)
    for guidance, same in (("complementary", False), ("mask", True)):
        network = _small(guidance)
        torch.nn.init.zeros_(network.mask.weight)
        torch.nn.init.constant_(network.mask.bias, -100.0)
        features, mask = network.features(image)
        assert (mask == 0).all()
        assert torch.allclose(features[0], features[1]) is same


def test_without_guidance_the_classifier_is_a_plain_resnet18():
    torch.manual_seed(0)
    plain = resnet18(num_classes=3).eval()
    network = CMCNN(ResNet18(3), 512, 3, 512, "none").eval()
    network.encoder.load_backbone(plain.state_dict())
    network.head.load_state_dict(plain.fc.state_dict())
    assert _count(network) == _count(plain) == 11_178_051
    image = torch.rand(2, 3, 64, 64)
    logits, mask = network(image)
    assert mask is None
    assert torch.allclose(logits, plain(image), atol=1e-5)


def test_a_pretrained_trunk_sees_grey_as_three_equal_channels():
    torch.manual_seed(0)
    state = resnet18().state_dict()
    one, three = ResNet18(1, depth=3).eval(), ResNet18(3, depth=3).eval()
    one.load_backbone(state)
    three.load_backbone(state)
    image = torch.rand(1, 1, 32, 32)
    for a, b in zip(one(image), three(image.expand(-1, 3, -1, -1)), strict=True):
        assert torch.allclose(a, b, atol=1e-4)
    with pytest.raises(BackboneError, match="ResNet18"):
        one.load_backbone({name: t for name, t in state.items() if name != "bn1.weight"})


@pytest.mark.parametrize("guidance", ["complementary", "mask", "none"])
def test_the_cam_is_the_autograd_grad_cam_of_every_class(guidance):
    network = _small(guidance)
    features = torch.rand(3, network.head.in_features, 4, 6, requires_grad=True)
    cams = network.cams(features)
    for number in range(3):
        (gradient,) = torch.autograd.grad(network.score(features)[:, number].sum(), features)
        cam = (gradient.mean(dim=(2, 3), keepdim=True) * features).sum(dim=1).relu()
        low, high = cam.amin(dim=(1, 2), keepdim=True), cam.amax(dim=(1, 2), keepdim=True)
        assert (high > low).any()
        expected = torch.where(high > low, (cam - low) / (high - low), torch.zeros(()))
        assert torch.allclose(cams[:, number], expected, atol=1e-4)


def test_a_cam_for_which_nothing_speaks_stays_zero():
    network = _small()
    with torch.no_grad():
        network.head.weight.copy_(-network.head.weight.abs())
        cams = network.cams(network.features(torch.rand(2, 1, 64, 64))[0])
    assert (cams == 0).all()


@pytest.mark.parametrize("depth", [1, 6])
def test_an_encoder_that_there_is_not_is_refused(depth):
    with pytest.raises(ValueError, match="2 to 5 maps"):
        ResNet18(1, depth)
