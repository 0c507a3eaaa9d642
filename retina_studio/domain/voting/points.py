"""The vote on positions: the fovea, or a disc that was only clicked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retina_studio.domain.shapes import XY, Shape
from retina_studio.domain.voting.poll import Poll


@dataclass(frozen=True)
class AgreedPoint:
    """A position, and how it came about: "median of 2/3, without b"."""

    xy: XY
    rule: str


def spots_of(drawn: Mapping[str, Sequence[Shape]]) -> dict[str, XY]:
    """One position per grader: the mean of the centres of what they drew."""
    return {
        name: _xy(np.mean([shape.geometry.centre for shape in shapes], axis=0))
        for name, shapes in drawn.items()
        if shapes
    }


def agreed_point(spots: Mapping[str, XY], poll: Poll, needed: int) -> AgreedPoint | None:
    """The median of the positions that lie near the median of all; None where fewer than `needed` do.

    A position farther away than the rules allow is left out of the median that counts, and named.
    """
    positions = np.array([spots[name] for name in spots])
    off = np.hypot(*(positions - np.median(positions, axis=0)).T)
    near = off <= poll.rules.point_spread * max(poll.size)
    if near.sum() < needed:
        return None
    outliers = [name for name, inside in zip(spots, near, strict=True) if not inside]
    rule = f"median of {int(near.sum())}/{len(spots)}"
    if outliers:
        rule += f", without {', '.join(outliers)}"
    return AgreedPoint(_xy(np.median(positions[near], axis=0)), rule)


def median_point(spots: Mapping[str, XY]) -> XY:
    """The median of all positions, near or not."""
    return _xy(np.median(np.array(list(spots.values())), axis=0))


def _xy(position: Sequence[float]) -> XY:
    return float(position[0]), float(position[1])
