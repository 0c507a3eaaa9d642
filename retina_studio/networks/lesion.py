"""The paper's multi-task network: Lesion-Net, and beside it the DR grader that looks where Lesion-Net found something.

Wei et al., "Learn to Segment Retinal Lesions and Beyond" (ICPR 2020), figure 2; models.md 2.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from retina_studio.networks.cam import class_cam
from retina_studio.networks.drgrader import Attention, DRGrader, Gate, Resize
from retina_studio.networks.frozen import Freezes
from retina_studio.networks.lesionnet import STRIDE, LesionNet, LesionNetError, presence
from retina_studio.networks.preprocessing import LARGEST_SIDE


class LesionMultiTask(Freezes):
    """Input (N, channels, height, width); the answers of `forward`. Lesion order: `lesionnet.LESIONS`.

    Args:
        height, width: the input size, multiples of 32; both networks are fully convolutional, so windows can train it.
        channels: 3.
        encoder: of both networks; "inception_v3" is the paper's, "efficientnet_lite0" the small one.
        path_length, widths, sigmoid_first, window: see `LesionNet`.
        attention, side_width, gate, resize, grader_size, dropout: see `DRGrader`; `grader_size` is its `size`.

    Attributes:
        graded: whether the grader was trained; where not, `findings.lesion` gives no DR grade.

    Raises:
        ValueError: the numbers fit no network.
    """

    forward_methods = ("segment", "grade")
    graded: Tensor

    def __init__(
        self,
        height: int,
        width: int,
        channels: int = 3,
        *,
        encoder: str = "inception_v3",
        path_length: int = 16,
        widths: Sequence[int] = (256, 128, 64, 32),
        sigmoid_first: bool = True,
        window: int = 0,
        attention: Attention = "conv",
        side_width: int = 64,
        gate: Gate = "sigmoid",
        resize: Resize = "area",
        grader_size: int = 0,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if not all(STRIDE <= side <= LARGEST_SIDE and side % STRIDE == 0 for side in (height, width)):
            raise LesionNetError(
                f"The input's sides must be multiples of {STRIDE} up to {LARGEST_SIDE}, not {height} x {width}."
            )
        self.backbone = encoder
        self.lesionnet = LesionNet(
            encoder,
            channels,
            path_length=path_length,
            widths=widths,
            sigmoid_first=sigmoid_first,
            window=window,
        )
        self.grader = DRGrader(
            encoder,
            channels,
            attention=attention,
            side_width=side_width,
            gate=gate,
            resize=resize,
            size=grader_size,
            dropout=dropout,
        )
        self.register_buffer("graded", torch.zeros((), dtype=torch.bool))

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """The answers: "lesions" (N, 8, H, W), "presence" (N, 8), "dr" (N, 5), "cam" (N, 5, h, w)."""
        lesions = self.lesionnet(image)
        features = self.grader.weighted(image, lesions)
        logits = self.grader.classify(features, lesions)
        # Of pooling and one linear layer, Grad-CAM has this closed form.
        cam = class_cam(features, self.grader.head.weight[:, : self.grader.maps])
        return {
            "lesions": lesions.float(),
            "presence": presence(lesions).float(),
            "dr": logits.float().softmax(dim=1),
            "cam": cam.float(),
        }

    def segment(self, image: Tensor) -> Tensor:
        """Stage "lesions": probabilities (N, 8, H, W), of a whole image or a window."""
        maps: Tensor = self.lesionnet(image)
        return maps

    def grade(self, image: Tensor, lesions: Tensor | None = None) -> Tensor:
        """Stage "grader": DR logits (N, 5); lesion maps are made here, or those of `kept` may be given."""
        logits: Tensor = self.grader(image, self.lesionnet(image) if lesions is None else lesions)
        return logits

    def kept(self, image: Tensor) -> Tensor:
        """Lesion maps (N, 8, h, w) as small as the grader's side branch allows, to be made once and kept."""
        return self.grader.kept(self.lesionnet(image))

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Start both encoders from the same ImageNet weights.

        Raises:
            BackboneError: these are not the weights of the encoder.
        """
        for network in (self.lesionnet, self.grader):
            network.encoder.load_backbone(state)
