"""What every model's network can: freeze parts that have learnt enough, and start from a pretrained encoder."""

from collections.abc import Mapping
from typing import ClassVar, Self

from torch import Tensor, nn


class Freezes(nn.Module):
    """A module whose parts can be frozen: they no longer move, whatever mode the rest is in.

    Attributes:
        forward_methods: what a loss calls beside `forward`.
        backbone: the name of the pretrained encoder that it can start from (`backbones.BACKBONES`); "" for none.
    """

    forward_methods: ClassVar[tuple[str, ...]] = ()
    backbone: str = ""

    def __init__(self) -> None:
        super().__init__()
        self._frozen: list[nn.Module] = []  # a plain list: in a ModuleList a part would be in the state twice

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Put pretrained tensors into every encoder.

        Raises:
            ValueError: this network has no encoder that they fit.
        """
        del state
        raise ValueError("This network has no pretrained encoder: train it from scratch.")

    def freeze(self, *parts: nn.Module) -> None:
        """From now on nothing in these parts moves: no gradients, and fixed batch statistics and dropout."""
        for part in parts:
            part.requires_grad_(False).eval()
            self._frozen.append(part)

    def train(self, mode: bool = True) -> Self:
        """Switch to training (or evaluation), all but what is frozen."""
        super().train(mode)
        for part in self._frozen:
            part.eval()
        return self
