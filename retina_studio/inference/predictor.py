"""One model on one image: load once, propose often."""

import threading
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.proposal import Proposal, proposal_origin
from retina_studio.domain.shapes import new_shape
from retina_studio.inference.postprocess import mean_inside, shape_of
from retina_studio.networks.cam import localiser_cam
from retina_studio.networks.disc import find_disc
from retina_studio.networks.weights import LoadedWeights, WeightsError, load_weights

_CAM_SIDE = 128  # pixels of the CAM's longer side: the map is coarse, the canvas enlarges it


class Predictor:
    """A weights file on a device. Loading happens at the first proposal; one proposal runs at a time.

    Args:
        weights: a safetensors file of this application.
        device: "cpu", "cuda", or "auto" for a GPU where there is one.
    """

    def __init__(self, weights: Path, device: str = "auto") -> None:
        self.weights = weights
        self.device = choose_device(device)
        self._loaded: LoadedWeights | None = None
        self._lock = threading.Lock()

    def propose(self, pixels: npt.NDArray[np.uint8]) -> Proposal:
        """Shapes, scores and CAM for an image, RGB (H, W, 3) or grey (H, W). No disc found: no shapes.

        A shape's score is the mean probability of the pixels it covers.

        Raises:
            RetinaError: the weights or the image cannot be used.
        """
        with self._lock:
            try:
                return self._propose(pixels, self._load())
            except ValueError as error:
                raise RetinaError(str(error)) from error

    def _load(self) -> LoadedWeights:
        if self._loaded is None:
            loaded = load_weights(self.weights)
            if loaded.header.stem != "disc":
                raise WeightsError(f"{self.weights} is for the model {loaded.header.stem}, not disc.")
            loaded.network.to(self.device)
            self._loaded = loaded
        return self._loaded

    def _propose(self, pixels: npt.NDArray[np.uint8], loaded: LoadedWeights) -> Proposal:
        start = time.perf_counter()
        header = loaded.header
        finding = find_disc(loaded.network, pixels, header.preprocessing)
        geometry = shape_of(finding.mask)
        origin = proposal_origin(header.stem, loaded.hash)
        shapes = (new_shape("OD", geometry, origin),) if geometry else ()
        score = mean_inside(finding.probability, finding.mask)
        cam = localiser_cam(loaded.network, finding.bottleneck)[0].float().cpu().numpy()
        return Proposal(
            model=header.stem,
            weights_hash=loaded.hash,
            shapes=shapes,
            scores={shape.id: score for shape in shapes},
            cam=finding.frame.overview(cam, _CAM_SIDE) if "localiser" in header.stages else None,
            seconds=time.perf_counter() - start,
        )


def choose_device(name: str) -> torch.device:
    """The torch device of "cpu", "cuda" or "auto".

    Raises:
        RetinaError: there is no such device here.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise RetinaError(f"There is no device {name!r}; use auto, cpu or cuda.")
    if name == "cuda" and not torch.cuda.is_available():
        raise RetinaError("There is no CUDA GPU here; use the device cpu or auto.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")
