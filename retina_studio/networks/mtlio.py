"""MTL-IO: one U-Net for the optic disc, the optic cup, the fovea and glaucoma; or a U-Net for each.

Pascal et al., "Multi-task deep learning for glaucoma detection from color fundus images" (Scientific Reports 2022),
figure 5. The encoder is VGG-13 with batch normalisation: the paper says VGG-16, its parameter counts say 13
(models.md 3.2).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import ClassVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from retina_studio.networks.backbones import fill, first_layer
from retina_studio.networks.cam import class_cam
from retina_studio.networks.efficientnet import EfficientNetLite0
from retina_studio.networks.frozen import Freezes

TASKS = ("glaucoma", "OD", "OC", "fovea")  # in the order in which they take their steps (models.md 3.4)
GLAUCOMA, *MAPS = TASKS
VGG13 = (64, 128, 256, 512, 512)  # filters of the five stages
LIMIT = 4096  # pixels of a side, and filters of a convolution: far beyond use, but a weights file may say anything

Norm = Callable[[int], nn.Module]


class MTLIOError(ValueError):
    """The network cannot be built or used like this, in one sentence."""


class ImageNorm(nn.Module):
    """Batch normalisation that keeps no running statistics (models.md 3.2).

    In training the statistics are the batch's. The authors' code takes them from the batch at test time too, and tests
    one image at a time: then they are the image's own, and here they always are, whatever batch an image comes in.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> the same shape."""
        if self.training:
            return F.batch_norm(x, None, None, self.weight, self.bias, training=True)
        return F.instance_norm(x, weight=self.weight, bias=self.bias)


_LAYERS = 7  # of a stage in torchvision's numbering: twice convolution, normalisation, ReLU; and the pool
_FIRST = "stages.0.0.weight"
_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
_NORMS: Mapping[str, Norm] = {"batch": ImageNorm, "running": nn.BatchNorm2d}


class DoubleConv(nn.Sequential):
    """Two of 3x3 convolution with bias, normalisation and ReLU: (N, i, H, W) -> (N, o, H, W)."""

    def __init__(self, inputs: int, hidden: int, outputs: int, norm: Norm) -> None:
        layers: list[nn.Module] = []
        for i, o in pairwise((inputs, hidden, outputs)):
            layers += [nn.Conv2d(i, o, 3, padding=1), norm(o), nn.ReLU(inplace=True)]
        super().__init__(*layers)


