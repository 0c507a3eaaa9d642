"""The display views of the canvas: what a grader may look through. They never change the image itself."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import get_args

import numpy as np

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import Modality
from retina_studio.images import fundus_views, oct_views
from retina_studio.images.read import Pixels
from retina_studio.images.tone import Tone, applied, tone_table, window_table
from retina_studio.paths import resources

__all__ = ["VIEWS", "DisplayView", "Tone", "applied", "enhanced", "tone_table", "views_of", "window_table"]


@dataclass(frozen=True)
class DisplayView:
    """One entry of `resources/views.toml`, which says what each field means."""

    code: str
    title: str
    key: str
    modality: Modality
    hint: str


_WAYS: Mapping[str, Callable[[Pixels], Pixels]] = {
    "colour": lambda pixels: pixels,
    "red_free": fundus_views.red_free,
    "clahe": fundus_views.clahe,
    "luminance": fundus_views.luminance,
    "inverted": fundus_views.inverted,
    "flattened": fundus_views.flattened,
    "vessels": fundus_views.vessels,
    "grey": oct_views.grey,
    "oct_clahe": oct_views.oct_clahe,
    "denoised": oct_views.denoised,
    "oct_inverted": oct_views.oct_inverted,
}


def _read() -> Mapping[str, DisplayView]:
    with (resources() / "views.toml").open("rb") as file:
        entries = tomllib.load(file)["view"]
    views = {}
    for entry in entries:
        if set(entry) != set(DisplayView.__dataclass_fields__):
            raise RetinaError(f"views.toml: view {entry.get('code', '?')!r} has wrong or missing keys.")
        view = DisplayView(**entry)
        if view.modality not in get_args(Modality) or view.code not in _WAYS:
            raise RetinaError(f"views.toml: view {view.code!r} is unknown, or its modality is.")
        views[view.code] = view
    return MappingProxyType(views)


VIEWS: Mapping[str, DisplayView] = _read()


def views_of(modality: Modality) -> list[DisplayView]:
    """The views of one modality, in the order of the menu."""
    return [view for view in VIEWS.values() if view.modality == modality]


def enhanced(pixels: Pixels, view_code: str) -> Pixels:
    """The pixels (H, W) or (H, W, 3), uint8, as a view shows them: same height and width, grey or colour.

    Takes up to some hundred milliseconds on a large photograph: call it from a worker.

    Raises:
        RetinaError: no such view.
    """
    if view_code not in _WAYS:
        raise RetinaError(f"There is no view {view_code!r}; the views are: {', '.join(_WAYS)}.")
    return _WAYS[view_code](np.ascontiguousarray(pixels))
