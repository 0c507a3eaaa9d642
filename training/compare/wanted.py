"""What a comparison system is asked to be, and the packages that some of them come from."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from retina_studio.domain.errors import RetinaError

Size = Literal["paper", "compact"]


class MissingPackageError(RetinaError):
    """A comparison system's package is not installed; the sentence says how to get it."""


@dataclass(frozen=True)
class Wanted:
    """The shape of a comparison system.

    Attributes:
        inputs: channels of the image, 1 or 3.
        maps: masks asked for; 0 for a classifier.
        classes: classes asked for; 0 for a segmentation.
        size: "paper" as published, "compact" narrowed for a laptop's CPU (below 5 million parameters).
        height, width: of the input.
    """

    inputs: int
    maps: int
    classes: int
    size: Size
    height: int
    width: int

    @property
    def compact(self) -> bool:
        """Whether the narrow one is asked for."""
        return self.size == "compact"


def package(name: str) -> Any:
    """A module of an optional package, imported now.

    Raises:
        MissingPackageError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        top = name.partition(".")[0]
        raise MissingPackageError(
            f"This comparison system needs the package {top}: pip install 'retina-studio[compare]'."
        ) from error
