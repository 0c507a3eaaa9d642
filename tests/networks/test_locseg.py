import pytest
import torch

from retina_studio.networks.cam import grad_cam
from retina_studio.networks.locseg import LocSeg, LocSegError
from retina_studio.networks.table import UnknownModelError, model_spec, stems


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


def _count(module):
    return sum(p.numel() for p in module.parameters())


def _tiny():
    torch.manual_seed(0)
    return LocSeg(16, 32, filters=(4, 6, 8), dropout=0.3)


def test_paper_size_has_the_parameter_counts_of_the_specification():
    with torch.device("meta"):
        network = model_spec("disc", "paper").build()
    assert _count(network.encoder) == 4_715_616
    assert _count(network.localiser) == 1_228_802
    assert _count(network.decoder) == 3_049_793
    assert _count(network.encoder) + _count(network.decoder) == 7_765_409


def test_paper_size_bottleneck_is_512_at_30_by_40():
    with torch.device("meta"):
        network = model_spec("disc", "paper").build()
        features = network.encoder(torch.empty(1, 1, 480, 640))
    assert [tuple(f.shape[1:]) for f in features] == [
        (32, 480, 640),
        (64, 240, 320),
        (128, 120, 160),
        (256, 60, 80),
        (512, 30, 40),
    ]
    assert network.localiser.in_features == 614_400


def test_answers_are_localiser_and_decoder_on_one_encoder():
    network, image = _tiny().eval(), torch.rand(2, 1, 16, 32)
    answers = network(image)
    assert torch.equal(answers["centre"], network.localise(image))
    assert torch.equal(answers["masks"], network.segment(image).sigmoid())
    assert answers["cam"].shape == (2, 1, 4, 8)


def test_the_cam_of_the_localiser_is_grad_cam_through_autograd():
    network = _tiny().eval()
    bottleneck = torch.rand(2, 8, 4, 8, requires_grad=True)
    centre = network.localiser(bottleneck).sum(dim=0)
    x = torch.autograd.grad(centre[0], bottleneck, retain_graph=True)[0]
    y = torch.autograd.grad(centre[1], bottleneck)[0]
    pull = x * (torch.arange(8) - 3.5) + y * (torch.arange(4) - 1.5)[:, None]
    expected = grad_cam(bottleneck.detach(), pull)
    assert torch.allclose(network.localiser.cam(bottleneck.detach())[:, 0], expected, atol=1e-6)
    assert expected.max() == 1.0


def test_the_encoder_of_the_variant_starts_from_imagenet_and_the_papers_does_not():
    options = model_spec("disc", "compact").variants["efficientnet"]
    network = LocSeg(64, 96, 1, dropout=0.0, **options).eval()
    answers = network(torch.rand(1, 1, 64, 96))
    assert answers["masks"].shape == (1, 1, 64, 96)
    assert (network.backbone, _tiny().backbone) == ("efficientnet_lite0", "")
    with pytest.raises(LocSegError, match="no pretrained weights"):
        _tiny().load_backbone({})


def test_fresh_localiser_points_near_the_middle_and_each_position_votes_for_itself():
    network = _tiny()
    assert network.unit == 32
    weight = network.localiser.weight.detach().view(2, 8, 4, 8).mean(dim=1)
    assert torch.allclose(network.localiser.bias.detach() * network.unit, torch.tensor([16.0, 8.0]))
    assert (weight[0].mean(dim=0).diff() > 0).all()
    assert (weight[1].mean(dim=1).diff() > 0).all()


def test_frozen_encoder_keeps_weights_statistics_and_dropout_still():
    network = _tiny()
    network.freeze(network.encoder)
    before = {name: t.clone() for name, t in network.encoder.state_dict().items()}
    decoder = network.decoder.out.weight.detach().clone()
    network.train()
    optimiser = torch.optim.Adam((p for p in network.parameters() if p.requires_grad), lr=0.1)
    image = torch.rand(2, 1, 16, 32)
    assert torch.equal(network.encoder(image)[-1], network.encoder(image)[-1])  # no dropout
    network.segment(image).sum().backward()
    optimiser.step()
    assert all(torch.equal(before[name], t) for name, t in network.encoder.state_dict().items())
    assert not torch.equal(decoder, network.decoder.out.weight)
    assert network.decoder.levels[0][3].training


def test_an_encoder_that_is_not_frozen_moves():
    network = _tiny().train()
    before = network.encoder.levels[0][1].running_mean.clone()
    network.segment(torch.rand(2, 1, 16, 32))
    assert not torch.equal(before, network.encoder.levels[0][1].running_mean)


@pytest.mark.parametrize(
    ("size", "filters"),
    [((17, 32), (4, 6, 8)), ((16, 32), (4,)), ((16, 32), (4, 0)), ((2, 32), (4, 6, 8)), ((8192, 32), (4, 6))],
)
def test_numbers_that_fit_no_network_are_refused(size, filters):
    with pytest.raises(LocSegError):
        LocSeg(*size, filters=filters)


def test_unknown_models_are_refused_by_name():
    assert set(stems()) == {"disc", "ppa", "lesion", "glaucoma", "oct"}
    with pytest.raises(UnknownModelError, match=r"no model 'disk'; there is: .*disc"):
        model_spec("disk", "paper")
    with pytest.raises(UnknownModelError, match="it has: paper, compact"):
        model_spec("disc", "huge")
    with pytest.raises(UnknownModelError, match="options"):
        model_spec("disc", "compact").build(options={"depth": 3})
