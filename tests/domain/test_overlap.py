"""The overlap of offered and own shapes, label by label, against masks."""

import numpy as np
import pytest

from retina_studio.domain.agreement import dice
from retina_studio.domain.geometry import paint
from retina_studio.domain.overlap import overlaps
from retina_studio.domain.shapes import Ellipse, Point, Polygon, new_shape

SIZE = (120, 160)


def _mask(shapes, code):
    mask = np.zeros(SIZE, dtype=np.bool_)
    for shape in shapes:
        if shape.label == code:
            paint(mask, shape.geometry)
    return mask


def test_it_is_the_dice_of_the_union_masks():
    rng = np.random.default_rng(4)

    def some(code, count):
        return [
            new_shape(code, Ellipse(*rng.uniform(20, 100, 2), *rng.uniform(3, 15, 2))) for _ in range(count)
        ]

    own = [*some("HaEx", 6), *some("OD", 1), new_shape("fovea", Point(5, 5))]
    square = Polygon(((10, 10), (60, 10), (60, 60), (10, 60)))
    offered = [
        *some("HaEx", 9),
        new_shape("OD", Ellipse(60, 60, 30, 20)),
        *some("MA", 2),
        new_shape("HaEx", square),
    ]
    found = overlaps(own, offered, *SIZE)
    assert [(entry.label, entry.own, entry.offered) for entry in found] == [("HaEx", 6, 10), ("OD", 1, 1)]
    for entry in found:
        assert entry.dice == pytest.approx(dice(_mask(own, entry.label), _mask(offered, entry.label)))


def test_equal_is_one_and_apart_is_nought():
    disc = new_shape("OD", Ellipse(40, 40, 10, 10))
    assert overlaps([disc], [disc], *SIZE)[0].dice == 1.0
    assert overlaps([disc], [new_shape("OD", Ellipse(120, 90, 10, 10))], *SIZE)[0].dice == 0.0


def test_without_a_label_in_common_there_is_nothing_to_compare():
    assert overlaps([], [new_shape("OD", Ellipse(40, 40, 10, 10))], *SIZE) == []
