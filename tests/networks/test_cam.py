import numpy as np
import torch

from retina_studio.networks.cam import grad_cam, localiser_cam
from retina_studio.networks.locseg import LocSeg


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


def test_localiser_cam_lights_the_channel_that_pulls_and_is_the_same_everywhere():
    """One channel votes for its own place, one against it; the map is the first channel, wherever it is active."""
    network = LocSeg(16, 32, (2, 2), 0.0).eval()
    weight = network.localiser.weight.detach().view(2, 2, 8, 16)
    weight[:, 0] = weight[:, 0].abs() * 0 + _votes(8, 16)
    weight[:, 1] = -_votes(8, 16)
    for row, column in ((4, 8), (0, 0), (7, 2)):  # the middle, too, where a plain gradient vanishes
        bottleneck = torch.zeros(1, 2, 8, 16)
        bottleneck[0, 0, row, column] = 2.0
        bottleneck[0, 1, 7 - row, 3] = 5.0
        cam = localiser_cam(network, bottleneck)[0].numpy()
        assert np.unravel_index(cam.argmax(), cam.shape) == (row, column)
        assert np.count_nonzero(cam) == 1


def _votes(height, width):
    x = (torch.arange(width) + 0.5 - width / 2).expand(height, width)
    y = (torch.arange(height) + 0.5 - height / 2)[:, None].expand(height, width)
    return torch.stack([x, y]) / width
