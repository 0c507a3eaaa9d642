"""A comparison system as the training loop and the evaluation see it."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from retina_studio.networks.finding import Value
from retina_studio.networks.frozen import Freezes
from training.compare.table import system as row_of
from training.compare.wanted import Size, Wanted

RARE = (
    -3.0
)  # added to every logit of a mask: few pixels belong to it, and our own networks start from that too


class ComparedNetwork(Freezes):
    """A comparison system beside a model. Input (N, channels, height, width).

    Args:
        height, width, channels: of the input.
        system: its name in the table.
        size: paper or compact.
        labels: of the model's masks.
        classes: values of the model's grade.
        reduced: the longer side that a classifier's image is reduced to first, as the model's own may be; 0 for none.

    Attributes:
        masked, classified: whether this system answers masks, and a class.
        taught: (labels,), 1 where training had an answer; of the others the system says nothing.
        backbone: the encoder that can start from ImageNet; "" for none.

    Raises:
        RetinaError: no such system, the input does not fit it, its package is missing, or the model has no such answer.
    """

    forward_methods = ("logits",)

    def __init__(
        self,
        height: int,
        width: int,
        channels: int,
        *,
        system: str,
        size: Size,
        labels: Sequence[str],
        classes: Sequence[Value],
        reduced: int = 0,
    ) -> None:
        super().__init__()
        row = row_of(system)
        self.labels, self.classes = tuple(labels), tuple(classes)
        self.masked, self.classified = row.kind != "classification", row.kind != "segmentation"
        maps, values = len(labels) * self.masked, len(classes) * self.classified
        longer = max(height, width)
        self.scale = reduced / longer if not self.masked and 0 < reduced < longer else 1.0
        sides = (max(round(side * self.scale), 1) for side in (height, width))
        self.body: Any = row.network(Wanted(channels, maps, values, size, *sides))
        self.backbone: str = getattr(self.body, "backbone", "")
        self.register_buffer("taught", torch.ones(len(labels)))

    def logits(self, image: Tensor) -> dict[str, Tensor]:
        """Logits "masks" (N, labels, H, W), "classes" (N, classes), and "attention" (N, classes) of an ABN."""
        if self.scale < 1:
            sides = [max(round(side * self.scale), 1) for side in image.shape[2:]]
            image = F.interpolate(image, size=sides, mode="area")
        answers: dict[str, Tensor] = self.body(image)
        if "masks" in answers:
            answers["masks"] = answers["masks"] + RARE
        return answers

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """Probabilities "masks" (N, labels, H, W), each pixel and label for itself, and "classes" (N, classes)."""
        logits = self.logits(image)
        answers = {}
        if "masks" in logits:
            answers["masks"] = logits["masks"].sigmoid()
        if "classes" in logits:
            answers["classes"] = logits["classes"].softmax(dim=1)
        return answers

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Start the encoder from ImageNet's weights, where `backbone` names one.

        Raises:
            BackboneError: they are of another network.
        """
        self.body.load_backbone(state)

    def pretrainable(self) -> list[nn.Module]:
        """The parts that `load_backbone` fills."""
        parts: list[nn.Module] = self.body.pretrainable() if self.backbone else []
        return parts
