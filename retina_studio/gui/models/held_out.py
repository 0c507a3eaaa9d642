"""The held-out images that two weights are compared on. Without Qt: the command line uses it, too."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retina_studio.domain.comparison import Truth
from retina_studio.domain.errors import RetinaError
from retina_studio.store.entries import Entry
from retina_studio.store.read import Snapshot


@dataclass(frozen=True, eq=False)
class SettledImage:
    """One image of an open snapshot."""

    snapshot: Snapshot
    entry: Entry

    @property
    def name(self) -> str:
        """Of the image."""
        return self.entry.name

    def pixels(self) -> npt.NDArray[np.uint8]:
        """The image."""
        return self.snapshot.pixels(self.entry.index)

    def truth(self) -> Truth:
        """Its consensus."""
        planes = {label: self.snapshot.mask(self.entry.index, label) for label in self.entry.labels}
        return Truth(planes, self.entry.points, self.entry.grades)


@dataclass(frozen=True, eq=False)
class BareImage:
    """An image of which nothing is settled; `read` decodes it."""

    name: str
    read: Callable[[], npt.NDArray[np.uint8]]

    def pixels(self) -> npt.NDArray[np.uint8]:
        """The image."""
        return self.read()

    def truth(self) -> Truth:
        """Nothing."""
        return Truth()


def modality_of(stem: str) -> str:
    """What a model looks at."""
    return "oct" if stem == "oct" else "fundus"


def held_out(snapshot: Snapshot, stem: str, split: str = "test") -> list[SettledImage]:
    """The images of a split that a model can look at.

    Raises:
        RetinaError: there are none.
    """
    modality = modality_of(stem)
    found = [
        SettledImage(snapshot, entry)
        for entry in snapshot.entries
        if (entry.split, entry.modality) == (split, modality)
    ]
    if not found:
        raise RetinaError(f"{snapshot.path} holds no {modality} image in the split {split!r}.")
    return found
