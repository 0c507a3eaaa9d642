"""Running a model on one image, as a background job. torch is imported here, in the worker, and only when asked."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from retina_studio.domain.proposal import Proposal
from retina_studio.gui.jobs import JobState
from retina_studio.images.read import read_image

if TYPE_CHECKING:
    from retina_studio.inference.predictor import Predictor


def propose(state: JobState, image_file: Path, stem: str) -> Proposal:
    """What the current weights of a model offer for an image file.

    Raises:
        RetinaError: there are no weights for this model, or the image or weights cannot be read.
    """
    from retina_studio.inference.registry import find_weights  # noqa: PLC0415

    state.progress(0.1, "Loading the model")
    predictor = _predictor(find_weights(stem))
    state.progress(0.6, "Looking at the image")
    pixels = read_image(image_file)
    state.check()
    return predictor.propose(pixels)


@lru_cache(maxsize=2)
def _predictor(weights: Path) -> Predictor:
    from retina_studio.inference.predictor import Predictor  # noqa: PLC0415

    return Predictor(weights)
