"""The DR grader beside Lesion-Net: equations 5 to 7, models.md 2.6, and what is read from the answers."""

import numpy as np
import pytest
import torch

from retina_studio.networks.drgrader import DRGrader
from retina_studio.networks.findings.lesion import read_lesion
from retina_studio.networks.lesion import LesionMultiTask
from retina_studio.networks.lesionnet import LESIONS
from retina_studio.networks.locseg import LocSeg
from retina_studio.networks.preprocessing import Preprocessing, preprocess


def parameters(module):
    return sum(p.numel() for p in module.parameters())


def grader(**options):
    torch.manual_seed(0)
    return DRGrader("efficientnet_lite0", 3, **options).eval()


@pytest.fixture
def network():
    torch.manual_seed(0)
    return LesionMultiTask(
        64, 96, 3, encoder="efficientnet_lite0", path_length=8, widths=(8, 8), side_width=4
    ).eval()


def test_the_side_block_of_the_paper_has_its_parameters():
    with torch.device("meta"):
        paper = DRGrader("inception_v3", 3)
        plain = DRGrader("inception_v3", 3, attention="none")
        concat = DRGrader("inception_v3", 3, attention="concat")
    assert parameters(paper.side) == 1_186_432
    assert parameters(plain) == 21_795_813
    assert parameters(paper) == 21_795_813 + 1_186_432
    assert concat.head.weight.shape == (5, 2048 + 8)


def test_at_896_the_paper_weights_28_by_28():
    with torch.device("meta"):
        network = LesionMultiTask(896, 896)
        answers = network(torch.empty(1, 3, 896, 896))
    assert {name: tuple(answer.shape) for name, answer in answers.items()} == {
        "lesions": (1, 8, 896, 896),
        "presence": (1, 8),
        "dr": (1, 5),
        "cam": (1, 5, 28, 28),
    }


def test_conv_weighs_each_map_by_weights_of_its_own():
    network = grader(side_width=4)
    image, lesions = torch.rand(1, 3, 64, 64), torch.rand(1, 8, 64, 64)
    with torch.inference_mode():
        bare = network.encoder(image)[-1]
        small = lesions.view(1, 8, 2, 32, 2, 32).mean(dim=(3, 5))
        weights = network.side(small)
        assert weights.shape == bare.shape == (1, 320, 2, 2)
        assert ((weights > 0) & (weights < 1)).all()
        assert torch.allclose(network.weighted(image, lesions), bare * weights, atol=1e-6)
        assert torch.allclose(
            network(image, lesions), network.head((bare * weights).mean(dim=(2, 3))), atol=1e-5
        )


def test_cw_maxpool_weighs_all_maps_by_the_strongest_lesion_and_has_no_parameters():
    network = grader(attention="maxpool", resize="max")
    image, lesions = torch.rand(1, 3, 64, 64), torch.zeros(1, 8, 64, 64)
    lesions[0, 2, 5, 40], lesions[0, 6, 6, 41] = 0.5, 0.25
    assert parameters(network.side) == 0
    with torch.inference_mode():
        bare, weighted = network.encoder(image)[-1], network.weighted(image, lesions)
    assert torch.allclose(weighted[..., 0, 1], 0.5 * bare[..., 0, 1])
    assert torch.count_nonzero(weighted[..., 1, :]) == 0


def test_lesion_concat_puts_presences_beside_the_pooled_maps():
    network = grader(attention="concat")
    image, lesions = torch.rand(1, 3, 64, 64), torch.zeros(1, 8, 64, 64)
    with torch.inference_mode():
        before = network(image, lesions)
        lesions[0, 3, 9, 9] = 0.5
        after, from_kept = network(image, lesions), network(image, network.kept(lesions))
    assert torch.allclose(after - before, 0.5 * network.head.weight[None, :, 320 + 3], atol=1e-5)
    assert torch.allclose(after, from_kept, atol=1e-6)


