import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F  # noqa: N812

from retina_studio.networks.backbones import BackboneError
from retina_studio.networks.cam import grad_cam
from retina_studio.networks.findings.glaucoma import centre_of_mass, fovea_of, ratio_of, read_glaucoma, vcdr
from retina_studio.networks.mtlio import MTLIO, TASKS, MTLIOError
from retina_studio.networks.preprocessing import Frame, Preprocessing, preprocess
from retina_studio.networks.table import model_spec

TINY = {"encoder": "vgg13_bn", "filters": [4, 4, 6, 6, 8], "decoder": [[6, 6], [6, 4], [4, 4], [4, 4]]}


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


def _tiny(**options):
    torch.manual_seed(0)
    return MTLIO(32, 48, 3, **{**TINY, **options})


def _count(module):
    return sum(p.numel() for p in module.parameters())


def _paper(**options):
    row = model_spec("glaucoma", "paper")
    with torch.device("meta"):
        return row.build(options={**row.options, **options})


def test_paper_size_has_the_parameter_counts_of_the_specification():
    network = _paper()
    (shared,) = network.parts
    assert _count(shared.encoder) == 9_410_880
    assert _count(shared.decoder) == 7_856_448
    assert _count(network) == 17_268_036
    separate = _paper(separate=True)
    assert _count(separate) == 61_213_572
    assert [_count(part) for part in separate.parts] == [9_411_393, 17_267_393, 17_267_393, 17_267_393]
    assert _count(separate) / _count(network) == pytest.approx(3.545, abs=5e-4)


def test_paper_size_maps_are_those_of_the_specification():
    network = _paper()
    (shared,) = network.parts
    features = shared.encoder(torch.empty(2, 3, 256, 256, device="meta"))
    assert [tuple(f.shape[1:]) for f in features] == [
        (64, 256, 256),
        (128, 128, 128),
        (256, 64, 64),
        (512, 32, 32),
        (512, 16, 16),
    ]
    steps, x = [], features[-1]
    for block, skip in zip(shared.decoder.blocks, features[-2::-1], strict=True):
        x = block(torch.cat([skip, F.interpolate(x, scale_factor=2)], dim=1))
        steps.append(tuple(x.shape[1:]))
    assert steps == [(256, 32, 32), (128, 64, 64), (64, 128, 128), (64, 256, 256)]


@pytest.mark.parametrize("size", ["paper", "compact"])
def test_answers_of_both_sizes_have_the_named_shapes(size):
    row = model_spec("glaucoma", size)
    network = row.build(replace(row.preprocessing, height=64, width=64)).eval()
    with torch.inference_mode():
        answers = network(torch.rand(2, 3, 64, 64))
    deepest = {"paper": 4, "compact": 2}[size]
    assert set(answers) == set(row.answers)
    assert {name: tuple(answer.shape) for name, answer in answers.items()} == {
        "masks": (2, 2, 64, 64),
        "fovea": (2, 1, 64, 64),
        "glaucoma": (2,),
        "cam": (2, 1, deepest, deepest),
    }
    assert size == "paper" or _count(network) <= 5_000_000


@pytest.mark.parametrize("separate", [False, True])
def test_answers_are_the_sigmoid_of_the_logits_of_each_task(separate):
    network, image = _tiny(separate=separate).eval(), torch.rand(2, 3, 32, 48)
    answers, logits = network(image), network.logits(image)
    assert set(logits) == set(TASKS)
    assert torch.equal(answers["masks"][:, :1], logits["OD"].sigmoid())
    assert torch.equal(answers["masks"][:, 1:], logits["OC"].sigmoid())
    assert torch.equal(answers["fovea"], logits["fovea"].sigmoid())
    assert torch.equal(answers["glaucoma"], logits["glaucoma"].sigmoid())
    assert set(network.logits(image, ("OC",))) == {"OC"}


