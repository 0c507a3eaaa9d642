"""One model on one image: load once, propose often."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.proposal import Proposal, proposal_origin
from retina_studio.domain.shapes import Point, Shape, new_shape
from retina_studio.inference.postprocess import components, mean_inside, shape_of
from retina_studio.networks.find import find
from retina_studio.networks.finding import Finding
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import LoadedWeights, load_weights

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
        """Shapes, scores, grades and CAM for an image, RGB (H, W, 3) or grey (H, W). Nothing found: no shapes.

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
            loaded.network.to(self.device)
            self._loaded = loaded
        return self._loaded

    def _propose(self, pixels: npt.NDArray[np.uint8], loaded: LoadedWeights) -> Proposal:
        start = time.perf_counter()
        header = loaded.header
        row = model_spec(header.stem, header.size)
        finding = find(row, loaded.network, pixels, header.preprocessing)
        offered = list(_shapes(finding, proposal_origin(header.stem, loaded.hash)))
        return Proposal(
            model=header.stem,
            weights_hash=loaded.hash,
            shapes=tuple(shape for shape, _ in offered),
            scores={shape.id: score for shape, score in offered},
            grades={scale: finding.grade(scale) for scale in finding.grades},
            probabilities=finding.grades,
            measures=finding.measures,
            cams={name: finding.frame.overview(cam, _CAM_SIDE) for name, cam in finding.cams.items()},
            seconds=time.perf_counter() - start,
        )


def _shapes(finding: Finding, origin: str) -> Iterator[tuple[Shape, float]]:
    """A shape and its score for every part of every mask, and for every point that has no mask."""
    for label in finding.labels:
        mask, probability = finding.mask(label), finding.probability(label)
        for rows, columns, part in components(mask):
            geometry = shape_of(part)
            if geometry is not None:
                place = geometry.moved(columns.start, rows.start)
                yield new_shape(label, place, origin), mean_inside(probability[rows, columns], part)
    for label, (x, y) in finding.points.items():
        if label not in finding.maps:
            yield new_shape(label, Point(x, y), origin), 1.0


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
