import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from torchvision.models import resnet50

from retina_studio.networks.backbones import BackboneError
from retina_studio.networks.cam import grad_cam
from retina_studio.networks.find import find
from retina_studio.networks.finding import BACKGROUND
from retina_studio.networks.ppanet import Classifier, Decoder, PPANet, PPANetError, UpBlock
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.resnet import ResNet50
from retina_studio.networks.table import model_spec

SMALL = {"encoder": "efficientnet_lite0", "hba_width": 32, "decoder_widths": [8, 8, 8, 8, 4]}


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)
    torch.manual_seed(0)


def _count(module):
    return sum(p.numel() for p in module.parameters())


def _paper(**options):
    row = model_spec("ppa", "paper")
    with torch.device("meta"):
        return row.build(options={**row.options, **options})


def _small(**options):
    return PPANet(64, 96, 3, **{**SMALL, **options})


def test_paper_has_the_parameter_counts_of_the_specification():
    network = _paper()
    assert _count(network.encoder) == 8_543_296
    assert _count(network.attention) == 3_290_848
    assert _count(network) == 20_387_908


def test_the_hba_unet_variant_has_the_parameter_count_of_the_specification():
    network = _paper(**model_spec("ppa", "paper").variants["hba-unet"])
    assert _count(network.decoder) == 7_809_984
    assert _count(network) == 19_644_161


def test_paper_shapes_at_512_are_those_of_the_specification():
    network = _paper()
    with torch.device("meta"):
        features = network.encoder(torch.empty(1, 3, 512, 512))
        steps = [network.attention(features[-1])]
        for up, skip in zip(network.decoder.ups, reversed(features), strict=True):
            steps.append(up(steps[-1], skip))
        steps.append(network.decoder.last(steps[-1]))
    assert [tuple(f.shape[1:]) for f in features] == [
        (64, 256, 256),
        (256, 128, 128),
        (512, 64, 64),
        (1024, 32, 32),
    ]
    assert [tuple(s.shape[1:]) for s in steps] == [
        (1024, 16, 16),
        (256, 32, 32),
        (192, 64, 64),
        (128, 128, 128),
        (64, 256, 256),
        (32, 512, 512),
    ]


def test_layer4_may_stay_before_the_attention():
    network = _paper(keep_layer4=True)
    with torch.device("meta"):
        assert network.encoder(torch.empty(1, 3, 512, 512))[-1].shape == (1, 2048, 16, 16)
        assert network(torch.empty(1, 3, 512, 512))["masks"].shape == (1, 3, 512, 512)
    assert network.attention[0].attention.size == (16, 16)
    assert _paper().attention[0].attention.size == (32, 32)
    small = _small(keep_layer4=True).eval()
    assert small(torch.rand(1, 3, 64, 96))["cam"].shape == (1, 1, 2, 3)


@pytest.mark.parametrize("variant", [None, *model_spec("ppa", "compact").variants])
def test_compact_has_at_most_five_million_parameters(variant):
    row = model_spec("ppa", "compact")
    with torch.device("meta"):
        network = row.build(options={**row.options, **row.variants.get(variant, {})})
    assert _count(network) <= 5_000_000


def test_answers_are_probabilities():
    network = _small().eval()
    with torch.inference_mode():
        answers = network(torch.randn(2, 3, 64, 96))
    assert answers["masks"].shape == (2, 3, 64, 96)
    torch.testing.assert_close(answers["masks"].sum(dim=1), torch.ones(2, 64, 96))
    assert answers["ppa"].shape == (2,)
    assert ((answers["ppa"] > 0) & (answers["ppa"] < 1)).all()
    assert answers["cam"].shape == (2, 1, 2, 3)


def test_logits_are_what_the_answers_are_made_of():
    network, image = _small().eval(), torch.randn(2, 3, 64, 96)
    with torch.inference_mode():
        answers, (logits, presence) = network(image), network.logits(image)
    torch.testing.assert_close(answers["masks"], logits.softmax(dim=1))
    torch.testing.assert_close(answers["ppa"], presence.sigmoid())