def test_maps_start_at_the_prior():
    network = _tiny(prior=0.05).eval()
    for head in network.parts[0].heads.values():
        torch.nn.init.zeros_(head.weight)
    answers = network(torch.rand(1, 3, 32, 48))
    assert torch.allclose(answers["masks"], torch.tensor(0.05))
    assert torch.allclose(answers["fovea"], torch.tensor(0.05))


def test_the_encoder_runs_once_and_the_decoder_only_for_maps():
    network, calls = _tiny(), []
    (shared,) = network.parts
    shared.encoder.register_forward_hook(lambda *_: calls.append("encoder"))
    shared.decoder.register_forward_hook(lambda *_: calls.append("decoder"))
    network.logits(torch.rand(1, 3, 32, 48), ("glaucoma",))
    assert calls == ["encoder"]
    network.logits(torch.rand(1, 3, 32, 48))
    assert calls == ["encoder", "encoder", "decoder"]


def test_batch_statistics_are_the_images_own_whatever_batch_it_comes_in():
    network, images = _tiny().eval(), torch.rand(3, 3, 32, 48)
    together = network(images)
    for n in range(3):
        alone = network(images[n : n + 1])
        for name, answer in alone.items():
            assert torch.allclose(answer[0], together[name][n], atol=1e-5), name
    assert not any("running" in name for name in network.state_dict())


def test_one_image_in_evaluation_is_a_batch_of_one_in_training():
    network, image = _tiny(dropout=0.0), torch.rand(1, 3, 32, 48)
    trained = network.train()(image)
    evaluated = network.eval()(image)
    for name, answer in trained.items():
        assert torch.allclose(answer, evaluated[name], atol=1e-5), name


def test_running_statistics_are_kept_where_asked():
    network, images = _tiny(statistics="running"), torch.rand(2, 3, 32, 48)
    before = network.state_dict()["branches.0.encoder.stages.0.1.running_mean"].clone()
    network.train()(images)
    assert not torch.equal(before, network.state_dict()["branches.0.encoder.stages.0.1.running_mean"])
    network.eval()
    assert torch.allclose(network(images)["masks"][:1], network(images[:1])["masks"], atol=1e-5)


def test_a_tasks_loss_reaches_only_what_it_uses():
    network = _tiny()
    network.logits(torch.rand(2, 3, 32, 48), ("glaucoma",))["glaucoma"].sum().backward()
    reached = {name.split(".")[2] for name, p in network.named_parameters() if p.grad is not None}
    assert reached == {"encoder", "classifier"}


def test_cam_is_grad_cam_of_the_classifiers_logit():
    network, image = _tiny().eval(), torch.rand(2, 3, 32, 48)
    (shared,) = network.parts
    features = shared.encoder(image)
    activations = features[-1].detach().requires_grad_()
    score = shared.classifier(activations.amax(dim=(2, 3)))
    (gradients,) = torch.autograd.grad(score.sum(), activations)
    assert torch.allclose(
        network(image)["cam"][:, 0], _stretched(grad_cam(activations, gradients)), atol=1e-5
    )


def _stretched(cam):
    low, high = cam.amin(dim=(1, 2), keepdim=True), cam.amax(dim=(1, 2), keepdim=True)
    return torch.where(high > low, (cam - low) / (high - low).clamp_min(1e-12), torch.zeros_like(cam))


def _vgg_state(filters):
    """What torchvision's vgg13_bn holds, with other filters: its layers are numbered through, pools and all."""
    state, number, inputs = {}, 0, 3
    for outputs in filters:
        for _ in range(2):
            state[f"features.{number}.weight"] = torch.randn(outputs, inputs, 3, 3)
            state[f"features.{number}.bias"] = torch.randn(outputs)
            for leaf in ("weight", "bias", "running_mean", "running_var"):
                state[f"features.{number + 1}.{leaf}"] = torch.rand(outputs)
            state[f"features.{number + 1}.num_batches_tracked"] = torch.tensor(7)
            number, inputs = number + 3, outputs
        number += 1
    return {**state, "classifier.0.weight": torch.randn(2, 2)}


