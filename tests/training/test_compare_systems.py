import sys
import warnings

import pytest
import torch

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.efficientnet import EfficientNetLite0
from retina_studio.networks.inception import PaddedInception
from retina_studio.networks.resnet import ResNet50
from training.compare.table import OURS, SYSTEMS, system, systems_of
from training.compare.unet import NARROW, CrossStitch
from training.compare.wanted import MissingPackageError, Wanted

NETWORKS = [
    # importing monai takes a third of the time of all these tests
    pytest.param(name, marks=pytest.mark.slow) if row.package == "monai" else name
    for name, row in SYSTEMS.items()
    if row.build
]
SIDES = {"inception-v3": 96}


def wanted_of(name, size="compact", inputs=3):
    kind = SYSTEMS[name].kind
    maps, classes = 2 * (kind != "classification"), 3 * (kind != "segmentation")
    side = SIDES.get(name, 64)
    return Wanted(inputs, maps, classes, size, side, side + 32)


def build(name, wanted):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a package's own, at its import
            return SYSTEMS[name].network(wanted)
    except MissingPackageError as error:
        pytest.skip(str(error))


def parameters(name, wanted):
    # monai reads numbers off tensors while it builds its transformer.
    with torch.device("cpu" if name == "swin-unetr" else "meta"):
        return sum(p.numel() for p in build(name, wanted).parameters())


@pytest.mark.parametrize("name", NETWORKS)
def test_every_system_answers_with_logits_of_the_right_shape_and_learns(name):
    inputs = 1 if "oct" in SYSTEMS[name].stems else 3
    wanted = wanted_of(name, inputs=inputs)
    torch.manual_seed(0)
    network = build(name, wanted)
    answers = network(torch.rand(2, inputs, wanted.height, wanted.width))
    shapes = {key: tuple(value.shape) for key, value in answers.items() if key != "attention"}
    expected = {"masks": (2, 2, wanted.height, wanted.width)} if wanted.maps else {}
    assert shapes == expected | ({"classes": (2, 3)} if wanted.classes else {})
    sum(value.square().mean() for value in answers.values()).backward()
    first = next(
        p for p in network.parameters() if p.ndim == 4
    )  # a convolution; the gradient went all the way back
    assert bool((first.grad != 0).any())
    assert getattr(network, "backbone", "") == SYSTEMS[name].backbone[1]
    assert sum(p.numel() for p in network.parameters()) < 5_300_000


@pytest.mark.parametrize(
    ("name", "wanted", "count"),
    [
        # models.md 4.2 and 5.5: what paper 004 prints as 29.62 and 83.13 MiB
        ("u-net", Wanted(1, 1, 0, "paper", 512, 512), 7_765_409),
        ("inception-v3", Wanted(3, 0, 3, "paper", 512, 512), 21_791_715),
        # models.md 6
        ("r50-unet", Wanted(3, 1, 0, "paper", 512, 512), 32_521_105),
        pytest.param(
            "attention-unet", Wanted(1, 1, 0, "paper", 512, 512), 31_739_185, marks=pytest.mark.slow
        ),
        pytest.param("swin-unetr", Wanted(1, 1, 0, "paper", 512, 512), 6_302_203, marks=pytest.mark.slow),
        ("mobilenet", Wanted(1, 0, 3, "paper", 512, 512), 3_209_475),
        # 004 prints 14.93 million; 14,714,688 of them are VGG16's convolutions
        ("vgg16", Wanted(3, 0, 3, "paper", 512, 512), 14_724_675),
        # a score of 1 x 1 for each map and tap on the trunk of 21,785,568 (models.md 2.2)
        ("fcn-32s", Wanted(3, 8, 0, "paper", 896, 896), 21_785_568 + 8 * 2049),
        ("fcn-8s", Wanted(3, 8, 0, "paper", 896, 896), 21_785_568 + 8 * (2049 + 769 + 289)),
    ],
)
def test_parameters_are_the_published_ones(name, wanted, count):
    assert parameters(name, wanted) == count


