"""What the models' window does in the background: read the registry, change it, compare two versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from retina_studio.domain.comparison import Answers, Compared, Truth
from retina_studio.domain.geometry import vectorise
from retina_studio.domain.shapes import Point, Shape, new_shape
from retina_studio.gui.canvas.picture import Picture, picture_of
from retina_studio.gui.canvas.scene import Scene, scene_of
from retina_studio.gui.jobs import JobState
from retina_studio.gui.words import tr
from retina_studio.store.read import Snapshot

from .held_out import held_out

if TYPE_CHECKING:
    from retina_studio.inference.registry import Event, Registry, Version

_SETTLED = 255  # of a plane in a snapshot


@dataclass(frozen=True)
class Listed:
    """What the registry holds: versions, what was done with them, and which files could not be taken in."""

    versions: tuple[Version, ...]
    events: tuple[Event, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Seen:
    """One image of a comparison: figures, its place in the snapshot, and the outlines of before, after and truth."""

    case: Compared
    index: int
    before: Scene
    after: Scene
    truth: Scene


@dataclass(frozen=True, eq=False)
class Changes:
    """Two versions of a model on the images of one snapshot."""

    before: Version
    after: Version
    snapshot: Path
    split: str
    seen: tuple[Seen, ...]


def read_registry(state: JobState) -> Listed:
    """What the registry holds now.

    Raises:
        RetinaError: it is damaged.
    """
    # Late, as everywhere below: whoever opens no models needs none of it.
    from retina_studio.inference.registry import Registry  # noqa: PLC0415

    state.check()
    registry = Registry()
    refused = registry.take_in_all()
    return Listed(registry.versions(), registry.events(), tuple(refused))


def change_registry(state: JobState, allow: Callable[[], None], deed: Callable[[Registry], object]) -> Listed:
    """Change the registry where `allow` raises nothing; returns what it holds then.

    Raises:
        RetinaError: it is not allowed, or refused.
    """
    from retina_studio.inference.registry import Registry  # noqa: PLC0415

    allow()
    deed(Registry())
    return read_registry(state)


def compare_versions(state: JobState, before: Version, after: Version, path: Path, split: str) -> Changes:
    """Run both versions on the images of a snapshot's split.

    Raises:
        RetinaError: weights or snapshot cannot be used, or there is no image for this model.
        CancelledError: the job was cancelled.
    """
    from retina_studio.inference.comparing import compare_weights  # noqa: PLC0415
    from retina_studio.inference.registry import Registry  # noqa: PLC0415

    registry = Registry()
    seen: list[Seen] = []
    with Snapshot(path) as snapshot:
        images = held_out(snapshot, before.stem, split)
        state.progress(0.0, tr("Loading the models"))
        for case, old, new in compare_weights(registry.file(before), registry.file(after), images):
            image, done = images[len(seen)], len(seen) + 1
            scenes = (scene_of(found_shapes(old)), scene_of(found_shapes(new)))
            seen.append(Seen(case, image.entry.index, *scenes, scene_of(true_shapes(image.truth()))))
            words = tr("{done} of {total} images compared", done=done, total=len(images))
            state.progress(done / len(images), words)
    return Changes(before, after, path, split, tuple(seen))


def read_picture(state: JobState, path: Path, index: int) -> tuple[int, Picture]:
    """An image of a snapshot for the screen, with its index."""
    with Snapshot(path) as snapshot:
        pixels = snapshot.pixels(index)
    state.check()
    return index, picture_of(pixels)


def found_shapes(answers: Answers) -> list[Shape]:
    """Outlines of a model's masks, and the points of labels that have none."""
    shapes = [
        new_shape(label, outline) for label, mask in answers.masks.items() for outline in vectorise(mask)
    ]
    points = [(label, place) for label, place in answers.points.items() if label not in answers.masks]
    return shapes + [new_shape(label, Point(x, y)) for label, (x, y) in points]


def true_shapes(truth: Truth) -> list[Shape]:
    """Outlines of what is settled, and its points."""
    shapes = [
        new_shape(label, outline)
        for label, plane in truth.masks.items()
        for outline in vectorise(plane == _SETTLED)
    ]
    return shapes + [new_shape(label, Point(x, y)) for label, (x, y) in truth.points.items()]