def test_without_the_disc_two_classes_are_one_sigmoid():
    network, image = _small(od=False).eval(), torch.randn(1, 3, 64, 96)
    assert network.labels == ("PPA",)
    assert network.segmenter.out_channels == 1
    with torch.inference_mode():
        masks, (logits, _) = network(image)["masks"], network.logits(image)
    torch.testing.assert_close(masks[:, 1], logits[:, 1].sigmoid())
    assert not logits[:, 0].any()


def test_without_the_classifier_only_masks_are_answered():
    network = _small(classifier=False).eval()
    assert set(network(torch.randn(1, 3, 64, 96))) == {"masks"}
    assert network.logits(torch.randn(1, 3, 64, 96))[1] is None


@pytest.mark.parametrize("residual", [True, False])
def test_an_upblock_adds_its_shortcut_before_the_last_relu(residual):
    block = UpBlock(3, 2, 4, 0.0, residual=residual).eval()
    deep, skip = torch.randn(1, 3, 2, 2), torch.randn(1, 2, 4, 4)
    joined = torch.cat([deep.repeat_interleave(2, 2).repeat_interleave(2, 3), skip], dim=1)
    expected = block.second(block.first(joined).relu())
    if residual:
        expected = expected + block.shortcut(joined)
    torch.testing.assert_close(block(deep, skip), expected.relu())


def test_the_last_block_has_no_residual_and_drops_whole_maps_only():
    decoder = Decoder(8, (4, 4, 4, 4), (8, 8, 8, 8, 16), 0.4, 0.5, residual=True)
    assert decoder.last.shortcut is None
    assert decoder.last.dropout.p == 0
    skips = [torch.randn(1, 4, 2**n, 2**n) for n in (4, 3, 2, 1)]
    torch.nn.init.constant_(decoder.last.second[1].bias, 9.0)  # ReLU lets all through: what is 0 was dropped
    dropped = decoder(torch.randn(1, 8, 1, 1), skips).flatten(2) == 0
    assert (dropped.all(dim=2) | ~dropped.any(dim=2)).all()
    assert 0 < dropped.all(dim=2).sum() < 16


@pytest.mark.parametrize("hidden", [0, 6])
def test_cam_is_the_grad_cam_of_autograd(hidden):
    classifier = Classifier(5, hidden).eval()
    features = torch.rand(3, 5, 4, 4, requires_grad=True)
    (gradients,) = torch.autograd.grad(classifier(features).sum(), features)
    expected = grad_cam(features, gradients)
    lowest = expected.amin(dim=(1, 2), keepdim=True)
    stretched = (expected - lowest) / (expected.amax(dim=(1, 2), keepdim=True) - lowest).clamp_min(1e-30)
    torch.testing.assert_close(classifier.cam(features)[:, 0], stretched)
    assert stretched.amax() == 1


def test_every_parameter_gets_a_gradient():
    network = _small()
    for block in network.attention:
        torch.nn.init.ones_(block.widen[-1].weight)
    logits, presence = network.logits(torch.randn(2, 3, 64, 96))
    loss = logits.square().mean() + binary_cross_entropy_with_logits(presence, torch.tensor([0.0, 1.0]))
    loss.backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []


@pytest.mark.parametrize(
    ("size", "options", "sentence"),
    [
        ((48, 64), {}, "multiples of 32"),
        ((64, 2048), {}, "multiples of 32 up to 1024"),
        ((64, 64), {"encoder": "vgg"}, "no encoder 'vgg'"),
        ((64, 64), {"hba_width": 48}, "multiple of 32"),
        ((64, 64), {"decoder_widths": [8, 8, 8]}, "five of the decoder"),
        ((64, 64), {"decoder_widths": [8, 8, 8, 8, 0]}, "five of the decoder"),
        ((64, 64), {"hidden": -1}, "hidden units"),
        ((64, 64), {"dropout": 1.0}, "probability below 1"),
    ],
)
def test_numbers_that_fit_no_network_are_one_sentence(size, options, sentence):
    with pytest.raises(PPANetError, match=sentence), torch.device("meta"):
        PPANet(*size, **{**SMALL, **options})