def test_without_attention_lesions_change_nothing():
    network = grader(attention="none")
    image = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(
            network(image, torch.zeros(1, 8, 64, 64)), network(image, torch.ones(1, 8, 64, 64))
        )


@pytest.mark.parametrize("resize", ["area", "max"])
def test_kept_maps_grade_as_whole_ones(resize):
    network = grader(resize=resize, size=64)
    image, lesions = torch.rand(2, 3, 192, 192), torch.rand(2, 8, 192, 192)
    kept = network.kept(lesions)
    assert kept.shape == (2, 8, 8, 8)
    with torch.inference_mode():
        assert torch.allclose(network(image, lesions), network(image, kept), atol=1e-5)


def test_the_image_is_reduced_by_area():
    network = grader(size=32)
    image = torch.rand(1, 3, 96, 64)
    wide = network.reduced(image)
    assert wide.shape == (1, 3, 32, 21)
    square = torch.rand(1, 3, 96, 96)
    assert torch.allclose(
        network.reduced(square), square.view(1, 3, 32, 3, 32, 3).mean(dim=(3, 5)), atol=1e-6
    )
    assert network.reduced(torch.rand(1, 3, 32, 32)).shape == (1, 3, 32, 32)


def test_choices_that_do_not_exist_are_refused():
    for options, words in (
        ({"attention": "self"}, "attention is one of conv, maxpool, concat, none, not 'self'"),
        ({"gate": "relu"}, "gate is one of"),
        ({"resize": "nearest"}, "resize is one of"),
        ({"side_width": 0}, "side width 0"),
    ):
        with torch.device("meta"), pytest.raises(ValueError, match=words):
            DRGrader("efficientnet_lite0", 3, **options)


def test_the_grader_trains_while_lesionnet_is_frozen(network):
    network.freeze(network.lesionnet)
    network.train()
    before = {name: tensor.clone() for name, tensor in network.lesionnet.state_dict().items()}
    optimiser = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=0.1)
    network.grade(torch.rand(2, 3, 64, 96)).square().sum().backward()
    optimiser.step()
    for name, tensor in network.lesionnet.state_dict().items():
        assert torch.equal(tensor, before[name]), name
    assert all(p.grad is not None for p in network.grader.parameters())


def answers_of(network, size=(60, 90)):
    pixels = np.random.default_rng(0).integers(40, 200, (*size, 3), dtype=np.uint8)
    _, frame = preprocess(pixels, Preprocessing(height=64, width=96, crop=False))
    with torch.inference_mode():
        return network(torch.rand(1, 3, 64, 96)), frame


def test_a_finding_has_maps_presences_grade_and_cam(network):
    network.graded.fill_(True)
    answers, frame = answers_of(network)
    finding = read_lesion(answers, frame, network)
    assert finding.labels == LESIONS
    assert finding.probability("MA").shape == (60, 90)
    assert sum(finding.grades["dr"].values()) == pytest.approx(1, abs=1e-5)
    assert list(finding.grades["dr"]) == [0, 1, 2, 3, 4]
    assert finding.measures["presence_CWS"] == pytest.approx(float(answers["lesions"][0, 3].max()))
    assert np.array_equal(finding.cams["dr"], answers["cam"][0, finding.grade("dr")].numpy())


def test_a_finding_leaves_out_what_was_not_trained(network):
    network.lesionnet.taught[4:] = 0
    answers, frame = answers_of(network)
    finding = read_lesion(answers, frame, network)
    assert finding.labels == LESIONS[:4]
    assert "presence_NV" not in finding.measures
    assert finding.grades == {}
    assert finding.cams == {}


def test_a_finding_is_not_read_from_another_network(network):
    answers, frame = answers_of(network)
    with pytest.raises(TypeError, match="LocSeg"):
        read_lesion(answers, frame, LocSeg(32, 32, 1, filters=(4, 8)))
