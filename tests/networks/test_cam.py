import pytest
import torch
from torch import nn

from retina_studio.networks.cam import class_cam, grad_cam


def test_grad_cam_of_a_case_computed_by_hand():
    activations = torch.tensor([[[[1.0, 2.0], [0.0, 4.0]], [[3.0, 0.0], [1.0, 1.0]]]], requires_grad=True)
    score = 0.5 * activations[0, 0].sum() - activations[0, 1, 0, 0] * 4
    (gradients,) = torch.autograd.grad(score, activations)
    # The channels weigh one half and minus one: above 0.5 - 3 and 1 - 0, below 0 - 1 and 2 - 1; negative is nothing.
    cam = grad_cam(activations.detach(), gradients)
    assert torch.allclose(cam, torch.tensor([[[0.0, 1.0], [0.0, 1.0]]]))


def test_grad_cam_scales_each_image_and_leaves_nothing_as_nothing():
    activations = torch.stack([torch.full((1, 2, 2), 7.0), torch.full((1, 2, 2), 3.0)])
    gradients = torch.stack([torch.ones(1, 2, 2), -torch.ones(1, 2, 2)])
    cam = grad_cam(activations, gradients)
    assert (cam[0] == 1).all()
    assert (cam[1] == 0).all()


def test_class_cam_of_a_case_computed_by_hand():
    features = torch.tensor([[[[1.0, 2.0], [0.0, 4.0]], [[3.0, 0.0], [1.0, 1.0]]]])
    weights = torch.tensor([[2.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
    # Class 0: 5 4 / 1 9, all above zero: stretched from 1..9. Class 1: -2 2 / -1 3, cut at 0. Class 2: nothing.
    expected = (
        torch.tensor([[[4, 3], [0, 8]], [[0, 2], [0, 3]], [[0, 0], [0, 0]]])
        / torch.tensor([8, 3, 1])[:, None, None]
    )
    assert torch.allclose(class_cam(features, weights), expected[None])


def test_class_cam_of_a_uniform_map_is_nothing():
    assert (class_cam(torch.full((1, 2, 3, 3), 5.0), torch.ones(1, 2)) == 0).all()


def test_class_cam_stretches_every_image_by_itself():
    features = torch.rand(2, 4, 3, 3) * torch.tensor([1.0, 1000.0])[:, None, None, None]
    cam = class_cam(features, torch.rand(2, 4))
    assert cam.amin(dim=(2, 3)).eq(0).all()
    assert cam.amax(dim=(2, 3)).allclose(torch.ones(2, 2))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_class_cam_does_not_overflow_in_half_precision(dtype):
    """The sum over channels is beyond the largest float16 here."""
    features = torch.full((1, 64, 2, 2), 2000.0)
    features[0, :, 0, 0] = 0
    with torch.autocast("cpu", dtype):
        cam = class_cam(features.to(dtype), torch.ones(1, 64, dtype=dtype))
    assert cam.dtype == torch.float32
    assert torch.equal(cam[0, 0], torch.tensor([[0.0, 1.0], [1.0, 1.0]]))


@pytest.mark.parametrize("pool", [nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d])
def test_class_cam_is_grad_cam_without_autograd(pool):
    torch.manual_seed(0)
    head = nn.Sequential(pool(1), nn.Flatten(), nn.Linear(6, 3))
    nn.init.uniform_(head[2].weight, -0.3, 0.7)  # something speaks for every class
    features = torch.rand(4, 6, 5, 7).requires_grad_()
    maps = class_cam(features.detach(), head[2].weight.detach())
    scores = head(features).sum(dim=0)
    for score, ours in zip(scores, maps.unbind(1), strict=True):
        (gradients,) = torch.autograd.grad(score, features, retain_graph=True)
        assert torch.allclose(ours, _stretched(grad_cam(features.detach(), gradients)), atol=1e-5)
        assert ours.max() == 1


def _stretched(cam):
    lowest, highest = cam.amin(dim=(1, 2), keepdim=True), cam.amax(dim=(1, 2), keepdim=True)
    return (cam - lowest) / (highest - lowest)


@pytest.mark.parametrize("pool", [nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d])
def test_the_grad_cam_package_gives_the_same_maps(pool):
    """Of the predicted class. The package stretches from minimum to maximum, with 1e-7 added to the maximum."""
    package = pytest.importorskip("pytorch_grad_cam")
    torch.manual_seed(3)
    trunk = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.Tanh(), nn.Conv2d(8, 6, 3, padding=1), nn.ReLU())
    head = nn.Sequential(pool(1), nn.Flatten(), nn.Linear(6, 3))
    network = nn.Sequential(trunk, head).eval()
    image = torch.randn(3, 3, 9, 12)
    with package.GradCAM(model=network, target_layers=[trunk[-1]]) as cam:
        theirs = torch.from_numpy(cam(input_tensor=image, targets=None))
    features = trunk(image).requires_grad_()
    scores = head(features)
    (gradients,) = torch.autograd.grad(scores.amax(dim=1).sum(), features)
    assert torch.allclose(_stretched(grad_cam(features, gradients)), theirs, atol=1e-5)
    maps = class_cam(features, head[2].weight)
    assert torch.allclose(maps[range(3), scores.argmax(dim=1)], theirs, atol=1e-5)