@pytest.mark.parametrize("statistics", ["batch", "running"])
def test_imagenet_weights_fill_every_encoder_and_leave_the_decoders(statistics):
    network = _tiny(statistics=statistics, separate=True)
    decoder = copy.deepcopy(network.branch_of("OD").decoder.state_dict())
    state = _vgg_state(TINY["filters"])
    network.load_backbone(state)
    for part in network.parts:
        assert torch.equal(part.encoder.stages[4][3].weight, state["features.31.weight"])
        assert torch.equal(part.encoder.stages[4][4].bias, state["features.32.bias"])
        if statistics == "running":
            assert torch.equal(part.encoder.stages[4][4].running_var, state["features.32.running_var"])
    after = network.branch_of("OD").decoder.state_dict()
    assert all(torch.equal(tensor, after[name]) for name, tensor in decoder.items())
    with pytest.raises(BackboneError, match="not the weights of vgg13_bn"):
        network.load_backbone({name: t for name, t in state.items() if name != "features.0.bias"})


def test_genuine_vgg13_bn_fits_the_paper_size():
    from torchvision.models import vgg13_bn

    with torch.device("meta"):
        theirs = {name: tuple(t.shape) for name, t in vgg13_bn().state_dict().items()}
    ours = _paper(statistics="running").parts[0].encoder.state_dict()
    renamed = {}
    for name, shape in theirs.items():
        part, number, leaf = [*name.split("."), "", ""][:3]
        if part == "features":
            renamed[f"stages.{int(number) // 7}.{int(number) % 7}.{leaf}"] = shape
    assert renamed == {name: tuple(t.shape) for name, t in ours.items()}
    assert _paper().backbone == "vgg13_bn"
    assert _tiny().backbone == ""


@pytest.mark.parametrize(
    ("size", "options", "sentence"),
    [
        ((40, 32), {}, "multiples of 16"),
        ((16, 32), {}, "multiples of 16"),
        ((32, 32), {"encoder": "vgg16"}, "one of vgg13_bn"),
        ((32, 32), {"statistics": "none"}, "one of batch"),
        ((32, 32), {"decoder": [[4, 4]]}, "has 4 steps"),
        ((32, 32), {"decoder": [[4, 4], [4, 4], [4, 4], [4, 0]]}, "has 4 steps"),
        ((32, 32), {"filters": [4, 4]}, "filter counts"),
        ((32, 32), {"dropout": 1.0}, "dropout"),
        ((32, 32), {"prior": 0.0}, "prior"),
    ],
)
def test_numbers_that_fit_no_network_are_refused(size, options, sentence):
    with pytest.raises(MTLIOError, match=sentence):
        MTLIO(*size, 3, **{**TINY, **options})


def test_vcdr_of_masks_by_hand():
    disc, cup = np.zeros((10, 10), bool), np.zeros((10, 10), bool)
    disc[1:9, 3:7] = True
    cup[3:7, 4:6] = True
    assert ratio_of(disc, cup) == 4 / 8
    assert ratio_of(disc, np.zeros_like(cup)) == 0.0
    assert ratio_of(np.zeros_like(disc), cup) is None


def test_vcdr_takes_the_largest_component_and_the_cup_inside_the_disc():
    disc, cup = np.full((12, 12), 0.1, np.float32), np.full((12, 12), 0.1, np.float32)
    disc[2:10, 2:6] = 0.5  # the threshold itself counts
    disc[10:12, 6] = 0.9  # touches by a corner only: not of the 4-connected component
    disc[0, 11] = 1.0
    cup[6:12, 3:5] = 0.8  # reaches two rows below the disc
    assert vcdr(disc, cup) == 4 / 8
    assert vcdr(disc, cup, soft=True) == pytest.approx((6 * 0.8 + 6 * 0.1) / (8 * 0.5 + 4 * 0.1))


def test_an_empty_prediction_stays_empty():
    nothing = np.full((8, 8), 0.4, np.float32)
    assert vcdr(nothing, nothing) is None
    assert vcdr(nothing, nothing, soft=True) is None