@pytest.mark.parametrize(
    ("size", "encoder"),
    [("compact", EfficientNetLite0), pytest.param("paper", ResNet50, marks=pytest.mark.slow)],
)
def test_a_pretrained_encoder_says_the_same_in_the_package_as_in_ours(size, encoder):
    torch.manual_seed(0)
    ours = encoder(3).eval()
    for module in ours.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.1, 0.1)
    network = build("r50-unet", wanted_of("r50-unet", size)).eval()
    assert network.backbone == encoder.backbone
    network.load_backbone(ours.state_dict())
    image = torch.rand(1, 3, 64, 96)
    with torch.inference_mode():
        theirs = network.body.encoder(image)[1:]
        for one, other in zip(ours(image), theirs, strict=True):
            torch.testing.assert_close(one, other)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("plain", EfficientNetLite0),
        ("plain-unet", EfficientNetLite0),
        ("fcn-16s", EfficientNetLite0),
        ("abn", EfficientNetLite0),
        ("pspnet", EfficientNetLite0),
        ("deeplabv3plus", EfficientNetLite0),
    ],
)
def test_what_starts_from_imagenet_is_filled_whole(name, source):
    whole = source(3)
    with torch.no_grad():
        for parameter in whole.parameters():
            parameter.fill_(0.125)
    network = build(name, wanted_of(name))
    network.load_backbone(whole.state_dict())
    filled = {id(p) for part in network.pretrainable() for p in part.parameters()}
    assert filled
    for parameter in network.parameters():
        assert bool((parameter == 0.125).all()) == (id(parameter) in filled)


@pytest.mark.slow
def test_inception_of_the_full_width_starts_from_imagenet_all_but_its_head():
    trunk = {name: torch.full_like(t, 0.125) for name, t in PaddedInception().state_dict().items()}
    network = build("inception-v3", wanted_of("inception-v3", "paper"))
    network.load_backbone({**trunk, "fc.weight": torch.zeros(1000, 2048), "fc.bias": torch.zeros(1000)})
    states = network.body.state_dict()
    taken = [tensor for name, tensor in states.items() if name in trunk and tensor.is_floating_point()]
    assert all(bool((tensor == 0.125).all()) for tensor in taken)
    assert bool((states["fc.weight"] != 0).any())


def test_attention_branch_sees_the_map_before_the_last_stage_at_its_resolution():
    network = build("abn", wanted_of("abn"))
    features = network.features(torch.rand(2, 3, 64, 96))[-1]
    assert features.shape[2:] == (4, 6)
    assert network.attended(features).shape[2:] == (4, 6)
    assert network.last(features).shape[2:] == (2, 3)


def test_cross_stitched_encoders_start_nearly_apart_and_mix_what_they_learn():
    torch.manual_seed(0)
    network = CrossStitch(1, 1, 3, NARROW).eval()
    assert network.units.shape == (5, 2, 2)
    image = torch.rand(1, 1, 32, 48)
    with torch.no_grad():
        apart = torch.eye(2).expand(5, 2, 2)
        network.units.copy_(apart)
        before = network(image)
        for parameter in network.classes_encoder.parameters():
            parameter.mul_(0.5)
        assert torch.equal(network(image)["masks"], before["masks"])
        assert not torch.equal(network(image)["classes"], before["classes"])
        network.units.copy_(torch.full((5, 2, 2), 0.5))
        assert not torch.equal(network(image)["masks"], before["masks"])


@pytest.mark.parametrize(
    ("name", "module"),
    [("pspnet", "segmentation_models_pytorch"), ("mobilenet", "timm"), ("attention-unet", "monai")],
)
def test_a_missing_package_is_one_sentence_that_names_the_extra(monkeypatch, name, module):
    for loaded in [key for key in sys.modules if key.split(".")[0] == module]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingPackageError, match=r"pip install 'retina-studio\[compare\]'"):
        SYSTEMS[name].network(wanted_of(name))


@pytest.mark.parametrize(
    ("name", "sides", "sentence"),
    [
        ("u-net", (60, 64), "multiples of 16, not 60 x 64"),
        ("inception-v3", (64, 64), "from 75 pixels"),
    ],
)
def test_an_input_that_does_not_fit_is_one_sentence(name, sides, sentence):
    with pytest.raises(RetinaError, match=sentence):
        SYSTEMS[name].network(Wanted(3, 1, 3, "compact", *sides))


def test_a_way_of_training_is_no_network():
    with pytest.raises(RetinaError, match="strategy = 'gradnorm'"):
        SYSTEMS["gradnorm"].network(wanted_of("gradnorm"))


def test_the_table_has_every_system_of_the_papers_and_names_what_it_has():
    asked = (
        "u-net r50-unet attention-unet pspnet deeplabv3plus fcn-32s fcn-16s fcn-8s swin-unetr vgg16 mobilenet"
    )
    asked += " se-resnet inception-v3 abn stl gradnorm pcgrad y-net cross-stitch"
    assert set(asked.split()) <= set(SYSTEMS)
    assert "stand-in" in SYSTEMS["swin-unetr"].note
    assert {row.package for row in SYSTEMS.values()} == {
        OURS, "segmentation_models_pytorch", "monai", "timm", "torchvision", "torchjd",
    }  # fmt: skip
    assert systems_of("disc") == ("plain-unet", "u-net")
    with pytest.raises(RetinaError, match="no comparison system 'unet'; there is: plain-unet"):
        system("unet")