class VGGEncoder(nn.Module):
    """The convolutions of VGG-13-BN: two a stage, 2x2 max-pooling between stages.

    Args:
        channels: of the image.
        filters: of each stage; `VGG13` for the genuine network.
        norm: makes a normalisation for so many channels.

    Attributes:
        channels: of each map.
    """

    backbone = "vgg13_bn"

    def __init__(self, channels: int, filters: Sequence[int], norm: Norm) -> None:
        super().__init__()
        self.channels = tuple(filters)
        self.stages = nn.ModuleList(DoubleConv(i, o, o, norm) for i, o in pairwise((channels, *filters)))

    def forward(self, image: Tensor) -> list[Tensor]:
        """The maps, shallow to deep, at strides 1, 2, 4, 8 and 16."""
        features = [self.stages[0](image)]
        for stage in self.stages[1:]:
            features.append(stage(F.max_pool2d(features[-1], 2)))
        return features

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Take torchvision's ImageNet weights of vgg13_bn; the running statistics only where these are kept.

        Raises:
            BackboneError: a tensor is missing or of another shape.
        """
        own = self.state_dict()
        renamed = {}
        for name, tensor in state.items():
            part, _, layer = name.partition(".")
            if part == "features":
                number, _, leaf = layer.partition(".")
                ours = f"stages.{int(number) // _LAYERS}.{int(number) % _LAYERS}.{leaf}"
                if ours in own or leaf not in _STATISTICS:
                    renamed[ours] = tensor
        if (first := renamed.get(_FIRST)) is not None:
            renamed[_FIRST] = first_layer(first, own[_FIRST].shape[1])
        fill(self, renamed, VGGEncoder.backbone)


class Decoder(nn.Module):
    """The expanding arm: bilinear x2, concatenation with the encoder's map, two convolutions.

    Args:
        channels: of the encoder's maps, shallow to deep.
        widths: hidden and output channels of each step. One step more than there are maps to join reaches the
            resolution of the image from an encoder whose first map has half of it.
        norm: makes a normalisation for so many channels.
    """

    def __init__(self, channels: Sequence[int], widths: Sequence[Sequence[int]], norm: Norm) -> None:
        super().__init__()
        joined = [*reversed(channels[:-1]), *[0] * (len(widths) - len(channels) + 1)]
        inputs = (channels[-1], *(out for _, out in widths))
        self.blocks = nn.ModuleList(
            DoubleConv(i + skip, hidden, out, norm)
            for i, skip, (hidden, out) in zip(inputs, joined, widths, strict=False)
        )

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """(N, C, H, W) at the resolution of the image."""
        x, *skips = reversed(features)
        for step, block in enumerate(self.blocks):
            x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
            x = block(torch.cat([skips[step], x], dim=1) if step < len(skips) else x)
        return x


Encoder = VGGEncoder | EfficientNetLite0
_STEPS = {VGGEncoder.backbone: 4, EfficientNetLite0.backbone: 5}  # up to the image's resolution


class Branch(nn.Module):
    """An encoder with what answers some of the tasks: a decoder with a 1x1 convolution a map, a classifier.

    The classifier is global max-pooling, dropout and one linear layer on the encoder's last map.
    """

    def __init__(
        self,
        encoder: Encoder,
        tasks: Sequence[str],
        widths: Sequence[Sequence[int]],
        norm: Norm,
        dropout: float,
        prior: float,
    ) -> None:
        super().__init__()
        self.tasks = tuple(tasks)
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(encoder.channels[-1], 1) if GLAUCOMA in tasks else None
        maps = [task for task in tasks if task != GLAUCOMA]
        self.decoder = Decoder(encoder.channels, widths, norm) if maps else None
        self.heads = nn.ModuleDict({task: _head(widths[-1][1], prior) for task in maps})

    def answers(self, features: Sequence[Tensor], tasks: Sequence[str]) -> dict[str, Tensor]:
        """What those of the tasks that this branch has say, before the sigmoid: (N,) or (N, 1, H, W)."""
        found: dict[str, Tensor] = {}
        if self.classifier is not None and GLAUCOMA in tasks:
            found[GLAUCOMA] = self.classifier(self.dropout(features[-1].amax(dim=(2, 3))))[:, 0]
        if self.decoder is not None and any(task in self.heads for task in tasks):
            decoded = self.decoder(features)
            found |= {task: head(decoded) for task, head in self.heads.items() if task in tasks}
        return found


def _head(inputs: int, prior: float) -> nn.Conv2d:
    """A 1x1 convolution to a logit whose first answer is the prior probability."""
    head = nn.Conv2d(inputs, 1, 1)
    if head.bias is not None:
        nn.init.constant_(head.bias, math.log(prior / (1 - prior)))
    return head


class MTLIO(Freezes):
    """Images (N, channels, height, width) to disc, cup, fovea and glaucoma.

    Args:
        height, width, channels: of the input; sides are multiples of the deepest map's stride.
        encoder: "vgg13_bn" (the paper) or "efficientnet_lite0".
        filters: of the VGG's five stages.
        decoder: hidden and output channels of every step up.
        statistics: of the normalisations in evaluation, "batch" (the paper: the image's own) or "running".
        dropout: of the classifier.
        prior: probability of every pixel of a map before training. Few belong to a disc or a fovea: from one half the
            L1 loss of the saliency first has the whole map fade, which takes hundreds of steps.
        separate: a network of its own for every task: the paper's single-task baseline (STL).
        soft_vcdr: vCDR from the probabilities, as the authors' code has it, rather than from the refined masks.
        peaked_fovea: the fovea is the centre of mass of what reaches half of the map's peak, rather than of all of it
            (the paper): a faint glow far off moves it then no more. What lies right beside the disc is no fovea then.

    Attributes:
        backbone: whose ImageNet weights can start the encoders, "" for none.
        taught: (4,) which of `TASKS` had labels to learn from: the others' answers mean nothing.
        vcdr_slope, vcdr_intercept: logistic regression of glaucoma on vCDR; nan until it is fitted.

    Raises:
        MTLIOError: the numbers fit no network.
    """

    forward_methods: ClassVar[tuple[str, ...]] = ("logits",)
    taught: Tensor
    vcdr_slope: Tensor
    vcdr_intercept: Tensor

    def __init__(
        self,
        height: int,
        width: int,
        channels: int,
        *,
        encoder: str,
        decoder: Sequence[Sequence[int]],
        filters: Sequence[int] = VGG13,
        statistics: str = "batch",
        dropout: float = 0.8,
        prior: float = 0.5,
        separate: bool = False,
        soft_vcdr: bool = False,
        peaked_fovea: bool = False,
    ) -> None:
        super().__init__()
        _check(height, width, channels, encoder, decoder, filters, statistics, dropout, prior)
        norm = _NORMS[statistics]
        shares = [(task,) for task in TASKS] if separate else [TASKS]
        self.branches = nn.ModuleList(
            Branch(
                VGGEncoder(channels, filters, norm)
                if encoder == VGGEncoder.backbone
                else EfficientNetLite0(channels),
                share,
                decoder,
                norm,
                dropout,
                prior,
            )
            for share in shares
        )
        genuine = encoder != VGGEncoder.backbone or tuple(filters) == VGG13
        self.backbone = encoder if genuine else ""
        self.size = (height, width)
        self.separate = separate
        self.soft_vcdr = soft_vcdr
        self.peaked_fovea = peaked_fovea
        self.register_buffer("taught", torch.ones(len(TASKS), dtype=torch.uint8))
        self.register_buffer("vcdr_slope", torch.tensor(torch.nan))
        self.register_buffer("vcdr_intercept", torch.tensor(torch.nan))

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """The answers, float32: see the model table.

        Returns:
            masks (N, 2, H, W) probabilities of disc and cup; fovea (N, 1, H, W) saliency 0..1; glaucoma (N,) the
            classifier's probability alone; cam (N, 1, h, w) where that comes from.
        """
        found: dict[str, Tensor] = {}
        for branch in self.parts:
            features = branch.encoder(image)
            found |= branch.answers(features, TASKS)
            if branch.classifier is not None:
                # With a maximum and one linear layer behind it, Grad-CAM's weights are that layer's, up to scale.
                found["cam"] = class_cam(features[-1], branch.classifier.weight)
        return {
            "masks": torch.cat([found["OD"], found["OC"]], dim=1).float().sigmoid(),
            "fovea": found["fovea"].float().sigmoid(),
            "glaucoma": found[GLAUCOMA].float().sigmoid(),
            "cam": found["cam"],
        }

    def logits(self, image: Tensor, tasks: Sequence[str] = TASKS) -> dict[str, Tensor]:
        """The answers of some tasks before the sigmoid, and no more work than these take.

        Returns:
            "glaucoma" (N,); "OD", "OC" and "fovea" (N, 1, H, W).
        """
        found: dict[str, Tensor] = {}
        for branch in self.parts:
            if any(task in branch.tasks for task in tasks):
                found |= branch.answers(branch.encoder(image), tasks)
        return found

    def branch_of(self, task: str) -> Branch:
        """The network of a task: the shared one, or the task's own."""
        return next(branch for branch in self.parts if task in branch.tasks)

    @property
    def parts(self) -> tuple[Branch, ...]:
        """The shared network, or one for every task in the order of `TASKS`."""
        return tuple(cast(Branch, branch) for branch in self.branches)

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Take ImageNet weights into every encoder; the decoders keep their random start (the paper's table 2).

        Raises:
            BackboneError: they are not the weights of `backbone`.
        """
        for branch in self.parts:
            branch.encoder.load_backbone(state)


def _check(
    height: int,
    width: int,
    channels: int,
    encoder: str,
    decoder: Sequence[Sequence[int]],
    filters: Sequence[int],
    statistics: str,
    dropout: float,
    prior: float,
) -> None:
    if encoder not in _STEPS:
        raise MTLIOError(f"The glaucoma network's encoder is one of {', '.join(_STEPS)}, not {encoder!r}.")
    if statistics not in _NORMS:
        raise MTLIOError(
            f"The glaucoma network's statistics are one of {', '.join(_NORMS)}, not {statistics!r}."
        )
    steps = _STEPS[encoder]
    if len(decoder) != steps or not all(len(pair) == 2 and _fit(pair) for pair in decoder):
        raise MTLIOError(
            f"The decoder on {encoder} has {steps} steps of two widths from 1 to {LIMIT} each, not {list(decoder)}."
        )
    if len(filters) != len(VGG13) or not _fit(filters) or not 1 <= channels <= 16:
        raise MTLIOError(
            f"The glaucoma network takes images of 1 to 16 channels and, with VGG, {len(VGG13)} filter counts from 1 "
            f"to {LIMIT}, not {channels} and {list(filters)}."
        )
    stride = 2**steps
    if not all(2 * stride <= side <= LIMIT and side % stride == 0 for side in (height, width)):
        raise MTLIOError(
            f"The glaucoma network's sides are multiples of {stride} from {2 * stride} to {LIMIT}, "
            f"not {height} x {width}."
        )
    if not (0 <= dropout < 1 and 0 < prior < 1):
        raise MTLIOError(
            f"The glaucoma network's dropout and prior are below 1, and the prior above 0, not {dropout} and {prior}."
        )


def _fit(widths: Sequence[int]) -> bool:
    return all(isinstance(width, int) and 1 <= width <= LIMIT for width in widths)