def test_centre_of_mass_by_hand():
    values = np.zeros((4, 6), np.float32)
    values[1, 2], values[1, 4] = 0.5, 0.5
    assert centre_of_mass(values) == pytest.approx((3.5, 1.5))


def _answers(*, disc=True, glaucoma=0.2, peak=1.0):
    masks, fovea = np.zeros((1, 2, 32, 48), np.float32), np.zeros((1, 1, 32, 48), np.float32)
    if disc:
        masks[0, 0, 8:24, 8:20], masks[0, 1, 12:20, 10:18] = 1, 1
    fovea[0, 0, 15:17, 35:37] = peak
    return {
        "masks": torch.from_numpy(masks),
        "fovea": torch.from_numpy(fovea),
        "glaucoma": torch.tensor([glaucoma]),
        "cam": torch.zeros(1, 1, 2, 3),
    }


def _read(network, **answers):
    spec = Preprocessing(height=32, width=48, crop=False, fit="stretch")
    _, frame = preprocess(np.zeros((64, 144, 3), np.uint8), spec)
    return read_glaucoma(_answers(**answers), frame, network)


def test_the_probability_is_the_mean_of_classifier_and_regression():
    network = _tiny()
    network.vcdr_slope.fill_(2.0)
    network.vcdr_intercept.fill_(-1.0 + np.log(3.0))  # at vCDR 0.5: a logit of log 3, a probability of 3/4
    finding = _read(network)
    assert finding.measures["vcdr"] == 0.5
    assert finding.grades["glaucoma"][True] == pytest.approx((0.2 + 0.75) / 2)
    assert finding.grade("glaucoma") is False
    assert finding.mask("OC").sum() == pytest.approx(8 * 8 * 2 * 3, abs=4)  # two corners are rounded
    assert finding.points["fovea"] == pytest.approx((36 * 3, 16 * 2))


def test_the_classifier_speaks_alone_where_no_disc_is_found_or_nothing_is_fitted():
    network = _tiny()
    assert _read(network).grades["glaucoma"][True] == pytest.approx(0.2)
    network.vcdr_slope.fill_(2.0)
    network.vcdr_intercept.fill_(-1.0)
    finding = _read(network, disc=False)
    assert finding.grades["glaucoma"][True] == pytest.approx(0.2)
    assert not finding.mask("OD").any()
    assert not finding.mask("OC").any()
    assert "vcdr" not in finding.measures


def test_a_flat_saliency_map_shows_no_fovea():
    assert "fovea" not in _read(_tiny(), peak=0.05).points


def test_a_task_without_labels_says_nothing():
    network = _tiny()
    network.taught.copy_(torch.tensor([0, 1, 0, 0]))
    finding = _read(network)
    assert finding.labels == ("OD",)
    assert (finding.points, finding.grades, finding.measures, finding.cams) == ({}, {}, {}, {})


def test_a_faint_glow_moves_the_fovea_only_where_the_whole_map_counts():
    saliency = np.full((100, 100), 0.05, np.float32)
    saliency[19:22, 79:82] = 0.9
    assert fovea_of(saliency, peaked=True) == pytest.approx((80.5, 20.5))
    assert fovea_of(saliency, peaked=False) == pytest.approx((50.5, 49.5), abs=1)


def test_a_fovea_right_beside_the_disc_is_none():
    network = model_spec("glaucoma", "compact").build().eval()
    frame = Frame((256, 256), (0, 0, 256, 256), (0, 0, 256, 256), (256, 256))
    disc = torch.zeros(1, 2, 256, 256)
    disc[0, 0, 100:140, 60:100] = 1.0
    answers = {"masks": disc, "glaucoma": torch.tensor([0.5]), "cam": torch.zeros(1, 1, 8, 8)}
    for x, there in ((110, False), (180, True)):
        saliency = torch.zeros(1, 1, 256, 256)
        saliency[0, 0, 119:122, x - 1 : x + 2] = 0.9
        finding = read_glaucoma({**answers, "fovea": saliency}, frame, network)
        assert ("fovea" in finding.points) == there
