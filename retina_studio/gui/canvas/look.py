"""How an image is looked at: which view, how much of it, and through which tone. Qt-free."""

from dataclasses import dataclass, replace

import numpy as np

from retina_studio.domain.labels import Modality
from retina_studio.images.enhance import VIEWS, Tone, tone_table, views_of, window_table
from retina_studio.images.read import Pixels

_WIDEST = 255.0
_NARROWEST = 2.0
_DRAG = {"fundus": 400.0, "oct": 2.0}  # widget pixels for the whole range; widget pixels for one grey value
_GAMMA_RANGE = (0.25, 4.0)


@dataclass(frozen=True)
class Look:
    """A view code and what is done to it.

    Attributes:
        blend: share of the view over the plain image, 0..1.
        brightness, contrast: -1..1, 0 changes nothing.
        gamma: above 1 lifts the dark parts.
        level, width: the grey window of a B-scan, grey values 0..255.
    """

    view: str
    blend: float = 1.0
    brightness: float = 0.0
    contrast: float = 0.0
    gamma: float = 1.0
    level: float = _WIDEST / 2
    width: float = _WIDEST

    @property
    def modality(self) -> Modality:
        """That of the view."""
        return VIEWS[self.view].modality

    @property
    def is_plain_view(self) -> bool:
        """Whether the view is the image as it is."""
        return self.view == plain_view(self.modality)

    @property
    def is_toned(self) -> bool:
        """Whether brightness, contrast, gamma or the grey window change anything."""
        return replace(self, blend=1.0) != Look(self.view)

    @property
    def table(self) -> Pixels | None:
        """The table (256,) that the picture is seen through; None where it changes nothing."""
        if not self.is_toned:
            return None
        window = window_table(self.level, self.width)
        return np.asarray(
            tone_table(Tone(self.brightness, self.contrast, self.gamma))[window], dtype=np.uint8
        )

    def without_tone(self) -> "Look":
        """The view as it comes, in full."""
        return Look(self.view)

    def with_tone(
        self,
        *,
        brightness: float | None = None,
        contrast: float | None = None,
        gamma: float | None = None,
        level: float | None = None,
        width: float | None = None,
    ) -> "Look":
        """With these values, each held within its range."""
        return replace(
            self,
            brightness=_held(self.brightness if brightness is None else brightness, -1, 1),
            contrast=_held(self.contrast if contrast is None else contrast, -1, 1),
            gamma=_held(self.gamma if gamma is None else gamma, *_GAMMA_RANGE),
            level=_held(self.level if level is None else level, 0, _WIDEST),
            width=_held(self.width if width is None else width, _NARROWEST, _WIDEST),
        )

    def dragged(self, dx: float, dy: float) -> "Look":
        """After a drag by widget pixels: sideways is contrast or the window's width, upwards is brighter."""
        step = _DRAG[self.modality]
        if self.modality == "oct":
            return self.with_tone(width=self.width + dx / step, level=self.level + dy / step)
        return self.with_tone(contrast=self.contrast + dx / step, brightness=self.brightness - dy / step)


def plain_view(modality: Modality) -> str:
    """The view that shows an image as it is."""
    return views_of(modality)[0].code


def _held(value: float, lowest: float, highest: float) -> float:
    return float(min(max(value, lowest), highest))
