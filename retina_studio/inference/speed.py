"""The same network, quicker: what a CPU gains without any change of what is answered."""

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from retina_studio.networks.frozen import Freezes


def quicken(network: Freezes) -> Freezes:
    """A network in evaluation mode, changed in place to run quicker on a CPU.

    Every batch normalisation behind a convolution is folded into it, which leaves out a pass over the map, and maps are
    kept with the channels of a pixel side by side, as oneDNN's kernels want them. Probabilities differ by rounding, by
    less than 1e-4.
    """
    for module in list(network.modules()):
        if isinstance(module, nn.Sequential):
            _fold(module)
    channels_last: Freezes = network.to(memory_format=torch.channels_last)
    return channels_last


def _fold(layers: nn.Sequential) -> None:
    for number in range(len(layers) - 1):
        conv, norm = layers[number], layers[number + 1]
        # A normalisation by the image's own statistics has none to fold.
        if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d) and norm.running_mean is not None:
            layers[number] = fuse_conv_bn_eval(conv, norm).requires_grad_(False)
            layers[number + 1] = nn.Identity()
