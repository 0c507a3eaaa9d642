"""The hierarchical bottleneck attention (HBA) block: content, relative-position and channel attention in a residual.

Tang et al., "U-Net with hierarchical bottleneck attention" (OMIA 2021), as `ppa` uses it (models.md 1.3).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its usual name

HEADS = 4  # of the attention
NARROWING = 4  # from the block's width to the attention's
_SQUEEZE = 8  # of the channel gate's hidden layer


class RelativeAttention(nn.Module):
    """Self-attention over the positions of a map, with learnt relative positions: (N, C, height, width) -> the same.

    The logit of query (y, x) and key (y', x') is q k + q R_H[y' - y] + q R_W[x' - x], with q scaled by d ** -0.5 in all
    three terms, d = C / heads. The heads share the tables R_H (2 height - 1, d) and R_W (2 width - 1, d). There is no
    output projection.

    Args:
        channels: C, a multiple of `heads`.
        height, width: of the map; the tables belong to this size and no other.
        heads: of the attention.
    """

    def __init__(self, channels: int, height: int, width: int, heads: int = HEADS) -> None:
        super().__init__()
        depth = channels // heads
        self.size, self.heads = (height, width), heads
        self.qkv = nn.Linear(channels, 3 * channels)
        self.rows = nn.Parameter(torch.randn(2 * height - 1, depth) * depth**-0.5)
        self.columns = nn.Parameter(torch.randn(2 * width - 1, depth) * depth**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Attend.

        Raises:
            ValueError: a map of another size.
        """
        if x.shape[2:] != self.size:
            raise ValueError(
                f"This attention was made for maps of {self.size[0]} x {self.size[1]}, not {x.shape[2]} x {x.shape[3]}:"
                " give it images of the size it was trained with."
            )
        tokens = self.qkv(x.flatten(2).transpose(1, 2))
        query, key, value = tokens.view(*tokens.shape[:2], 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind()
        query = query * query.shape[-1] ** -0.5
        mixed = F.scaled_dot_product_attention(query, key, value, self.position_logits(query), scale=1.0)
        return mixed.transpose(2, 3).reshape(x.shape)

    def position_logits(self, query: Tensor) -> Tensor:
        """q R_H[y' - y] + q R_W[x' - x] for scaled queries (N, heads, T, d): (N, heads, T, T), T = height * width."""
        height, width = self.size
        grid = query.view(*query.shape[:2], height, width, -1)
        rows = torch.einsum("nhyxd,yYd->nhyxY", grid, self.rows[_offsets(height, query.device)])
        columns = torch.einsum("nhyxd,xXd->nhyxX", grid, self.columns[_offsets(width, query.device)])
        return (rows[..., :, None] + columns[..., None, :]).flatten(4).flatten(2, 3)


class ChannelGate(nn.Module):
    """How much each channel counts: sigmoid(M(mean) + M(maximum)), M two layers: (N, C, H, W) -> (N, C, 1, 1)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        hidden = channels // _SQUEEZE
        self.layers = nn.Sequential(
            nn.Linear(channels, hidden), nn.ReLU(inplace=True), nn.Linear(hidden, channels)
        )

    def forward(self, x: Tensor) -> Tensor:
        """The gate of every image and channel, in 0..1."""
        gate: Tensor = self.layers(x.mean(dim=(2, 3))) + self.layers(x.amax(dim=(2, 3)))
        return gate.sigmoid()[:, :, None, None]


class HBABlock(nn.Module):
    """A bottleneck whose middle is attention: (N, inputs, height, width) -> (N, outputs, height / s, width / s).

    The last normalisation starts at zero, so that a fresh block passes on its shortcut. The published Keras code draws
    the channel gate's layers anew at every call; here they are parameters, as the paper means them.

    Args:
        inputs, outputs: channels; `outputs` a multiple of 32.
        height, width: of the incoming map, even when the stride is 2.
        stride: 1, or 2 for an average pool after the attention.
    """

    def __init__(self, inputs: int, outputs: int, height: int, width: int, stride: int = 1) -> None:
        super().__init__()
        inner = outputs // NARROWING
        self.narrow = nn.Sequential(*_conv_norm(inputs, inner), nn.ReLU(inplace=True))
        self.attention = RelativeAttention(inner, height, width)
        self.gate = ChannelGate(inner)
        self.pool = nn.AvgPool2d(2) if stride == 2 else nn.Identity()
        self.widen = nn.Sequential(
            nn.BatchNorm2d(inner), nn.ReLU(inplace=True), *_conv_norm(inner, outputs, zero=True)
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(*_conv_norm(inputs, outputs, stride), nn.ReLU(inplace=True))

    def forward(self, x: Tensor) -> Tensor:
        """The block's answer; the gate is computed from what goes into the attention and applied to what comes out."""
        narrow = self.narrow(x)
        attended = self.pool(self.attention(narrow) * self.gate(narrow))
        return F.relu(self.shortcut(x) + self.widen(attended))


def _conv_norm(
    inputs: int, outputs: int, stride: int = 1, *, zero: bool = False
) -> tuple[nn.Module, nn.Module]:
    norm = nn.BatchNorm2d(outputs)
    if zero:
        nn.init.zeros_(norm.weight)
    return nn.Conv2d(inputs, outputs, 1, stride, bias=False), norm


def _offsets(length: int, device: torch.device) -> Tensor:
    """Where the table holds the offset from each position (first index) to each other (second)."""
    places = torch.arange(length, device=device)
    return places[None, :] - places[:, None] + length - 1
