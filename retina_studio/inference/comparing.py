"""Two weights of one model on the same images."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from retina_studio.domain.comparison import Answers, Compared, Truth, compare_answers
from retina_studio.domain.errors import RetinaError
from retina_studio.inference.devices import choose_device
from retina_studio.networks.find import find
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import LoadedWeights, load_weights


class HeldOut(Protocol):
    """An image that the weights were not trained on, and what is settled of it."""

    @property
    def name(self) -> str:
        """Of the image."""

    def pixels(self) -> npt.NDArray[np.uint8]:
        """RGB (H, W, 3) or grey (H, W). Raises RetinaError where it cannot be read."""

    def truth(self) -> Truth:
        """What is settled of it; an empty one where nothing is."""


def compare_weights(
    old: Path, new: Path, images: Iterable[HeldOut], device: str = "auto"
) -> Iterator[tuple[Compared, Answers, Answers]]:
    """What changed on each image, and what the old and the new weights say of it; one at a time.

    Args:
        old, new: weights files of one model.
        images: what to look at, in this order.
        device: as of `choose_device`.

    Raises:
        RetinaError: the weights are of different models or cannot be used, or an image cannot be read.
    """
    place = choose_device(device)
    try:
        first, second = load_weights(old), load_weights(new)
        if first.header.stem != second.header.stem:
            raise RetinaError(
                f"These are weights of two models, {first.header.stem} and {second.header.stem}: choose two of one."
            )
        for loaded in (first, second):
            loaded.network.to(place)
        for image in images:
            pixels = image.pixels()
            before, after = _answers(first, pixels), _answers(second, pixels)
            yield compare_answers(image.name, before, after, image.truth()), before, after
    except ValueError as error:
        raise RetinaError(str(error)) from error


def _answers(loaded: LoadedWeights, pixels: npt.NDArray[np.uint8]) -> Answers:
    header = loaded.header
    row = model_spec(header.stem, header.size)
    found = find(row, loaded.network, pixels, header.preprocessing, header.postprocess)
    masks = {label: found.mask(label) for label in found.labels}
    return Answers(found.frame.image, masks, found.points, found.grades)
