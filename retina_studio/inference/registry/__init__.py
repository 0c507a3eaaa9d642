"""The model registry: versions of each model's weights, and which file a model runs with."""

from pathlib import Path

from retina_studio.domain.errors import RetinaError

from .registry import LONGEST_REASON, Registry
from .version import SHIPPED, SHORTEST, Event, Facts, Origin, State, Version

__all__ = [
    "LONGEST_REASON",
    "SHIPPED",
    "SHORTEST",
    "Event",
    "Facts",
    "NoWeightsError",
    "Origin",
    "Registry",
    "State",
    "Version",
    "find_weights",
]


class NoWeightsError(RetinaError):
    """A model without weights: not trained yet, and none come with the application."""


def find_weights(stem: str, weights: Path | None = None) -> Path:
    """The file to load: the one named, else the current version of the registry, else the shipped weights.

    Raises:
        NoWeightsError: no weights exist.
        RetinaError: no such model, the named file is not there, or the registry is damaged.
    """
    from retina_studio.networks.table import stems  # noqa: PLC0415 - torch takes seconds, the rest needs none

    if stem not in stems():
        raise RetinaError(f"There is no model {stem!r}; there is: {', '.join(stems())}.")
    if weights is not None:
        if not weights.is_file():
            raise RetinaError(f"There is no weights file {weights}.")
        return weights
    registry = Registry()
    registry.take_in(stem)
    file = registry.current_file(stem)
    if file is None:
        raise NoWeightsError(
            f"There are no weights for the model {stem} yet: train it, or name a file with --weights."
        )
    return file
