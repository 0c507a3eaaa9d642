"""Which weights file a model runs with."""

from pathlib import Path

from retina_studio import paths
from retina_studio.domain.errors import RetinaError
from retina_studio.networks.table import stems


def find_weights(stem: str, weights: Path | None = None) -> Path:
    """The file to load: the one named, else the person's current weights, else those shipped with the application.

    Raises:
        RetinaError: no such model, the named file is not there, or no weights exist.
    """
    if stem not in stems():
        raise RetinaError(f"There is no model {stem!r}; there is: {', '.join(stems())}.")
    if weights is not None:
        if not weights.is_file():
            raise RetinaError(f"There is no weights file {weights}.")
        return weights
    for folder in (paths.user_data() / "weights", paths.resources() / "weights"):
        file = folder / f"{stem}.safetensors"
        if file.is_file():
            return file
    raise RetinaError(
        f"There are no weights for the model {stem} yet: train it, or name a file with --weights."
    )