def test_an_image_of_another_size_is_refused():
    with pytest.raises(ValueError, match="size it was trained with"):
        _small()(torch.zeros(1, 3, 96, 96))


@pytest.fixture(scope="module")
def genuine():
    return resnet50().eval()


@pytest.mark.parametrize(("channels", "depth"), [(1, 4), (3, 5)])
def test_resnet50_starts_from_torchvisions_weights(channels, depth, genuine):
    encoder = ResNet50(channels, depth).eval()
    encoder.load_backbone(genuine.state_dict())
    grey = torch.rand(1, 1, 64, 64)
    with torch.inference_mode():
        found = encoder(grey.expand(1, channels, 64, 64))
        x = genuine.maxpool(genuine.relu(genuine.bn1(genuine.conv1(grey.expand(1, 3, 64, 64)))))
        expected = genuine.layer3(genuine.layer2(genuine.layer1(x)))
    assert len(found) == depth
    torch.testing.assert_close(found[3], expected, rtol=1e-3, atol=1e-3 * float(expected.abs().max()))


def test_other_weights_than_resnet50s_are_refused(genuine):
    state = genuine.state_dict()
    del state["layer2.0.conv1.weight"]
    with torch.device("meta"):
        encoder = ResNet50(3, 4)
    with pytest.raises(BackboneError, match="ResNet50"):
        encoder.load_backbone(state)
    with pytest.raises(ValueError, match="2 to 5 maps"):
        ResNet50(3, 6)
    with pytest.raises(ValueError, match="1 to 16 channels"):
        ResNet50(0, 4)


def _answering(network, masks, presence):
    """The network with fixed answers: a logit for each class, the disc's and the atrophy's larger on their halves."""
    network.logits = None
    answers = {"masks": masks, "ppa": torch.tensor([presence]), "cam": torch.ones(1, 1, 2, 3)}
    network.forward = lambda image: answers if network.classifier else {"masks": masks}
    return network.eval()


def test_a_finding_has_one_class_a_pixel_one_disc_and_the_classifiers_grade():
    masks = torch.full((1, 3, 64, 96), 0.2)
    masks[:, 0] = 0.6
    masks[0, :, 10:30, 10:30] = torch.tensor([0.3, 0.5, 0.2])[:, None, None]  # the disc
    masks[0, :, 50:54, 50:54] = torch.tensor([0.3, 0.5, 0.2])[
        :, None, None
    ]  # and a smaller one, which is none
    masks[0, :, 10:30, 30:40] = torch.tensor([0.3, 0.3, 0.4])[
        :, None, None
    ]  # atrophy beside it, below one half
    masks[0, :, 40:42, 10:12] = torch.tensor([0.3, 0.3, 0.4])[:, None, None]  # a second piece
    row, spec = model_spec("ppa", "compact"), Preprocessing(64, 96, crop=False)
    network = _answering(_small(), masks, 0.75)
    finding = find(row, network, np.zeros((64, 96, 3), np.uint8), spec)
    assert set(finding.maps) == {BACKGROUND, "OD", "PPA"}
    assert finding.mask("OD").sum() == 400
    assert finding.mask("PPA").sum() == 204
    assert finding.grades["ppa"] == {False: 0.25, True: 0.75}
    assert finding.grade("ppa") is True
    assert finding.cams["ppa"].shape == (2, 3)


def test_a_finding_says_only_what_its_network_answers():
    row, spec = model_spec("ppa", "compact"), Preprocessing(64, 96, crop=False)
    network = _small(od=False, classifier=False).eval()
    finding = find(row, network, np.zeros((64, 96, 3), np.uint8), spec)
    assert finding.labels == ("PPA",)
    assert not finding.grades
    assert not finding.cams
