"""CAM-UNet and the model of both networks, held against models.md 5.4 and 5.5."""

import numpy as np
import pytest
import torch

from retina_studio.networks.camunet import CAMUNet, guide
from retina_studio.networks.findings.oct import read_oct
from retina_studio.networks.octmodel import OctModel, OctModelError
from retina_studio.networks.preprocessing import Frame
from retina_studio.networks.resnet import ResNet18
from retina_studio.networks.table import model_spec

MIB = 2**20


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


def _count(module):
    return sum(p.numel() for p in module.parameters())


def _small(**options):
    torch.manual_seed(0)
    numbers = {"classifier_depth": 3, "features": 8, "decoder": (8, 4), **options}
    return OctModel(32, 32, 1, **numbers).eval()


def test_the_parameters_are_those_of_the_specification_and_of_the_printed_size():
    with torch.device("meta"):
        network = model_spec("oct", "paper").build()
        colour = CAMUNet(ResNet18(3), (64, 64, 128, 256, 512), (512, 256, 128, 64))
    assert _count(network.segmenter) == 15_939_969
    assert abs(4 * 15_939_969 / MIB - 60.79) < 0.1
    assert abs(4 * _count(colour) / MIB - 60.79) < 0.1
    assert abs(4 * _count(network) / MIB - 121.42) < 0.05  # table 4
    # Two convolutions a layer, as usual, cannot be what was printed: 54.6.
    assert 4 * _count(network.segmenter) / MIB > 60


def test_each_compact_network_has_at_most_five_million_parameters():
    with torch.device("meta"):
        network = model_spec("oct", "compact").build()
    assert _count(network.classifier) <= 5_000_000
    assert _count(network.segmenter) <= 5_000_000


def test_at_512_every_layer_has_the_shape_of_the_specification():
    with torch.device("meta"):
        network = model_spec("oct", "paper").build().segmenter
        shapes = []
        for layer in (*network.layers, network.up, network.out):
            layer.register_forward_hook(lambda _, inputs, out: shapes.append(tuple(out.shape[1:])))
        network(torch.empty(1, 1, 512, 512), torch.empty(1, 1, 16, 16))
    widths = [(512, 32, 32), (256, 64, 64), (128, 128, 128), (64, 256, 256)]
    assert shapes == [*widths, (64, 512, 512), (1, 512, 512)]
    assert [layer.up.out_channels for layer in network.layers] == [256, 256, 128, 64]
    assert [layer.conv.in_channels for layer in network.layers] == [512, 384, 192, 128]


def test_guidance_multiplies_and_adds():
    features, cam = torch.randn(2, 3, 8, 8), torch.rand(2, 1, 8, 8)
    assert torch.allclose(guide(features, cam), features * cam + features)
    assert torch.equal(guide(features, torch.zeros(2, 1, 4, 4)), features)
    assert torch.allclose(guide(features, torch.ones(2, 1, 16, 16)), 2 * features)


def test_a_cam_is_resized_bilinearly_between_the_middles_of_its_pixels():
    cam = torch.tensor([[[[0.0, 1.0]]]])
    lifted = guide(torch.ones(1, 1, 1, 4), cam)
    assert torch.allclose(lifted, torch.tensor([1.0, 1.25, 1.75, 2.0]).view(1, 1, 1, 4))


def test_every_level_is_guided_and_without_guidance_none():
    image, cams = torch.rand(1, 1, 32, 32), (torch.zeros(1, 1, 4, 4), torch.ones(1, 1, 4, 4))
    network = _small().segmenter
    seen = []
    for layer in network.layers:
        layer.register_forward_pre_hook(lambda _, inputs: seen.append(inputs))
    for cam in cams:
        network(image, cam)
    (deep, skip, shallow), (deep_2, skip_2, shallow_2) = (
        (first[0], first[1], second[1]) for first, second in (seen[:2], seen[2:])
    )
    for plain, lifted in ((deep, deep_2), (skip, skip_2), (shallow, shallow_2)):
        assert torch.allclose(2 * plain, lifted)
    alone = _small(cam_guidance=False).segmenter
    assert torch.equal(*(alone(image, cam) for cam in cams))


def test_the_answers_are_the_two_networks_one_after_the_other():
    network, image = _small(), torch.rand(3, 1, 32, 32)
    with torch.no_grad():
        answers = network(image)
        logits, mask = network.classify(image)
        cam = network.look(image)
        masks = network.segment(image, cam).sigmoid()
    assert torch.allclose(answers["oct"], logits.softmax(dim=1))
    assert mask.shape == (3, 1, 4, 4)
    best = logits.argmax(dim=1)
    assert torch.equal(cam[:, 0], answers["cam"][torch.arange(3), best])
    assert torch.allclose(answers["masks"], masks)
    assert answers["masks"].shape == (3, 1, 32, 32)


def test_without_a_segmenter_it_says_what_it_sees_and_not_where():
    network = _small(segmenter=False)
    assert {*network(torch.rand(1, 1, 32, 32))} == {"oct", "cam"}
    with pytest.raises(OctModelError, match="without a segmenter"):
        network.segment(torch.rand(1, 1, 32, 32), torch.rand(1, 1, 4, 4))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"classes": ["normal"]}, "two or more"),
        ({"classes": ["normal", "normal"]}, "each once"),
        ({"classes": ["normal", "glaucoma"]}, "normal, drusen, cnv, dme"),
        ({"encoder": "vgg"}, "no encoder 'vgg'; use one of: resnet18, efficientnet_lite0"),
        ({"mask_guidance": "both"}, "complementary, mask or none"),
        ({"decoder": [8] * 5}, "1 to 4 layers"),
        ({"features": 10**9}, "2 to 4096 channels"),
        ({"decoder": [8] * 4}, "multiples of 32"),
    ],
)
def test_numbers_that_fit_no_network_are_refused(options, sentence):
    numbers = {"classifier_depth": 3, "features": 8, "decoder": (8, 4), **options}
    with pytest.raises(OctModelError, match=sentence), torch.device("meta"):
        OctModel(40, 40, 1, **numbers)


@pytest.mark.parametrize("variant", model_spec("oct", "paper").variants)
def test_every_variant_of_the_table_is_built_and_runs(variant):
    row = model_spec("oct", "paper")
    with torch.device("meta"):
        network = row.build(options={**row.options, **row.variants[variant]})
        answers = network(torch.empty(2, 1, 256, 256))
    assert answers["oct"].shape == (2, len(network.classes))
    assert "masks" not in answers or answers["masks"].shape == (2, 1, 256, 256)


FRAME = Frame((20, 30), (0, 0, 30, 20), (0, 0, 32, 32), (32, 32))


@pytest.mark.parametrize(
    ("probabilities", "label"),
    [((0.6, 0.2, 0.2), None), ((0.3, 0.4, 0.3), "drusen"), ((0.1, 0.4, 0.5), "fluid")],
)
def test_the_classifier_decides_whether_there_is_a_lesion_and_which(probabilities, label):
    network = _small(classes=["normal", "drusen", "dme"])
    cams = torch.stack([torch.full((4, 4), float(n)) for n in range(3)])[None]
    answers = {"oct": torch.tensor([probabilities]), "cam": cams, "masks": torch.ones(1, 1, 32, 32)}
    finding = read_oct(answers, FRAME, network)
    assert finding.labels == ("drusen", "fluid")
    for name in finding.labels:
        assert finding.mask(name).shape == (20, 30)
        assert finding.mask(name).all() == finding.mask(name).any() == (name == label)
    best = int(np.argmax(probabilities))
    assert finding.grade("oct") == network.classes[best]
    assert finding.grades["oct"]["drusen"] == pytest.approx(probabilities[1])
    assert (finding.cams["oct"] == best).all()
    del answers["masks"]
    assert read_oct(answers, FRAME, network).labels == ()
